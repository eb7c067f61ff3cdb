"""What people decided about lists, one JSON line each: who, when and why. The files only ever grow."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import ListError, StorageError


class Decided(BaseModel):
    """What every line says. The last line on a thing holds, so that what was taken back can be read years later."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: Literal["set", "withdraw"] = "set"
    reason: Annotated[str, Field(min_length=3, max_length=2_000)]
    by: Annotated[str, Field(min_length=1, max_length=200)]
    approved_by: Annotated[str, Field(max_length=200)] = ""
    at: str

    @property
    def two_people(self) -> bool:
        """Whether somebody else has approved it."""
        other = self.approved_by.strip().casefold()
        return bool(other) and other != self.by.strip().casefold()

    @property
    def told(self) -> str:
        """The reason, and whose it is: what stands beside every decision that rests on it."""
        approved = f", approved by {self.approved_by}" if self.approved_by else ""
        return f"{self.reason} ({self.by}{approved})"


Line = TypeVar("Line", bound=Decided)


def append_decided(path: Path, decided: list[Line]) -> None:
    """Add lines, durable, all of them or none. Raises StorageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = b"".join(one.model_dump_json().encode() + b"\n" for one in decided)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # what is cut back below is nobody else's line
            size = os.fstat(file).st_size
            if os.write(file, lines) != len(lines):
                os.ftruncate(file, size)
                raise OSError("the disk is full")
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as exc:
        mend = "make room on the disk, or mend the rights on the folder"
        raise StorageError(f"the decision cannot be kept: {exc.strerror or exc}", where=str(path), mend=mend) from exc


def read_decided(path: Path, shape: type[Line]) -> Iterator[tuple[int, Line]]:
    """(number of the line, what it says); nothing where there is no file. Raises ListError naming the line."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as exc:
        raise ListError(f"the decisions cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _line(line, shape, f"{path}:{number}")


def _line(line: bytes, shape: type[Line], where: str) -> Line:
    try:
        return shape.model_validate_json(line)
    except ValidationError as exc:
        fault = exc.errors(include_url=False, include_input=False)[0]
        mend = "put the line back as it was: collector lists wrote it"
        raise ListError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}", where=where, mend=mend) from exc
