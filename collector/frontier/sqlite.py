"""The queue in the collection's own SQLite file, written in that database's SQL for speed.

Tables `url`, `host` and `via` of the ledger's schema. `url` keeps its rows in order of arrival under an integer
and the 16-byte keys in an index of their own: measured against one tree ordered by the (random) keys, the
same bytes per URL and 1.6 times the rate at 600,000 URLs, and the gap grows with the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from collector.frontier.clock import HostClocks
from collector.frontier.desk import inherit_blocks
from collector.frontier.frontier import (
    NO_VISITS,
    Claim,
    Fetched,
    Found,
    Frontier,
    Past,
    QueueCounts,
    Slot,
    Visited,
    Waiting,
    bucket,
)
from collector.frontier.pace import Pace
from collector.frontier.rows import chunks, driver, host_ids, marks, plain, via_ids
from collector.frontier.visits import CLOSE, past, visit_values
from collector.model.errors import IntegrityError

WAITING, IN_FLIGHT, DONE, DEFERRED = range(4)  # url.state

_PROMOTED = 2_000  # deferred URLs that come back per claim at most
_LASTMOD = 64  # characters kept
# word for word the condition of the partial index `host_due`: so the cost of a claim is that of its answer
_CLAIMABLE = "waiting > 0 AND in_flight < concurrency AND blocked IS NULL"
_DUE = f"shard = ? AND {_CLAIMABLE}"
_CLAIM = f"""
SELECT h.id, h.name, h.next_at, h.delay,
       u.id, u.key, u.visit, u.attempt, u.href, u.depth, u.hops, v.href, u.lastmod, u.etag, u.last_modified
FROM (SELECT id, name, next_at, delay,
             (SELECT b.id FROM url b WHERE b.host = host.id AND b.state = 0 ORDER BY b.priority, b.depth, b.id LIMIT 1)
             AS best
      FROM host WHERE {_DUE} AND next_at <= ? ORDER BY next_at LIMIT ?) h
JOIN url u ON u.id = h.best LEFT JOIN via v ON v.id = u.via ORDER BY h.next_at
"""  # noqa: S608 - constants only
_FOLLOWING = """
SELECT u.id, u.key, u.visit, u.attempt, u.href, u.depth, u.hops, v.href, u.lastmod, u.etag, u.last_modified
FROM url u LEFT JOIN via v ON v.id = u.via
WHERE u.host = ? AND u.state = 0 AND u.id <> ? ORDER BY u.priority, u.depth, u.id LIMIT ?
"""
_INSERT = """
INSERT INTO url (key, host, state, priority, depth, visit, attempt, hops, via, href, lastmod, found_at)
VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
"""
_REOPEN = """
UPDATE url SET state = 0, visit = ?, attempt = 1, priority = ?, depth = ?, hops = ?, via = ?, href = ?, found_at = ?
WHERE id = ?
"""
_WAITING = """
SELECT u.id, u.key, u.visit, u.attempt, u.href, u.depth, u.hops, v.href, h.name
FROM url u JOIN host h ON h.id = u.host LEFT JOIN via v ON v.id = u.via
WHERE u.id > ? AND {} ORDER BY u.id LIMIT ?
"""
_OF_HOST = """
u.id IN (SELECT b.id FROM url b JOIN host ON host.id = b.host WHERE host.name = ? AND b.state = 0
         UNION ALL SELECT b.id FROM url b JOIN host ON host.id = b.host WHERE host.name = ? AND b.state = 3)
"""


class SqliteFrontier(Frontier):
    """One worker's view of the queue: it claims from the hosts of its shard and may discover for all of them.

    `fence` must be new for every start of a worker. `chance` gives numbers in [0, 1).
    """

    __slots__ = ("_clocks", "fence", "pace", "shard", "shards")

    def __init__(
        self, pace: Pace, *, fence: int, shard: int = 0, shards: int = 1, chance: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.pace = pace
        self.fence = fence
        self.shard = shard
        self.shards = shards
        self._clocks = HostClocks(pace, chance)

    def recover(self, tx: Connection) -> int:
        """What this shard's last owner had in flight is asked again; hosts take this run's shards and pace."""
        tx.exec_driver_sql("UPDATE host SET shard = bucket % ? WHERE shard <> bucket % ?", (self.shards, self.shards))
        paces = [("", self.pace.host), *self.pace.overrides.items()]
        for domain, pace in paces:
            tx.exec_driver_sql(
                "UPDATE host SET concurrency = ?, delay = MAX(delay, ?) WHERE shard = ? AND (? = '' OR domain = ?)",
                (pace.concurrency, pace.min_delay, self.shard, domain, domain),
            )
        back = tx.exec_driver_sql(
            "UPDATE url SET state = 0, run = NULL WHERE state = 1 AND host IN (SELECT id FROM host WHERE shard = ?)",
            (self.shard,),
        ).rowcount
        tx.exec_driver_sql(
            "UPDATE host SET waiting = waiting + in_flight, in_flight = 0 WHERE shard = ? AND in_flight > 0",
            (self.shard,),
        )
        return back

    def known(self, tx: Connection, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` that stand in the queue already."""
        raw = driver(tx)
        return {
            row[0]
            for chunk in chunks(list(keys))
            for row in raw.execute(f"SELECT key FROM url WHERE key IN ({marks(chunk)})", chunk)  # noqa: S608
        }

    def discover(self, tx: Connection, found: Sequence[Found], now: float) -> int:
        """Queue the new ones. A known one costs a look into the index and nothing else."""
        return len(self._enter(tx, found, now, WAITING))

    def settle(self, tx: Connection, found: Sequence[Found], now: float) -> set[bytes]:
        """Enter the new ones as done, without their text."""
        return self._enter(tx, found, now, DONE)

    def _enter(self, tx: Connection, found: Sequence[Found], now: float, state: int) -> set[bytes]:
        known = self.known(tx, [f.key for f in found])
        fresh = {f.key: f for f in found if f.key not in known}
        if not fresh:
            return set()
        hosts = self._hosts(tx, {f.url.host: f.registered_domain for f in fresh.values()}, now)
        vias = via_ids(tx, {plain(f.via) for f in fresh.values() if f.via is not None})
        rows = [
            (
                f.key,
                hosts[f.url.host],
                state,
                f.priority,
                f.depth,
                f.visit,
                f.hops,
                vias[plain(f.via)] if f.via is not None else None,
                f.url.href if state == WAITING else None,
                plain(f.lastmod[:_LASTMOD]) if f.lastmod else None,
                now,
            )
            for f in fresh.values()
        ]
        raw = driver(tx)
        raw.executemany(_INSERT, rows)
        column = "waiting" if state == WAITING else "done"
        added = [(n, host) for host, n in Counter(row[1] for row in rows).items()]
        raw.executemany(f"UPDATE host SET {column} = {column} + ? WHERE id = ?", added)  # noqa: S608
        return set(fresh)

    def reopen(self, tx: Connection, found: Sequence[Found], now: float) -> int:
        """Back from done, with their text, those whose visit is a later one."""
        later = {f.key: f for f in found}
        done: dict[bytes, tuple[int, int]] = {}
        for chunk in chunks(list(later)):
            query = f"SELECT key, id, host, visit FROM url WHERE state = 2 AND key IN ({marks(chunk)})"  # noqa: S608
            done.update({r[0]: (r[1], r[2]) for r in tx.exec_driver_sql(query, chunk) if r[3] < later[r[0]].visit})
        if not done:
            return 0
        back = [later[key] for key in done]
        vias = via_ids(tx, {plain(f.via) for f in back if f.via is not None})
        rows = []
        for f in back:
            via = vias[plain(f.via)] if f.via is not None else None
            rows.append((f.visit, f.priority, f.depth, f.hops, via, f.url.href, now, done[f.key][0]))
        tx.exec_driver_sql(_REOPEN, rows)
        hosts = [(n, n, host) for host, n in Counter(host for _, host in done.values()).items()]
        tx.exec_driver_sql("UPDATE host SET done = done - ?, waiting = waiting + ? WHERE id = ?", hosts)
        return len(done)

    def _hosts(self, tx: Connection, domains: Mapping[str, str], now: float) -> dict[str, int]:
        """The rows of these hosts, made where missing. Not cached: a rolled-back transaction takes its rows along."""
        found = host_ids(tx, domains)
        missing = [name for name in domains if name not in found]
        if missing:
            rows = []
            for name in missing:
                place, pace = bucket(domains[name]), self.pace.of(domains[name])
                rows.append((name, domains[name], place, place % self.shards, now, pace.min_delay, pace.concurrency))
            tx.exec_driver_sql(
                "INSERT INTO host (name, domain, bucket, shard, next_at, delay, failures, concurrency,"
                " waiting, in_flight, deferred, done) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, 0)",
                rows,
            )
            found.update(host_ids(tx, missing))
            inherit_blocks(tx, {name: domains[name] for name in missing})
        return found

    def claim(self, tx: Connection, now: float, limit: int, *, ahead: float = 0.0, run: int = 1) -> list[Claim]:
        """One URL of each due host, longest-waiting host first; its next slot is spent before anybody asks."""
        self.flush(tx)
        self._promote(tx, now + ahead)
        claims: list[Claim] = []
        raw = driver(tx)
        due = raw.execute(_CLAIM, (self.shard, now + ahead, limit)).fetchall()
        for host, name, next_at, delay, *url in due:
            slot = self._slot(host, max(now, next_at), delay)
            urls: list[Sequence[Any]] = [url]
            if run > 1 and delay == 0:
                urls += raw.execute(_FOLLOWING, (host, url[0], run - 1))
            for ticket, key, visit, attempt, href, depth, hops, via, lastmod, *validators in urls:
                known = (ticket, self.fence, key, visit, attempt, href, depth, hops, via, lastmod, name, slot)
                claims.append(Claim(*known, *validators))
        if claims:
            counts = Counter(c.slot.host for c in claims)
            until = {c.slot.host: c.slot.until for c in claims}
            raw.executemany(
                "UPDATE host SET next_at = ?, waiting = waiting - ?, in_flight = in_flight + ? WHERE id = ?",
                [(until[host], n, n, host) for host, n in counts.items()],
            )
            raw.executemany("UPDATE url SET state = 1, run = ? WHERE id = ?", [(self.fence, c.ticket) for c in claims])
            self._clocks.claimed(counts)
        return claims

    def _promote(self, tx: Connection, until: float) -> None:
        raw = driver(tx)
        back = raw.execute(
            "SELECT id, host FROM url WHERE state = 3 AND due <= ? ORDER BY due LIMIT ?", (until, _PROMOTED)
        ).fetchall()
        if back:
            raw.executemany("UPDATE url SET state = 0, due = NULL WHERE id = ?", [(row[0],) for row in back])
            raw.executemany(
                "UPDATE host SET waiting = waiting + ?, deferred = deferred - ? WHERE id = ?",
                [(n, n, host) for host, n in Counter(row[1] for row in back).items()],
            )

    def _slot(self, host: int, at: float, delay: float) -> Slot:
        return Slot(host, at, at + delay + self.pace.window(delay), delay)

    def reserve(self, tx: Connection, host_key: str, registered_domain: str, now: float) -> Slot:
        """The next slot of a host that may be new to the queue."""
        self.flush(tx)
        number = self._hosts(tx, {host_key: registered_domain}, now)[host_key]
        raw = driver(tx)
        next_at, delay = raw.execute("SELECT next_at, delay FROM host WHERE id = ?", (number,)).fetchone()
        slot = self._slot(number, max(now, next_at), delay)
        raw.execute("UPDATE host SET next_at = ? WHERE id = ?", (slot.until, number))
        return slot

    def started(self, slot: Slot, at: float) -> bool:
        """Whether the slot covers a start now."""
        return self._clocks.started(slot, at)

    def unhurried(self, slot: Slot) -> bool:
        """Whether the next of the same claim may be asked at once."""
        return self._clocks.unhurried(slot)

    def fetched(self, fetched: Fetched) -> None:
        """Remembered until the next flush."""
        self._clocks.fetched(fetched)

    def flush(self, tx: Connection) -> None:
        """Write the hosts' clocks."""
        self._clocks.flush(tx)

    def unused(self, tx: Connection, slots: Sequence[Slot]) -> None:
        """Give slots back; one that a later reservation already follows stays spent."""
        if slots:
            tx.exec_driver_sql(
                "UPDATE host SET next_at = ? WHERE id = ? AND next_at = ?", [(s.at, s.host, s.until) for s in slots]
            )

    def done(self, tx: Connection, claims: Sequence[Claim], visits: Mapping[int, Visited] = NO_VISITS) -> None:
        """Closed. The text goes: the account has it, or must not have it."""
        rows = [(*visit_values(visits.get(c.ticket)), c.ticket, c.fence) for c in claims]
        self._leave(tx, claims, CLOSE, "done", rows)

    def visited_before(
        self,
        tx: Connection,
        before: float,
        *,
        listings: bool = False,
        after: tuple[float, int] = (0.0, 0),
        limit: int = 1_000,
    ) -> list[Past]:
        """By an index of visits: costs as much as there are."""
        which = "listing = 1 AND " if listings else ""
        condition = f"{which}visited_at < ? AND (visited_at, id) > (?, ?)"
        return past(tx, condition, (before, *after), limit, index="url_listing" if listings else "url_visited")

    def visited(self, tx: Connection, keys: Iterable[bytes]) -> dict[bytes, Past]:
        """When those that are done were visited."""
        pieces = chunks(list(keys))
        return {one.key: one for some in pieces for one in past(tx, f"key IN ({marks(some)})", some, len(some))}

    def requeue(self, tx: Connection, claims: Sequence[Claim]) -> None:
        """Back as they were."""
        self._leave(tx, claims, "state = 0, run = NULL", "waiting", _fenced(claims))

    def defer(self, tx: Connection, claim: Claim, until: float) -> None:
        """Asked again at `until`."""
        self._leave(tx, [claim], "state = 3, run = NULL, attempt = attempt + 1", "deferred", _fenced([claim]))
        tx.exec_driver_sql("UPDATE url SET due = ? WHERE id = ?", (until, claim.ticket))

    def _leave(
        self, tx: Connection, claims: Sequence[Claim], change: str, column: str, rows: list[tuple[Any, ...]]
    ) -> None:
        if not claims:
            return
        raw = driver(tx)
        changed = raw.executemany(
            f"UPDATE url SET {change} WHERE id = ? AND state = 1 AND run = ?",  # noqa: S608 - constants of this file
            rows,
        ).rowcount
        if changed != len(claims):
            raise IntegrityError(
                f"{len(claims) - changed} of {len(claims)} claims are no longer ours",
                where="frontier",
                mend="another worker took over, or they were given back twice: nothing of this batch was written",
            )
        raw.executemany(
            f"UPDATE host SET in_flight = in_flight - ?, {column} = {column} + ? WHERE id = ?",  # noqa: S608
            [(n, n, host) for host, n in Counter(c.slot.host for c in claims).items()],
        )

    def hold(self, tx: Connection, host_key: str, until: float) -> None:
        """Moves the host's clock on, never back."""
        tx.exec_driver_sql("UPDATE host SET next_at = MAX(next_at, ?) WHERE name = ?", (until, host_key))

    def block(self, tx: Connection, host_key: str, reason: str) -> int:
        """Nothing of it is claimed any more."""
        row = tx.exec_driver_sql(
            "UPDATE host SET blocked = ? WHERE name = ? RETURNING waiting + deferred", (plain(reason), host_key)
        ).first()
        return int(row[0]) if row is not None else 0

    def unblock(self, tx: Connection, host_key: str) -> None:
        """Claimed from again."""
        tx.exec_driver_sql("UPDATE host SET blocked = NULL WHERE name = ?", (host_key,))

    def waiting(
        self, tx: Connection, *, host_key: str | None = None, after: int = 0, limit: int = 1_000
    ) -> list[Waiting]:
        """The next batch of unclaimed URLs."""
        if host_key is None:
            rows = tx.exec_driver_sql(_WAITING.format("u.state IN (0, 3)"), (after, limit))
        else:
            rows = tx.exec_driver_sql(_WAITING.format(_OF_HOST), (after, host_key, host_key, limit))
        return [Waiting(*row) for row in rows]

    def withdraw(self, tx: Connection, waiting: Sequence[Waiting]) -> list[Waiting]:
        """Done without being asked, those that nobody claimed meanwhile."""
        states: dict[int, tuple[int, int]] = {}
        for chunk in chunks([w.ticket for w in waiting]):
            query = f"SELECT id, host, state FROM url WHERE state IN (0, 3) AND id IN ({marks(chunk)})"  # noqa: S608
            states.update({row[0]: (row[1], row[2]) for row in tx.exec_driver_sql(query, chunk)})
        if not states:
            return []
        tx.exec_driver_sql("UPDATE url SET state = 2, href = NULL, due = NULL WHERE id = ?", [(i,) for i in states])
        for column, state in (("waiting", WAITING), ("deferred", DEFERRED)):
            gone = [(n, n, host) for host, n in Counter(h for h, s in states.values() if s == state).items()]
            if gone:
                tx.exec_driver_sql(f"UPDATE host SET {column} = {column} - ?, done = done + ? WHERE id = ?", gone)  # noqa: S608
        return [w for w in dict.fromkeys(waiting) if w.ticket in states]

    def next_due(self, tx: Connection, now: float, *, of_all: bool = False) -> float | None:
        """The first due host's time, or the first deferred URL's."""
        raw = driver(tx)
        which, shard = (_CLAIMABLE, ()) if of_all else (_DUE, (self.shard,))
        host = raw.execute(
            f"SELECT next_at FROM host WHERE {which} ORDER BY next_at LIMIT 1",  # noqa: S608 - constants only
            shard,
        ).fetchone()
        deferred = raw.execute("SELECT due FROM url WHERE state = 3 ORDER BY due LIMIT 1").fetchone()
        times = [float(row[0]) for row in (host, deferred) if row is not None]
        return max(now, min(times)) if times else None

    def counts(self, tx: Connection) -> QueueCounts:
        """Sums over the hosts' own counts."""
        return queue_counts(tx)


def queue_counts(tx: Connection) -> QueueCounts:
    """How much there is, for a reader without a frontier of its own."""
    row = tx.exec_driver_sql(
        "SELECT SUM(waiting), SUM(in_flight), SUM(deferred), SUM(done), SUM(in_flight > 0), SUM(waiting + deferred > 0)"
        " FROM host"
    ).one()
    return QueueCounts(*(int(n or 0) for n in row))


def _fenced(claims: Sequence[Claim]) -> list[tuple[Any, ...]]:
    return [(c.ticket, c.fence) for c in claims]
