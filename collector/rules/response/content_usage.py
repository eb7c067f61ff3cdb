"""Rule `content_usage`: the usage preferences in the Content-Usage header field of the answer (IETF AIPREF)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.rules.facts import ResponseFacts
from collector.rules.layered import MEANT, layered, told
from collector.signals.content_usage import FIELD, Malformed, meaning, read_header
from collector.signals.excerpt import excerpt

RULE = "content_usage"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.content_usage]`. The drafts ask for neither."""

    older_labels: bool = True  # `ai=n`, `tdm=n` and other labels of earlier drafts deny
    malformed: Malformed = Malformed.OFF  # off: by the letter | unreadable (`Train-AI=N`) | any (`train-ai=no` too)


def content_usage(facts: ResponseFacts, settings: Settings) -> Finding:
    """What the Content-Usage header field states for this page: train-ai, ai-use, search, each y or n.

    AIPREF attach-05: all field lines make one dictionary (RFC 9651 §4.2), so a later line overrides an earlier
    one and a line that cannot be read voids them all. The field describes the message it stands in: that of a
    redirect says nothing of the page it leads to.
    """
    lines = facts.headers.all(FIELD)
    if not lines:
        return no_objection(RULE, "no Content-Usage field", Basis.SPEC)
    evidence = tuple(
        Evidence("header", Digest.of(line.encode("utf-8", "surrogatepass")), f"Content-Usage: {excerpt(line)}")
        for line in lines[:8]
    )
    if 300 <= facts.status < 400:
        reason = "Content-Usage describes the redirect, not the page it leads to"
        return Finding(RULE, Verdict.ALLOW, reason, evidence=evidence)
    statement = read_header(lines)
    spec, older, meant = meaning(statement, older_labels=settings.older_labels, malformed=settings.malformed)
    uses, basis = layered(spec, older, meant)
    reason = told(uses, "Content-Usage")
    if basis is Basis.MALFORMED_RESTRICTIVE:
        reason += MEANT
    elif statement.broken:
        reason += f": it is no dictionary of RFC 9651, {excerpt(statement.broken, 120)}"
    return Finding(RULE, Verdict.ALLOW, reason, uses, basis, evidence)
