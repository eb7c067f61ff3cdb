"""The collection's secret: made once, for its owner's eyes only, and never replaced by accident."""

from __future__ import annotations

import hmac
import stat
import subprocess
import sys

import pytest

from collector.ledger.keys import BY_HOST, PSEUDONYMS, load, load_or_create, url_key
from collector.model.errors import IntegrityError, StorageError


def test_made_once_and_private(tmp_path):
    folder = tmp_path / "keys" / "corpus"
    made = load_or_create(folder)
    assert made[:-32] == BY_HOST
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
    for broken in (b"\x01" + bytes(32), BY_HOST + bytes(31) + b"\n\n"):
        (tmp_path / "url.key").write_bytes(broken)
        with pytest.raises(IntegrityError, match="not a key"):
            load_or_create(tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path / "nowhere")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be written"):
        load_or_create(tmp_path / "file" / "keys")


@pytest.mark.parametrize("scheme", [b"", BY_HOST])
def test_url_keys_need_the_secret(scheme):
    href = "https://a.example.org/"
    assert url_key(scheme + b"a" * 32, href) == url_key(scheme + b"a" * 32, href)
    assert url_key(scheme + b"a" * 32, href)[4:] != url_key(scheme + b"b" * 32, href)[4:]
    assert url_key(scheme + b"a" * 32, href)[:4] != url_key(scheme + b"b" * 32, href)[:4]
    assert len(url_key(scheme + b"a" * 32, href)) == 16


def test_names_of_one_host_stand_together():
    """Host and port, whatever the scheme, path or query; nothing of the path shows in it."""
    key = BY_HOST + b"a" * 32
    one = ["https://a.example.org/", "http://a.example.org/b/c?d=//b.example.org/", "https://a.example.org/\udcff"]
    others = [
        "https://b.example.org/",
        "https://a.example.org:8443/",
        "https://a.example.org.test/",
        "urn:a.example.org",
    ]
    assert len({url_key(key, href)[:4] for href in one}) == 1
    assert len({url_key(key, href)[:4] for href in [one[0], *others]}) == 5
    assert len({url_key(key, href)[4:] for href in [*one, *others]}) == 7


def test_a_collection_made_before_keeps_its_names(tmp_path):
    """Its key has no scheme before it, and is never rewritten."""
    (tmp_path / "url.key").write_bytes(b"k" * 32)
    key = load_or_create(tmp_path)
    assert (tmp_path / "url.key").read_bytes() == key == b"k" * 32
    href = "https://a.example.org/"
    assert url_key(key, href) == hmac.digest(key, href.encode(), "sha256")[:16]


def test_other_keys_have_no_scheme(tmp_path):
    made = load_or_create(tmp_path, name=PSEUDONYMS)
    assert len(made) == 32
    (tmp_path / PSEUDONYMS).write_bytes(BY_HOST + made)
    with pytest.raises(IntegrityError, match="33 bytes"):
        load(tmp_path, PSEUDONYMS)
