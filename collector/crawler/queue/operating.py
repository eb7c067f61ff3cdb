"""What an operator does to the queue of a collection, crawled or not: each act and its effect in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from collector.crawler.queue.orders import blocked_text, purged_decision
from collector.frontier import desk
from collector.frontier.frontier import Frontier, Waiting
from collector.ledger.account import Actor, Closing, close_all, record_act
from collector.ledger.orders import Verb, pause_in_force
from collector.ledger.runs import Run, runs
from collector.ledger.store import Store
from collector.minimise.structure.url import scrub
from collector.model.decision import PolicyRef
from collector.model.digest import Digest
from collector.model.errors import InputError, UrlError
from collector.model.event import ClosingEvent, Outcome
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.model.uses import Use
from collector.policy.glob import UrlGlob

BATCH = 1_000  # URLs closed per transaction: the crawl waits for none of them for long
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts, why, and when. Raises InputError where no reason is given, or a very long one."""

    actor: Actor
    reason: str
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        if not self.reason.strip() or len(self.reason) > MAX_REASON:
            mend = f"--reason with up to {MAX_REASON} characters, and no personal data: the account keeps it for ever"
            raise InputError("an act owes a reason", mend=mend)

    def act(self, tx: Connection, verb: Verb, what: str) -> int:
        """Write it into the account. Returns its number."""
        newest = _newest(tx)
        return record_act(tx, self.actor, verb, what, self.now(), run=newest.id if newest else None, detail=self.reason)


def _newest(tx: Connection) -> Run | None:
    every = runs(tx)
    return every[-1] if every else None


def pause(store: Store, by: Operator) -> int:
    """Nothing goes out any more until `resume`, in this run and in later ones. Returns the act's number."""
    with store.transaction() as tx:
        standing = pause_in_force(tx)
        if standing is not None:
            said = f"paused already, since {standing.at:%Y-%m-%d %H:%M:%S} UTC by {standing.actor}"
            raise InputError(said, mend="collector frontier resume")
        return by.act(tx, Verb.PAUSE, "crawl")


def resume(store: Store, by: Operator) -> int:
    """Go on. Returns the act's number."""
    with store.transaction() as tx:
        if pause_in_force(tx) is None:
            raise InputError("it is not paused", mend="collector frontier stats")
        return by.act(tx, Verb.RESUME, "crawl")


def block(store: Store, name: str, domain: str, by: Operator) -> tuple[int, int]:
    """Ask nothing of this host, or of the whole domain. Returns the act's number and how many URLs wait there."""
    with store.transaction() as tx:
        standing = desk.blocked_of(tx, name)
        if standing is not None:
            raise InputError(f"blocked already by {standing}", where=name, mend="collector frontier unblock")
        newest = _newest(tx)
        act = by.act(tx, Verb.BLOCK, name)
        why = blocked_text(act, by.reason)
        left = desk.block(tx, name, domain, why, now=by.now().timestamp(), shards=newest.shards if newest else 1)
        return act, left


def unblock(store: Store, name: str, domain: str, by: Operator) -> int:
    """Ask again. Returns the act's number. Raises InputError where nothing of it was blocked by this name."""
    with store.transaction() as tx:
        desk.unblock(tx, name, domain)
        return by.act(tx, Verb.UNBLOCK, name)


@dataclass(frozen=True, slots=True)
class Which:
    """What a purge takes: the URLs that fit the pattern, and are at least this far from the seeds.

    `every_port`: the pattern is a host as a person names it, and means all that waits there; in a pattern of URLs,
    as in `[scope] exclude`, a host without a port is the host at its usual port.
    """

    glob: UrlGlob
    min_depth: int = 0
    every_port: bool = False

    def __str__(self) -> str:
        """As the account names it."""
        return f"{self.glob.text} from depth {self.min_depth} on" if self.min_depth else self.glob.text

    @property
    def host(self) -> str | None:
        """The one host that can have some; None where there may be several."""
        name = "".join(self.glob.host)
        return None if not self.every_port and (len(self.glob.host) > 1 or ":" in name) else name

    def takes(self, waiting: Waiting) -> bool:
        """Whether this URL is meant."""
        if waiting.depth < self.min_depth:
            return False
        url = parse_url(waiting.href)
        return url.host == self.host if self.every_port else self.glob.matches(url)


def purge(store: Store, frontier: Frontier, which: Which, by: Operator) -> tuple[int, int]:
    """Close what waits as refused, with a finding that names the act. Returns its number, and how many were closed.

    What is in flight is left to the crawl; what is found again later waits again. Ended midway, it has purged
    what it has closed.
    """
    closed = after = 0
    with store.transaction() as tx:
        run = _newest(tx)
        if run is None:
            raise InputError("it was never crawled: nothing waits", mend="collector crawl")
        act = by.act(tx, Verb.PURGE, str(which))
    policy = PolicyRef(run.policy_id, Digest.parse(run.policy_digest))
    while True:
        with store.transaction() as tx:
            batch = frontier.waiting(tx, host_key=which.host, after=after, limit=BATCH)
            if not batch:
                return act, closed
            after = batch[-1].ticket
            gone = frontier.withdraw(tx, [waiting for waiting in batch if which.takes(waiting)])
            closings = [_closing(waiting, act, policy, by) for waiting in gone]
            close_all(tx, run.id, closings)
            closed += len(closings)


def _closing(waiting: Waiting, act: int, policy: PolicyRef, by: Operator) -> Closing:
    candidate = Candidate(
        parse_url(waiting.href), waiting.visit, waiting.depth, waiting.hops, waiting.via, waiting.attempt
    )
    now = by.now()
    decision = purged_decision(act, by.reason, need=frozenset({Use.FETCH}), policy=policy, now=now)
    event = ClosingEvent(candidate, Outcome.REFUSED, decision.deciding.reason, (decision,), now)
    return Closing(waiting.key, event, scrub(waiting.href))


def host_name(text: str) -> str:
    """A host as the queue names it, from a host or a URL. Raises InputError."""
    mend = "name it as www.example.org; a whole registrable domain with --domain"
    try:
        name = parse_url(text if "://" in text else f"https://{text}/").host
    except UrlError as exc:
        raise InputError("no host, and no URL", where=text, mend=mend) from exc
    if "*" in name:
        raise InputError("a pattern, and no host", where=text, mend=mend)
    return name
