"""`collector minimise --show`: before and after beside each other, in the terminal and as an HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from collector.model.errors import StorageError

if TYPE_CHECKING:
    from rich.text import Text

Marked = tuple[int, int, str]  # start, end, kind

_PLACEHOLDER = re.compile(r"\[\[([A-Z][A-Z_]{0,31}?)(?:_[A-Z]{14})?_\d{1,9}\]\]")
_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_cyan", "bright_magenta", "bright_yellow")
_SHADES = ("#cdeef5", "#f3d4f2", "#fbf0b8", "#d3f0cf", "#d5dffb", "#fbd3cf", "#e8e2f7", "#fde3c8", "#dfe7d3")
MAX_LINES = 2_000


def placeholders(text: str) -> list[Marked]:
    """Where placeholders stand in a minimised text."""
    return [(m.start(), m.end(), m[1].lower()) for m in _PLACEHOLDER.finditer(text)]


def lines_of(text: str, marks: list[Marked]) -> Iterator[tuple[str, list[Marked]]]:
    """Each line that is not blank, with the marks in it, in offsets of the line; at most 2,000."""
    position = count = first = 0
    for line in text.split("\n"):
        end = position + len(line)
        while first < len(marks) and marks[first][1] <= position:
            first += 1
        here = []
        for start, stop, kind in marks[first:]:
            if start >= end:
                break
            here.append((max(start - position, 0), min(stop - position, len(line)), kind))
        if line.strip():
            yield line, here
            count += 1
            if count >= MAX_LINES:
                return
        position = end + 1


def print_side_by_side(before: str, after: str, marks: list[Marked]) -> None:
    """Two columns on standard output, each kind in a colour of its own where the terminal has colours."""
    from rich.console import Console
    from rich.table import Table

    kinds = sorted({kind for *_, kind in [*marks, *placeholders(after)]})
    colours = {kind: _COLOURS[number % len(_COLOURS)] for number, kind in enumerate(kinds)}
    table = Table(show_lines=False, expand=True, pad_edge=False)
    table.add_column("before", ratio=1, overflow="fold")
    table.add_column("after", ratio=1, overflow="fold")
    left, right = list(lines_of(before, marks)), list(lines_of(after, placeholders(after)))
    for number in range(max(len(left), len(right))):
        row = [_rich(*lines[number], colours) if number < len(lines) else "" for lines in (left, right)]
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def _rich(line: str, marks: list[Marked], colours: dict[str, str]) -> Text:
    from rich.text import Text

    text = Text(line)
    for start, end, kind in marks:
        text.stylize(f"reverse {colours[kind]}", start, end)
    return text


def write_report(path: Path, before: str, after: str, marks: list[Marked], counts: dict[str, int]) -> None:
    """The same as one HTML file without scripts. It shows what was taken out: whoever keeps it keeps that."""
    kinds = sorted({kind for *_, kind in [*marks, *placeholders(after)]})
    rules = "".join(f".{kind}{{background:{_SHADES[number % len(_SHADES)]}}}" for number, kind in enumerate(kinds))
    legend = " ".join(f'<mark class="{escape(kind)}">{escape(kind)}</mark>' for kind in kinds)
    taken = ", ".join(f"{count} {escape(kind)}" for kind, count in counts.items()) or "nothing"
    page = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>minimised</title><style>
body{{font:14px/1.5 sans-serif;margin:2em}}main{{display:grid;grid-template-columns:1fr 1fr;gap:2em}}
p{{margin:.2em 0;overflow-wrap:anywhere}}mark{{padding:0 .15em}}{rules}</style></head><body>
<h1>Before and after</h1><p>Taken out: {taken}. {legend}</p>
<p>This file shows the personal data that was taken out. Delete it when you have read it.</p>
<main><section><h2>before</h2>{_html(before, marks)}</section>
<section><h2>after</h2>{_html(after, placeholders(after))}</section></main></body></html>
"""
    try:
        path.write_text(page, encoding="utf-8", errors="replace")
    except OSError as exc:
        raise StorageError(exc.strerror or "cannot be written", where=str(path)) from exc


def _html(text: str, marks: list[Marked]) -> str:
    paragraphs = []
    for line, here in lines_of(text, marks):
        parts: list[str] = []
        position = 0
        for start, end, kind in here:
            parts += (escape(line[position:start]), f'<mark class="{escape(kind)}" title="{escape(kind)}">')
            parts += (escape(line[start:end]), "</mark>")
            position = end
        paragraphs.append(f"<p>{''.join(parts)}{escape(line[position:])}</p>")
    return "\n".join(paragraphs)
