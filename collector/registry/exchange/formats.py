"""Entries in the formats that other programs read, and back: plain, hosts, ABP, RPZ, CSV; robots and TDMRep per host.

What a format cannot say exactly is left out and counted: a line that meant less would open a hole, one that meant
more would close what nobody asked for. So each line is read back before it is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from collector.model.errors import RegistryError
from collector.registry.entry import PLACES, Effect, RegistryEntry, ScopeKind
from collector.registry.exchange import site_formats
from collector.registry.exchange.line import Exchanged, exchanged_of, uncontradicted
from collector.registry.exchange.rpz import read_rpz, rpz_lines
from collector.registry.scope import read_scope
from collector.registry.vocabulary import UseLabel, read_label

WHOLE_WEB = ("plain", "hosts", "abp", "rpz", "csv")
ONE_HOST = ("robots", "tdmrep")
MAX_BYTES = 268_435_456
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text, and how many entries it does not hold."""

    text: str
    held: int
    left_out: int


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that is no entry, with the reason."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Import:
    """What a file said. Nothing is dropped silently: `rejected` holds every other line."""

    entries: tuple[Exchanged, ...]
    rejected: tuple[RejectedLine, ...]


def exchanged(entries: Iterable[RegistryEntry]) -> list[Exchanged]:
    """What formats exchange: the entries about places, each once, in order."""
    return sorted({exchanged_of(entry) for entry in entries if entry.scope_kind in PLACES})


def render(format_name: str, wanted: Sequence[Exchanged], *, host: str = "", token: str = "") -> Rendered:
    """`exchanged` entries in `format_name`. `robots` and `tdmrep` speak of one `host`. Raises RegistryError."""
    if format_name in ONE_HOST:
        text, held = site_formats.render(format_name, wanted, host, token)
        return Rendered(text, held, sum(one.host == host for one in wanted) - held)
    if format_name == "csv":
        return Rendered(_csv(wanted), len(wanted), 0)
    if format_name == "rpz":
        lines, held = rpz_lines(uncontradicted(wanted))
        return Rendered("\n".join(lines) + "\n", held, len(wanted) - held)
    write, read = _LINES.get(format_name, (None, None))
    if write is None or read is None:
        raise RegistryError(f"no format {format_name[:40]!r}", mend=f"one of: {', '.join((*WHOLE_WEB, *ONE_HOST))}")
    kept = [line for one in uncontradicted(wanted) if (line := write(one)) and _reads_back(read, line, one)]
    return Rendered("".join(f"{line}\n" for line in kept), len(kept), len(wanted) - len(kept))


def read(format_name: str, data: bytes, *, host: str = "", token: str = "") -> Import:
    """The entries of a file in `format_name`. Raises RegistryError for a file that is none at all."""
    if len(data) > MAX_BYTES:
        raise RegistryError(f"a file of {len(data):,} bytes", mend=f"files end at {MAX_BYTES:,} bytes")
    text = data.decode("utf-8-sig", "surrogateescape")
    if format_name in ONE_HOST:
        found, refused = site_formats.read(format_name, data, host, token)
        return Import(tuple(sorted(set(found))), tuple(RejectedLine(*one) for one in refused))
    if format_name == "csv":
        return _collect(enumerate(_csv_rows(text), start=2), _of_row)
    if format_name == "rpz":
        found, refused = read_rpz(text)
        return Import(tuple(sorted(set(found))), tuple(RejectedLine(*one) for one in refused))
    _, read_line = _LINES.get(format_name, (None, None))
    if read_line is None:
        raise RegistryError(f"no format {format_name[:40]!r}", mend=f"one of: {', '.join((*WHOLE_WEB, *ONE_HOST))}")
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return _collect(
        ((number, line) for number, line in lines if line and line[0] not in _COMMENTS[format_name]), read_line
    )


def _collect(numbered: Iterable[tuple[int, Line]], read_one: Callable[[Line], Exchanged]) -> Import:
    found: set[Exchanged] = set()
    rejected = []
    for number, one in numbered:
        try:
            found.add(read_one(one))
        except RegistryError as error:
            rejected.append(RejectedLine(number, error.message))
    return Import(tuple(sorted(found)), tuple(rejected))


def _reads_back(read_line: Callable[[str], Exchanged], line: str, one: Exchanged) -> bool:
    try:
        return read_line(line) == one
    except RegistryError:
        return False


def _write_plain(one: Exchanged) -> str:
    if one.kind is ScopeKind.CIDR:
        return one.host
    return f"{one.host}{one.path}" if one.kind is not ScopeKind.HOST else ""


def _read_plain(line: str) -> Exchanged:
    return Exchanged.of(read_scope(line.partition(" #")[0].strip()))


def _write_hosts(one: Exchanged) -> str:
    return f"0.0.0.0 {one.host}" if one.kind is ScopeKind.HOST else ""


def _read_hosts(line: str) -> Exchanged:
    words = line.partition("#")[0].split()
    if len(words) != 2 or words[0] not in {"0.0.0.0", "127.0.0.1", "::", "::1"}:  # noqa: S104  the hosts format
        raise RegistryError("not a line of a hosts file that blocks: 0.0.0.0 host")
    return Exchanged.of(read_scope(words[1], ScopeKind.HOST))


def _write_abp(one: Exchanged) -> str:
    if one.kind is not ScopeKind.SUBTREE:
        return ""
    return f"{'@@' if one.effect is Effect.ALLOW else ''}||{one.host}^"


def _read_abp(line: str) -> Exchanged:
    allow = line.startswith("@@")
    body = line.removeprefix("@@")
    if not body.startswith("||") or not body.endswith("^") or "*" in body:
        raise RegistryError("only ||host^ and @@||host^ name a site and everything below it")
    return Exchanged.of(read_scope(body[2:-1], ScopeKind.SUBTREE), Effect.ALLOW if allow else Effect.DENY_FETCH)


_LINES: dict[str, tuple[Callable[[Exchanged], str], Callable[[str], Exchanged]]] = {
    "plain": (_write_plain, _read_plain),
    "hosts": (_write_hosts, _read_hosts),
    "abp": (_write_abp, _read_abp),
}
_COMMENTS = {"plain": "#;!", "hosts": "#", "abp": "!["}
_COLUMNS = ("kind", "value", "effect", "uses", "collections")


def _csv(entries: Iterable[Exchanged]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in entries:
        uses, collections = (" ".join(part) for part in (one.uses, one.collections))
        writer.writerow((one.kind, f"{one.host}{one.path}", one.effect, uses, collections))
    return out.getvalue()


def _csv_rows(text: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as exc:
        raise RegistryError(f"not a CSV file: {exc}") from exc
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise RegistryError(f"the first line of the CSV file is not {','.join(_COLUMNS)}")
    return rows[1:]


def _of_row(row: list[str]) -> Exchanged:
    if len(row) != len(_COLUMNS):
        raise RegistryError(f"{len(row)} fields instead of {len(_COLUMNS)}")
    try:
        kind, effect = ScopeKind(row[0]), Effect(row[2])
    except ValueError as exc:
        raise RegistryError(str(exc)) from exc
    if kind not in PLACES:
        raise RegistryError(f"{kind} is no place of the web")
    uses: tuple[UseLabel, ...] = tuple(read_label(word) for word in row[3].split())
    return Exchanged.of(read_scope(row[1], kind), effect, uses, tuple(row[4].split()))
