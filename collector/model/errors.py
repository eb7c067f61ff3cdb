"""The errors a person can meet, each with the exit code that scripts can use."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FINISHED_WITH_FAULTS = 1  # the work is done; some rules failed or some inputs were refused
    BAD_INPUT = 2  # mend the policy, list, registry file or command line
    INTEGRITY = 3  # a digest, the ledger or the archive does not agree: stop
    STORAGE = 4  # disk full, permission, lock
    WITHDRAWN = 5  # the work is done, and something that is kept is no longer permitted


class CollectorError(Exception):
    """What is wrong, where (file, line, key), and the mend. Never shown with a traceback."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, message: str, *, where: str = "", mend: str = "") -> None:
        self.message = message
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        """One paragraph: `where: message. mend`."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  mend: {self.mend}" if self.mend else text


class PolicyError(CollectorError):
    """The policy cannot be used as it stands."""


class ListError(CollectorError):
    """A list, or one of its lines, cannot be used."""


class RegistryError(CollectorError):
    """The opt-out registry cannot be read: nothing is fetched without it."""


class InputError(CollectorError):
    """An argument, seed or input line cannot be used."""


class UrlError(InputError):
    """The text is not a URL that can be fetched."""


class IntegrityError(CollectorError):
    """A digest, the ledger or the archive does not agree with itself."""

    exit_code = ExitCode.INTEGRITY


class StorageError(CollectorError):
    """The disk is full, read-only, not ours, or somebody else holds the collection."""

    exit_code = ExitCode.STORAGE


# Faults of our own side, whatever was being done when they showed: the run ends, no site is to blame.
FAULTS = (StorageError, IntegrityError, RegistryError)
