"""The releases of a collection as they stand on disk: which pages each holds, and who received it.

A release is a folder `releases/<version>/` with `pages.jsonl` (or `.gz`), one page a line as Browsertrix writes it, and
`release.json` that may name its recipients. One whose pages are not listed cannot be asked, which is told and not
counted as nothing.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import IntegrityError, StorageError
from collector.model.layout import CollectionLayout

PAGES = "pages.jsonl"
ABOUT = "release.json"
MAX_LINE = 65_536  # bytes: a URL and its title
_MAX_ABOUT = 1_048_576
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _About(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    recipients: tuple[Name, ...] = ()


class _Page(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    url: str | None = None  # the first line of such a file is about the file


@dataclass(frozen=True, slots=True)
class Release:
    """`name` is `<collection>/<version>`."""

    collection: str
    name: str
    folder: Path
    recipients: tuple[str, ...] = ()


def releases(layout: CollectionLayout) -> tuple[Release, ...]:
    """Every release of a collection, by version. Raises StorageError, IntegrityError."""
    folder = layout.releases
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    except OSError as exc:
        raise StorageError(f"the releases cannot be read: {exc.strerror}", where=str(folder)) from exc
    name = layout.root.name
    return tuple(Release(name, f"{name}/{path.name}", path, _recipients(path / ABOUT)) for path in found)


def pages(release: Release) -> Iterator[str]:
    """The address of every page of a release. Raises StorageError, IntegrityError: half a list is none."""
    plain, packed = release.folder / PAGES, release.folder / f"{PAGES}.gz"
    path = packed if packed.is_file() else plain
    try:
        with gzip.open(path) if path is packed else path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise IntegrityError("a line that is too long", where=f"{path}:{number}")
                address = _url(line, f"{path}:{number}")
                if address:
                    yield address
    except FileNotFoundError as exc:
        mend = f"write {PAGES}: one page a line, with its url"
        raise StorageError("the pages of a release are not listed", where=str(plain), mend=mend) from exc
    except (OSError, EOFError, zlib.error) as exc:
        raise StorageError(f"the pages of a release cannot be read: {exc}", where=str(path)) from exc


def _url(line: bytes, where: str) -> str:
    if not line.strip():
        return ""
    try:
        return _Page.model_validate_json(line).url or ""
    except (ValidationError, RecursionError) as exc:
        raise IntegrityError("not a line of a list of pages", where=where) from exc


def _recipients(path: Path) -> tuple[str, ...]:
    try:
        if not path.is_file():
            return ()
        with path.open("rb") as file:
            return _About.model_validate_json(file.read(_MAX_ABOUT)).recipients
    except OSError as exc:
        raise StorageError(f"a release cannot be read: {exc.strerror}", where=str(path)) from exc
    except (ValidationError, RecursionError) as exc:
        raise IntegrityError("not the description of a release", where=str(path)) from exc
