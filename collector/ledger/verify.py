"""Does the account agree with itself? Conservation, one record per capture, and every record inside its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from collector.ledger.findings import altered, read_decisions
from collector.ledger.segments import segments
from collector.model.decision import Verdict
from collector.model.errors import IntegrityError
from collector.model.event import Outcome

KEPT = (Outcome.ARCHIVED, Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One contradiction: which check found it, on what, and what is wrong."""

    check: str
    where: str
    message: str


def verify(tx: Connection, root: Path | None = None, *, limit: int = 1_000) -> list[Problem]:
    """Every check over the database, and over the files in `root` where given; the first `limit` problems.

    Reads everything once; memory does not grow with the collection.
    """
    found: list[Problem] = []
    checks: list[Callable[[], Iterator[Problem]]] = [lambda: _database(tx)]
    checks += [lambda sql=sql: _rows(tx, *sql) for sql in _CHECKS]  # type: ignore[misc]
    checks.append(lambda: _decisions(tx))
    if root is not None:
        checks.append(lambda: files_gone(tx, root))
    for check in checks:
        for problem in check():
            found.append(problem)
            if len(found) >= limit:
                return found
    return found


# (check, what is wrong, SELECT of one column that names the place)
_CHECKS = (
    (
        "conservation",
        "done, but no event closes it",
        """SELECT u.key FROM url u LEFT JOIN event e ON e.url_key = u.key AND e.visit = u.visit
           WHERE u.state = 2 AND e.id IS NULL""",
    ),
    (
        "conservation",
        "closed by an event, but still to be asked",
        "SELECT u.key FROM url u JOIN event e ON e.url_key = u.key AND e.visit = u.visit WHERE u.state <> 2",
    ),
    (
        "conservation",
        "an event closes it, but it never stood in the queue",
        "SELECT 'event ' || e.id FROM event e LEFT JOIN url u ON u.key = e.url_key WHERE u.id IS NULL",
    ),
    (
        "conservation",
        "the host's counts do not agree with its URLs",
        """SELECT h.name FROM host h LEFT JOIN (
               SELECT host, COUNT(*) FILTER (WHERE state = 0) w, COUNT(*) FILTER (WHERE state = 1) f,
                      COUNT(*) FILTER (WHERE state = 2) o, COUNT(*) FILTER (WHERE state = 3) d FROM url GROUP BY host
           ) u ON u.host = h.id
           WHERE h.waiting <> COALESCE(u.w, 0) OR h.in_flight <> COALESCE(u.f, 0)
              OR h.done <> COALESCE(u.o, 0) OR h.deferred <> COALESCE(u.d, 0)""",
    ),
    (
        "records",
        "a page is kept, but the account has no record of it",
        """SELECT 'event ' || e.id FROM event e LEFT JOIN capture c ON c.url_key = e.url_key AND c.visit = e.visit
           WHERE e.outcome IN ('archived', 'duplicate') AND c.id IS NULL""",
    ),
    (
        "records",
        "a record of a page that was not kept",
        """SELECT 'capture ' || c.id FROM capture c LEFT JOIN event e ON e.url_key = c.url_key AND e.visit = c.visit
           WHERE e.id IS NULL OR e.outcome NOT IN ('archived', 'duplicate')""",
    ),
    (
        "records",
        "a revisit of a record that is not here",
        """SELECT 'capture ' || c.id FROM capture c LEFT JOIN capture o ON o.record_id = c.revisit_of
           WHERE c.revisit_of IS NOT NULL AND o.id IS NULL""",
    ),
    (
        "records",
        "lies beyond what is committed of its file",
        """SELECT s.file || '@' || p.off FROM (
               SELECT segment seg, "offset" off, length len FROM capture
               UNION ALL SELECT text_segment, text_offset, text_length FROM capture WHERE text_segment IS NOT NULL
               UNION ALL SELECT provenance_segment, provenance_offset, provenance_length FROM capture
                         WHERE provenance_segment IS NOT NULL
               UNION ALL SELECT segment, "offset", length FROM signal WHERE segment IS NOT NULL
           ) p JOIN segment s ON s.id = p.seg
           WHERE p.off < 0 OR p.len <= 0 OR p.off + p.len > s.committed_offset""",
    ),
    (
        "records",
        "overlaps the record before it",
        """SELECT s.file || '@' || q.off FROM (
               SELECT segment seg, "offset" off,
                      LAG("offset" + length) OVER (PARTITION BY segment ORDER BY "offset") ends FROM capture
           ) q JOIN segment s ON s.id = q.seg WHERE q.off < q.ends""",
    ),
    (
        "urls",
        "the URL is neither kept nor scrubbed away",
        """SELECT 'event ' || id FROM event WHERE (url IS NULL AND outcome IN ('archived', 'duplicate'))
           OR (url IS NOT NULL AND scrubbed <> '')""",
    ),
)


def _rows(tx: Connection, check: str, message: str, sql: str) -> Iterator[Problem]:
    for (where,) in tx.execute(text(sql)):
        yield Problem(check, f"url {where.hex()}" if isinstance(where, bytes) else str(where), message)


def _database(tx: Connection) -> Iterator[Problem]:
    if tx.dialect.name == "sqlite":
        for (said,) in tx.exec_driver_sql("PRAGMA quick_check"):
            if said != "ok":
                yield Problem("database", "collection.db", said)


def _decisions(tx: Connection) -> Iterator[Problem]:
    """Every finding is as it was written, every decision can be read, and a kept page's all say ALLOW."""
    for number in altered(tx):
        yield Problem("decisions", f"finding {number}", "was altered after it was written")
    last = 0
    while True:
        rows = tx.execute(
            text("SELECT id, outcome, decisions FROM event WHERE id > :last ORDER BY id LIMIT 500"), {"last": last}
        ).all()
        if not rows:
            return
        for number, outcome, body in rows:
            last = number
            try:
                decisions = read_decisions(tx, body)
            except IntegrityError as exc:
                yield Problem("decisions", f"event {number}", exc.message)
                continue
            if outcome in KEPT and (not decisions or any(d.verdict is not Verdict.ALLOW for d in decisions)):
                yield Problem("decisions", f"event {number}", "kept without every gate's permission")


def files_gone(tx: Connection, root: Path) -> Iterator[Problem]:
    """Segments that are not there, shorter than they are committed, or sealed and still called `.open`."""
    for segment in segments(tx):
        path = root / segment.file
        if not path.is_file():
            path = path.with_name(path.name + ".open")
        if not path.is_file():
            if segment.committed_offset:
                yield Problem("files", segment.file, "the file is missing")
        elif path.stat().st_size < segment.committed_offset:
            yield Problem("files", segment.file, f"shorter than its {segment.committed_offset} committed bytes")
        elif segment.sealed and path.name.endswith(".open"):
            yield Problem("files", segment.file, "sealed in the account, but still open on the disk")
