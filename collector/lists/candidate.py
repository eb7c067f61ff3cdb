"""Imports a list as a candidate version: canonical, compared with the version in force, and in force for nobody."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path

from collector.lists.difference import count_differing
from collector.lists.entry import Kind, canonical
from collector.lists.formats.catalogue import format_named
from collector.lists.formats.row import Row, refused
from collector.lists.match import Action, Tier
from collector.lists.platforms import is_shared
from collector.lists.reading import Rejected
from collector.lists.snapshot_layout import Source
from collector.lists.taxonomy import taxonomy
from collector.lists.version import ASIDE, MANIFEST, REJECTED, ROWS, RowWriter, Version
from collector.model.digest import Digest
from collector.model.errors import ListError, StorageError

MAX_SHRINK, MAX_GROWTH = 0.20, 0.50  # beyond, a list has been damaged or taken over more often than it has changed
_NAMED = 100_000  # rejected lines that are listed; all are counted
# Hosts that WHATWG leaves as they are: the millions need no parser. What does not fit goes the long way.
_PLAIN_HOST = re.compile(r"(?=.{1,253}\Z)(?:(?!xn--)[a-z0-9][a-z0-9_-]*\.)+(?!xn--)[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class Import:
    """What a person says of a list that is imported."""

    list: str
    format: str
    category: str
    licence: str
    source: str
    by: str
    title: str = ""
    action: Action = Action.DENY
    default_kind: Kind = Kind.SUBTREE


@dataclass(frozen=True, slots=True)
class Previous:
    """The version in force, with which a candidate is compared."""

    version: str
    rows: Path
    entries: int


def import_list(
    path: Path,
    said: Import,
    sources: Path,
    today: date,
    previous: Previous | None = None,
    *,
    public_suffix: Callable[[str], bool] = is_shared,
) -> Version:
    """Read `path` into `sources/<list>/<version>/`. The same file again is the same version.

    Raises ListError where the file or what is said of it cannot be used at all, StorageError.
    """
    if said.category not in taxonomy():
        raise ListError(f"no category {said.category[:64]!r}", mend="blocklists/taxonomy.toml names the categories")
    reader = format_named(said.format).read
    try:
        with path.open("rb") as stream:
            digest = Digest(file_digest(stream, "sha256").hexdigest())
    except OSError as exc:
        mend = "check the path and its permissions"
        raise ListError(f"the list cannot be read: {exc.strerror or exc}", where=str(path), mend=mend) from exc
    version = f"{today.isoformat()}-{digest.hex[:8]}"
    folder = sources / said.list / version
    unfinished = folder.with_name(f".{version}.{os.getpid()}.unfinished")
    try:
        unfinished.mkdir(parents=True)
        with (unfinished / ROWS).open("wb") as rows, (unfinished / ASIDE).open("wb") as aside:
            reading = _Reading(said, version, today, RowWriter(rows), RowWriter(aside), public_suffix)
            with (unfinished / REJECTED).open("w", encoding="utf-8") as listed:
                for stated in reader(path):
                    fault = reading.take(stated)
                    if fault is not None and reading.rejected <= _NAMED:
                        listed.write(json.dumps(_told(fault), ensure_ascii=False) + "\n")
            reading.aside.flush()
            reading.rows.flush()
        manifest = _manifest(said, version, today, digest, reading, previous, unfinished / ROWS)
        (unfinished / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    except OSError as exc:
        mend = "make room on the disk, or mend the rights on the folder"
        raise StorageError(f"the list cannot be stored: {exc.strerror or exc}", where=str(folder), mend=mend) from exc
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


class _Reading:
    """Takes what a reader yields, and keeps count."""

    def __init__(
        self,
        said: Import,
        version: str,
        today: date,
        rows: RowWriter,
        aside: RowWriter,
        public_suffix: Callable[[str], bool],
    ) -> None:
        self._said = said
        self._version = version
        self._today = today.isoformat()
        self._public_suffix = public_suffix
        self._sources: dict[tuple[object, ...], Source] = {}
        self._known = frozenset(taxonomy())
        self.rows = rows
        self.aside = aside
        self.rejected = 0
        self.categories: Counter[str] = Counter()

    def take(self, stated: Row | Rejected) -> Rejected | None:
        """Write the row; or why it is none."""
        if isinstance(stated, Rejected):
            self.rejected += 1
            return stated
        kind = stated.kind or self._said.default_kind
        value = stated.value
        try:
            if kind in {Kind.SUBTREE, Kind.HOST} and _PLAIN_HOST.match(value):
                host, path = value, ""
            else:
                host, path = canonical(kind, value)
            source = self._source(stated, kind)
        except ListError as error:
            self.rejected += 1
            return refused(stated.line, f"{stated.file}: {value}" if stated.file else value, error)
        rule = stated.id or value
        if kind is Kind.SUBTREE and source.action is not Action.ALLOW and self._public_suffix(host):
            self.aside.add(source, stated.line, host, path, rule, stated.note)
            return None
        self.rows.add(source, stated.line, host, path, rule, stated.note)
        self.categories[source.category] += 1
        return None

    def _source(self, row: Row, kind: Kind) -> Source:
        if row.begins or row.ends:
            self._check_dates(row)
        key = (kind, row.action, row.category, row.subdomains, row.force, row.ignore_case)
        source = self._sources.get(key)
        if source is None:
            if row.category is not None and row.category not in self._known:
                mend = "blocklists/taxonomy.toml names the categories"
                raise ListError(f"no category {row.category[:64]!r}", mend=mend)
            if row.force:
                raise ListError("force is for the operator's own entries", mend="collector lists override")
            source = self._sources[key] = Source(
                self._said.list,
                self._version,
                Tier.LIST,
                row.action or self._said.action,
                row.category or self._said.category,
                kind,
                row.subdomains,
                row.force,
                row.ignore_case,
            )
        return source

    def _check_dates(self, row: Row) -> None:
        for text in (row.begins, row.ends):
            try:
                date.fromisoformat(text[:10] or self._today)
            except ValueError as exc:
                raise ListError(f"no date: {text[:40]!r}", mend="2027-01-31") from exc
        if row.begins and row.begins[:10] > self._today:
            raise ListError(f"not in force before {row.begins[:10]}", mend="import the list again then")
        if row.ends and row.ends[:10] < self._today:
            raise ListError(f"ended on {row.ends[:10]}")


def _manifest(
    said: Import,
    version: str,
    today: date,
    digest: Digest,
    reading: _Reading,
    previous: Previous | None,
    rows: Path,
) -> Version:
    entries = reading.rows.written
    added, removed = count_differing(previous.rows, rows) if previous is not None else (entries, 0)
    return Version(
        list=said.list,
        version=version,
        title=said.title,
        category=said.category,
        licence=said.licence,
        source=said.source,
        format=said.format,
        imported=today,
        by=said.by,
        file=str(digest),
        rows=str(reading.rows.digest),
        aside_rows=str(reading.aside.digest),
        entries=entries,
        rejected=reading.rejected,
        aside=reading.aside.written,
        categories=dict(sorted(reading.categories.items())),
        previous=previous.version if previous else "",
        added=added,
        removed=removed,
        quarantine=_quarantine(entries, previous),
    )


def _quarantine(entries: int, previous: Previous | None) -> str:
    if not entries:
        return "it has no entries"
    if previous is None or not previous.entries:
        return ""
    change = entries / previous.entries - 1
    if change < -MAX_SHRINK:
        return f"it shrank by {-change:.0%}, from {previous.entries:,} entries to {entries:,}"
    if change > MAX_GROWTH:
        return f"it grew by {change:.0%}, from {previous.entries:,} entries to {entries:,}"
    return ""


def _told(fault: Rejected) -> dict[str, object]:
    return {"line": fault.line, "text": fault.text, "reason": fault.reason, "mend": fault.mend}
