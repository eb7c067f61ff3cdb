"""What a verifier can have against an archive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """ERROR: the standard, or our own contract, is broken. NOTE: allowed, but worth knowing."""

    ERROR = "error"
    NOTE = "note"


class Contract(StrEnum):
    """What the file promises: ISO 28500 alone, or what this program writes on top of it."""

    STANDARD = "standard"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule, without its place."""

    rule: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule at one place. `offset` in bytes of the file as it lies on disk, None for the whole file."""

    file: str
    offset: int | None
    rule: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """`file:offset: rule: message`."""
        place = self.file if self.offset is None else f"{self.file}:{self.offset}"
        return f"{place}: {self.rule}: {self.message}"
