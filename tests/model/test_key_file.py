"""collector.model.key_file: a secret is made once, whole, for its owner's eyes only; ledger and registry use it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from collector.model.errors import IntegrityError, StorageError
from collector.model.key_file import KEY_BYTES, make_key, read_key

MEND = "give access"


def fresh(count: int) -> bytes:
    return b"k" * count


def test_made_once_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    make_key(path, fresh, "a key", MEND)
    make_key(path, lambda _: pytest.fail("made again"), "a key", MEND)
    assert read_key(path, "a key", MEND) == b"k" * KEY_BYTES
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == ["a.key"]


def test_of_two_at_once_the_first_ones_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.key"

    def other_first(count: int) -> bytes:
        path.write_bytes(b"o" * count)
        return b"k" * count

    make_key(path, other_first, "a key", MEND)
    assert read_key(path, "a key", MEND) == b"o" * KEY_BYTES
    assert [one.name for one in tmp_path.iterdir()] == ["a.key"]


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"a key cannot be written \(No space"):
        make_key(tmp_path / "a.key", fresh, "a key", MEND)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    with pytest.raises(StorageError, match="a key cannot be read"):
        read_key(path, "a key", MEND)
    path.write_bytes(b"short")
    with pytest.raises(IntegrityError, match="5 bytes instead of 32"):
        read_key(path, "a key", MEND)
    with pytest.raises(ValueError, match="32 bytes"):
        make_key(tmp_path / "b.key", lambda _: b"x", "a key", MEND)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        make_key(tmp_path / "file" / "a.key", fresh, "a key", MEND)
