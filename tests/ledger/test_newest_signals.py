"""Which answer of a site counts: the one it gave last, whenever we heard of it (an imported archive may be older)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from collector.ledger.site_files import newest_signals, record_signal, signal_for
from collector.signals.site_file import Reach, SiteFile
from tests.ledger.sample_account import NOW, begin, open_store

ORIGIN = "https://a.example.org"


def answer(path: str, body: bytes, days: int) -> SiteFile:
    return SiteFile(f"{ORIGIN}{path}", Reach.AVAILABLE, 200, body, fetched_at=NOW + timedelta(days=days))


def test_an_older_answer_that_is_heard_of_later_does_not_replace_a_newer_one(tmp_path):
    with open_store(tmp_path).transaction() as tx:
        run = begin(tx)
        for path, body, days in (("/robots.txt", b"new", 0), ("/robots.txt", b"old", -400), ("/ai.txt", b"only", -400)):
            record_signal(tx, run, ORIGIN, path, answer(path, body, days))
        assert {path: file.body for path, file in newest_signals(tx, ORIGIN).items()} == {
            "/robots.txt": b"new",
            "/ai.txt": b"only",
        }
        assert newest_signals(tx, "https://b.example.org") == {}


def test_of_two_answers_at_one_time_the_later_one_counts(tmp_path):
    """And one without a time is older than any."""
    with open_store(tmp_path).transaction() as tx:
        run = begin(tx)
        first = answer("/robots.txt", b"first", 0)
        for file in (first, replace(first, body=b"second"), replace(first, body=b"timeless", fetched_at=None)):
            record_signal(tx, run, ORIGIN, "/robots.txt", file)
        assert signal_for(tx, ORIGIN, "/robots.txt").body == b"second"
