"""Everything that is wrong with a policy, at once: each fault with its line, its key and the mend."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.errors import PolicyError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. `line` counts from 1; 0 where the fault is that something is missing from the file."""

    line: int
    key: str  # dotted, `scope.max_depth`
    message: str
    mend: str = ""

    def shown(self, path: str) -> str:
        """`file:line: [key] message` and the mend below it."""
        where = f"{path}:{self.line}" if self.line else path
        text = f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"
        return f"{text}\n  mend: {self.mend}" if self.mend else text


class FaultyPolicyError(PolicyError):
    """A policy with one fault or many. `faults` in the order of the file."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(fault.shown(path) for fault in self.faults))
