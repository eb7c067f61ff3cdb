"""`collector minimise scan`: does what is archived still pass, now that the recognizers have changed?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from collector.model.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collector.archive.reader import Record
    from collector.minimise.replacing.plan import Plan

FOLDERS = ("archive", "text")
_KINDS = frozenset(("response", "conversion", "resource"))


@dataclass(frozen=True, slots=True)
class Residual:
    """One record in which something was found: where it is and what kinds, never a value."""

    file: str
    offset: int
    record_id: str
    counts: dict[str, int]
    withhold: bool


def newest_policy(collection: Path) -> Path | None:
    """The policy of the collection's newest run, as kept in it; None where no run is known."""
    from collector.ledger.runs import runs
    from collector.ledger.store import Store
    from collector.model.digest import Digest
    from collector.model.layout import CollectionLayout

    layout = CollectionLayout(collection)
    if not layout.database.is_file():
        return None
    store = Store.open(layout.database, write=False)
    try:
        with store.snapshot() as tx:
            every = runs(tx)
    finally:
        store.close()
    return layout.policies / f"{Digest.parse(every[-1].policy_digest).hex}.toml" if every else None


def scan(collection: Path, plan: Plan, *, as_json: bool) -> ExitCode:
    """Print what is found and a summary. 1 where anything is: `reconcile` acts on it."""
    plan = replace(plan, ner=())  # a model finds something else in what is left, each time it is asked
    total: Counter[str] = Counter()
    looked_at = hits = 0
    for residual in _residuals(collection, plan):
        looked_at += 1
        if residual is None:
            continue
        hits += 1
        total.update(residual.counts)
        if as_json:
            fields = {name: getattr(residual, name) for name in Residual.__slots__}
            typer.echo(json.dumps(fields))
        else:
            what = ", ".join(f"{count} {kind}" for kind, count in residual.counts.items())
            typer.echo(f"{residual.file} at {residual.offset}: {what or 'cannot be minimised'}")
    if as_json:
        typer.echo(
            json.dumps({"records": looked_at, "with_personal_data": hits, "counts": dict(sorted(total.items()))})
        )
    else:
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(total.items()))
        typer.echo(
            f"{looked_at:,} records, {hits:,} with personal data by today's recognizers{': ' if found else ''}{found}"
        )
    return ExitCode.FINISHED_WITH_FAULTS if hits else ExitCode.OK


def _residuals(collection: Path, plan: Plan) -> Iterator[Residual | None]:
    from collector.archive.reader import records

    if not (collection / FOLDERS[0]).is_dir():
        raise InputError(
            "no collection here", where=str(collection), mend="name the folder of a collection, or its id with --data"
        )
    for folder in FOLDERS:
        for path in sorted((collection / folder).glob("*.warc.gz")):
            for record in records(path):
                if record.kind in _KINDS and record.body:
                    yield _of(record, f"{folder}/{path.name}", plan)


def _of(record: Record, file: str, plan: Plan) -> Residual | None:
    from collector.document.read import read
    from collector.minimise.document import minimise_document
    from collector.model.errors import UrlError
    from collector.model.url import parse_url

    try:
        url = parse_url(record.target_uri or "")
    except UrlError:
        url = parse_url("https://invalid.invalid/")  # a scrubbed address: the body is looked at all the same
    headers = record.http_headers
    content_type = headers.first("content-type") if headers is not None else record.fields.first("content-type")
    result = minimise_document(read(record.body, content_type=content_type, url=url), url, plan)
    counts = dict(result.redaction.counts)
    if not counts and not result.withhold:
        return None
    return Residual(file, record.offset, record.record_id, counts, result.withhold)
