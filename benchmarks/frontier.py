"""Rates of the queue and the account on SQLite: enqueue, duplicates, claim + commit; bytes per URL.

Run: python benchmarks/frontier.py [--urls 200000] [--hosts 4000]. Peer: Scrapy's own duplicate filter and
memory queue are no peer (they keep nothing); the figures to beat are 25,000 URLs/s in and 5,000 claims with
a closing event, a capture and fsync per second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from collector.frontier.frontier import Found
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import Actor, Closing, RunStart, begin_run, close_all, record_policy
from collector.ledger.keys import url_key
from collector.ledger.segments import segment_committed
from collector.ledger.store import Store
from collector.model.decision import Decision, Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.event import ClosingEvent, Outcome
from collector.model.headers import Headers
from collector.model.page import Archived, Candidate, Minimised, Placement, Redaction
from collector.model.url import parse_url

KEY = bytes(32)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = PolicyRef("bench", Digest.of(b"policy"))
GATES = {
    Gate.URL: ("in_scope", "opted_out", "personal_url", "public_address", "sensitive_domain", "suppressed"),
    Gate.SITE: ("ai_tokens", "robots_txt"),
    Gate.RESPONSE: ("access_barrier", "body_size", "media_type", "x_robots_tag"),
    Gate.CONTENT: ("access_wall", "language", "meta_robots"),
}


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


def show(claimed: int, claiming: float, committing: float, worked: float) -> None:
    print(f"{'claim alone':<34}{claimed / claiming:>12,.0f} URLs/s")
    print(f"{'claim, close with capture, commit':<34}{claimed / (claiming + committing):>12,.0f} URLs/s")
    print(f"{'the same, in CPU time':<34}{worked / claimed * 1e6:>12,.0f} microseconds/URL")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--urls", type=int, default=200_000)
    options.add_argument("--hosts", type=int, default=4_000)
    options.add_argument("--claims", type=int, default=20_000)
    options.add_argument("--batch", type=int, default=500)
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection.db"
        store = Store.open(path, write=True)
        frontier = SqliteFrontier(Pace(HostPace(0.0, 30.0), latency_factor=0.0), fence=1)
        found = []
        for n in range(args.urls):
            host = f"site-{n % args.hosts}.example.org"
            url = parse_url(f"https://{host}/articles/2026/a-title-of-usual-length-{n}.html")
            found.append(
                Found(url_key(KEY, url.href), url, "example.org", n % 7, "LL", f"https://{host}/index-{n // 60}.html")
            )

        def enqueue(what: str) -> None:
            start = time.perf_counter()
            for at in range(0, args.urls, 10_000):
                with store.transaction() as tx:
                    frontier.discover(tx, found[at : at + 10_000], 0.0)
            print(f"{what:<34}{args.urls / (time.perf_counter() - start):>12,.0f} URLs/s")

        enqueue("enqueue, new, 10,000 a commit")
        enqueue("enqueue, all known")
        store.checkpoint()
        print(f"{'queue on disk':<34}{path.stat().st_size / args.urls:>12,.0f} bytes/URL")
        with store.transaction() as tx:
            record_policy(tx, POLICY.id, str(POLICY.digest), "", NOW)
            run = begin_run(tx, RunStart(str(POLICY.digest), "bench", Actor("bench", "operator"), "here", 1), NOW)
        claimed, claiming, committing, worked = 0, 0.0, 0.0, 0.0
        size = path.stat().st_size
        while claimed < args.claims:
            before, cpu = time.perf_counter(), time.process_time()
            with store.transaction() as tx:
                claims = frontier.claim(tx, 1.0 + claimed, args.batch)
            claiming += time.perf_counter() - before
            worked += time.process_time() - cpu
            closings = []
            for place, claim in enumerate(claims):
                candidate = Candidate(parse_url(claim.href), claim.visit, claim.depth, claim.hops, claim.via)
                closings.append(Closing(claim.key, page(candidate, decisions(claim.host_key), claimed + place + 1)))
            before, cpu = time.perf_counter(), time.process_time()
            with store.transaction() as tx:
                segment_committed(
                    tx, "archive/bench-20260101000000-00001-here.warc.gz", "archive", claimed * 1000 + 10**7
                )
                close_all(tx, run, closings)
                frontier.done(tx, claims)
            committing += time.perf_counter() - before
            worked += time.process_time() - cpu
            claimed += len(claims)
        show(claimed, claiming, committing, worked)
        store.checkpoint()
        print(f"{'account on disk':<34}{(path.stat().st_size - size) / claimed:>12,.0f} bytes/page")
        store.close()


if __name__ == "__main__":
    main()
