"""`collector report`: documents about a collection, filled from its account."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.chosen import HERE, Data, Json, chosen
from collector.model.layout import CollectionLayout, Layout

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def report() -> None:
    """Documents about a collection, filled from its account."""


@app.command()
def run(
    collection: Annotated[str, typer.Argument(help="The collection's id; may be left out where there is one.")] = "",
    data: Data = HERE,
    *,
    number: Annotated[int | None, typer.Option("--run", min=1, help="Which run; the last one where not given.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; reports/ where not given.")] = None,
    as_json: Json = False,
) -> None:
    """One HTML file about a run: pages over time, refusals, answers, media types, slowest hosts. Names no person."""
    from collector.reports.render import write_run_report

    paths = Layout(data).collection(chosen(data, collection))
    path = write_run_report(paths, datetime.now(UTC), title=_title(paths), run=number, to=out)
    print(json.dumps({"report": str(path)}) if as_json else path)


def _title(paths: CollectionLayout) -> str:
    """As the newest policy that is kept with the collection has it."""
    kept = sorted(paths.policies.glob("*.toml"), key=lambda path: path.stat().st_mtime)
    for path in reversed(kept):
        try:
            return str(tomllib.loads(path.read_text(encoding="utf-8"))["collection"]["title"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return paths.root.name
