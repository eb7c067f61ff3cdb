"""One imported version of a list on disk: canonical rows to compile from, and the manifest that says what it is.

```
<lists>/sources/<id>/<version>/version.json     manifest
                              /entries.rows     `@0 [source]` then `line TAB host [TAB path [TAB [rule, note]]]`
                              /aside.rows       rows that would cover a whole public suffix: see `lists.confirmed`
                              /rejected.jsonl   every line that is no entry, with the reason (the first 100,000)
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.compile import Compiler, key_of
from collector.lists.entry import Entry, Kind
from collector.lists.snapshot_layout import Source
from collector.model.digest import Digest
from collector.model.errors import IntegrityError, ListError

ROWS, ASIDE, REJECTED, MANIFEST = "entries.rows", "aside.rows", "rejected.jsonl", "version.json"
_CHUNK = 1 << 22


class Version(BaseModel):
    """`version.json`. Counts are of lines of the file that was imported."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$")]
    title: str = ""
    category: str
    licence: str
    source: str  # whose it is, and where it was taken from
    format: str
    imported: date
    by: str
    file: str  # digest of what was imported
    rows: str  # digest of entries.rows
    aside_rows: str = ""  # digest of aside.rows
    entries: int
    rejected: int
    aside: int
    categories: dict[str, int]
    previous: str = ""  # the version it was compared with
    added: int = 0
    removed: int = 0
    quarantine: str = ""  # why it may not be activated without a person's word


class RowWriter:
    """Writes rows, one entry at a time. `written` counts them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = sha256()
        self._sources: dict[Source, int] = {}
        self._last: Source | None = None
        self._buffer = bytearray()
        self.written = 0

    def add(self, source: Source, line: int, host: str, path: str, rule: str, note: str) -> None:
        """One canonical entry."""
        if source is not self._last and source != self._last:
            number = self._sources.get(source)
            if number is None:
                number = self._sources[source] = len(self._sources)
                self._buffer += f"@{number} {json.dumps(source.as_row())}\n".encode()
            else:
                self._buffer += f"@{number}\n".encode()
        self._last = source
        self.written += 1
        if not note and rule == host + path:
            row = f"{line}\t{host}\t{path}\n" if path else f"{line}\t{host}\n"
        else:
            row = f"{line}\t{host}\t{path}\t{json.dumps([rule, note])}\n"
        self._buffer += row.encode()
        if len(self._buffer) > _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the stream."""
        self._hash.update(self._buffer)
        self._stream.write(self._buffer)
        self._buffer.clear()

    @property
    def digest(self) -> Digest:
        """Of all that was handed to the stream."""
        return Digest(self._hash.hexdigest())


def read_version(folder: Path) -> Version:
    """The manifest of a version. Raises ListError."""
    path = folder / MANIFEST
    try:
        return Version.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        mend = "import the list again"
        raise ListError(f"the version's manifest cannot be read: {exc}", where=str(path), mend=mend) from exc


def feed(compiler: Compiler, folder: Path, expected: Digest) -> None:
    """Every row of a version into `compiler`. Raises ListError, IntegrityError where the rows have changed."""
    path = folder / ROWS
    total = sha256()
    sources: dict[bytes, tuple[int, Source]] = {}
    number, source = -1, None
    try:
        with path.open("rb") as stream:
            while lines := stream.readlines(_CHUNK):
                total.update(b"".join(lines))
                for line in lines:
                    if line[0] == 64:  # @: the rows that follow are of another source
                        number, source = _switched(line, sources, compiler)
                        continue
                    first, _, rest = line[:-1].partition(b"\t")
                    if b"\t" not in rest and source is not None and source.kind in {Kind.HOST, Kind.SUBTREE}:
                        compiler.add_key(number, int(first), rest)
                    else:
                        entry = _entry(line, source)
                        compiler.add(
                            number,
                            entry.kind,
                            entry.line,
                            entry.host,
                            entry.path,
                            entry.rule,
                            entry.note,
                            fold=entry.ignore_case,
                        )
    except OSError as exc:
        raise ListError(f"the rows cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    except (ValueError, IndexError, TypeError) as exc:
        raise _changed(path) from exc
    if total.hexdigest() != expected.hex:
        raise _changed(path)


def rows_of(path: Path) -> Iterator[Entry]:
    """Every row as an Entry, in order. Raises ListError, IntegrityError."""
    sources: dict[bytes, tuple[int, Source]] = {}
    source: Source | None = None
    try:
        with path.open("rb") as stream:
            for line in stream:
                if line[0] == 64:
                    _, source = _switched(line, sources, None)
                else:
                    yield _entry(line, source)
    except OSError as exc:
        raise ListError(f"the rows cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    except (ValueError, IndexError, TypeError) as exc:
        raise _changed(path) from exc


def keys_of(path: Path) -> Iterator[bytes]:
    """What tells every row from those of another version: kind, action and key. Raises ListError, IntegrityError."""
    sources: dict[bytes, tuple[int, Source]] = {}
    source: Source | None = None
    mark = b""
    try:
        with path.open("rb") as stream:
            for line in stream:
                if line[0] == 64:
                    _, source = _switched(line, sources, None)
                    mark = f"\t{source.kind}\t{source.action}\t{source.category}".encode()
                    continue
                _, _, rest = line[:-1].partition(b"\t")
                if b"\t" in rest:
                    entry = _entry(line, source)
                    rest = key_of(entry.kind, entry.host, entry.path, fold=entry.ignore_case)
                yield rest + mark
    except OSError as exc:
        raise ListError(f"the rows cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    except (ValueError, IndexError, TypeError) as exc:
        raise _changed(path) from exc


def _switched(line: bytes, sources: dict[bytes, tuple[int, Source]], compiler: Compiler | None) -> tuple[int, Source]:
    name, _, declared = line[1:].strip().partition(b" ")
    if declared:
        source = Source.of_row(json.loads(declared))
        sources[name] = (compiler.source(source) if compiler is not None else 0, source)
    if name not in sources:
        raise ValueError(name)
    return sources[name]


def _entry(line: bytes, source: Source | None) -> Entry:
    if source is None:
        raise ValueError(line)
    number, host, *rest = line[:-1].decode().split("\t")
    path = rest[0] if rest else ""
    rule, note = json.loads(rest[1]) if len(rest) > 1 else (host + path, "")
    return Entry(
        source.kind,
        host,
        path,
        action=source.action,
        category=source.category,
        tier=source.tier,
        list=source.list,
        version=source.version,
        line=int(number),
        rule=rule,
        note=note,
        subdomains=source.subdomains,
        force=source.force,
        ignore_case=source.ignore_case,
    )


def _changed(path: Path) -> IntegrityError:
    return IntegrityError("the rows are not those that were imported", where=str(path), mend="import the list again")
