"""Questions about what was kept: the lines of an index, the first copy of a payload, one page's records."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from collector.ledger.codec import read_instant
from collector.ledger.findings import read_decisions
from collector.ledger.placing import USES, unsigned
from collector.ledger.schema import capture, closing, run, segment
from collector.ledger.segments import record_bytes, record_urn
from collector.model.decision import Decision
from collector.model.digest import Digest
from collector.model.leaving import Leave, Purpose, Restriction, may_leave
from collector.model.page import Placement
from collector.model.uses import Use, Uses

Judgement = tuple[Decision, ...]  # of all gates


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One kept page. `size` is that of the stored body, bytes; `redactions` by kind."""

    url: str
    visit: int
    status: int
    media_type: str
    charset: str | None
    language: str | None
    payload_digest: Digest
    size: int
    fetched_at: datetime
    page: Placement
    text: Placement | None
    provenance: Placement | None
    revisit_of: str | None
    uses: Uses
    restriction: Restriction
    source: str  # of [[sources]]; empty where we fetched it ourselves
    redaction_profile: str
    redactions: Mapping[str, int]
    simhash: int | None = None  # 64 bits: near-duplicates differ in few of them


@dataclass(frozen=True, slots=True)
class FirstCopy:
    """The record that a `revisit` refers to (WARC 1.1 §6.7.2)."""

    record_id: str
    url: str
    fetched_at: datetime


def first_copy(row: CaptureRow) -> FirstCopy:
    """The record that holds the body of this capture, as a revisit names it."""
    return FirstCopy(row.revisit_of or row.page.record_id, row.url, row.fetched_at)


def last_capture(tx: Connection, key: bytes, policy_digest: str) -> CaptureRow | None:
    """The newest page that was kept of this URL, if it was kept under this policy (`sha256:…`)."""
    c = capture.c
    query = _rows().add_columns(run.c.policy_digest.label("under")).join(run, run.c.id == closing.c.run)
    query = query.where(c.url_key == key, c.media_type != "").order_by(c.visit.desc()).limit(1)
    row = tx.execute(query).first()
    return _capture(row) if row is not None and row.under == policy_digest else None


def captures(tx: Connection, file: str) -> Iterator[CaptureRow]:
    """Every page whose record lies in `file`, by offset: the lines of its index."""
    query = _rows().where(_PAGE.c.file == file).order_by(capture.c.offset)
    for row in tx.execution_options(stream_results=True).execute(query):
        yield _capture(row)


def capture_of(tx: Connection, key: bytes, visit: int = 1) -> CaptureRow | None:
    """What was kept of this (URL, visit), or None."""
    row = tx.execute(_rows().where(capture.c.url_key == key, capture.c.visit == visit)).first()
    return _capture(row) if row is not None else None


def pages(tx: Connection, *, after: int = 0, limit: int = 1_000) -> list[tuple[int, CaptureRow]]:
    """A batch of the pages kept, redirects not counted, as (number, page) after number `after`, oldest first."""
    query = _rows().where(capture.c.media_type != "", capture.c.id > after).order_by(capture.c.id).limit(limit)
    return [(row.id, _capture(row)) for row in tx.execute(query)]


def judged_pages(tx: Connection, *, after: int = 0, limit: int = 1_000) -> list[tuple[int, CaptureRow, Judgement]]:
    """As `pages`, each with the decisions under which it was kept. Raises IntegrityError."""
    query = _rows().add_columns(closing.c.decisions)
    query = query.where(capture.c.media_type != "", capture.c.id > after).order_by(capture.c.id).limit(limit)
    rows = tx.execute(query).all()
    return [(r.id, _capture(r), read_decisions(tx, r.decisions, where=f"capture {r.id}")) for r in rows]


def record_place(tx: Connection, record_id: str) -> Placement | None:
    """Where the page record with this id lies: what a revisit refers to."""
    query = _rows().where(capture.c.record_id == record_bytes(record_id))
    row = tx.execute(query).first()
    return _capture(row).page if row is not None else None


def leaving(
    tx: Connection, use: Use, purpose: Purpose, *, keep_unknown: bool, after: int = 0, limit: int = 1_000
) -> list[tuple[int, CaptureRow, Leave]]:
    """A batch of the pages kept, each with whether it may leave for `use` and `purpose` (`model.leaving`)."""
    return [
        (number, row, may_leave(row.uses, row.restriction, use, purpose, keep_unknown=keep_unknown))
        for number, row in pages(tx, after=after, limit=limit)
    ]


def payloads_seen(tx: Connection, digests: Collection[Digest]) -> dict[Digest, FirstCopy]:
    """The first record with exactly each of these payloads, itself no revisit; a new payload has none."""
    rows = tx.execute(_SEEN, {"wanted": [str(digest) for digest in digests]})
    return {
        Digest.parse(row.payload_digest): FirstCopy(record_urn(row.record_id), row.url, read_instant(row.fetched_at))
        for row in rows
    }


_SEEN = (
    select(capture.c.payload_digest, capture.c.record_id, closing.c.url, capture.c.fetched_at)
    .join_from(capture, closing, (closing.c.url_key == capture.c.url_key) & (closing.c.visit == capture.c.visit))
    .where(
        capture.c.payload_digest.in_(bindparam("wanted", expanding=True)),
        capture.c.revisit_of.is_(None),
    )
    .order_by(capture.c.id.desc())
)
_PAGE, _TEXT, _PROVENANCE = segment.alias("page"), segment.alias("wet"), segment.alias("prov")


def _rows() -> Select[Any]:
    c, e = capture.c, closing.c
    return (
        select(
            capture,
            e.url,
            _PAGE.c.file.label("page_file"),
            _TEXT.c.file.label("text_file"),
            _PROVENANCE.c.file.label("provenance_file"),
        )
        .join_from(capture, closing, (e.url_key == c.url_key) & (e.visit == c.visit))
        .join(_PAGE, _PAGE.c.id == c.segment)
        .outerjoin(_TEXT, _TEXT.c.id == c.text_segment)
        .outerjoin(_PROVENANCE, _PROVENANCE.c.id == c.provenance_segment)
    )


def _capture(row: Row[Any]) -> CaptureRow:
    return CaptureRow(
        url=row.url,
        visit=row.visit,
        status=row.status,
        media_type=row.media_type,
        charset=row.charset,
        language=row.language,
        payload_digest=Digest.parse(row.payload_digest),
        size=row.size,
        fetched_at=read_instant(row.fetched_at),
        page=Placement(record_urn(row.record_id), row.page_file, row.offset, row.length),
        text=_placement(row.text_record_id, row.text_file, row.text_offset, row.text_length),
        provenance=_placement(
            row.provenance_record_id, row.provenance_file, row.provenance_offset, row.provenance_length
        ),
        revisit_of=record_urn(row.revisit_of) if row.revisit_of else None,
        uses=Uses(
            USES[row.use_fetch], USES[row.use_train], USES[row.use_input], USES[row.use_index], USES[row.use_tdm]
        ),
        restriction=Restriction(row.restriction),
        source=row.source,
        redaction_profile=row.redaction_profile,
        redactions=json.loads(row.redactions),
        simhash=unsigned(row.simhash) if row.simhash is not None else None,
    )


def _placement(record_id: bytes | None, file: str | None, offset: int, length: int) -> Placement | None:
    return Placement(record_urn(record_id), file, offset, length) if record_id and file is not None else None
