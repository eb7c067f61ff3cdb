"""`explain URL` with the live site: the real crawl of one URL, kept nowhere, so that explaining asks no more
than crawling would, and never where crawling would not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.cli.explain_lines import finding_json, obligation_json
from collector.cli.signals_facts import ask_now
from collector.rules.evaluate import overall, without_superseded


def explain_live(url: str, policy: Path, data: Path) -> dict[str, Any]:
    """The answer of `explain`, from what the site said just now. Raises CollectorError."""
    judged = ask_now(url, policy, data)
    _, uses = overall(judged.decisions, judged.ruleset)
    verdict = {"archived": "allow", "duplicate": "allow", "deferred": "defer"}.get(judged.outcome, "deny")
    decisions = without_superseded(judged.decisions, judged.ruleset)
    return {
        "verdict": verdict,
        "outcome": judged.outcome,
        "reason": judged.reason,
        "gate": judged.gate or None,
        "uses": uses.as_dict(),
        "findings": [finding_json(f, d.gate) for d in decisions for f in d.findings],
        "obligations": [obligation_json(o) for d in decisions for o in d.obligations],
    }
