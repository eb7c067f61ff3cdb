"""Gathers the facts of the URL gate from lists, registry and budgets, and asks the pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from collector.lists.match import Lookup
from collector.minimise.structure.url import personal_kinds
from collector.model.decision import Decision, Evidence, Gate, Verdict
from collector.model.page import Candidate
from collector.model.url import Url, parse_url
from collector.pipeline import Pipeline
from collector.rules.evaluate import Ruleset, evaluate, verdict_of
from collector.rules.facts import SiteFacts, Spent, UrlFacts

LOOK_SECONDS = 0.1  # between looks at the files; a commit looks in any case


class Erased(Protocol):
    """What was erased before, or stands under a recorded objection."""

    @property
    def digest(self) -> str:
        """Digest of everything the answers rest on."""
        ...

    def __call__(self, url: Url) -> tuple[str, ...]:
        """The references of the cases that cover `url`."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything the URL gate looks up. Each is swapped whole when its files change."""

    sensitive: Lookup
    opted_out: Lookup
    suppressed: Erased
    registered_domain: Callable[[str], str]  # host → registrable domain
    lists: tuple[Evidence, ...] = ()  # what `sensitive` looks up in


class Gates:
    """The URL gate with its facts. `spent` answers with the budgets' state for a host."""

    def __init__(
        self,
        pipeline: Pipeline,
        sources: Sources,
        spent: Callable[[str], Spent],
        reload: Callable[[], Sources | None],
    ) -> None:
        self.pipeline = pipeline
        self.sources = sources
        self._spent = spent if _asks_for_budgets(pipeline) else _unasked
        self._reload = reload
        self._floor = _floor_of(pipeline.ruleset)
        self._looked = 0.0  # monotonic seconds
        self.changes = 0  # how often lists or registry changed since the start
        self.scope_domains: frozenset[str] = scope_domains(pipeline, sources.registered_domain)

    def facts(self, candidate: Candidate, addresses: tuple[str, ...] = ()) -> UrlFacts:
        """All facts of gate 1 for this candidate, as of now."""
        url = candidate.url
        return UrlFacts(
            candidate=candidate,
            sensitive=self.sources.sensitive.match(url),
            lists=self.sources.lists,
            opted_out=self.sources.opted_out.match(url),
            suppressed=self.sources.suppressed(url),
            spent=self._spent(url.host),
            addresses=addresses,
            registered_domain=self.sources.registered_domain(url.host),
            personal=personal_kinds(url),
            scope_domains=self.scope_domains,
        )

    def consider(self, candidate: Candidate, now: datetime, addresses: tuple[str, ...] = ()) -> Decision:
        """Gate 1."""
        return self.pipeline.consider(self.facts(candidate, addresses), now)

    def may_contact(self, url: Url, now: datetime, addresses: tuple[str, ...] = ()) -> Decision:
        """Gate 1's floor only: whether a site file may be asked for at `url`, which need not be in scope."""
        facts = self.facts(Candidate(url), addresses)
        return evaluate(Gate.URL, facts, url, self._floor, now)

    def extend_scope(self, host: str) -> None:
        """A spider's start URL is a seed: where the policy names no domains, its domain is in scope."""
        if not self.pipeline.policy.scope.domains:
            self.scope_domains |= {self.sources.registered_domain(host)}

    def robots_permit(self, facts: SiteFacts) -> bool:
        """Gate 2's floor only: whether robots.txt lets anything of this be fetched."""
        floor = self._floor
        return verdict_of(floor.by_gate[Gate.SITE], facts, floor.need) is Verdict.ALLOW

    def digests(self) -> tuple[tuple[str, str], ...]:
        """(name, digest) of everything gate 1 looks up in, as it stands now."""
        sources = self.sources
        lists = tuple((source.source, str(source.digest)) for source in sources.lists)
        registry = (("registry", sources.opted_out.digest),)
        return (*lists, *registry, ("suppressed", sources.suppressed.digest))

    def refresh_now_and_then(self) -> None:
        """`refresh`, unless it was done less than LOOK_SECONDS ago: before each request, of which there may be many."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self.refresh()

    def refresh(self) -> bool:
        """Take in lists and registry entries that changed on disk; True when there were any."""
        self._looked = time.monotonic()
        changed = self._reload()
        if changed is None:
            return False
        self.sources = changed
        self.changes += 1
        return True


def scope_domains(pipeline: Pipeline, registered_domain: Callable[[str], str]) -> frozenset[str]:
    """`[scope] domains`, or the registrable domains of the seeds where it names none."""
    scope = pipeline.policy.scope
    if scope.domains:
        return frozenset(scope.domains)
    return frozenset(registered_domain(parse_url(seed).host) for seed in scope.seeds)


def _asks_for_budgets(pipeline: Pipeline) -> bool:
    """Whether any rule can tell what was spent: by a budget of the policy, or one that somebody else brought along."""
    scope = pipeline.policy.scope
    if any(budget is not None for budget in (scope.max_pages, scope.max_pages_per_host, scope.max_bytes)):
        return True
    return any(bound.rule.source for bound in pipeline.ruleset.by_gate[Gate.URL])


def _unasked(_host: str) -> Spent:
    """Nothing is counted that nobody asks for: it is read from the account anew after each flush."""
    return Spent()


def _floor_of(ruleset: Ruleset) -> Ruleset:
    gates = (Gate.URL, Gate.SITE)
    return replace(ruleset, by_gate={gate: tuple(b for b in ruleset.by_gate[gate] if b.rule.floor) for gate in gates})
