"""What sites published about themselves, kept as evidence and as the cache that the next decision reads."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.ledger.codec import instant, plain, read_instant
from collector.ledger.schema import signal, signal_body
from collector.ledger.segments import record_bytes, record_urn, segment_ids
from collector.model.page import Placement
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import Reach, SiteFile

MAX_BODY = 1_048_576  # bytes kept here; RFC 9309 §2.5 asks readers for 500 KiB, an RSL document may have twice that


def record_signal(
    tx: Connection, run: int, origin: str, path: str, answer: SiteFile, *, placement: Placement | None = None
) -> None:
    """Append what `origin` answered for `path`, with its record under signals/ where there is one.

    `answer.body` is stored as given, so it must be minimised already; beyond `MAX_BODY` it is cut.
    """
    body = answer.body[:MAX_BODY]
    digest = str(answer.digest)
    if answer.reach is Reach.AVAILABLE:
        make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        tx.execute(make(signal_body).values(digest=digest, body=body).on_conflict_do_nothing())
    tx.execute(
        insert(signal).values(
            run=run,
            origin=origin,
            path=plain(path),
            url=plain(answer.url),
            reach=answer.reach.value,
            status=answer.status,
            error=plain(answer.error),
            media_type=plain(answer.media_type),
            redirects=json.dumps(answer.redirects),
            digest=digest,
            fetched_at=_text(answer.fetched_at),
            valid_until=_text(answer.valid_until),
            record_id=record_bytes(answer.record_id) if answer.record_id else None,
            segment=segment_ids(tx, [placement.file])[placement.file] if placement else None,
            offset=placement.offset if placement else None,
            length=placement.length if placement else None,
        )
    )


def signal_for(tx: Connection, origin: str, path: str, *, reach: Reach | None = None) -> SiteFile | None:
    """The newest answer of `origin` for `path`, body included; with `reach`, the newest of that kind.

    None where it was never asked. Whether it still holds is for the caller to say (`valid_until`).
    """
    newest = select(signal.c.id).where(signal.c.origin == origin, signal.c.path == path)
    if reach is not None:
        newest = newest.where(signal.c.reach == reach.value)
    newest = newest.order_by(*_NEWEST_FIRST).limit(1)  # by number first: bodies of older answers are not read
    row = tx.execute(_answers().where(signal.c.id == newest.scalar_subquery())).first()
    return _site_file(row) if row is not None else None


def newest_number(tx: Connection) -> int:
    """The number of the answer that was written last, 0 where there is none."""
    return int(tx.execute(_NEWEST).scalar() or 0)


def origins_in_feeds(tx: Connection, after: int) -> set[str]:
    """Origins of pages of which a feed has said something since answer number `after`."""
    return set(tx.execute(_SAID_SINCE, {"after": after}).scalars())


def said_in_feeds(tx: Connection, origin: str) -> bool:
    """Whether a feed has ever said anything of a page of this origin."""
    return tx.execute(_SAID_OF, {"origin": origin}).first() is not None


def newest_signals(tx: Connection, origin: str) -> dict[str, SiteFile]:
    """The newest answer of `origin` for each of its files, by path."""
    paths = tx.execute(select(signal.c.path).where(signal.c.origin == origin).distinct()).scalars().all()
    return {path: file for path in paths if (file := signal_for(tx, origin, path)) is not None}


def signals_of(tx: Connection, origin: str, *, limit: int = 1_000) -> list[tuple[str, SiteFile]]:
    """Everything `origin` answered, as (path, answer), oldest first."""
    rows = tx.execute(_answers().where(signal.c.origin == origin).order_by(signal.c.id).limit(limit))
    return [(row.path, _site_file(row)) for row in rows]


_IN_FEED = func.substr(signal.c.path, -len(IN_FEED)) == IN_FEED
_NEWEST = select(func.max(signal.c.id))
_SAID_SINCE = select(signal.c.origin).where(signal.c.id > bindparam("after"), _IN_FEED).distinct()
_SAID_OF = select(signal.c.id).where(signal.c.origin == bindparam("origin"), _IN_FEED).limit(1)

# By when the site said it, not by when we heard of it: an archive that is imported later may be older.
_NEWEST_FIRST = (func.coalesce(signal.c.fetched_at, "").desc(), signal.c.id.desc())


def _answers() -> Select[Any]:
    return select(signal, signal_body.c.body).outerjoin(signal_body, signal_body.c.digest == signal.c.digest)


def _site_file(row: Row[Any]) -> SiteFile:
    reach = Reach(row.reach)
    return SiteFile(
        url=row.url,
        reach=reach,
        status=row.status,
        body=row.body or b"" if reach is Reach.AVAILABLE else b"",
        error=row.error,
        media_type=row.media_type,
        redirects=tuple(json.loads(row.redirects)),
        fetched_at=_instant(row.fetched_at),
        valid_until=_instant(row.valid_until),
        record_id=record_urn(row.record_id) if row.record_id else None,
    )


def _text(at: datetime | None) -> str | None:
    return instant(at) if at is not None else None


def _instant(text: str | None) -> datetime | None:
    return read_instant(text) if text else None
