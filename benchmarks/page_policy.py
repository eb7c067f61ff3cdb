"""What the page policy costs and how well it tells a linked sentence from an unlinked one.

Run: python benchmarks/page_policy.py [repeats]. Prints CPU milliseconds per page (median) for each rule of the page
policy, as a multiple of the page's own facts, on generated pages; then precision and recall by language on the
labelled sentences of tests/rules/content, the half that was looked at while the lexicons were written apart.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.document import URL, page
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.rules.content.linkage import linkage
from collector.rules.facts import ContentFacts
from tests.rules.content.pages import NOW
from tests.rules.content.test_linkage import LANGUAGES, SET

RULES = ("adult_signals", "sensitive_community", "profile_page", "personal_page", "sensitive_content")


def milliseconds(run: Callable[[], object]) -> float:
    """CPU time of one run."""
    before = time.process_time()
    run()
    return (time.process_time() - before) * 1e3


def cost(repeats: int) -> None:
    """By turns the facts and each rule, so that a busy moment meets all alike."""
    from collector.rules.catalogue import RULES as CATALOGUE  # noqa: PLC0415

    rules = {rule.id: rule for rule in CATALOGUE if rule.id in RULES}
    for kilobytes in (30, 120):
        body = page(kilobytes)
        facts = ContentFacts(
            URL, "bot", page_facts(read(body, content_type="text/html", url=URL), status=200, with_language=False), NOW
        )
        runs: dict[str, Callable[[], object]] = {
            "facts": lambda body=body: page_facts(
                read(body, content_type="text/html", url=URL), status=200, with_language=False
            )
        }
        runs |= {name: lambda rule=rule, facts=facts: rule.ask(facts, rule.settings()) for name, rule in rules.items()}
        taken: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(repeats):
            for name, run in runs.items():
                taken[name].append(milliseconds(run))
        medians = {name: statistics.median(each) for name, each in taken.items()}
        print(f"{kilobytes} KB of HTML, {facts.page.text_length:,} characters of text")
        for name, median in medians.items():
            print(f"  {name:<20} {median:7.2f} ms  {median / medians['facts']:5.2f} of the facts")


def quality() -> None:
    """Precision and recall, by half and language."""
    for half, title in (("d", "looked at"), ("t", "not looked at")):
        for language in (*LANGUAGES, ""):
            rows = [row for row in SET if row.half == half and language in ("", row.language)]
            found = [bool(linkage(row.text).categories) for row in rows]
            right = sum(1 for row, hit in zip(rows, found, strict=True) if hit and row.category)
            precision, recall = right / max(sum(found), 1), right / sum(1 for row in rows if row.category)
            name = language or "all"
            print(f"{title:<14} {name:<4} {len(rows):>4} sentences  precision {precision:.3f}  recall {recall:.3f}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=15)
    return parser.parse_args()


if __name__ == "__main__":
    cost(arguments().pages)
    quality()
