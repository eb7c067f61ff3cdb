"""`collector signals`: what a site says machines may do with a page, as a table that a lawyer can read."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collector.model.errors import InputError

if TYPE_CHECKING:
    from collector.cli.signals_facts import Judged
    from collector.cli.signals_table import Said, SignalTable
    from collector.model.decision import Evidence

app = typer.Typer(no_args_is_help=True, help="Show what sites say of the uses of their pages.")

WIDTH = 150  # columns where the output is no terminal
GATES = ("url", "site", "response", "content")
NOT_ASKED = {
    "site": "what the site publishes was not asked for",
    "response": "the page was not asked for",
    "content": "the page was not read",
}


@app.callback()
def signals() -> None:
    """Show what sites say of the uses of their pages."""


@app.command()
def show(
    url: Annotated[str, typer.Argument(help="The page that is asked about.")],
    policy: Annotated[str, typer.Option(help="Policy file, or the name of a ready policy.")] = "strict-eu",
    collection: Annotated[
        str, typer.Option("--collection", "-c", help="As this collection met it, instead of asking the site now.")
    ] = "",
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where collections are kept.")] = Path(
        "data"
    ),
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also the signals that say nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Every signal that was found: where, the exact text, what it means for each use, who wins and why."""
    from collector.cli.signals_facts import ask_now, from_collection
    from collector.cli.signals_table import signal_table
    from collector.policy.ready import find_policy

    judged = from_collection(url, collection, data) if collection else ask_now(url, find_policy(policy), data)
    if not judged.decisions:
        raise InputError(f"no gate was asked: {judged.reason}", where=judged.url, mend="try again")
    table = signal_table(judged.decisions, judged.ruleset)
    if as_json:
        print(json.dumps(_as_json(judged, table, collection), indent=2, ensure_ascii=False))
    else:
        _print(judged, table, everything=everything)


def _as_json(judged: Judged, table: SignalTable, collection: str) -> dict[str, Any]:
    from collector.cli.explain_lines import evidence_json

    return {
        "url": judged.url,
        "at": _instant(judged.at),
        "collection": collection or None,
        "policy": {"id": judged.ruleset.policy.id, "digest": str(judged.ruleset.policy.digest)},
        "outcome": judged.outcome,
        "reason": judged.reason,
        "gate": judged.gate or None,
        "gates_asked": [gate.value for gate in table.gates_asked],
        "signals": [
            {
                "rule": said.rule,
                "mechanism": said.mechanism,
                "gate": said.gate.value,
                "found": said.found,
                "verdict": said.finding.verdict.value,
                "uses": {use.value: permission.value for use, permission in said.uses},
                "basis": said.finding.basis.value,
                "reason": said.finding.reason,
                "evidence": [evidence_json(evidence) for evidence in said.finding.evidence],
                "superseded_by": said.superseded_by or None,
            }
            for said in table.said
        ],
        "uses": [
            {"use": r.use.value, "permission": r.permission.value, "by": list(r.by), "why": r.why}
            for r in table.rulings
        ],
        "files": [
            {
                "path": path,
                "url": file.url,
                "reach": file.reach.value,
                "status": file.status,
                "error": file.error or None,
                "fetched_at": _instant(file.fetched_at),
                "valid_until": _instant(file.valid_until),
                "digest": str(file.digest) if file.body else None,
                "record": file.record_id,
            }
            for path, file in judged.files
        ],
    }


def _print(judged: Judged, table: SignalTable, *, everything: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    console = Console(width=max(width, 80), highlight=False, markup=False, emoji=False)
    console.print(f"{judged.url}\nas of {judged.at:%Y-%m-%d %H:%M} UTC, policy {judged.ruleset.policy.id}\n")
    shown = [said for said in table.said if everything or said.found]
    grid = Table(box=box.ASCII, show_lines=True)
    for title in ("signal", "found in", "exact text", "means", "because"):
        grid.add_column(title, overflow="fold")  # nothing of a signal is left out
    for said in shown:
        grid.add_row(*(Text(cell) for cell in _cells(said)))
    if shown:
        console.print(grid)
    silent = [said.mechanism for said in table.said if not said.found]
    if silent and not everything:
        console.print(f"Looked for, and nothing found that speaks of a use: {', '.join(silent)}.")
    for gate in GATES:
        if gate not in table.gates_asked:
            console.print(f"Not looked at: {NOT_ASKED[gate]}, because the {judged.gate or 'network'} ended it before.")
    uses = Table("use", "answer", "why", box=box.ASCII, title="What holds in the end", title_justify="left")
    for ruling in table.rulings:
        uses.add_row(ruling.use.value, Text(ruling.permission.value.upper()), Text(ruling.why))
    console.print(uses)
    console.print("A denial by any mechanism beats a permission by another; silence is no permission.")
    console.print(f"Outcome: {judged.outcome}" + (f", {judged.reason}" if judged.reason else ""))
    for path, file in judged.files:
        answer = f"HTTP {file.status}" if file.status is not None else file.error
        until = f", valid until {file.valid_until:%Y-%m-%d %H:%M} UTC" if file.valid_until else ""
        when = f"{file.fetched_at:%Y-%m-%d %H:%M} UTC" if file.fetched_at else "no time known"
        console.print(f"file {path}: {answer}, asked {when}{until}" + (f", {file.digest}" if file.body else ""))


def _cells(said: Said) -> tuple[str, str, str, str, str]:
    from collector.cli.signals_table import text_of, where_of

    evidence: tuple[Evidence, ...] = said.finding.evidence
    where = "\n".join(dict.fromkeys(where_of(e) for e in evidence)) or "nowhere"
    text = "\n".join(text_of(e) for e in evidence if text_of(e)) or "none"
    means = said.told
    if said.superseded_by:
        from collector.cli.signals_table import MECHANISMS

        means += f" (superseded by {MECHANISMS.get(said.superseded_by, said.superseded_by)})"
    return said.mechanism, where, text, means, f"{said.finding.reason} [{said.finding.basis.value}]"


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
