"""Every contradiction that `ledger verify` looks for is planted, and found."""

from __future__ import annotations

import pytest

from collector.frontier.pace import Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.segments import segment_committed
from collector.ledger.verify import verify
from tests.ledger.sample_account import SEGMENT, archived, begin, failed, found, key, open_store

HREFS = [f"https://h{n}.example.org/" for n in range(6)]


@pytest.fixture
def store(tmp_path):
    """Two pages kept, one failed, three waiting; the segment's file is there."""
    store = open_store(tmp_path)
    frontier = SqliteFrontier(Pace(), fence=1)
    with store.transaction() as tx:
        run = begin(tx)
        frontier.discover(tx, found(HREFS), 0.0)
        claims = {c.href: c for c in frontier.claim(tx, 0.0, 3)}
        segment_committed(tx, SEGMENT, "archive", 2_900)
        for number, href in enumerate(claims):
            close(tx, run, key(href), archived(href, number + 1, body=b"%d" % number) if number < 2 else failed(href))
        frontier.done(tx, list(claims.values()))
    path = tmp_path / (SEGMENT + ".open")
    path.parent.mkdir()
    path.write_bytes(b"\x1f\x8b" + bytes(2_898))
    yield store
    store.close()


def test_an_account_that_agrees(store, tmp_path):
    with store.snapshot() as tx:
        assert verify(tx, tmp_path) == []


@pytest.mark.parametrize(
    ("damage", "check", "message"),
    [
        ("DELETE FROM event WHERE outcome = 'failed'", "conservation", "no event closes it"),
        ("UPDATE url SET state = 0 WHERE state = 2", "conservation", "still to be asked"),
        ("UPDATE url SET key = x'00' WHERE state = 2 AND id = 1", "conservation", "never stood in the queue"),
        ("UPDATE host SET waiting = waiting + 1 WHERE id = 1", "conservation", "counts do not agree"),
        ("DELETE FROM capture WHERE id = 1", "records", "no record of it"),
        ("UPDATE event SET outcome = 'withheld' WHERE id = 1", "records", "not kept"),
        ("UPDATE capture SET revisit_of = x'0102' WHERE id = 1", "records", "revisit of a record"),
        ("UPDATE capture SET length = 901 WHERE id = 2", "records", "beyond what is committed"),
        ('UPDATE capture SET "offset" = 1500, length = 700 WHERE id = 2', "records", "overlaps"),
        ("UPDATE event SET url = NULL WHERE id = 1", "urls", "neither kept nor scrubbed"),
        ("UPDATE event SET decisions = '{' WHERE id = 3", "decisions", "cannot be read"),
        ("UPDATE finding SET body = replace(body, 'line 12', 'line 13')", "decisions", "altered"),
        (
            """UPDATE event SET decisions = replace(decisions, '"verdict":"allow"', '"verdict":"deny"') WHERE id = 1""",
            "decisions",
            "without every gate's permission",
        ),
        ("UPDATE segment SET committed_offset = 2901", "files", "shorter than"),
        ("UPDATE segment SET sealed = 1", "files", "still open"),
        ("UPDATE segment SET file = 'archive/elsewhere.warc.gz'", "files", "missing"),
    ],
)
def test_contradictions(store, tmp_path, damage, check, message):
    with store.transaction() as tx:
        assert tx.exec_driver_sql(damage).rowcount > 0
    with store.snapshot() as tx:
        problems = verify(tx, tmp_path)
    assert any(p.check == check and message in p.message for p in problems), problems


def test_the_number_of_problems_is_bounded(store, tmp_path):
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE host SET waiting = waiting + 5")
    with store.snapshot() as tx:
        assert len(verify(tx, tmp_path, limit=4)) == 4
