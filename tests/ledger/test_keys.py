"""The collection's secret: made once, for its owner's eyes only, and never replaced by accident."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from collector.ledger.keys import load, load_or_create, url_key
from collector.model.errors import IntegrityError, StorageError


def test_made_once_and_private(tmp_path):
    folder = tmp_path / "keys" / "corpus"
    made = load_or_create(folder)
    assert len(made) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()] == [0o600]
    assert load_or_create(folder) == load(folder) == made
    assert load_or_create(tmp_path / "other") != made


def test_two_at_once_get_the_same(tmp_path):
    script = "import sys, pathlib; from collector.ledger.keys import load_or_create; print(load_or_create(pathlib.Path(sys.argv[1])).hex())"
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "keys")], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({p.communicate(timeout=60)[0] for p in running}) == 1


def test_a_broken_key_is_not_replaced(tmp_path):
    (tmp_path / "url.key").write_bytes(b"short")
    with pytest.raises(IntegrityError, match="5 bytes"):
        load_or_create(tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path / "nowhere")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be written"):
        load_or_create(tmp_path / "file" / "keys")


def test_url_keys_need_the_secret():
    href = "https://a.example.org/"
    assert url_key(b"a" * 32, href) == url_key(b"a" * 32, href)
    assert url_key(b"a" * 32, href) != url_key(b"b" * 32, href)
    assert len(url_key(b"a" * 32, href)) == 16
