"""The package's source files, and what each of them imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "collector"


@cache
def sources() -> tuple[Path, ...]:
    """Every module of the package, relative to the checkout."""
    return tuple(sorted(path.relative_to(ROOT) for path in PACKAGE.rglob("*.py")))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute dotted name) of everything that `path` imports, at its top or inside a function."""
    for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case _:
                pass
