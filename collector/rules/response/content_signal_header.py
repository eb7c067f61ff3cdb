"""Rule `content_signal_header`: a Content-Signal header field on the answer, of which only a no counts."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.model.uses import UNSTATED
from collector.rules.facts import ResponseFacts
from collector.rules.layered import MEANT, layered, told
from collector.signals.content_signal import FIELD, denied_in_header
from collector.signals.excerpt import excerpt

RULE = "content_signal_header"
MAX_FIELDS = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.content_signal_header]`."""

    malformed: bool = True  # `ai-train=n`, `ai-train=false` and the like deny


def content_signal_header(facts: ResponseFacts, settings: Settings) -> Finding:
    """Whether a Content-Signal header field denies a use of this page.

    Content-Signal is defined for robots.txt alone; some servers send it as a field too, with yes by default.
    So a no counts, by our policy, and a yes permits nothing.
    """
    lines = facts.headers.all(FIELD)[:MAX_FIELDS]
    if not lines:
        return no_objection(RULE, "no Content-Signal field")
    denied, meant = denied_in_header(lines)
    uses, basis = layered(UNSTATED, denied, meant if settings.malformed else UNSTATED)
    reason = told(uses, "the Content-Signal field")
    if basis is Basis.MALFORMED_RESTRICTIVE:
        reason += MEANT
    evidence = tuple(
        Evidence("header", Digest.of(line.encode("utf-8", "surrogatepass")), f"Content-Signal: {excerpt(line)}")
        for line in lines[:8]
    )
    return Finding(RULE, Verdict.ALLOW, reason, uses, Basis.POLICY if basis is Basis.SPEC else basis, evidence)
