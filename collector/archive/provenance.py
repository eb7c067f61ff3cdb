"""The record that says of a page where it came from and why it was allowed: `metadata`, application/warc-fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from collector.archive.fields import Field, warc_fields
from collector.archive.record import Member, RecordContext, metadata_record
from collector.model.decision import Decision, Finding, Gate, RetainUntil
from collector.model.page import Imported, Minimised
from collector.model.uses import Permission

# A line stays whole JSON below the limit of a field; the ledger holds every finding at full length.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MAX_REASON, _MAX_SOURCE, _MAX_LOCATOR, _MAX_EVIDENCE = 400, 300, 200, 3


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the page itself does not know of its way."""

    run: str  # id of the run in the ledger
    retention_until: date | None = None
    charset_detected: str | None = None  # of the body as it came; the stored one is UTF-8 unless unchanged
    robots_snapshot: str | None = None  # record id under signals/
    signal_snapshots: tuple[str, ...] = ()  # further record ids under signals/
    imported: Imported | None = None  # None: we fetched it ourselves


def provenance_record(m: Minimised, page_record_id: str, provenance: Provenance, ctx: RecordContext) -> Member:
    """The provenance of `m`, whose page is `page_record_id`. No value can leave its line."""
    block = warc_fields(_way(m, provenance)) + _decided(m.decisions) + warc_fields(_kept(m, provenance, ctx))
    return metadata_record(m.candidate.url.href, page_record_id, m.fetched_at, block, ctx)


def _way(m: Minimised, provenance: Provenance) -> Iterator[Field]:
    if m.candidate.via:
        yield "via", m.candidate.via
    if m.candidate.hops:
        yield "hopsFromSeed", m.candidate.hops
    yield "fetchTimeMs", str(max(0, round(m.duration * 1000)))
    yield "visit", str(m.candidate.visit)
    yield "attempt", str(m.candidate.attempt)
    yield "run", provenance.run
    if provenance.charset_detected:
        yield "charset-detected", provenance.charset_detected
    if m.charset:
        yield "charset-stored", m.charset
    if m.language is not None:
        yield "language-detected", f"{m.language.code} {m.language.probability:.3f}"
    if m.extractor:
        yield "text-extractor", m.extractor
    if m.simhash is not None:
        yield "simhash-64", f"{m.simhash:016x}"
    if m.tls_verified is not None:
        yield "tls-verified", "yes" if m.tls_verified else "no"


def _kept(m: Minimised, provenance: Provenance, ctx: RecordContext) -> Iterator[Field]:
    if m.uses is not None:
        yield "uses", " ".join(f"{use.value}={said.value}" for use, said in m.uses)
    if m.restriction:
        yield "restriction", m.restriction.value
    if provenance.imported is not None:
        yield "source", provenance.imported.source
        yield "source-file", provenance.imported.file
        yield "source-record", provenance.imported.record
    if provenance.robots_snapshot:
        yield "robots-snapshot", f"<{provenance.robots_snapshot}>"
    for snapshot in provenance.signal_snapshots:
        yield "signal-snapshot", f"<{snapshot}>"
    yield "redaction-profile", m.redaction.profile
    yield "redaction-spans", str(m.redaction.total)
    for kind, count in sorted(m.redaction.counts.items()):
        yield f"redaction-{_name(kind)}", str(count)
    yield "policy", f"{ctx.policy.id} {ctx.policy.digest}"
    until = _retention(m.decisions, provenance.retention_until)
    if until is not None:
        yield "retention-until", until.isoformat()


def _decided(decisions: tuple[Decision, ...]) -> bytes:
    robots = [f for decision in decisions for f in decision.findings if f.rule == "robots_txt"]
    lines = [warc_fields([("robots-decision", f"{finding.verdict} {finding.reason}")]) for finding in robots]
    for decision in decisions:
        said = f"{decision.gate} {decision.verdict} {decision.decided_at.isoformat()}"
        lines.append(warc_fields([("decision", said)]))
        lines += [_line(decision.gate, finding) for finding in decision.findings]
    return b"".join(lines)


@lru_cache(maxsize=4_096)  # most findings are said of thousands of pages
def _line(gate: Gate, finding: Finding) -> bytes:
    return warc_fields([("finding", _compact(gate, finding))])


def _compact(gate: Gate, finding: Finding) -> str:
    """JSON on one line; what was not said (unknown uses, no evidence) is left out."""
    value: dict[str, object] = {
        "gate": gate.value,
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "basis": finding.basis.value,
        "reason": finding.reason[:_MAX_REASON],
    }
    uses = {use.value: said.value for use, said in finding.uses if said is not Permission.UNKNOWN}
    if uses:
        value["uses"] = uses
    if finding.evidence:
        value["evidence"] = [
            " ".join(part for part in (e.source[:_MAX_SOURCE], str(e.digest or ""), e.locator[:_MAX_LOCATOR]) if part)
            for e in finding.evidence[:_MAX_EVIDENCE]
        ]
    if finding.failed:
        value["failed"] = True
    return _ENCODER.encode(value)


def _retention(decisions: tuple[Decision, ...], until: date | None) -> date | None:
    """The earliest of the policy's day and every day that a signal obliges us to."""
    days = [o.day for decision in decisions for o in decision.obligations if isinstance(o, RetainUntil)]
    return min([*days, until] if until is not None else days, default=None)


def _name(kind: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in kind.lower()) or "other"
