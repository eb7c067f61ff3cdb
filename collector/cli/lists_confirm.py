"""`collector lists confirm`: show the rows of a list that cover a whole public suffix, and put them in force."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.lists_keep import By, Data, Json, Name
from collector.crawler.who import who_acts
from collector.model.errors import InputError
from collector.model.layout import Layout


def confirm_(
    name: Name,
    hosts: Annotated[
        list[str] | None, typer.Argument(help="Of rows that stand aside; none, and they are shown.")
    ] = None,
    data: Data = Path("data"),
    *,
    every: Annotated[bool, typer.Option("--all", help="Every row that stands aside.")] = False,
    version: Annotated[str, typer.Option(help="Or its beginning; the one in force where not given.")] = "",
    reason: Annotated[str, typer.Option(help="Why; it stands in every decision that rests on it.")] = "",
    approved_by: Annotated[str, typer.Option(help="The second person, where a policy asks for one.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the confirmation back.")] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Put in force rows that cover a public suffix or a platform: at once, and for later versions of the list too."""
    from collector.lists.confirmed import FILE, confirm, read_confirmations, rows_aside
    from collector.lists.decided import Decided
    from collector.lists.organisation import OrganisationLists

    lists = OrganisationLists(Layout(data).lists)
    generation = lists.current()
    in_force = generation.versions.get(name, "") if generation else ""
    one = lists.version(name, version or in_force)
    path = lists.folder / FILE
    folder = lists.sources / name / one.version
    rows = rows_aside(folder, read_confirmations(path))
    if hosts or every:
        if hosts and every:
            raise InputError("hosts and --all", mend="the one or the other")
        if len(reason.strip()) < 3:
            raise InputError("no reason", mend="--reason: what a person should read who asks why, in a year")
        decided = Decided(
            op="withdraw" if withdraw else "set", reason=reason, by=who_acts(by), approved_by=approved_by,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip
        changed = confirm(path, rows, decided, frozenset(hosts or ()), name)
        rows = rows_aside(folder, read_confirmations(path))
        if not as_json:
            print(f"{len(changed):,} {'taken back' if withdraw else 'confirmed'}: {', '.join(changed)}".rstrip(": "))
    for row in rows:
        entry, word = row.entry, row.confirmed
        if as_json:
            said = word.model_dump() if word is not None else None
            shown = {"list": name, "version": one.version, "line": entry.line, "value": entry.host,
                     "action": entry.action, "category": entry.category, "confirmed": said}  # fmt: skip
            print(json.dumps(shown, ensure_ascii=False))
        else:
            state = f"confirmed: {word.told}" if word is not None else "put aside"
            print(f"  {entry.action} {entry.kind} {entry.host} ({entry.category}, line {entry.line}): {state}")
    if not as_json and in_force != one.version:
        print(f"{one.version} is not in force: collector lists activate {name}")
