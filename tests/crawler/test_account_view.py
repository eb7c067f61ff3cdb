"""What a worker remembers of the account: nothing that another worker wrote is missed where it decides on a page."""

from __future__ import annotations

import pytest

from collector.crawler.recording.account_view import AccountView
from collector.ledger.site_files import record_signal
from collector.ledger.store import Store
from collector.model.url import parse_url
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import Reach, SiteFile
from tests.ledger.sample_account import NOW, begin, open_store

PAGE = parse_url("https://news.example.org/a?b=1")
OTHER = parse_url("https://news.example.org/other")
SAID = SiteFile("https://news.example.org/feed", Reach.AVAILABLE, 200, b"<rsl/>", fetched_at=NOW)


@pytest.fixture
def store(tmp_path) -> Store:
    store = open_store(tmp_path)
    with store.transaction() as tx:
        begin(tx)
    return store


def say(store: Store, page=PAGE) -> None:
    """As another worker's flush does."""
    with store.transaction() as tx:
        record_signal(tx, 1, str(page.origin), page.target + IN_FEED, SAID)


def hear(view: AccountView) -> None:
    with view.transaction() as tx:
        view.hear_feeds(tx)


def test_what_a_feed_says_is_known_with_the_next_claim(store):
    """RSL §4.7: also where the answer was no before, whichever worker read the feed."""
    view = AccountView(store)
    hear(view)
    assert view.signal_in_feed(PAGE) is None
    say(store)
    hear(view)
    assert view.signal_in_feed(PAGE).body == b"<rsl/>"
    assert view.signal_in_feed(OTHER) is None


def test_what_stood_in_the_account_before_is_known(store):
    say(store)
    view = AccountView(store)
    assert view.signal_in_feed(PAGE).body == b"<rsl/>"
    hear(view)
    assert view.signal_in_feed(PAGE).body == b"<rsl/>"


def test_own_flushes_are_known_at_once(store):
    view = AccountView(store)
    hear(view)
    assert view.signal_in_feed(PAGE) is None
    say(store)
    view.forget([PAGE.origin])
    assert view.signal_in_feed(PAGE).body == b"<rsl/>"


def test_an_account_that_was_cut_back_is_read_anew(store):
    """Retention deletes answers, and numbers of deleted rows may be given again."""
    view = AccountView(store)
    for _ in range(3):
        say(store, OTHER)
    hear(view)
    with store.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM signal")
    assert view.signal_in_feed(PAGE) is None
    say(store)
    hear(view)
    assert view.signal_in_feed(PAGE).body == b"<rsl/>"


def test_an_origin_without_feeds_is_asked_about_once(store, monkeypatch):
    view = AccountView(store)
    assert view.signal_in_feed(PAGE) is None
    monkeypatch.setattr(Store, "_begun", None)  # no transaction can be begun
    assert view.signal_in_feed(PAGE) is None
    assert view.signal_in_feed(OTHER) is None
