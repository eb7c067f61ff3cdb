"""Tables in CSV with a heading: kind, value, action, category, uses, effective_from, expires_at, note, ref."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, lines_of, opened, refused
from collector.lists.match import Action
from collector.lists.reading import Rejected
from collector.model.errors import ListError

COLUMNS = (
    "kind", "value", "action", "category", "uses", "effective_from", "expires_at", "note", "ref",
    "subdomains", "force", "ignore_case",
)  # fmt: skip
# Uses whose refusal is a refusal to be fetched for a corpus; that of search alone is not.
_REFUSING_USES = frozenset({"all", "tdm", "train-ai", "train-genai", "archive", "train", "fetch"})
_YES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


def read_table(path: Path) -> Iterator[Stated]:
    """Every row; `,` or `;` between fields, as the heading has it. Each row stands on a line of its own.

    Raises ListError where the file cannot be read, or its heading names no `value` or an unknown column.
    """
    heading: Sequence[str] = ()
    delimiter = ","
    with opened(path) as stream:
        for number, text in lines_of(stream):
            if isinstance(text, Rejected):
                yield text
                continue
            if not text.strip():
                continue
            if not heading:
                delimiter = ";" if text.count(";") > text.count(",") else ","
                heading = _heading(text, delimiter, path)
                continue
            try:
                yield _row(_fields(text, delimiter), heading, number)
            except ListError as error:
                yield refused(number, text, error)


def _heading(text: str, delimiter: str, path: Path) -> Sequence[str]:
    names = [name.strip().lower() for name in _fields(text, delimiter)]
    unknown = [name for name in names if name not in COLUMNS]
    if "value" not in names or unknown or len(set(names)) != len(names):
        what = f"an unknown column {unknown[0][:40]!r}" if unknown else "no column `value`, or one twice"
        raise ListError(what, where=f"{path}:1", mend=f"the columns are {', '.join(COLUMNS)}")
    return names


def _fields(text: str, delimiter: str) -> list[str]:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as exc:
        raise ListError(f"no row of a table: {exc}", mend='quote a field with "" and keep it on one line') from exc
    return rows[0] if rows else []


def _row(fields: Sequence[str], heading: Sequence[str], number: int) -> Row:
    if len(fields) != len(heading):
        raise ListError(f"{len(fields)} fields under a heading of {len(heading)}")
    cell = dict.fromkeys(COLUMNS, "") | {name: field.strip() for name, field in zip(heading, fields, strict=True)}
    if not cell["value"]:
        raise ListError("no value")
    uses = {use.strip().lower() for use in cell["uses"].replace("|", " ").split()}
    if uses and not uses & _REFUSING_USES:
        raise ListError("uses that do not refuse a corpus", mend="all, tdm, train-ai, train-genai or archive")
    try:
        kind = Kind(cell["kind"].lower()) if cell["kind"] else None
        action = Action(cell["action"].lower()) if cell["action"] else None
        flags = [_YES[cell[name].lower()] for name in ("subdomains", "force", "ignore_case")]
    except (ValueError, KeyError) as exc:
        raise ListError(f"an unknown word: {exc}", mend="kind, action and yes or no, as blocklists/README.md") from exc
    subdomains, force, ignore_case = flags
    return Row(
        number,
        kind,
        cell["value"],
        action,
        cell["category"] or None,
        cell["note"],
        cell["ref"],
        subdomains=subdomains,
        force=force,
        ignore_case=ignore_case,
        begins=cell["effective_from"],
        ends=cell["expires_at"],
    )


def table_heading() -> str:
    """The first line of an export."""
    return ",".join(COLUMNS)


def table_line(entry: Entry) -> str | None:
    """The entry as a row; None where its text has a line end, which a row here cannot hold."""
    flags = ["yes" if flag else "" for flag in (entry.subdomains, entry.force, entry.ignore_case)]
    value = entry.host + (entry.path or ("/" if entry.kind is Kind.PREFIX else ""))
    cells = [entry.kind.value, value, entry.action.value, entry.category, "", "", "", entry.note, entry.rule, *flags]
    if any(cell != cell.strip() or set(cell) & set("\r\n\0") for cell in cells):
        return None
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
