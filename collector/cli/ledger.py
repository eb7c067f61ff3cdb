"""`collector ledger`: the whole story of a URL in plain words, and whether the account agrees with itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from collector.ledger.captures import CaptureRow
from collector.ledger.codec import encode
from collector.ledger.keys import FILE_NAME, load, url_key
from collector.ledger.runs import events_so_far
from collector.ledger.segments import segments
from collector.ledger.store import Store
from collector.ledger.story import Chapter, Closed, Queued, Tried, key_of, story
from collector.ledger.verify import verify as check
from collector.model.decision import Decision
from collector.model.errors import ExitCode, InputError
from collector.model.layout import Layout
from collector.model.page import Hop, Placement
from collector.model.url import parse_url

app = typer.Typer(no_args_is_help=True, help="Tell the whole story of a URL, and check the account.")

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="The collection's id.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command()
def show(url: str, collection: Collection, data: Data = Path("data"), *, as_json: Json = False) -> None:
    """Everything the account knows of URL, in order: found, tried, judged, fetched, minimised, kept."""
    layout = Layout(data)
    href = parse_url(url).href
    store = Store.open(layout.collection(collection).database, write=False)
    try:
        with store.snapshot() as tx:
            key = _key(tx, layout.keys(collection), href)
            chapters = story(tx, key) if key is not None else []
    finally:
        store.close()
    if not chapters:
        raise InputError(
            "this collection never met the URL",
            where=href,
            mend="write it as it was found; without the collection's key, personal URLs cannot be looked up",
        )
    if as_json:
        print(json.dumps({"url": href, "chapters": [_as_json(c) for c in chapters]}, indent=2, default=str))
        return
    print(href)
    for chapter in chapters:
        print("\n".join(_lines(chapter)))


@app.command()
def verify(collection: Collection, data: Data = Path("data"), *, as_json: Json = False) -> None:
    """Check conservation, and that every record lies inside its committed file. Exit 3 when something is wrong."""
    layout = Layout(data).collection(collection)
    store = Store.open(layout.database, write=False)
    try:
        with store.snapshot() as tx:
            problems = check(tx, layout.root)
            events, files = events_so_far(tx), len(segments(tx))
    finally:
        store.close()
    if as_json:
        print(json.dumps({"events": events, "segments": files, "problems": [asdict(p) for p in problems]}, indent=2))
    else:
        for problem in problems:
            print(f"{problem.check}: {problem.where}: {problem.message}")
        verdict = f"{len(problems)} problems" if problems else "the account agrees with itself"
        print(f"{events:,} events, {files:,} segments: {verdict}")
    if problems:
        raise typer.Exit(ExitCode.INTEGRITY)


def _key(tx: Connection, folder: Path, href: str) -> bytes | None:
    """By the collection's secret; a reader without it looks for the URL's text."""
    if (folder / FILE_NAME).exists():
        return url_key(load(folder), href)
    return key_of(tx, href)


def _as_json(chapter: Chapter) -> dict[str, object]:

    match chapter:
        case Queued():
            return {"chapter": "queued", **asdict(chapter)}
        case Tried():
            body = {k: v for k, v in _plain_fields(chapter).items() if k != "decisions"}
            return {"chapter": "tried", **body, "decisions": json.loads(encode(chapter.decisions))}
        case Closed():
            body = {k: v for k, v in _plain_fields(chapter).items() if k not in ("decisions", "capture")}
            kept = chapter.capture
            return {
                "chapter": "closed",
                **body,
                "decisions": json.loads(encode(chapter.decisions)),
                "capture": None
                if kept is None
                else {
                    **_plain_fields(kept),
                    "uses": kept.uses.as_dict(),
                    "payload_digest": str(kept.payload_digest),
                    "page": asdict(kept.page),
                    "text": asdict(kept.text) if kept.text else None,
                    "provenance": asdict(kept.provenance) if kept.provenance else None,
                },
            }


def _plain_fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


def _lines(chapter: Chapter) -> Iterator[str]:

    when = f"{chapter.at:%Y-%m-%d %H:%M:%S} UTC"
    match chapter:
        case Queued():
            yield f"{when}  found {_way(chapter.hops, chapter.depth, chapter.via)}"
            if chapter.state != "done":
                due = f", due {chapter.due:%Y-%m-%d %H:%M:%S} UTC" if chapter.due else ""
                yield f"    now {chapter.state}, attempt {chapter.attempt}{due}"
        case Tried():
            yield f"{when}  attempt {chapter.number} in run {chapter.run}: {chapter.reason}"
            yield from _gates(chapter.decisions)
            back = f"comes back at {chapter.next_at:%Y-%m-%d %H:%M:%S} UTC" if chapter.next_at else "comes back"
            yield f"    {back}"
        case Closed():
            yield f"{when}  closed in run {chapter.run}, visit {chapter.visit}: {chapter.outcome.value}"
            yield from _ending(chapter)


def _ending(closed: Closed) -> Iterator[str]:
    if not closed.shown:
        yield "    the URL itself was personal: the account holds its keyed name only"
    if closed.reason:
        yield f"    because {closed.reason}"
    if closed.detail:
        yield f"    {closed.detail}"
    yield from _gates(closed.decisions)
    if closed.capture is not None:
        yield from _kept(closed.capture)


def _way(hops: str, depth: int, via: str | None) -> str:
    if hops.endswith(Hop.ARCHIVE.value):
        return "in somebody else's archive"
    names = {"L": "a link", "R": "a redirect", "M": "a sitemap", "F": "a feed", "X": "a spider's own request"}
    how = f"through {names.get(hops[-1], hops[-1])}" if hops else "as a seed"
    return f"{how}{f' on {via}' if via else ''}, {depth} {'hop' if depth == 1 else 'hops'} from the seed"


def _gates(decisions: tuple[Decision, ...]) -> Iterator[str]:
    for decision in decisions:
        yield f"    {decision.gate.value} gate: {decision.verdict.value}  (policy {decision.policy.digest})"
        for finding in decision.findings:
            said = ", ".join(f"{use.value}: {p.value}" for use, p in finding.uses if p.value != "unknown")
            uses = f" [{said}]" if said else ""
            yield f"      {finding.rule}: {finding.verdict.value}{uses}: {finding.reason}"
            for evidence in finding.evidence:
                digest = f" {evidence.digest}" if evidence.digest else ""
                place = f" at {evidence.locator}" if evidence.locator else ""
                yield f"        seen in {evidence.source}{digest}{place}"


def _kept(kept: CaptureRow) -> Iterator[str]:
    language = f", {kept.language}" if kept.language else ""
    yield f"    fetched {kept.fetched_at:%Y-%m-%d %H:%M:%S} UTC: HTTP {kept.status}, {kept.media_type}{language}"
    taken = ", ".join(f"{n} {kind}" for kind, n in sorted(kept.redactions.items())) or "nothing found to take out"
    yield f"    minimised ({kept.redaction_profile}): {taken}"
    yield f"    kept {kept.size:,} bytes, {kept.payload_digest}"
    if kept.revisit_of:
        yield f"    the same bytes as {kept.revisit_of}"
    yield "    may be used: " + ", ".join(f"{use.value} {said.value}" for use, said in kept.uses)
    for name, placement in (("page", kept.page), ("text", kept.text), ("provenance", kept.provenance)):
        if placement is not None:
            yield f"    {name} record {_where(placement)}"


def _where(placement: Placement) -> str:
    return f"{placement.record_id} in {placement.file}, {placement.length:,} bytes from {placement.offset:,}"
