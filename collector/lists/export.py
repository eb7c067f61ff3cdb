"""Writes a version of a list in another format, with its licence, where the licence lets it leave the house."""

from __future__ import annotations

from pathlib import Path

from collector.lists.formats.catalogue import FORMATS, format_named
from collector.lists.licences import combine
from collector.lists.version import ROWS, Version, rows_of
from collector.model.errors import ListError, StorageError


def export_version(
    version: Version, folder: Path, target: Path, format_name: str, *, own_use: bool = False
) -> tuple[int, int]:
    """(entries written, entries that the format cannot say). The licence goes beside it as `<target>.licence`.

    Raises ListError where the licence does not let it be passed on, or the format is only read; StorageError.
    """
    terms = combine([(version.list, version.licence)])
    if not terms.may_be_passed_on and not own_use:
        mend = "ask who made the list; a copy for your own machines: --own-use"
        raise ListError(f"it may not be passed on: {'; '.join(terms.reasons)}", where=version.list, mend=mend)
    chosen = format_named(format_name)
    if chosen.write is None:
        writable = ", ".join(one.name for one in FORMATS.values() if one.write is not None)
        raise ListError(f"the format {chosen.name} is only read", mend=f"one of {writable}")
    written = left_out = 0
    notice = "".join(f"{line}\n" for line in (version.title or version.list, version.licence, version.source))
    try:
        with target.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{line}\n" for line in chosen.head)
            for entry in rows_of(folder / ROWS):
                lines = chosen.write(entry)
                written, left_out = (written + 1, left_out) if lines else (written, left_out + 1)
                out.writelines(f"{line}\n" for line in lines)
        target.with_name(f"{target.name}.licence").write_text(notice, encoding="utf-8")
    except OSError as exc:
        raise StorageError(f"the list cannot be written: {exc.strerror or exc}", where=str(target)) from exc
    return written, left_out
