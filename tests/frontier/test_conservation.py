"""Design §2.2 and §2.8 as a machine: discover, claim, close, defer, kill; every candidate ends once, no host is hurried."""

from __future__ import annotations

import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.frontier.frontier import Claim, Fetched
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.verify import verify
from tests.ledger.sample_account import begin, failed, found, open_store, refused

DELAY = 2.0
PACE = Pace(HostPace(DELAY, 30.0), backoff=4.0)
HREFS = [f"https://h{host}.example.org/{page}" for host in range(4) for page in range(6)]


class Killed(Exception):
    """The process dies here: nothing of the open transaction, and nothing in memory, survives."""


class Crawl(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_store(self.folder)
        with self.store.transaction() as tx:
            self.run = begin(tx)
        self.now = 1_000.0
        self.fence = 1
        self.frontier = SqliteFrontier(PACE, fence=1)
        self.flying: list[Claim] = []
        self.met: set[bytes] = set()
        self.starts: dict[str, list[float]] = {}

    def fetch(self, claim: Claim, late: float, *, ok: bool = True) -> None:
        at = max(self.now, claim.slot.at) + late
        if self.frontier.started(claim.slot, at):
            self.starts.setdefault(claim.host_key, []).append(at)
            self.frontier.fetched(Fetched(claim.slot, at + 0.1, 0.1, ok))
            self.now = at
        else:
            assert late > PACE.start_window or self.now > claim.slot.at

    @rule(hrefs=st.lists(st.sampled_from(HREFS), max_size=12))
    def discover(self, hrefs: list[str]) -> None:
        urls = found(hrefs, via="https://seed.example.org/")
        with self.store.transaction() as tx:
            new = self.frontier.discover(tx, urls, self.now)
        keys = {f.key for f in urls}
        assert new == len(keys - self.met)
        self.met |= keys

    @rule(href=st.sampled_from(HREFS))
    def refuse_at_sight(self, href: str) -> None:
        with self.store.transaction() as tx:
            for key in self.frontier.settle(tx, found([href]), self.now):
                close(tx, self.run, key, refused(href))
                self.met.add(key)

    @rule(wait=st.floats(0, 20), limit=st.integers(1, 5), late=st.floats(0, 3), ok=st.booleans())
    def claim(self, wait: float, limit: int, late: float, ok: bool) -> None:
        self.now += wait
        with self.store.transaction() as tx:
            claims = self.frontier.claim(tx, self.now, limit)
        assert len({c.host_key for c in claims}) == len(claims) <= limit
        for claim in claims:
            self.fetch(claim, late, ok=ok)
        self.flying += claims

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), how=st.sampled_from(["done", "defer", "requeue", "killed before the commit"]))
    def give_back(self, data: st.DataObject, how: str) -> None:
        claim = data.draw(st.sampled_from(self.flying))
        try:
            with self.store.transaction() as tx:
                match how:
                    case "defer":
                        self.frontier.defer(tx, claim, self.now + 5.0)
                    case "requeue":
                        self.frontier.requeue(tx, [claim])
                    case _:
                        close(tx, self.run, claim.key, failed(claim.href))
                        self.frontier.done(tx, [claim])
                if how.startswith("killed"):
                    raise Killed  # noqa: TRY301 - where the process dies
            self.flying.remove(claim)
        except Killed:
            self.kill()

    @rule(late=st.floats(0, 1.5))
    def ask_for_a_site_file(self, late: float) -> None:
        with self.store.transaction() as tx:
            slot = self.frontier.reserve(tx, "h0.example.org", "example.org", self.now)
        if self.frontier.started(slot, slot.at + late):
            self.starts.setdefault("h0.example.org", []).append(slot.at + late)

    @rule()
    def kill(self) -> None:
        self.store.close()
        self.store = open_store(self.folder)
        self.fence += 1
        self.frontier = SqliteFrontier(PACE, fence=self.fence)
        with self.store.transaction() as tx:
            assert self.frontier.recover(tx) == len(self.flying)
        self.flying = []

    @invariant()
    def nobody_is_hurried(self) -> None:
        for times in getattr(self, "starts", {}).values():
            ordered = sorted(times)
            assert all(b - a >= DELAY - 1e-6 for a, b in pairwise(ordered)), ordered

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.kill()
        for _ in range(1_000):
            with self.store.transaction() as tx:
                due = self.frontier.next_due(tx, self.now)
                if due is None:
                    break
                self.now = due
                for claim in self.frontier.claim(tx, self.now, 10):
                    close(tx, self.run, claim.key, failed(claim.href))
                    self.frontier.done(tx, [claim])
        with self.store.snapshot() as tx:
            closed = [row[0] for row in tx.exec_driver_sql("SELECT url_key FROM event")]
            assert sorted(closed) == sorted(self.met)
            assert verify(tx) == []
        self.store.close()
        shutil.rmtree(self.folder)


Crawl.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestConservation = Crawl.TestCase
