"""What a finding quotes of a response or a page, without the personal data in the quotation."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.redact import Redactor
from collector.minimise.text import settle
from collector.model.decision import Decision, Evidence, Finding


def minimise_decision(decision: Decision) -> Decision:
    """The same decision with its reasons and quotations minimised, whatever the policy keeps of pages.

    Evidence loses its digest where its quotation changed: a digest of what was taken out could be guessed at.
    """
    findings = tuple(_finding(finding) for finding in decision.findings)
    same = all(new is old for new, old in zip(findings, decision.findings, strict=True))
    return decision if same else replace(decision, findings=findings)


def _finding(finding: Finding) -> Finding:
    reason = _without(finding.reason)
    evidence = tuple(_evidence(one) for one in finding.evidence)
    if reason == finding.reason and evidence == finding.evidence:
        return finding
    return replace(finding, reason=reason, evidence=evidence)


def _evidence(evidence: Evidence) -> Evidence:
    locator = _without(evidence.locator)
    return evidence if locator == evidence.locator else Evidence(evidence.source, None, locator)


@lru_cache(maxsize=1_024)
def _without(text: str) -> str:
    redactor = Redactor(STRICT)
    minimised, spans = redactor.redact(text)
    return settle(minimised, redactor)[0] if spans else text
