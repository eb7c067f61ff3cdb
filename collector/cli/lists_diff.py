"""`collector lists diff`: what a version of a list would change, entry by entry, before anybody activates it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.lists_keep import SHOWN, Data, Json, Name
from collector.model.layout import Layout


def diff(
    name: Name,
    new: Annotated[str, typer.Argument(help="A version; the newest where not given.")] = "",
    old: Annotated[str, typer.Argument(help="A version; the one in force where not given.")] = "",
    data: Data = Path("data"),
    *,
    limit: Annotated[int, typer.Option(help="Entries shown of each; 0: all.")] = SHOWN,
    as_json: Json = False,
) -> None:
    """What a version adds to another and takes away, entry by entry; all of it is new where none is in force."""
    from collector.lists.confirmed import FILE, read_confirmations
    from collector.lists.difference import differing, differing_aside
    from collector.lists.organisation import OrganisationLists

    lists = OrganisationLists(Layout(data).lists)
    after = lists.version(name, new)
    generation = lists.current()
    compared = old or (generation.versions.get(name, "") if generation else "")
    before = lists.version(name, compared) if compared else None
    here = lists.sources / name
    folders = (here / before.version if before is not None else None, here / after.version)
    shown: Counter[str] = Counter()
    for sign, entry in differing(*folders):
        shown[sign] += 1
        if not limit or shown[sign] <= limit:
            row = {"change": sign, "kind": entry.kind, "value": entry.host + entry.path, "action": entry.action,
                   "category": entry.category, "line": entry.line}  # fmt: skip
            print(json.dumps(row) if as_json else f"{sign} {entry.action} {entry.kind} {entry.host}{entry.path}")
    aside: Counter[str] = Counter()
    for sign, held in differing_aside(*folders, read_confirmations(lists.folder / FILE)):
        aside[sign] += 1
        if not limit or aside[sign] <= limit:
            entry, state = held.entry, "confirmed" if held.confirmed is not None else "put aside"
            row = {"change": sign, "kind": entry.kind, "value": entry.host, "state": state}
            said = f"{sign} {entry.action} {entry.kind} {entry.host}, a public suffix, {state}"
            print(json.dumps(row) if as_json else said)
    if as_json:
        return
    since = before.version if before is not None else "nothing in force"
    print(f"{since} -> {after.version}: {shown['+']:,} added, {shown['-']:,} removed")
    if aside:
        print(f"  put aside: {aside['+']:,} added, {aside['-']:,} removed")
