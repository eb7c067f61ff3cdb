"""Which collection a command is about: the one that is named, or the only one there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.model.errors import InputError

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where collections are kept.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
HERE = Path("data")


def chosen(data: Path, name: str) -> str:
    """The id of the collection. Raises InputError where none is named and there is not exactly one."""
    if name:
        return name
    found = sorted(path.parent.name for path in data.glob("*/collection.db"))
    if len(found) == 1:
        return found[0]
    mend = f"name one of: {', '.join(found)}" if found else "check --data"
    raise InputError(f"{len(found)} collections", where=str(data), mend=mend)
