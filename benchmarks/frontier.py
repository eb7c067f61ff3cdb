"""Rates of the queue and the account on SQLite: enqueue, duplicates, claim + commit; bytes per URL.

Run: python benchmarks/frontier.py [--urls 200000] [--hosts 4000] [--group 200] [--scattered]. Two queues grow by turns,
one with the names that URLs have (a host's stand together), one with names that scatter them over the whole index, as
they were made before. Scrapy's own duplicate filter and memory queue are no peer (they keep nothing); the figures to
beat are 25,000 URLs/s in and 5,000 claims with a closing event, a capture and fsync per second. Rates are of CPU time
of the process, in brackets of the clock, in which the disk counts. `--scattered`: every link leads to a host drawn by
lot; else 54 of the 60 links of a page lead to its own host.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from collector.frontier.frontier import Claim, Found
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import Actor, Closing, RunStart, begin_run, close_all, record_policy
from collector.ledger.keys import BY_HOST, url_key
from collector.ledger.segments import segment_committed
from collector.ledger.store import Store
from collector.model.decision import Decision, Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.event import ClosingEvent, Outcome
from collector.model.headers import Headers
from collector.model.page import Archived, Candidate, Minimised, Placement, Redaction
from collector.model.url import parse_url

KEYS = {"by host": BY_HOST + bytes(32), "scattered": bytes(32)}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = PolicyRef("bench", Digest.of(b"policy"))
LINKS, OWN = 60, 54  # of a page; of these to its own host
COMMIT = 5_000  # links that are entered in one transaction
GATES = {
    Gate.URL: ("in_scope", "opted_out", "personal_url", "public_address", "sensitive_domain", "suppressed"),
    Gate.SITE: ("ai_tokens", "robots_txt"),
    Gate.RESPONSE: ("access_barrier", "body_size", "media_type", "x_robots_tag"),
    Gate.CONTENT: ("access_wall", "language", "meta_robots"),
}


def links(key: bytes, count: int, hosts: int, *, own: int = OWN) -> Iterator[Found]:
    """`count` different URLs as they are found, a page's together. Pages of all hosts, drawn by lot."""
    chance = random.Random(7)
    for number in range(count):
        if number % LINKS == 0:
            page = chance.randrange(hosts)
        host = page if number % LINKS < own else chance.randrange(hosts)
        url = parse_url(f"https://site-{host}.example.org/articles/a-title-of-usual-length-{number}.html")
        via = f"https://site-{page}.example.org/index-{number // LINKS}.html"
        yield Found(url_key(key, url.href), url, "example.org", number % 7, "LL", via)


def decisions(host: str) -> tuple[Decision, ...]:
    def finding(rule: str) -> Finding:
        evidence = (Evidence(f"https://{host}/robots.txt", Digest.of(host.encode()), "line 12"),)
        return Finding(
            rule, Verdict.ALLOW, "nothing here speaks against it", evidence=evidence if rule == "robots_txt" else ()
        )

    return tuple(
        combine(gate, [finding(r) for r in rules], need=frozenset(), policy=POLICY, now=NOW)
        for gate, rules in GATES.items()
    )


def page(candidate: Candidate, said: tuple[Decision, ...], number: int) -> ClosingEvent:
    body = b"x" * 100 + str(number).encode()
    kept = Minimised(
        candidate, said, 200, Headers(), body, "text/html", "utf-8", Redaction("strict", {"EMAIL": 2}), NOW, 0.2
    )

    def place(kind: int, folder: str) -> Placement:
        record = UUID(int=(kind << 120) + (number << 40)).urn
        return Placement(record, f"{folder}/bench-20260101000000-00001-here.warc.gz", number * 1000, 900)

    archived = Archived(kept, place(1, "archive"), Digest.of(body), place(2, "text"), place(3, "archive"))
    return ClosingEvent(candidate, Outcome.ARCHIVED, "", said, NOW, archived)


class Queue:
    """A collection that is crawled without a network. `spent`: CPU and clock seconds by what was done."""

    def __init__(self, folder: Path, pace: Pace) -> None:
        self.path = folder / "collection.db"
        self.store = Store.open(self.path, write=True)
        self.frontier = SqliteFrontier(pace, fence=1)
        self.spent: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.claimed = 0
        with self.store.transaction() as tx:
            record_policy(tx, POLICY.id, str(POLICY.digest), "", NOW)
            start = RunStart(str(POLICY.digest), "bench", Actor("bench", "operator"), "here", 1)
            self.run = begin_run(tx, start, NOW)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.spent[what].append((time.process_time() - cpu, time.perf_counter() - wall))

    def enter(self, what: str, found: list[Found], *, done: bool = False) -> None:
        with self.timed(what), self.store.transaction() as tx:
            if done:
                self.frontier.settle(tx, found, 0.0)
            else:
                self.frontier.discover(tx, found, 0.0)

    def crawl(self, group: int) -> int:
        """Claim `group` URLs of as many hosts, then close them with their captures in one transaction."""
        with self.timed("claim"), self.store.transaction(durable=False) as tx:
            claims = self.frontier.claim(tx, 1.0 + self.claimed * 100, group)
        closings = [self._closing(claim, self.claimed + place + 1) for place, claim in enumerate(claims)]
        with self.timed("commit"), self.store.transaction() as tx:
            offset = self.claimed * 1000 + 10**7
            segment_committed(tx, "archive/bench-20260101000000-00001-here.warc.gz", "archive", offset)
            close_all(tx, self.run, closings)
            self.frontier.done(tx, claims)
        self.claimed += len(claims)
        return len(claims)

    @staticmethod
    def _closing(claim: Claim, number: int) -> Closing:
        candidate = Candidate(parse_url(claim.href), claim.visit, claim.depth, claim.hops, claim.via)
        return Closing(claim.key, page(candidate, decisions(claim.host_key), number))

    def rate(self, count: int, *names: str) -> str:
        """URLs a second of CPU time, of the clock in brackets."""
        cpu, wall = (sum(spent[place] for name in names for spent in self.spent[name]) for place in (0, 1))
        return f"{count / cpu:,.0f} ({count / wall:,.0f})"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--urls", type=int, default=200_000)
    options.add_argument("--hosts", type=int, default=4_000)
    options.add_argument("--claims", type=int, default=10_000)
    options.add_argument("--group", type=int, default=200, help="pages closed in one transaction")
    options.add_argument("--scattered", action="store_true")
    args = options.parse_args()
    own = 0 if args.scattered else OWN
    with tempfile.TemporaryDirectory() as folder:
        queues = {}
        for number, name in enumerate(KEYS):
            (Path(folder) / str(number)).mkdir()
            queues[name] = Queue(Path(folder) / str(number), Pace(HostPace(0.0, 30.0), latency_factor=0.0))
        for what in ("new", "known"):
            found = {name: links(KEYS[name], args.urls, args.hosts, own=own) for name in queues}
            for _ in range(0, args.urls, COMMIT):
                for name, queue in queues.items():
                    queue.enter(what, list(islice(found[name], COMMIT)))
        sizes = {}
        for name, queue in queues.items():
            queue.store.checkpoint()
            sizes[name] = queue.path.stat().st_size
        while min(queue.claimed for queue in queues.values()) < args.claims:
            if sum(queue.crawl(args.group) for queue in queues.values()) == 0:
                break
        print(f"{'URLs/s of CPU time (of the clock)':<40}" + "".join(f"{name:>22}" for name in queues))
        for label, names in (
            (f"enqueue, new, {COMMIT:,} a commit", ("new",)),
            ("enqueue, all known", ("known",)),
            ("claim alone", ("claim",)),
            (f"claim, close, commit, {args.group} at once", ("claim", "commit")),
        ):
            count = {name: queue.claimed if "claim" in names else args.urls for name, queue in queues.items()}
            print(f"{label:<40}" + "".join(f"{queue.rate(count[name], *names):>22}" for name, queue in queues.items()))
        print(f"{'queue on disk, bytes/URL':<40}" + "".join(f"{sizes[name] / args.urls:>22,.0f}" for name in queues))
        ours, theirs = (statistics.median(cpu for cpu, _ in queues[name].spent["new"]) for name in KEYS)
        print(f"{'CPU of a commit of new links, ratio':<40}{ours / theirs:>22.2f}")
        for queue in queues.values():
            queue.store.close()


if __name__ == "__main__":
    main()
