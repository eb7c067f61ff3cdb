"""Findings written once each: the same rule says the same of thousands of pages, and events name it by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from collector.ledger.bulk import insert_rows
from collector.ledger.codec import decode, decode_finding, encode, encode_finding, finding_numbers
from collector.ledger.schema import finding as table
from collector.model.decision import Decision, Finding

T = TypeVar("T")
_CHUNK = 500
_BY_DIGEST = select(table.c.digest, table.c.id).where(table.c.digest.in_(bindparam("wanted", expanding=True)))
_BY_NUMBER = select(table.c.id, table.c.body).where(table.c.id.in_(bindparam("wanted", expanding=True)))


def write_decisions(tx: Connection, batch: Sequence[tuple[Decision, ...]]) -> list[str]:
    """The text to store for each event's decisions; findings never seen before are written first."""
    texts: dict[bytes, str] = {}
    order: list[bytes] = []  # digest of every finding of the batch, in the order in which `encode` meets them
    for decisions in batch:
        for decision in decisions:
            for finding in decision.findings:
                digest, text = _written(finding)
                texts[digest] = text
                order.append(digest)
    numbers = _numbers(tx, texts)
    missing = [digest for digest in texts if digest not in numbers]
    if missing:
        insert_rows(tx, table, [{"digest": digest, "body": texts[digest]} for digest in missing])
        numbers.update(_numbers(tx, missing))
    next_number = map(numbers.__getitem__, order).__next__
    return [encode(decisions, lambda _: next_number()) for decisions in batch]


def read_decisions(tx: Connection, text: str, *, where: str = "") -> tuple[Decision, ...]:
    """Stored decisions with their findings. Raises IntegrityError when they, or a finding, cannot be read."""
    found: dict[int, Finding] = {}
    for chunk in _chunks(sorted(finding_numbers(text))):
        for row in tx.execute(_BY_NUMBER, {"wanted": chunk}):
            found[row.id] = _read(row.body, row.id)
    return decode(text, found.__getitem__, where=where)


def altered(tx: Connection) -> Iterator[int]:
    """Numbers of findings that are not what was written: their text no longer has its digest."""
    for number, digest, body in tx.execute(select(table.c.id, table.c.digest, table.c.body)):
        if _digest(body) != digest:
            yield number


def _digest(text: str) -> bytes:
    """128 bits: a site must not find two findings that pass for one another."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@lru_cache(maxsize=16_384)
def _written(finding: Finding) -> tuple[bytes, str]:
    text = encode_finding(finding)
    return _digest(text), text


@lru_cache(maxsize=4_096)
def _read(body: str, number: int) -> Finding:
    return decode_finding(body, where=f"finding {number}")


def _numbers(tx: Connection, digests: Iterable[bytes]) -> dict[bytes, int]:
    return {row.digest: row.id for chunk in _chunks(list(digests)) for row in tx.execute(_BY_DIGEST, {"wanted": chunk})}


def _chunks(values: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _CHUNK):
        yield list(values[start : start + _CHUNK])
