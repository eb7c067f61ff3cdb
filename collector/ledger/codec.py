"""Decisions as compact JSON and back: what an event remembers of its gates. What has its default is left out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, assert_never

from collector.model.decision import (
    Attribute,
    Basis,
    CrawlDelay,
    Decision,
    Evidence,
    Finding,
    Flag,
    Gate,
    NoArchive,
    NoFollow,
    Obligation,
    PolicyRef,
    RetainUntil,
    Verdict,
)
from collector.model.digest import Digest
from collector.model.errors import IntegrityError
from collector.model.uses import UNSTATED, Permission, Uses

_ENCODER = json.JSONEncoder(separators=(",", ":"))


def instant(at: datetime) -> str:
    """ISO 8601, UTC, microseconds: `2026-01-02T03:04:05.000006Z`. Sorts as text. Raises ValueError when naive."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def read_instant(text: str) -> datetime:
    """Read what `instant` wrote. Raises ValueError."""
    return datetime.fromisoformat(text)


def plain(text: str) -> str:
    """`text` as every database can keep it: no lone surrogate, no NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def encode(decisions: Sequence[Decision], put: Callable[[Finding], object] | None = None) -> str:
    """The decisions as ASCII JSON. The policy is named once where they share it.

    `put` stands for a finding: by default the finding itself, in the ledger its number in the table of findings.
    """
    shared = decisions[0].policy if decisions else None
    body: dict[str, object] = {"gates": [_decision(d, shared, put or _finding) for d in decisions]}
    if shared is not None:
        body["policy"] = _policy(shared)
    return _ENCODER.encode(body)


def decode(text: str, get: Callable[[Any], Finding] | None = None, *, where: str = "") -> tuple[Decision, ...]:
    """Read what `encode` wrote with the inverse of `put`. Raises IntegrityError for anything else."""
    try:
        body = json.loads(text)
        shared = body.get("policy")
        return tuple(_read_decision(d, shared, get or _read_finding) for d in body["gates"])
    except _BROKEN as exc:
        raise _unreadable(exc, where) from exc


def encode_finding(finding: Finding) -> str:
    """One finding as ASCII JSON, always the same text for the same finding."""
    return _ENCODER.encode(_finding(finding))


def decode_finding(text: str, *, where: str = "") -> Finding:
    """Read what `encode_finding` wrote. Raises IntegrityError for anything else."""
    try:
        return _read_finding(json.loads(text))
    except _BROKEN as exc:
        raise _unreadable(exc, where) from exc


def finding_numbers(text: str) -> set[int]:
    """The numbers of all findings in stored decisions; what cannot be read has none."""
    try:
        return {int(n) for gate in json.loads(text)["gates"] for n in gate["findings"]}
    except _BROKEN:
        return set()


_BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _unreadable(exc: Exception, where: str) -> IntegrityError:
    return IntegrityError(
        f"stored decisions cannot be read ({exc!r})", where=where, mend="restore the database from a backup"
    )


def _policy(policy: PolicyRef) -> dict[str, str]:
    return {"id": policy.id, "digest": str(policy.digest)}


def _decision(decision: Decision, shared: PolicyRef | None, put: Callable[[Finding], object]) -> dict[str, object]:
    out: dict[str, object] = {
        "gate": decision.gate.value,
        "verdict": decision.verdict.value,
        "uses": _uses(decision.uses),
        "at": instant(decision.decided_at),
        "findings": [put(f) for f in decision.findings],
    }
    if decision.policy != shared:
        out["policy"] = _policy(decision.policy)
    return out


def _uses(uses: Uses) -> dict[str, str]:
    if uses == UNSTATED:
        return {}
    return {use.value: said.value for use, said in uses if said is not Permission.UNKNOWN}


def _finding(finding: Finding) -> dict[str, object]:
    out: dict[str, object] = {"rule": finding.rule, "verdict": finding.verdict.value, "reason": finding.reason}
    if uses := _uses(finding.uses):
        out["uses"] = uses
    if finding.basis is not Basis.SPEC:
        out["basis"] = finding.basis.value
    if finding.evidence:
        out["evidence"] = [_evidence(e) for e in finding.evidence]
    if finding.obligations:
        out["obligations"] = [_obligation(o) for o in finding.obligations]
    if finding.failed:
        out["failed"] = True
    if finding.supersedes:
        out["supersedes"] = list(finding.supersedes)
    return out


def _evidence(evidence: Evidence) -> dict[str, str]:
    out = {"source": evidence.source}
    if evidence.digest is not None:
        out["digest"] = str(evidence.digest)
    if evidence.locator:
        out["locator"] = evidence.locator
    return out


def _obligation(obligation: Obligation) -> list[object]:
    match obligation:
        case CrawlDelay(seconds):
            return ["crawl_delay", seconds if math.isfinite(seconds) else str(seconds)]  # JSON has no infinity
        case NoFollow():
            return ["no_follow"]
        case NoArchive():
            return ["no_archive"]
        case RetainUntil(day):
            return ["retain_until", day.isoformat()]
        case Attribute(licence):
            return ["attribute", licence]
        case Flag(category):
            return ["flag", category]
        case _:
            assert_never(obligation)


def _read_obligation(said: Sequence[Any]) -> Obligation:
    match said:
        case ["crawl_delay", seconds]:
            return CrawlDelay(float(seconds))
        case ["no_follow"]:
            return NoFollow()
        case ["no_archive"]:
            return NoArchive()
        case ["retain_until", day]:
            return RetainUntil(date.fromisoformat(day))
        case ["attribute", licence]:
            return Attribute(str(licence))
        case ["flag", category]:
            return Flag(str(category))
    raise ValueError(f"unknown obligation {said!r}")


def _read_uses(said: Mapping[str, str]) -> Uses:
    return Uses(**{use: Permission(value) for use, value in said.items()})


def _read_evidence(said: Iterable[Mapping[str, str]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(e["source"], Digest.parse(e["digest"]) if "digest" in e else None, e.get("locator", "")) for e in said
    )


def _read_finding(said: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=said["rule"],
        verdict=Verdict(said["verdict"]),
        reason=said["reason"],
        uses=_read_uses(said.get("uses", {})),
        basis=Basis(said.get("basis", Basis.SPEC)),
        evidence=_read_evidence(said.get("evidence", ())),
        obligations=tuple(_read_obligation(o) for o in said.get("obligations", ())),
        failed=bool(said.get("failed", False)),
        supersedes=tuple(str(rule) for rule in said.get("supersedes", ())),
    )


def _read_decision(
    said: Mapping[str, Any], shared: Mapping[str, str] | None, get: Callable[[Any], Finding]
) -> Decision:
    policy = said.get("policy", shared)
    if policy is None:
        raise ValueError("a decision without a policy")
    return Decision(
        gate=Gate(said["gate"]),
        verdict=Verdict(said["verdict"]),
        uses=_read_uses(said["uses"]),
        findings=tuple(get(f) for f in said["findings"]),
        policy=PolicyRef(policy["id"], Digest.parse(policy["digest"])),
        decided_at=read_instant(said["at"]),
    )
