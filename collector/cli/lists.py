"""`collector lists`: which entry of which list covers a URL, what lists there are, and the verbs that keep them."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from collector.cli import lists_confirm, lists_diff, lists_keep
from collector.cli.lists_lines import answer_of, answer_stream
from collector.lists.match import ListMatch, Lookup
from collector.model.errors import ExitCode, InputError
from collector.model.layout import Layout
from collector.model.url import parse_url

app = typer.Typer(no_args_is_help=True, help="Keep the lists of sensitive sources, and look into them.")

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command()
def match(
    urls: Annotated[list[str] | None, typer.Argument(help="URLs to look up.")] = None,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id","url"} lines from standard input.')] = False,
    rules: Annotated[Path | None, typer.Option(help="Entries to look up in, instead of the lists.")] = None,
    data: lists_keep.Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Say which entries cover a URL, the one that wins first. Exit code 1 where a line could not be read."""
    lookup = _lookup(rules, data)
    if jsonl:
        gc.freeze()  # what was loaded stays: left out of every collection
        if answer_stream(sys.stdin.buffer, sys.stdout.buffer, lookup):
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
def status(data: lists_keep.Data = Path("data"), *, as_json: Json = False) -> None:
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
    _status_of_imports(data, as_json=as_json)
    if lists.rejected_count:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


for _name, _verb in (
    ("import", lists_keep.import_),
    ("compile", lists_keep.compile_),
    ("diff", lists_diff.diff),
    ("activate", lists_keep.activate),
    ("deactivate", lists_keep.deactivate),
    ("rollback", lists_keep.rollback),
    ("override", lists_keep.override),
    ("confirm", lists_confirm.confirm_),
    ("export", lists_keep.export),
):
    app.command(_name)(_verb)


def _lookup(rules: Path | None, data: Path) -> Lookup:
    from collector.lists.folder import load_lists
    from collector.lists.live import LiveLists
    from collector.lists.ruleset import read_ruleset

    return LiveLists(Layout(data).lists, load_lists().lookup).lookup if rules is None else read_ruleset(rules)


def _status_of_imports(data: Path, *, as_json: bool) -> None:
    from collector.lists.confirmed import FILE, read_confirmations, rows_aside
    from collector.lists.organisation import OrganisationLists

    lists = OrganisationLists(Layout(data).lists)
    generation = lists.current()
    confirmed = read_confirmations(lists.folder / FILE)
    for one in lists.versions():
        in_force = generation is not None and generation.versions.get(one.list) == one.version
        state = "in force" if in_force else "quarantined" if one.quarantine else "candidate"
        rows = rows_aside(lists.sources / one.list / one.version, confirmed) if one.aside else []
        said = sum(row.confirmed is not None for row in rows)
        if as_json:
            print(json.dumps({**one.model_dump(mode="json"), "state": state, "confirmed": said}, ensure_ascii=False))
            continue
        print(f"{one.list:<22} {one.entries:>9,} entries  {one.version}  {state}  {one.licence}  {one.title}")
        aside = f"{one.aside:,} put aside" + (f", {said:,} of them confirmed" if said else "")
        print(f"  {one.rejected:,} lines rejected, {aside}  {one.quarantine}".rstrip())
    if generation is not None and not as_json:
        print(
            f"generation {generation.number} since {generation.at} by {generation.by}: {generation.entries:,} entries,"
        )
        print(f"  {generation.snapshot}, licence {generation.licence}  {generation.reason}".rstrip())


def _tell(text: str, found: tuple[ListMatch, ...]) -> None:
    print("\n".join(_told(text, found)))


def _told(text: str, found: tuple[ListMatch, ...]) -> Iterator[str]:
    verdict = answer_of(found)["verdict"]
    yield f"{text}: {verdict}" + ("" if found else ", in no list")
    for one in found:
        yield f"  {one.action} by {one.kind} {one.rule} ({one.list} line {one.line}, {one.category or 'no category'})"
        if one.note:
            yield f"    {one.note}"
