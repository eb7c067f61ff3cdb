"""collector.registry.suppressed: what was erased is recognised by keyed hash, and by nobody without the key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.model.errors import RegistryError
from collector.model.url import parse_url
from collector.registry.suppressed import Suppressed, suppression_hash

KEY = b"k" * 32
URL = parse_url("https://example.org/people/7?x=1#top")


def write(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_no_file_means_nothing_was_erased(tmp_path: Path) -> None:
    assert Suppressed(tmp_path / "suppressed.jsonl")(URL) == ()


def test_url_and_host_by_hash_and_host_in_clear(tmp_path: Path) -> None:
    path = write(
        tmp_path / "s.jsonl",
        {"of": "url", "hmac": suppression_hash(KEY, "url", URL.href), "ref": "case-1"},
        {"of": "host", "hmac": suppression_hash(KEY, "host", "erased.test"), "ref": "case-2"},
        {"host": "Objecting.test", "ref": "case-3"},
    )
    suppressed = Suppressed(path, KEY)
    assert len(suppressed) == 3
    assert suppressed(URL) == ("case-1",)
    assert suppressed(parse_url("https://example.org/people/8")) == ()
    assert suppressed(parse_url("http://a.b.erased.test/")) == ("case-2",)
    assert suppressed(parse_url("http://www.objecting.test/")) == ("case-3",)
    assert suppressed(parse_url("http://notobjecting.test/")) == ()
    assert b"people" not in path.read_bytes()


def test_another_key_finds_nothing_and_no_key_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", {"of": "url", "hmac": suppression_hash(KEY, "url", URL.href), "ref": "1"})
    assert Suppressed(path, b"other")(URL) == ()
    with pytest.raises(RegistryError, match="key is not there"):
        Suppressed(path)


@pytest.mark.parametrize(
    "row",
    [{}, {"ref": "1"}, {"ref": "1", "host": "a.test", "hmac": "0" * 64, "of": "url"}, {"ref": "1", "hmac": "0" * 64},
     {"ref": "1", "hmac": "xyz", "of": "url"}, {"ref": "1", "host": "not a host"}, {"ref": "", "host": "a.test"}],
)  # fmt: skip
def test_a_faulty_line_is_an_error_with_its_place(tmp_path: Path, row: dict) -> None:
    path = write(tmp_path / "s.jsonl", {"host": "ok.test", "ref": "0"}, row)
    with pytest.raises(RegistryError, match=r"s\.jsonl:2"):
        Suppressed(path, KEY)


def test_a_change_is_noticed_and_a_loss_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    suppressed = Suppressed(path, KEY)
    assert not suppressed.reload_if_changed()
    write(path, {"host": "example.org", "ref": "case-9"})
    assert suppressed.reload_if_changed()
    assert suppressed(URL) == ("case-9",)
    path.unlink()
    with pytest.raises(RegistryError, match="gone"):
        suppressed.reload_if_changed()
    assert suppressed(URL) == ("case-9",)
