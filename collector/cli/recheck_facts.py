"""A collection as `recheck` looks at it: read only, with lists and registry as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collector.audit.recheck import Again, Change, Rechecked
from collector.audit.stored import StoredSignals, archived_record, judge_archived
from collector.crawler.gating.gates import Gates
from collector.crawler.sources import SourceFiles
from collector.ledger.captures import CaptureRow, judged_pages, pages, record_place
from collector.ledger.own_key import own_key
from collector.ledger.runs import seed_domains
from collector.ledger.site_files import newest_signals
from collector.ledger.store import Store
from collector.lists.ai_tokens import load_ai_tokens
from collector.model.decision import Decision, Finding, Gate, Verdict
from collector.model.layout import Layout
from collector.model.page import Candidate, Placement
from collector.model.resources import resource_folder
from collector.model.url import Url, parse_url
from collector.pipeline import pipeline_of
from collector.policy.policy import Policy
from collector.rules.facts import SiteFacts, Spent
from collector.signals.site_file import SiteFile

BATCH = 1_000
PAGES_PER_ORIGIN = 4  # of which one must be permitted for the files beside robots.txt to be asked for


class Collected:
    """What one collection has kept. Every method opens it for reading and closes it again."""

    def __init__(self, policy: Policy, beside: Path, data: Path) -> None:
        layout = Layout(data)
        self.paths = layout.collection(policy.collection.id)
        self.pipeline = pipeline_of(policy, load_ai_tokens(resource_folder("blocklists") / "ai-tokens"))
        store = Store.open(self.paths.database, write=False)
        try:
            with store.snapshot() as tx:
                key = own_key(tx, layout.keys(policy.collection.id))
                domains = frozenset() if policy.scope.domains else seed_domains(tx)
        finally:
            store.close()
        sources = SourceFiles(policy, layout, key, beside).sources()
        self._gates = Gates(self.pipeline, sources, lambda _: Spent(), lambda: None)  # budgets are no permission
        self._gates.scope_domains |= domains
        self._signals: StoredSignals | None = None

    def origins(self) -> dict[str, list[str]]:
        """Every origin that a page was kept from, with a few of its pages."""
        found: dict[str, list[str]] = {}
        for row in self._pages():
            hrefs = found.setdefault(str(parse_url(row.url).origin), [])
            if len(hrefs) < PAGES_PER_ORIGIN:
                hrefs.append(row.url)
        return found

    def rechecked(
        self, now: datetime, *, unreachable: frozenset[str], only: frozenset[str] | None
    ) -> Iterator[Rechecked]:
        """Every kept page, then and now. `only` these origins; those of `unreachable` stay undecided."""
        again = Again(self.pipeline, lambda url: self._gates.consider(Candidate(url), now), now)
        store = Store.open(self.paths.database, write=False)
        try:
            with store.snapshot() as tx:
                signals = StoredSignals(self.pipeline, lambda origin: newest_signals(tx, origin))
                self._signals = signals
                after = 0
                while batch := judged_pages(tx, after=after, limit=BATCH):
                    after = batch[-1][0]
                    for _, row, then in batch:
                        url = parse_url(row.url)
                        if only is not None and str(url.origin) not in only:
                            continue
                        facts = signals.facts(url, now)
                        later = self._later(url, row, facts, now, lambda record: record_place(tx, record))
                        one = again.recheck(url, row, then, facts, later)
                        yield _as_reached(one, str(url.origin) in unreachable)
        finally:
            self._signals = None
            store.close()

    def robots_of(self, href: str) -> SiteFile:
        """The robots.txt that the page at `href` was judged by just now; only while `rechecked` goes on."""
        assert self._signals is not None
        return self._signals.published(parse_url(href)).robots

    def _later(
        self,
        url: Url,
        row: CaptureRow,
        facts: SiteFacts,
        now: datetime,
        place_of: Callable[[str], Placement | None],
    ) -> Callable[[], tuple[Decision, ...]]:
        def later() -> tuple[Decision, ...]:
            record = archived_record(self.paths.root, row, place_of)
            return judge_archived(url, row, record, facts, self.pipeline, now)

        return later

    def _pages(self) -> Iterator[CaptureRow]:
        store = Store.open(self.paths.database, write=False)
        try:
            with store.snapshot() as tx:
                after = 0
                while batch := pages(tx, after=after, limit=BATCH):
                    after = batch[-1][0]
                    yield from (row for _, row in batch)
        finally:
            store.close()


def _as_reached(one: Rechecked, unreachable: bool) -> Rechecked:
    """What could not be asked is judged by an older answer: a no of the gates before it holds, a yes does not."""
    if not unreachable or one.change is not Change.STANDS:
        return one
    reason = "robots.txt could not be read now; by the last answer it would stand"
    return replace(one, change=Change.UNDECIDED, gate=Gate.SITE, finding=Finding("robots_txt", Verdict.DEFER, reason))
