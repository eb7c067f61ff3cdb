"""What the gates decide and why: findings with evidence, and the one function that combines them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

from collector.model.digest import Digest
from collector.model.uses import UNSTATED, Permission, Use, Uses

# An enumeration's own hash is written in Python, and every finding that is looked up asks for ten of them.


class Gate(StrEnum):
    """The four gates, in the order in which a page meets them."""

    URL = "url"
    SITE = "site"
    RESPONSE = "response"
    CONTENT = "content"

    __hash__ = str.__hash__


class Verdict(StrEnum):
    """DEFER: a fact is missing; fetch nothing now, ask again later. DENY beats DEFER beats ALLOW."""

    ALLOW = "allow"
    DENY = "deny"
    DEFER = "defer"

    __hash__ = str.__hash__


class Basis(StrEnum):
    """Why a finding says so."""

    SPEC = "spec"  # the standard says so
    POLICY = "policy"  # we are stricter, by a named setting
    MALFORMED_RESTRICTIVE = "malformed_restrictive"  # broken, but plainly meant as a no

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a signal stood. `digest` is of the signal's own bytes, never of the page."""

    source: str  # a URL, `header`, `list`, `policy` …
    digest: Digest | None = None
    locator: str = ""  # line, field or entry; at most 4 KiB, minimised


@dataclass(frozen=True, slots=True)
class CrawlDelay:
    """Leave this many seconds between requests to the host."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoFollow:
    """Do not turn the page's links into candidates."""


@dataclass(frozen=True, slots=True)
class NoArchive:
    """Do not keep the page's bytes."""


@dataclass(frozen=True, slots=True)
class RetainUntil:
    """Delete on this day at the latest."""

    day: date


@dataclass(frozen=True, slots=True)
class Attribute:
    """Name this licence with every copy."""

    licence: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Keep the page marked with this category of the taxonomy, so that a person or a release can leave it out."""

    category: str


Obligation = CrawlDelay | NoFollow | NoArchive | RetainUntil | Attribute | Flag


class _Hashed:
    """Room for a hash that is worked out once. It is no field: it means nothing to another process."""

    __slots__ = ("_hash",)
    _hash: int


@dataclass(frozen=True, slots=True)
class Finding(_Hashed):
    """One rule's answer. Every rule always answers, also when it allows.

    A reservation speaks only in `uses` and leaves `verdict` at ALLOW: whether a denied use stops the
    page is for the policy's `[uses] need` to say (`settled`).
    """

    rule: str
    verdict: Verdict
    reason: str
    uses: Uses = UNSTATED
    basis: Basis = Basis.SPEC
    evidence: tuple[Evidence, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    failed: bool = False  # the rule raised; counted, and the run says so at its end
    supersedes: tuple[str, ...] = ()  # rules of the same mechanism whose `uses` this later carrier replaces

    def __hash__(self) -> int:
        """Of what differs between findings; records and rows are looked up by it, four times a page."""
        try:
            return self._hash
        except AttributeError:
            known = hash((self.rule, self.verdict, self.reason, self.uses, self.evidence, self.obligations))
            _set_hash(self, known)
            return known

    def settled(self, need: frozenset[Use]) -> Finding:
        """With the verdict that its uses have for a crawl that needs `need`."""
        if self.verdict is not Verdict.ALLOW or self.uses is UNSTATED:
            return self
        closed = self.uses.closed()
        if not any(closed[use] is Permission.DENY for use in need):
            return self
        return Finding(
            self.rule,
            Verdict.DENY,
            self.reason,
            self.uses,
            self.basis,
            self.evidence,
            self.obligations,
            self.failed,
            self.supersedes,
        )


_set_hash = _Hashed.__dict__["_hash"].__set__


@lru_cache(maxsize=1_024)
def no_objection(rule: str, reason: str, basis: Basis = Basis.POLICY) -> Finding:
    """An ALLOW that shows no evidence and speaks of no use. The same for thousands of pages, and so made once."""
    return Finding(rule, Verdict.ALLOW, reason, basis=basis)


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """Which policy, exactly."""

    id: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Decision:
    """What one gate decided, with all its findings. Build it with `combine`."""

    gate: Gate
    verdict: Verdict
    uses: Uses
    findings: tuple[Finding, ...]
    policy: PolicyRef
    decided_at: datetime

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """Every obligation of every finding."""
        return tuple(o for finding in self.findings for o in finding.obligations)

    @property
    def deciding(self) -> Finding:
        """The finding to name when one reason is asked for: the first with the gate's own verdict."""
        return next((f for f in self.findings if f.verdict is self.verdict), self.findings[0])


_RULE = attrgetter("rule")
SEVERITY = {Verdict.ALLOW: 0, Verdict.DEFER: 1, Verdict.DENY: 2}


def combine(
    gate: Gate, findings: Iterable[Finding], *, need: frozenset[Use], policy: PolicyRef, now: datetime
) -> Decision:
    """DENY beats DEFER beats ALLOW, whatever the order; no findings is an error, never a yes.

    DEFER denies the use `fetch`, and with it every use; a DENY denies what its findings deny: a page whose
    training use is reserved may still be fetched by somebody else. Raises ValueError when `findings` is
    empty.
    """
    settled = tuple(sorted([f.settled(need) for f in findings], key=_RULE))
    if not settled:
        raise ValueError(f"no rule answered at the {gate} gate: that is no permission")
    verdict, uses = Verdict.ALLOW, UNSTATED
    deferred = False
    for finding in settled:  # one loop: five decisions are made for each page
        if finding.verdict is not Verdict.ALLOW:
            deferred = deferred or finding.verdict is Verdict.DEFER
            verdict = max(verdict, finding.verdict, key=SEVERITY.__getitem__)
        if finding.uses is not UNSTATED:
            uses = uses.and_(finding.uses)
    uses = uses.closed()
    if deferred:
        uses = uses.and_(Uses.denying(Use.FETCH)).closed()
    return Decision(gate, verdict, uses, settled, policy, now)
