"""New candidates before they enter the queue: gate 1 for each that nobody knows; a refusal closes it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from collector.crawler.crawl import Crawl
from collector.frontier.frontier import Found
from collector.ledger.account import Closing
from collector.model.decision import Verdict
from collector.model.event import Outcome
from collector.model.page import Candidate


@dataclass
class Judged:
    """What became of a batch. The refusals are still to be written to the account."""

    admitted: int = 0
    known: int = 0
    changed: int = 0  # of the known: a site map says that they changed since we visited them
    refusals: list[Closing] = field(default_factory=list)


def judge_new(crawl: Crawl, tx: Connection, found: Mapping[bytes, Candidate]) -> Judged:
    """Queue what gate 1 lets in, enter what it refuses as done. A known URL costs a look into an index.

    A DEFER at gate 1 (a rule that failed) waits in the queue: it is judged again when it is claimed.
    """
    keys = list(found)
    known = crawl.frontier.known(tx, keys) | crawl.account.closed(tx, keys)
    judged = Judged(known=len(known))
    admitted: list[Found] = []
    settled: list[Found] = []
    for key, candidate in found.items():
        if key in known:
            continue
        considered = crawl.gates.consider(candidate, crawl.now())
        if considered.verdict is not Verdict.DENY:
            admitted.append(crawl.found(key, candidate))
            continue
        event = crawl.event(candidate, Outcome.REFUSED, considered.deciding.reason, (considered,))
        judged.refusals.append(Closing(key, event, crawl.scrub(candidate.url.href)))
        settled.append(crawl.found(key, candidate))  # its key and host only: what is done has no text
    judged.changed = crawl.revisits.reopen_changed(tx, {key: c for key, c in found.items() if key in known})
    now = crawl.now().timestamp()
    judged.admitted = crawl.frontier.discover(tx, admitted, now)
    crawl.frontier.settle(tx, settled, now)
    return judged
