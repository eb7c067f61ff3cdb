"""What a pilot says of special categories and of pages about persons: counted from the account, never quoted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from collector.ledger import schema
from collector.ledger.findings import read_decisions
from collector.ledger.store import Store
from collector.model.decision import Decision, Flag, Verdict
from collector.model.event import Outcome
from collector.model.layout import CollectionLayout
from collector.rules.content import personal_page, sensitive_content

_KEPT = frozenset((Outcome.ARCHIVED.value, Outcome.DUPLICATE.value))


@dataclass(slots=True)
class Category:
    """One special category: sentences that tie it to a person, pages that hold some, and how many were withheld."""

    sentences: int = 0
    pages: int = 0
    withheld: int = 0


@dataclass(slots=True)
class Categories:
    """`special` by category of the lexicons; `persons`: withheld pages about persons by kind; `flags` of kept pages."""

    special: dict[str, Category] = field(default_factory=dict)
    persons: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    def report(self) -> dict[str, object]:
        """As JSON holds it."""
        return {
            "special_categories": {
                name: {"sentences": one.sentences, "pages": one.pages, "withheld": one.withheld}
                for name, one in sorted(self.special.items())
            },
            "pages_about_persons": dict(sorted(self.persons.items())),
            "flags": dict(sorted(self.flags.items())),
        }

    def lines(self) -> list[str]:
        """As a terminal shows it; empty where nothing was found."""
        said = []
        if self.special:
            said.append("special categories that sentences tie to a person:")
        said += [
            f"  {one.sentences:>7,}  {name:<16} on {one.pages:,} pages, {one.withheld:,} of them withheld"
            for name, one in sorted(self.special.items(), key=lambda pair: (-pair[1].sentences, pair[0]))
        ]
        if self.persons:
            said.append("withheld as mostly about persons:")
        said += [f"  {count:>7,}  {kind}" for kind, count in self.persons.most_common()]
        if self.flags:
            said.append("kept with a flag:")
        said += [f"  {count:>7,}  {category}" for category, count in self.flags.most_common()]
        return said


def categories_of(collection: Path) -> Categories:
    """What the findings of a sample's pages say, page by page."""
    counted = Categories()
    store = Store.open(CollectionLayout(collection).database, write=False)
    try:
        with store.snapshot() as tx:
            _count(tx, counted)
    finally:
        store.close()
    return counted


def _count(tx: Connection, counted: Categories) -> None:
    closing = schema.closing.c
    for row in tx.execute(select(closing.id, closing.outcome, closing.decisions).order_by(closing.id)):
        for decision in read_decisions(tx, row.decisions, where=f"event {row.id}"):
            _take(decision, counted, kept=row.outcome in _KEPT)


def _take(decision: Decision, counted: Categories, *, kept: bool) -> None:
    for finding in decision.findings:
        if finding.rule == sensitive_content.RULE:
            for category, sentences in sensitive_content.categories_told(finding.reason).items():
                one = counted.special.setdefault(category, Category())
                one.sentences += sentences
                one.pages += 1
                one.withheld += not kept
        elif finding.rule == personal_page.RULE and finding.verdict is Verdict.DENY:
            counted.persons[personal_page.kind_told(finding.reason)] += 1
        if kept:
            counted.flags.update(each.category for each in finding.obligations if isinstance(each, Flag))
