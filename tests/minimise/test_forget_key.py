"""A campaign's pseudonym key is destroyed on request, and the account says so (personal-data §6: destroyed at its end)."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest

from collector.cli.minimise_forget import VERB, forget_key
from collector.crawler.lock import CollectionLock
from collector.ledger.keys import PSEUDONYMS, load_or_create
from collector.ledger.runs import acts
from collector.ledger.store import Store
from collector.model.errors import InputError, StorageError
from collector.model.layout import Layout


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.delenv("COLLECTOR_KEYS", raising=False)
    layout = Layout(tmp_path)
    paths = layout.collection("test")
    paths.create()
    Store.open(paths.database, write=True).close()
    return layout


def recorded(layout):
    store = Store.open(layout.collection("test").database, write=False)
    try:
        with store.snapshot() as tx:
            return [(act.actor, act.role, act.verb, act.detail) for act in acts(tx)]
    finally:
        store.close()


def test_the_key_is_gone_and_the_account_says_who_and_why(layout):
    key = load_or_create(layout.keys("test"), name=PSEUDONYMS)
    assert forget_key(layout.data, "test", reason="the campaign ended", by="keeper")
    assert not list(layout.keys("test").iterdir())
    assert recorded(layout) == [("keeper", "keeper", VERB, "the campaign ended")]
    assert load_or_create(layout.keys("test"), name=PSEUDONYMS) != key


def test_the_account_names_nobody(layout):
    forget_key(layout.data, "test", reason="asked by jane.roe@mail.example.org", by="keeper")
    assert "jane.roe" not in recorded(layout)[0][3]


def test_a_key_that_was_gone_is_recorded_as_gone(layout):
    assert not forget_key(layout.data, "test", reason="again", by="keeper")
    assert recorded(layout) == [("keeper", "keeper", VERB, "again (it was gone already)")]


def test_the_other_key_stays(layout):
    url_key = load_or_create(layout.keys("test"))
    load_or_create(layout.keys("test"), name=PSEUDONYMS)
    forget_key(layout.data, "test", reason="end", by="keeper")
    assert load_or_create(layout.keys("test")) == url_key


def test_a_running_crawl_keeps_its_key(layout):
    load_or_create(layout.keys("test"), name=PSEUDONYMS)
    lock = CollectionLock.take(layout.collection("test").lock, datetime.now(UTC), "crawl")
    try:
        with pytest.raises(StorageError, match="another crawl"):
            forget_key(layout.data, "test", reason="end", by="keeper")
    finally:
        lock.release()
    assert (layout.keys("test") / PSEUDONYMS).is_file()
    assert recorded(layout) == []


def test_a_collection_that_is_not_there_is_a_mistake_to_mend(layout):
    with pytest.raises(InputError, match="no collection"):
        forget_key(layout.data, "tset", reason="end", by="keeper")


def test_what_cannot_be_destroyed_is_not_recorded_as_destroyed(layout, monkeypatch):
    """No act without the deed: the transaction falls with it."""
    load_or_create(layout.keys("test"), name=PSEUDONYMS)
    path = layout.keys("test") / PSEUDONYMS
    path.unlink()
    path.mkdir(mode=stat.S_IRWXU)  # nothing that can be opened as a file, also for root
    with pytest.raises(StorageError, match="cannot be destroyed"):
        forget_key(layout.data, "test", reason="end", by="keeper")
    assert recorded(layout) == []
