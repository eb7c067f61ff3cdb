"""collector.registry: an objection is honoured within a stat call, and an unreadable registry stops everything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from collector.lists.match import Tier
from collector.model.errors import RegistryError
from collector.model.url import parse_url
from collector.registry.folder import RegistryFolder


def record(folder: Path, value: str) -> None:
    """One line more, as a keeper's own program could append it."""
    folder.mkdir(exist_ok=True)
    with (folder / "recorded.jsonl").open("a") as file:
        file.write(
            json.dumps({"kind": "subtree" if "/" not in value else "prefix", "value": value, "reason": "letter 1"})
            + "\n"
        )


def test_no_folder_means_that_nobody_has_objected_yet(tmp_path: Path) -> None:
    registry = RegistryFolder(tmp_path / "registry")
    assert registry.entries == ()
    assert registry.match(parse_url("https://example.org/")) == ()


def test_an_objection_is_in_force_at_the_next_look(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    registry = RegistryFolder(folder)
    assert not registry.reload_if_changed()
    record(folder, "example.org")
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
    record(folder, "https://other.test/private/")
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
    record(folder, "example.org")
    registry = RegistryFolder(folder)
    (folder / "recorded.jsonl").unlink()
    folder.rmdir()
    with pytest.raises(RegistryError, match="gone"):
        registry.reload_if_changed()
    assert registry.match(parse_url("http://example.org/"))


def test_a_change_for_the_worse_is_an_error_and_what_was_in_force_stays(tmp_path: Path) -> None:
    record(tmp_path, "example.org")
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
