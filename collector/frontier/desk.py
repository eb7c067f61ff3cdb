"""What an operator sees of the queue and does to its hosts, beside the crawl that is working on it.

Readers take a snapshot and nothing else; what is written is one host or one registrable domain at a time.
A whole domain is blocked by a row of its own, `*.example.org` (no host can have that name): hosts of it that
are found later take its block over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from collector.frontier.frontier import bucket
from collector.model.errors import InputError

STATES = ("waiting", "in flight", "done", "deferred")  # url.state
_COLUMNS = (
    "name, domain, shard, next_at, delay, crawl_delay, failures, concurrency, blocked, waiting, in_flight, deferred,"
    " done"
)
_HOSTS = f"SELECT {_COLUMNS} FROM host WHERE name NOT LIKE '*.%'"  # noqa: S608 - constants only
_URLS = """
SELECT u.href, u.state, u.priority, u.depth, u.visit, u.attempt, u.hops, v.href, u.found_at, u.due
FROM url u JOIN host h ON h.id = u.host LEFT JOIN via v ON v.id = u.via WHERE
"""


class Order(StrEnum):
    """What `hosts` puts first."""

    WAITING = "waiting"  # most URLs to come
    TIME = "time"  # longest until its queue is empty, at its delay
    DELAY = "delay"  # slowest: most seconds between two requests
    FAILURES = "failures"  # most in a row
    DONE = "done"


_ORDERS: Mapping[Order, str] = {
    Order.WAITING: "waiting + deferred DESC",
    Order.TIME: "(waiting + deferred) * delay DESC",
    Order.DELAY: "delay DESC, waiting + deferred DESC",
    Order.FAILURES: "failures DESC, next_at DESC",
    Order.DONE: "done DESC",
}


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host. Times are epoch seconds, delays seconds; `blocked` says why nothing of it is asked, or None."""

    name: str
    domain: str
    shard: int
    next_at: float
    delay: float
    crawl_delay: float | None
    failures: int
    concurrency: int
    blocked: str | None
    waiting: int
    in_flight: int
    deferred: int
    done: int

    @property
    def seconds_left(self) -> float:
        """How long what waits takes at the host's present delay, where nothing goes wrong."""
        return (self.waiting + self.deferred) * self.delay / self.concurrency


@dataclass(frozen=True, slots=True)
class UrlRow:
    """One URL of the queue; `due` where it is deferred."""

    href: str | None  # None once done: the account has it
    state: str
    priority: int
    depth: int
    visit: int
    attempt: int
    hops: str
    via: str | None
    found_at: float
    due: float | None


@dataclass(frozen=True, slots=True)
class Stats:
    """The queue as a whole. `backing_off`: hosts whose last answers were failures."""

    slowest_seconds: float  # until the queue of the slowest host that is not blocked is empty
    waiting: int
    in_flight: int
    deferred: int
    done: int
    hosts: int
    hosts_active: int
    hosts_waiting: int
    hosts_blocked: int
    hosts_backing_off: int
    waiting_at_blocked: int


def stats(tx: Connection) -> Stats:
    """Sums over the hosts: time grows with their number, not with that of the URLs."""
    row = tx.exec_driver_sql(
        "SELECT MAX(CASE WHEN blocked IS NULL THEN (waiting + deferred) * delay / concurrency END),"
        " SUM(waiting), SUM(in_flight), SUM(deferred), SUM(done), COUNT(*), SUM(in_flight > 0),"
        " SUM(waiting + deferred > 0), SUM(blocked IS NOT NULL), SUM(failures > 0),"
        " SUM(CASE WHEN blocked IS NULL THEN 0 ELSE waiting + deferred END)"
        " FROM host WHERE name NOT LIKE '*.%'"
    ).one()
    return Stats(float(row[0] or 0.0), *(int(n or 0) for n in row[1:]))


def depths(tx: Connection) -> dict[int, int]:
    """How many URLs wait at each distance from the seeds. Reads the index of what waits, and no page beside it."""
    rows = tx.exec_driver_sql("SELECT depth, COUNT(*) FROM url WHERE state = 0 GROUP BY depth ORDER BY depth")
    return {int(depth): int(n) for depth, n in rows}


def askable(tx: Connection) -> int:
    """URLs that wait, are deferred or in flight, but for those that wait at blocked hosts."""
    query = "SELECT SUM(in_flight + CASE WHEN blocked IS NULL THEN waiting + deferred ELSE 0 END) FROM host"
    return int(tx.exec_driver_sql(query).scalar() or 0)


def hosts(tx: Connection, order: Order = Order.WAITING, *, limit: int = 20, blocked: bool = False) -> list[HostRow]:
    """The first `limit` hosts in this order; with `blocked` only those that are, whole domains among them."""
    which = f"SELECT {_COLUMNS} FROM host WHERE blocked IS NOT NULL" if blocked else _HOSTS  # noqa: S608
    rows = tx.exec_driver_sql(f"{which} ORDER BY {_ORDERS[order]}, name LIMIT ?", (limit,))
    return [HostRow(*row) for row in rows]


def host(tx: Connection, name: str) -> HostRow | None:
    """One host, or None where the queue has never seen it."""
    row = tx.exec_driver_sql(f"SELECT {_COLUMNS} FROM host WHERE name = ?", (name,)).first()  # noqa: S608
    return HostRow(*row) if row is not None else None


def next_urls(tx: Connection, name: str, limit: int) -> list[UrlRow]:
    """What is asked of the host next, in the order in which it is claimed; then what it is deferred to."""
    waiting = _URLS + "h.name = ? AND u.state = 0 ORDER BY u.priority, u.depth, u.id LIMIT ?"
    found = [_url(row) for row in tx.exec_driver_sql(waiting, (name, limit))]
    if len(found) < limit:
        later = _URLS + "h.name = ? AND u.state IN (1, 3) ORDER BY u.state, u.due LIMIT ?"
        found += [_url(row) for row in tx.exec_driver_sql(later, (name, limit - len(found)))]
    return found


def url(tx: Connection, key: bytes) -> UrlRow | None:
    """One URL by its key, or None where the queue does not know it."""
    row = tx.exec_driver_sql(f"{_URLS} u.key = ?", (key,)).first()
    return _url(row) if row is not None else None


def _url(row: Iterable[object]) -> UrlRow:
    href, state, *rest = row
    assert isinstance(state, int)
    return UrlRow(href, STATES[state], *rest)  # type: ignore[arg-type]  # columns as declared


def whole(domain: str) -> str:
    """The name under which a whole registrable domain is blocked."""
    return f"*.{domain}"


def blocked(tx: Connection) -> dict[str, str]:
    """Why nothing is asked, by host; a whole domain under its `whole` name."""
    return {row[0]: row[1] for row in tx.exec_driver_sql("SELECT name, blocked FROM host WHERE blocked IS NOT NULL")}


def block(tx: Connection, name: str, domain: str, why: str, *, now: float, shards: int) -> int:
    """Claim nothing of this host until `unblock`; `name` may be the domain's `whole`. Returns how many URLs wait.

    A host that the queue has never seen is entered, so that it is blocked when it is found.
    """
    place = bucket(domain)
    tx.exec_driver_sql(
        "INSERT INTO host (name, domain, bucket, shard, next_at, delay, failures, concurrency,"
        " waiting, in_flight, deferred, done) VALUES (?, ?, ?, ?, ?, 0, 0, 1, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
        (name, domain, place, place % max(shards, 1), now),
    )
    which, value = ("domain", domain) if name == whole(domain) else ("name", name)
    tx.exec_driver_sql(f"UPDATE host SET blocked = ? WHERE {which} = ?", (why, value))  # noqa: S608
    left = tx.exec_driver_sql(f"SELECT SUM(waiting + deferred) FROM host WHERE {which} = ?", (value,))  # noqa: S608
    return int(left.scalar() or 0)


def unblock(tx: Connection, name: str, domain: str) -> None:
    """Claim again. Raises InputError where it is not blocked, or only as part of its domain."""
    known = blocked_of(tx, name)
    if known is None:
        raise InputError("it is not blocked", where=name, mend="collector frontier hosts --blocked")
    if name == whole(domain):
        tx.exec_driver_sql("UPDATE host SET blocked = NULL WHERE domain = ?", (domain,))
        return
    if blocked_of(tx, whole(domain)) is not None:
        mend = f"collector frontier unblock {domain} --domain"
        raise InputError(f"the whole of {domain} is blocked", where=name, mend=mend)
    tx.exec_driver_sql("UPDATE host SET blocked = NULL WHERE name = ?", (name,))


def blocked_of(tx: Connection, name: str) -> str | None:
    """Why this host is blocked, or None."""
    found = tx.exec_driver_sql("SELECT blocked FROM host WHERE name = ?", (name,)).scalar()
    return str(found) if found is not None else None


def inherit_blocks(tx: Connection, domains: Mapping[str, str]) -> None:
    """Hosts that were just entered, with their registrable domains, take over the block of their domain."""
    if tx.exec_driver_sql("SELECT 1 FROM host WHERE name >= '*.' AND name < '*/' LIMIT 1").first() is None:
        return  # as good as always: one look into an index
    reasons = {domain: blocked_of(tx, whole(domain)) for domain in set(domains.values())}
    taken = [(why, name) for name, domain in domains.items() if (why := reasons[domain]) is not None]
    if taken:
        tx.exec_driver_sql("UPDATE host SET blocked = ? WHERE name = ? AND blocked IS NULL", taken)
