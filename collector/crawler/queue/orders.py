"""Follows what operators order while the crawl runs: a pause, hosts that are blocked and unblocked again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from collector.frontier.desk import blocked, whole
from collector.ledger.orders import Order, newest_act, orders_after, pause_in_force
from collector.ledger.store import Store
from collector.model.decision import Basis, Decision, Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.uses import Use

LOOK_SECONDS = 1.0  # in effect within five
BLOCKED = "frontier_block"  # what closing events name in a rule's place
PURGED = "frontier_purge"


class Orders:
    """What is in force, as of the last `look`. One per worker: every worker reads the same account."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = -1
        self.pause: Order | None = None
        self._blocked: Mapping[str, str] = {}
        self.look()

    def look(self) -> list[Order]:
        """Read what was ordered since the last look. Returns that; one number is read while nothing was."""
        with self._store.snapshot() as tx:
            newest = newest_act(tx)
            if newest == self._seen:
                return []
            first, fresh = self._seen < 0, orders_after(tx, self._seen)
            if fresh or first:
                self.pause = pause_in_force(tx)
                self._blocked = blocked(tx)
            self._seen = newest
        return [] if first else fresh

    async def next(self) -> list[Order]:
        """The orders of the coming moment, read beside the event loop: a crawl may know a million hosts."""
        await asyncio.sleep(LOOK_SECONDS)
        return await asyncio.to_thread(self.look)

    def why_blocked(self, host: str, domain: str) -> str:
        """The act and the reason for which nothing may be asked of this host; empty where it may."""
        return self._blocked.get(host) or self._blocked.get(whole(domain), "")

    def holds(self, host: str, domain: str) -> bool:
        """Whether nothing may be asked of this host for now, for either reason."""
        return self.pause is not None or bool(self.why_blocked(host, domain))


def blocked_text(act: int, reason: str) -> str:
    """How the queue notes a block: the act that ordered it, and why."""
    return f"act {act}: {reason}"


def blocked_decision(why: str, *, need: frozenset[Use], policy: PolicyRef, now: datetime) -> Decision:
    """Not now: the host is blocked. `why` as `blocked_text` wrote it."""
    act, _, reason = why.partition(": ")
    return _decision(BLOCKED, Verdict.DEFER, f"an operator has blocked its host: {reason}", act, need, policy, now)


def purged_decision(act: int, reason: str, *, need: frozenset[Use], policy: PolicyRef, now: datetime) -> Decision:
    """No: an operator has taken it out of the queue."""
    said = f"an operator has taken it out of the queue: {reason}"
    return _decision(PURGED, Verdict.DENY, said, f"act {act}", need, policy, now)


def _decision(
    rule: str, verdict: Verdict, reason: str, act: str, need: frozenset[Use], policy: PolicyRef, now: datetime
) -> Decision:
    finding = Finding(rule, verdict, reason, basis=Basis.POLICY, evidence=(Evidence("account", None, act),))
    return combine(Gate.URL, (finding,), need=need, policy=policy, now=now)
