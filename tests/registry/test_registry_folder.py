"""collector.registry: an objection is honoured within a stat call, and an unreadable registry stops everything."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists.match import Tier
from collector.model.errors import RegistryError
from collector.model.url import parse_url
from collector.registry.folder import RegistryFolder
from collector.registry.record import Objection, record_objection

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def objection(value: str, **changes: object) -> Objection:
    return Objection(**{"value": value, "reason": "letter 1", "by": "keeper", "at": AT, **changes})  # type: ignore[arg-type]


def test_no_folder_means_that_nobody_has_objected_yet(tmp_path: Path) -> None:
    registry = RegistryFolder(tmp_path / "registry")
    assert registry.entries == ()
    assert registry.match(parse_url("https://example.org/")) == ()


def test_an_objection_is_in_force_at_the_next_look(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    registry = RegistryFolder(folder)
    assert not registry.reload_if_changed()
    record_objection(folder, objection("example.org"))
    assert registry.reload_if_changed()
    found = registry.match(parse_url("https://www.example.org/x"))
    assert (found[0].tier, found[0].list, found[0].line, found[0].note) == (
        Tier.OPT_OUT,
        "registry:recorded.jsonl",
        1,
        "letter 1",
    )
    assert not registry.reload_if_changed()
    digest = registry.digest
    record_objection(folder, objection("https://other.test/private/"))
    assert registry.reload_if_changed()
    assert registry.digest != digest
    assert registry.match(parse_url("https://other.test/private/x"))
    assert not registry.match(parse_url("https://other.test/"))


def test_every_txt_and_jsonl_counts_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a.test\n")
    (tmp_path / "b.jsonl").write_text('{"value": "b.test"}\n')
    (tmp_path / "suppressed.jsonl").write_text('{"host": "c.test", "ref": "1"}\n')
    (tmp_path / "notes.md").write_text("not a list at all")
    assert [entry.host for entry in RegistryFolder(tmp_path).entries] == ["a.test", "b.test"]


def test_the_requesters_own_narrower_allow_stands_first(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"value": "pub.test"}\n{"kind": "prefix", "value": "pub.test/press/", "action": "allow"}\n'
    )
    registry = RegistryFolder(tmp_path)
    assert [m.action for m in registry.match(parse_url("http://pub.test/press/1"))] == ["allow", "deny"]
    assert [m.action for m in registry.match(parse_url("http://pub.test/"))] == ["deny"]


@pytest.mark.parametrize("junk", ["two words\n", "\x00\x01\n", '{"value": }\n', "http://\n"])
def test_a_line_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path, junk: str) -> None:
    name = "a.jsonl" if junk.startswith("{") else "a.txt"
    good = '{"value": "ok.test"}\n' if name.endswith("jsonl") else "ok.test\n"
    (tmp_path / name).write_text(good + junk)
    with pytest.raises(RegistryError, match=rf"{name}:2: a line of the opt-out registry cannot be read"):
        RegistryFolder(tmp_path)


def test_a_named_source_must_be_there(tmp_path: Path) -> None:
    source = tmp_path / "peer.txt"
    with pytest.raises(RegistryError, match="not there"):
        RegistryFolder(tmp_path / "registry", [source])
    source.write_text("peer.test\n")
    registry = RegistryFolder(tmp_path / "registry", [source])
    assert registry.match(parse_url("http://peer.test/"))
    source.unlink()
    with pytest.raises(RegistryError, match="not there"):
        registry.reload_if_changed()
    assert registry.match(parse_url("http://peer.test/"))  # what was in force stays in force


def test_a_source_may_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "peer").mkdir()
    (tmp_path / "peer" / "x.txt").write_text("peer.test\n")
    assert RegistryFolder(tmp_path / "registry", [tmp_path / "peer"]).match(parse_url("http://peer.test/"))


def test_a_folder_that_disappears_is_an_error_not_an_empty_registry(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    record_objection(folder, objection("example.org"))
    registry = RegistryFolder(folder)
    (folder / "recorded.jsonl").unlink()
    folder.rmdir()
    with pytest.raises(RegistryError, match="gone"):
        registry.reload_if_changed()
    assert registry.match(parse_url("http://example.org/"))


def test_a_change_for_the_worse_is_an_error_and_what_was_in_force_stays(tmp_path: Path) -> None:
    record_objection(tmp_path, objection("example.org"))
    registry = RegistryFolder(tmp_path)
    (tmp_path / "recorded.jsonl").write_text("rubbish\n")
    with pytest.raises(RegistryError):
        registry.reload_if_changed()
    assert registry.match(parse_url("http://example.org/"))
    with pytest.raises(RegistryError):  # and it stays an error until it is mended
        registry.reload_if_changed()


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a.test\n")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(RegistryError):
        RegistryFolder(tmp_path)


def test_an_unreadable_folder_entry_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("a.test\n")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(RegistryError, match="Permission denied"):
        RegistryFolder(tmp_path)


@pytest.mark.parametrize(
    ("value", "changes", "fault"),
    [
        ("co.uk", {}, "public suffix"),
        ("github.io", {}, "public suffix"),
        ("not a host", {}, "more than one word"),
        ("", {}, "empty"),
        ("example.org", {"reason": "  "}, "without a reason"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    tmp_path: Path, value: str, changes: dict, fault: str
) -> None:
    with pytest.raises(RegistryError, match=fault):
        record_objection(tmp_path, objection(value, **changes))
    assert not list(tmp_path.iterdir())


def test_a_platform_may_object_for_all_its_sites(tmp_path: Path) -> None:
    record_objection(tmp_path, objection("github.io", whole_suffix=True))
    assert RegistryFolder(tmp_path).match(parse_url("https://alice.github.io/"))


def test_a_file_edited_by_hand_without_a_last_newline_is_not_joined(tmp_path: Path) -> None:
    (tmp_path / "recorded.jsonl").write_text('{"value": "a.test"}')
    record_objection(tmp_path, objection("b.test"))
    assert [entry.host for entry in RegistryFolder(tmp_path).entries] == ["a.test", "b.test"]


@given(value=st.text(min_size=1, max_size=40), reason=st.text(min_size=1, max_size=40))
def test_what_was_recorded_is_read_back(tmp_path_factory, value: str, reason: str) -> None:
    folder = tmp_path_factory.mktemp("registry")
    try:
        entry = record_objection(folder, objection(value, reason=reason))
    except RegistryError:
        return
    (read,) = RegistryFolder(folder).entries
    assert (read.kind, read.host, read.path) == (entry.kind, entry.host, entry.path)
