"""The closing event of a candidate, and what a gate's answer turns it into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collector.model.decision import Decision
from collector.model.page import Archived, Candidate


class Outcome(StrEnum):
    """How a candidate ends. Exactly one each."""

    ARCHIVED = "archived"
    DUPLICATE = "duplicate"  # identical content: closed with a revisit record
    REFUSED = "refused"  # gate 1 or 2 said no
    WITHHELD = "withheld"  # gate 3 or 4 said no, or the document could not be minimised
    DEFERRED = "deferred"  # a fact stayed missing until the end of the run or of the retry budget
    FAILED = "failed"  # the server or the network did not give a page


@dataclass(frozen=True, slots=True)
class Stop:
    """A candidate's way ends here."""

    candidate: Candidate
    outcome: Outcome
    reason: str
    decisions: tuple[Decision, ...] = ()

    @property
    def deciding(self) -> Decision | None:
        """The decision that stopped it, or None where the network did."""
        return self.decisions[-1] if self.decisions and self.outcome is not Outcome.FAILED else None


@dataclass(frozen=True, slots=True)
class ClosingEvent:
    """One line of the account. `closed` says how; `at` when; `archived` where it lies, if anywhere."""

    candidate: Candidate
    outcome: Outcome
    reason: str
    decisions: tuple[Decision, ...]
    at: datetime
    archived: Archived | None = None
    detail: str = ""  # http status, network error class; never content
    keep_url: bool = True  # False: only the URL's HMAC and scrubbed form may be stored (personal_url, personal_page)
