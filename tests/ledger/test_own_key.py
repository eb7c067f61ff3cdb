"""The collection's key is made once, and no other one is taken for it."""

from __future__ import annotations

import pytest

from collector.ledger.account import close
from collector.ledger.keys import BY_HOST, FILE_NAME
from collector.ledger.own_key import own_key
from collector.model.errors import IntegrityError, StorageError
from tests.ledger.sample_account import KEY, begin, failed, found, open_store, refused

HREF = "https://a.example.org/"


def put(folder, key):
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_bytes(key)
    return folder


def test_a_new_collection_gets_a_key_and_keeps_it(tx, tmp_path):
    made = own_key(tx, tmp_path / "keys")
    assert made[:-32] == BY_HOST
    assert own_key(tx, tmp_path / "keys") == made


@pytest.mark.parametrize("waits", [True, False])
def test_only_the_key_that_named_the_rows_is_taken(tx, frontier, tmp_path, waits):
    run = begin(tx)
    frontier.discover(tx, found([HREF]), 0.0)
    if not waits:
        (claim,) = frontier.claim(tx, 10.0, 1)
        close(tx, run, claim.key, failed(HREF))
        frontier.done(tx, [claim])
    assert own_key(tx, put(tmp_path / "right", KEY)) == KEY
    with pytest.raises(IntegrityError, match="not the key that the collection was made with"):
        own_key(tx, put(tmp_path / "wrong", b"x" * 32))
    with pytest.raises(IntegrityError, match="not a key"):
        own_key(tx, put(tmp_path / "short", b"x"))
    with pytest.raises(StorageError, match="cannot be read"):
        own_key(tx, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_rows_that_keep_no_url_prove_nothing_but_ask_for_a_key(tx, frontier, tmp_path):
    run = begin(tx)
    (key,) = frontier.settle(tx, found([HREF]), 0.0)
    close(tx, run, key, refused(HREF, keep_url=False), scrubbed="https://a.example.org/")
    assert own_key(tx, put(tmp_path / "any", KEY)) == KEY
    with pytest.raises(StorageError, match="cannot be read"):
        own_key(tx, tmp_path / "nowhere")


def test_a_file_that_is_no_longer_in_its_place(tmp_path):
    (tmp_path / "here").mkdir()
    store = open_store(tmp_path / "here")
    store.check_in_place()
    (tmp_path / "here").rename(tmp_path / "there")
    with pytest.raises(StorageError, match="moved or deleted"):
        store.check_in_place()
    (tmp_path / "here").mkdir()
    other = open_store(tmp_path / "here")
    with pytest.raises(StorageError, match="moved or deleted"):
        store.check_in_place()
    other.check_in_place()
    other.close()
    store.close()
