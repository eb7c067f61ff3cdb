"""One line of `collector doctor`: what was looked at, how it stands, and the mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from collector.model.errors import CollectorError, ExitCode


class State(StrEnum):
    """How it stands. `warn`: a crawl works, but worse or not for long; `fail`: it will not start, or must not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """`area` and `name` are stable, for scripts; `said` is for people; `code` is the exit code of a failure."""

    area: str
    name: str
    state: State
    said: str
    mend: str = ""
    code: ExitCode = ExitCode.OK


def ok(area: str, name: str, said: str) -> Check:
    """It is as it should be."""
    return Check(area, name, State.OK, said)


def warn(area: str, name: str, said: str, mend: str) -> Check:
    """It should be looked at."""
    return Check(area, name, State.WARN, said, mend)


def fail(area: str, name: str, said: str, mend: str, code: ExitCode = ExitCode.STORAGE) -> Check:
    """It must be mended before a crawl."""
    return Check(area, name, State.FAIL, said, mend, code)


def failed(area: str, name: str, fault: CollectorError) -> Check:
    """What a crawl would end on at its start."""
    said = f"{fault.where}: {fault.message}" if fault.where else fault.message
    return Check(area, name, State.FAIL, said, fault.mend, fault.exit_code)


def exit_code(checks: Iterable[Check], *, strict: bool) -> ExitCode:
    """Of the gravest failure: integrity, storage, input; else 0, or 1 where `strict` and something warns."""
    checks = list(checks)
    codes = {check.code for check in checks if check.state is State.FAIL}
    for code in (ExitCode.INTEGRITY, ExitCode.STORAGE, ExitCode.BAD_INPUT):
        if code in codes:
            return code
    warned = any(check.state is State.WARN for check in checks)
    return ExitCode.FINISHED_WITH_FAULTS if strict and warned else ExitCode.OK
