"""Says what is wrong with a WARC file, its index, or a whole collection's archive; silence means it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from collector.archive.cdxj import IndexEntry, parse_line
from collector.archive.files import storage_errors
from collector.archive.header_rules import check_fields
from collector.archive.naming import FOLDERS, OPEN, SUFFIX, index_path
from collector.archive.problem import Contract, Problem, Severity
from collector.archive.scan import Scanned, scan

_MAX_LINE = 1 << 20
_WIRE = ("Content-Encoding", "Transfer-Encoding", "Set-Cookie")


def verify_file(path: Path, cdxj: Path | None = None, contract: Contract = Contract.STANDARD) -> Iterator[Problem]:
    """Everything that is wrong with the file and, where given, with its index; in file order.

    Streams in bounded memory (per record: 8 bytes of its id and 8 of its CDXJ line). Raises StorageError where the
    file cannot be read.
    """
    name = str(path)
    expected: dict[bytes, int] = {}
    seen: set[bytes] = set()
    count = 0
    with storage_errors(path), path.open("rb") as stream:
        if contract is Contract.OURS and stream.read(2) != b"\x1f\x8b":
            yield Problem(name, 0, "gzip_member", "the file does not start with a gzip member")
        stream.seek(0)
        for found in scan(stream):
            yield from _record_problems(name, found, contract, seen, first=count == 0)
            count += 1
            if cdxj is not None and found.length:
                entry = found.entry_in(path)
                if entry is not None:
                    expected[_fingerprint(entry)] = found.offset
    if count == 0:
        yield Problem(name, None, "empty_file", "there is no record in it")
    if cdxj is not None:
        yield from _index_problems(cdxj, expected, name)


def verify_collection(root: Path) -> Iterator[Problem]:
    """Every WARC file of the collection at `root` under our contract, with its index, and every index without one."""
    indexes: set[Path] = set()
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*")):
            file = f"{folder}/{path.name}"
            if path.name.endswith(SUFFIX + OPEN):
                yield Problem(file, None, "unsealed", "still being written, or left by a crash", Severity.NOTE)
                yield from _renamed(verify_file(path, None, Contract.OURS), file)
            elif path.name.endswith(SUFFIX):
                index = index_path(root, file)
                indexes.add(index)
                yield from _renamed(verify_file(path, index, Contract.OURS), file, str(path))
            else:
                yield Problem(file, None, "foreign_file", "no WARC file of ours", Severity.NOTE)
    for index in sorted((root / "indexes").rglob("*.cdxj")):
        if index not in indexes:
            yield Problem(str(index), None, "cdxj_orphan", "an index without its sealed WARC file")


def _renamed(problems: Iterator[Problem], file: str, path: str = "") -> Iterator[Problem]:
    for p in problems:
        own = not path or p.file == path
        yield Problem(file if own else p.file, p.offset, p.rule, p.message, p.severity)


def _record_problems(
    name: str, found: Scanned, contract: Contract, seen: set[bytes], *, first: bool
) -> Iterator[Problem]:
    at = found.offset
    for fault in found.faults:
        yield Problem(name, at, fault.rule, fault.message, fault.severity)
    if not found.version:
        return  # no header was found: what the table would say about it is noise
    for fault in check_fields(found.version, found.fields, contract):
        yield Problem(name, at, fault.rule, fault.message, fault.severity)
    kind = found.fields.first("WARC-Type") or ""
    if first and kind != "warcinfo":
        severity = Severity.ERROR if contract is Contract.OURS else Severity.NOTE
        yield Problem(name, at, "warcinfo_first", f"the first record is {kind or 'untyped'}, not warcinfo", severity)
    identifier = _short(found.fields.first("WARC-Record-ID") or "")
    if identifier in seen:
        yield Problem(name, at, "record_id_unique", "WARC-Record-ID stands on an earlier record too (§5.2)")
    seen.add(identifier)
    if contract is Contract.OURS and kind == "response" and found.http is not None:
        for header in _WIRE:
            if found.http.first(header) is not None:
                yield Problem(name, at, "contract", f"HTTP {header} on a stored, decoded body")


def _index_problems(cdxj: Path, expected: dict[bytes, int], name: str) -> Iterator[Problem]:
    """Both ways: every line is of a record, every record has its line; lines in byte order."""
    if not cdxj.is_file():
        yield Problem(name, None, "cdxj_missing", f"its index {cdxj} is not there")
        return
    before = b""
    with storage_errors(cdxj), cdxj.open("rb") as stream:
        number = 0
        while line := stream.readline(_MAX_LINE):
            number += 1
            if line < before:
                yield Problem(str(cdxj), None, "cdxj_order", f"line {number} is out of order")
            before = line
            try:
                entry = parse_line(line)
            except ValueError as exc:
                yield Problem(str(cdxj), None, "cdxj_line", f"line {number}: {exc}")
                continue
            if expected.pop(_fingerprint(entry), None) is None:
                message = f"line {number} is not what the WARC file says at byte {entry.offset:,}"
                yield Problem(str(cdxj), entry.offset, "cdxj_line", message)
    for offset in sorted(expected.values()):
        yield Problem(name, offset, "cdxj_record", "the record has no line in the index")


def _fingerprint(entry: IndexEntry) -> bytes:
    return hashlib.blake2b(entry.line(), digest_size=8).digest()


def _short(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
