"""Uses per capture: what all gates say once carriers have superseded each other, and what a copy is restricted to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.ledger.account import close
from collector.ledger.captures import capture_of, leaving, pages
from collector.ledger.tally import counts, pages_on_host
from collector.model.leaving import Purpose, Restriction
from collector.model.uses import Permission, Use, Uses
from tests.ledger.sample_account import archived, begin, key, open_store

RESERVED = Uses(fetch=Permission.ALLOW).and_(Uses.denying(Use.TDM)).closed()


@pytest.fixture
def tx(tmp_path):
    with open_store(tmp_path).transaction() as connection:
        yield connection


def kept(number: int, uses: Uses | None, restriction: Restriction = Restriction.NONE, media_type: str = "text/html"):
    event = archived(f"https://a.example.org/{number}", number, body=f"<p>{number}</p>".encode())
    page = replace(event.archived.minimised, uses=uses, restriction=restriction, media_type=media_type)
    return replace(event, archived=replace(event.archived, minimised=page, source="elsewhere"))


def test_the_uses_stored_are_those_of_all_gates_together(tx):
    """Issue 4: not every statement that any gate heard, but what is left when a header has superseded a file."""
    run = begin(tx)
    close(tx, run, key("https://a.example.org/1"), kept(1, RESERVED, Restriction.RESEARCH))
    row = capture_of(tx, key("https://a.example.org/1"))
    assert (row.uses, row.restriction, row.source) == (RESERVED, Restriction.RESEARCH, "elsewhere")


def test_without_a_word_from_above_every_statement_counts(tx):
    """Fail closed: the decisions of the event combine, so no denial is lost."""
    run = begin(tx)
    close(tx, run, key("https://a.example.org/1"), kept(1, None))
    assert capture_of(tx, key("https://a.example.org/1")).uses == Uses.allowing(Use.FETCH)


def test_every_page_is_asked_whether_it_may_leave(tx):
    run = begin(tx)
    rows = [kept(1, RESERVED, Restriction.RESEARCH), kept(2, Uses.allowing(Use.FETCH, Use.TRAIN)), kept(3, RESERVED)]
    rows.append(kept(4, Uses(), media_type=""))  # a redirect: no page
    for event in rows:
        close(tx, run, key(event.candidate.url.href), event)

    def answers(purpose: Purpose) -> list[bool]:
        return [leave.may for _, _, leave in leaving(tx, Use.TRAIN, purpose, keep_unknown=True)]

    assert answers(Purpose.GENERAL) == [False, True, False]
    assert answers(Purpose.RESEARCH) == [True, True, False]
    numbers = [number for number, _ in pages(tx)]
    assert [n for n, _ in pages(tx, after=numbers[0], limit=1)] == numbers[1:2]


def test_a_redirect_is_no_page_in_any_total(tx):
    run = begin(tx)
    for event in (kept(1, None), kept(2, None, media_type="")):
        close(tx, run, key(event.candidate.url.href), event)
    assert (counts(tx).pages, counts(tx).events, pages_on_host(tx, "a.example.org")) == (1, 2, 1)
