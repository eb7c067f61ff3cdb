"""The cache of compiled databases: used where it is whole and ours, made anew where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.model.automaton import compiled

hyperscan = pytest.importorskip("hyperscan")
EXPRESSIONS, FLAGS = [b"abc", b"x+y"], [0, 0]


def matches(database: object) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    scratch = hyperscan.Scratch(database)
    database.scan(b"zabc xxy", match_event_handler=lambda n, _s, end, *_: found.append((n, end)), scratch=scratch)  # type: ignore[attr-defined]
    return sorted(found)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "collector"


def test_what_was_compiled_once_is_loaded_and_finds_the_same(cache, monkeypatch):
    first = matches(compiled(EXPRESSIONS, FLAGS))
    (kept,) = cache.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(hyperscan, "dumpb", None)  # compiling again would want to keep it
    assert matches(compiled(EXPRESSIONS, FLAGS)) == first == [(0, 4), (1, 8)]


@pytest.mark.parametrize("damage", ["cut", "other bytes", "writable by others"])
def test_what_is_damaged_or_not_ours_alone_is_compiled_again(cache, damage):
    compiled(EXPRESSIONS, FLAGS)
    (kept,) = cache.iterdir()
    if damage == "cut":
        kept.write_bytes(kept.read_bytes()[:100])
    elif damage == "other bytes":
        kept.write_bytes(b"\xff" * 4_000)
    else:
        kept.chmod(0o666)
    assert matches(compiled(EXPRESSIONS, FLAGS)) == [(0, 4), (1, 8)]


def test_other_expressions_and_flags_are_other_files(cache):
    compiled(EXPRESSIONS, FLAGS)
    compiled([b"abc", b"x+z"], FLAGS)
    compiled(EXPRESSIONS, [0, hyperscan.HS_FLAG_CASELESS])
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("place", ["relative", "/proc/nowhere"])
def test_without_a_place_to_keep_it_it_is_compiled_as_ever(place, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    assert matches(compiled(EXPRESSIONS, FLAGS)) == [(0, 4), (1, 8)]
