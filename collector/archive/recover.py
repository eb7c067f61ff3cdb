"""What happens at a start to the segments a crash left open: cut back to the last commit, then sealed.

They are sealed and not continued, so that a start has one state to reason about: no open file at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.archive.cdxj import sorted_lines
from collector.archive.files import FilePort, storage_errors
from collector.archive.naming import FOLDERS, OPEN, SUFFIX, Sealed, index_path
from collector.archive.problem import Severity
from collector.archive.scan import scan
from collector.archive.writer import seal
from collector.model.errors import IntegrityError

_MEND = "do not go on: restore the file from a backup, or start a new collection"


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of one segment. `sealed` is None where nothing of it was committed and it was removed."""

    file: str
    found: int  # bytes before
    kept: int  # bytes after
    sealed: Sealed | None


def recover(root: Path, committed: Mapping[str, int], files: FilePort) -> list[Cut]:
    """Bring the WARC files of the collection at `root` in line with the ledger.

    `committed`: last committed offset of every segment that the ledger does not yet call sealed, by file relative
    to the collection, without `.open`. Every open segment is cut back to it and sealed; one without a committed
    record is removed; one that was sealed just before the crash is reported so that the ledger can say so too.
    Repeating it changes nothing. Raises IntegrityError for a row without a record: a committed file that is gone
    or too short; StorageError when the disk refuses.
    """
    cuts = []
    left = dict(committed)
    for folder in FOLDERS:
        for name in files.listing(root / folder):
            if name.endswith(SUFFIX + OPEN):
                file = f"{folder}/{name.removesuffix(OPEN)}"
                cuts.append(_cut(root, file, left.pop(file, 0), files))
        for name in files.listing(index_path(root, f"{folder}/x").parent):
            if name.endswith(".cdxj.tmp"):
                files.remove(index_path(root, f"{folder}/x").parent / name)
    cuts += [_already_sealed(root, file, offset, files) for file, offset in sorted(left.items()) if offset > 0]
    return cuts


def _cut(root: Path, file: str, offset: int, files: FilePort) -> Cut:
    path = root / (file + OPEN)
    found = files.size(path) or 0
    if offset > found:
        raise IntegrityError(
            f"the ledger has records up to byte {offset:,}, the file ends at {found:,}", where=str(path), mend=_MEND
        )
    if offset == 0:
        files.remove(path)
        files.remove(index_path(root, file))
        return Cut(file, found, 0, None)
    files.truncate(path, offset)
    index = sorted_lines(_lines(path))
    sealed = Sealed(file, offset, files.sha256(path))
    seal(root, sealed, index, files)
    return Cut(file, found, offset, sealed)


def _lines(path: Path) -> Iterator[bytes]:
    """CDXJ of the segment, from the strict scanner: it proves that the cut lies between two records."""
    with storage_errors(path), path.open("rb") as stream:
        for found in scan(stream):
            for fault in found.faults:
                if fault.severity is Severity.ERROR:
                    raise IntegrityError(fault.message, where=f"{path}:{found.offset}", mend=_MEND)
            entry = found.entry_in(path)
            if entry is not None:
                yield entry.line()


def _already_sealed(root: Path, file: str, offset: int, files: FilePort) -> Cut:
    path = root / file
    size = files.size(path)
    if size is None:
        raise IntegrityError("the ledger has records in a file that is gone", where=str(path), mend=_MEND)
    if size != offset:
        raise IntegrityError(
            f"the ledger has records up to byte {offset:,}, the sealed file ends at {size:,}",
            where=str(path),
            mend=_MEND,
        )
    return Cut(file, size, size, Sealed(file, size, files.sha256(path)))
