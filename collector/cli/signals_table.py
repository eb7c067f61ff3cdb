"""What every signal said of one URL, and who wins per use and why: decisions turned into a table for people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.model.decision import Decision, Evidence, Finding, Gate, Verdict
from collector.model.uses import Permission, Use
from collector.policy.policy import OnUnknown
from collector.rules.evaluate import Ruleset, overall, without_superseded

# What a lawyer would call it; a rule that is not named here goes by its own id.
MECHANISMS = {
    "access_barrier": "Access barrier (HTTP status)",
    "access_wall": "CAPTCHA, login wall, paywall",
    "ai_tokens": "robots.txt: AI-training crawlers shut out",
    "ai_txt": "ai.txt (Spawning)",
    "content_signal": "Content-Signal in robots.txt",
    "content_signal_header": "Content-Signal header field",
    "content_usage": "AIPREF Content-Usage header field",
    "content_usage_robots": "AIPREF Content-Usage in robots.txt",
    "disallow_ai_training": "DisallowAITraining in robots.txt",
    "inline_rsl": "RSL 1.0 in the page",
    "licence": "Licence recorded in the policy",
    "link_licence": "RSL 1.0 by a Link header field",
    "meta_robots": "robots meta tags",
    "meta_tdm_reservation": "TDMRep meta tags",
    "opted_out": "Opt-out registry",
    "robots_txt": "robots.txt (RFC 9309)",
    "rsl_licence": "RSL 1.0 by robots.txt",
    "sensitive_domain": "Lists of sensitive sources",
    "self_label": "Labels of adult content",
    "sensitive_content": "Special categories in the page",
    "source": "Source that it was imported from",
    "suppressed": "Erasures and objections",
    "tdm_reservation": "TDMRep header field",
    "tdmrep_file": "TDMRep file (/.well-known/tdmrep.json)",
    "trust_txt": "trust.txt (JournalList)",
    "unknown_use": "Uses that nobody spoke about",
    "x_robots_tag": "X-Robots-Tag header field",
}
# What the collection wants, not what a site or a person said.
OWN_CRITERIA = frozenset(
    (
        "in_scope public_address personal_url plain_request media_type body_size language date_window "
        "personal_page patience budget"
    ).split()
)


PLACES = {
    "header": "header fields of the answer",
    "html": "the page",
    "list": "our lists",
    "meta": "meta elements of the page",
    "policy": "our policy",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One mechanism's row."""

    rule: str
    mechanism: str
    gate: Gate
    finding: Finding
    superseded_by: str = ""  # the rule whose later carrier of the same mechanism counts in its stead

    @property
    def found(self) -> bool:
        """Whether there was anything: a statement, or a verdict that does not allow."""
        return self.finding.verdict is not Verdict.ALLOW or any(p is not Permission.UNKNOWN for _, p in self.uses)

    @property
    def uses(self) -> tuple[tuple[Use, Permission], ...]:
        """What it means for each use, with what follows (`tdm` denied denies `train`)."""
        return tuple(self.finding.uses.closed())

    @property
    def told(self) -> str:
        """`denies train, input; allows index`."""
        parts = []
        for permission, word in ((Permission.DENY, "denies"), (Permission.ALLOW, "allows")):
            named = [use.value for use, said in self.uses if said is permission]
            parts += [f"{word} {', '.join(named)}"] if named else []
        if self.finding.verdict is Verdict.DEFER:
            parts.insert(0, "not decided: nothing is fetched")
        return "; ".join(parts) or ("refuses the page" if self.finding.verdict is Verdict.DENY else "says nothing")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds for one use in the end."""

    use: Use
    permission: Permission
    by: tuple[str, ...]  # rules
    why: str


@dataclass(frozen=True, slots=True)
class SignalTable:
    """All of it. `verdict` of all gates that were asked; `gates_asked` in their order."""

    said: tuple[Said, ...]
    rulings: tuple[Ruling, ...]
    verdict: Verdict
    gates_asked: tuple[Gate, ...]


def signal_table(decisions: tuple[Decision, ...], ruleset: Ruleset) -> SignalTable:
    """The table of one URL's decisions. Raises ValueError where there is none."""
    superseded = _superseded(decisions, ruleset)
    said = tuple(
        Said(f.rule, MECHANISMS.get(f.rule, f.rule.replace("_", " ")), d.gate, f, superseded.get(f.rule, ""))
        for d in decisions
        for f in d.findings
        if f.rule not in OWN_CRITERIA
    )
    verdict, uses = overall(decisions, ruleset)
    every = [f for d in without_superseded(decisions, ruleset) for f in d.findings if f.rule not in superseded]
    rulings = tuple(_ruling(use, permission, every, ruleset) for use, permission in uses)
    return SignalTable(said, rulings, verdict, tuple(d.gate for d in decisions))


def _superseded(decisions: tuple[Decision, ...], ruleset: Ruleset) -> dict[str, str]:
    """Rule → the rule that speaks in its stead; the floor is never superseded."""
    floor = {bound.rule.id for rules in ruleset.by_gate.values() for bound in rules if bound.rule.floor}
    return {rule: f.rule for d in decisions for f in d.findings for rule in f.supersedes if rule not in floor}


def _ruling(use: Use, permission: Permission, findings: list[Finding], ruleset: Ruleset) -> Ruling:
    match permission:
        case Permission.DENY:
            return _denied(use, findings)
        case Permission.ALLOW:
            by = tuple(f.rule for f in findings if f.uses[use] is Permission.ALLOW)
            return Ruling(use, permission, by, f"allowed by {_names(by)}, and denied by nothing")
        case _:
            kept = "keeps" if ruleset.unknown is OnUnknown.KEEP else "drops"
            needed = f"the policy {kept} what is unknown" if use in ruleset.need else "the policy does not need it"
            return Ruling(use, permission, (), f"nobody spoke of it, which is no permission; {needed}")


def _denied(use: Use, findings: list[Finding]) -> Ruling:
    by = tuple(f.rule for f in findings if f.uses.closed()[use] is Permission.DENY)
    directly = [f.rule for f in findings if f.uses[use] is Permission.DENY]
    if not by:  # a missing fact denies the fetch, and with it every use
        by = tuple(f.rule for f in findings if f.verdict is Verdict.DEFER)
        return Ruling(use, Permission.DENY, by, f"no decision by {_names(by)}, so nothing is fetched")
    why = f"denied by {_names(by)}"
    if not directly:
        why += ", by what follows from it (a denied fetch denies every use; denied mining denies train and input)"
    against = [f.rule for f in findings if f.uses[use] is Permission.ALLOW]
    if against:
        why += f"; a denial beats the permission of {_names(tuple(against))}"
    return Ruling(use, Permission.DENY, by, why)


def _names(rules: tuple[str, ...]) -> str:
    return " and ".join(MECHANISMS.get(rule, rule) for rule in dict.fromkeys(rules))


def where_of(evidence: Evidence) -> str:
    """Where the signal stood."""
    return PLACES.get(evidence.source, evidence.source)


def text_of(evidence: Evidence) -> str:
    """The signal's own text, without the number of the record that holds it."""
    return re.sub(r"(?:^|; )record urn:uuid:[0-9a-f-]{36}$", "", evidence.locator)
