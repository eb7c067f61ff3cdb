"""`collector lists`: which entry of which list covers a URL, and what lists there are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from collector.lists.match import Action, ListMatch, Lookup
from collector.model.errors import CollectorError, ExitCode, InputError
from collector.model.url import parse_url

app = typer.Typer(no_args_is_help=True, help="Look into the lists of sensitive sources.")

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
MAX_LINE = 1_000_000  # bytes of one input line


@app.command()
def match(
    urls: Annotated[list[str] | None, typer.Argument(help="URLs to look up.")] = None,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id","url"} lines from standard input.')] = False,
    rules: Annotated[Path | None, typer.Option(help="Entries to look up in, instead of the lists.")] = None,
    as_json: Json = False,
) -> None:
    """Say which entries cover a URL, the one that wins first. Exit code 1 where a line could not be read."""
    lookup = _lookup(rules)
    if jsonl:
        bad = 0
        for line in input_lines(sys.stdin.buffer):
            answer = answer_line(line, lookup)
            if answer is None:
                continue
            bad += "error" in answer
            print(json.dumps(answer), flush=True)
        if bad:
            raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)
        return
    if not urls:
        raise InputError("no URL", mend="collector lists match https://example.org/, or --jsonl")
    for text in urls:
        found = lookup.match(parse_url(text))
        if as_json:
            print(json.dumps({"url": text, **answer_of(found)}, ensure_ascii=False))
        else:
            _tell(text, found)


@app.command()
def status(*, as_json: Json = False) -> None:
    """Every list: title, category, entries, date, licence, and the lines that could not be used."""
    from collector.lists.folder import load_lists

    lists = load_lists()
    for one in lists.lists:
        manifest = one.manifest
        row = {
            "list": one.id,
            "title": manifest.title if manifest else "",
            "category": manifest.category if manifest else "",
            "entries": len(one.entries),
            "rejected": one.rejected_count,
            "date": manifest.date.isoformat() if manifest else "",
            "licence": manifest.licence if manifest else "",
            "digest": str(one.digest),
        }
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        print(f"{row['list']:<22} {row['entries']:>5} entries  {row['date']}  {row['licence']:<8} {row['title']}")
        for refused in one.rejected:
            print(f"  {one.path}:{refused.line}: {refused.reason}: {refused.text}")
    if not as_json:
        print(f"{len(lists.lookup):,} entries in {len(lists.lists)} lists, {lists.lookup.digest}")
    if lists.rejected_count:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def input_lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines of at most MAX_LINE bytes and one; the rest of a longer one is read and thrown away."""
    while line := source.readline(MAX_LINE + 1):
        yield line
        rest = line
        while len(line) > MAX_LINE and rest and not rest.endswith(b"\n"):
            rest = source.readline(MAX_LINE)


def answer_line(line: bytes, lookup: Lookup) -> dict[str, Any] | None:
    """The answer to one JSON line; None for a blank one. Never raises: a bad line answers id and error."""
    if not line.strip():
        return None
    identifier: Any = None
    try:
        if len(line) > MAX_LINE:
            raise InputError(f"a line of more than {MAX_LINE:,} bytes")
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise InputError('a line is an object with "id" and "url"')
        identifier = asked.get("id")
        url = asked.get("url")
        if not isinstance(url, str):
            raise InputError('"url" is missing or no text')
        return {"id": identifier, **answer_of(lookup.match(parse_url(url)))}
    except CollectorError as exc:
        return {"id": identifier, "error": exc.message}
    except (ValueError, RecursionError) as exc:
        return {"id": identifier, "error": f"not JSON: {exc}"}


def answer_of(found: tuple[ListMatch, ...]) -> dict[str, Any]:
    """Verdict, tier and category of the winner, and every match: the shape of design §8."""
    winner = found[0] if found else None
    verdict = "allow" if winner is None or winner.action is Action.INFO else winner.action.value
    return {
        "verdict": verdict,
        "tier": int(winner.tier) if winner else None,
        "category": (winner.category or None) if winner else None,
        "matches": [
            {
                "rule": one.rule,
                "list": one.list,
                "version": one.version,
                "line": one.line,
                "category": one.category or None,
            }
            for one in found
        ],
    }


def _lookup(rules: Path | None) -> Lookup:
    from collector.lists.folder import load_lists
    from collector.lists.ruleset import read_ruleset

    return load_lists().lookup if rules is None else read_ruleset(rules)


def _tell(text: str, found: tuple[ListMatch, ...]) -> None:
    print("\n".join(_told(text, found)))


def _told(text: str, found: tuple[ListMatch, ...]) -> Iterator[str]:
    verdict = answer_of(found)["verdict"]
    yield f"{text}: {verdict}" + ("" if found else ", in no list")
    for one in found:
        yield f"  {one.action} by {one.kind} {one.rule} ({one.list} line {one.line}, {one.category or 'no category'})"
        if one.note:
            yield f"    {one.note}"
