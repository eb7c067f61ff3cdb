"""What requests taught about their hosts, kept in memory until the next transaction writes it.

Safe to lose: the slot that `claim` or `reserve` wrote before the request covers its start (a start later than
the slot's window is refused), so a process that dies leaves the host alone for at least the delay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from collector.frontier.frontier import Fetched, Slot
from collector.frontier.pace import DAY, Pace
from collector.frontier.rows import driver, marks

_CHUNK = 500


@dataclass(slots=True)
class HostClocks:
    """Pending moves of the hosts' clocks, in order."""

    pace: Pace
    chance: Callable[[], float]  # uniform in [0, 1): spreads the return of hosts that failed together
    _moves: dict[int, list[tuple[Slot, float] | Fetched]] = field(default_factory=dict)
    _asked_for_time: set[int] = field(default_factory=set)  # hosts, since they were claimed last

    def claimed(self, hosts: Iterable[int]) -> None:
        """The database had these hosts due."""
        self._asked_for_time.difference_update(hosts)

    def unhurried(self, slot: Slot) -> bool:
        """True while the host keeps no delay and no answer since its claim asked for one."""
        return slot.delay == 0 and slot.host not in self._asked_for_time

    def started(self, slot: Slot, at: float) -> bool:
        """True when the slot covers a start at `at`."""
        if not slot.at <= at <= slot.at + self.pace.window(slot.delay) and slot.delay > 0:
            return False
        self._moves.setdefault(slot.host, []).append((slot, at))
        return True

    def fetched(self, fetched: Fetched) -> None:
        """Remember the end of a request."""
        time = fetched.crawl_delay or fetched.retry_after or self.pace.delay("", fetched.duration, None)
        if not fetched.ok or time > 0:
            self._asked_for_time.add(fetched.slot.host)
        self._moves.setdefault(fetched.slot.host, []).append(fetched)

    def flush(self, tx: Connection) -> None:
        """Write every move. Kept in memory until the statement has run; a rolled-back transaction loses only them."""
        if not self._moves:
            return
        hosts = list(self._moves)
        changed = []
        raw = driver(tx)
        for start in range(0, len(hosts), _CHUNK):
            chunk = tuple(hosts[start : start + _CHUNK])
            rows = raw.execute(
                "SELECT id, domain, next_at, delay, crawl_delay, failures FROM host"  # noqa: S608
                f" WHERE id IN ({marks(chunk)})",
                chunk,
            )
            for number, domain, next_at, delay, crawl_delay, failures in rows:
                clock = _Clock(domain, next_at, delay, crawl_delay, failures)
                for move in self._moves[number]:
                    if isinstance(move, Fetched):
                        clock.ended(move, self.pace, self.chance)
                    else:
                        clock.began(*move)
                changed.append((clock.next_at, clock.delay, clock.crawl_delay, clock.failures, number))
        raw.executemany("UPDATE host SET next_at = ?, delay = ?, crawl_delay = ?, failures = ? WHERE id = ?", changed)
        self._moves.clear()


@dataclass(slots=True)
class _Clock:
    domain: str
    next_at: float
    delay: float
    crawl_delay: float | None
    failures: int

    def began(self, slot: Slot, at: float) -> None:
        covered = at + max(self.delay, slot.delay)
        # the reservation was for the latest start: now that the start is known, its rest is given back
        self.next_at = covered if self.next_at == slot.until else max(self.next_at, covered)

    def ended(self, fetched: Fetched, pace: Pace, chance: Callable[[], float]) -> None:
        if fetched.crawl_delay is not None:
            self.crawl_delay = min(fetched.crawl_delay, DAY) if fetched.crawl_delay > 0 else None
        self.delay = pace.delay(self.domain, fetched.duration, self.crawl_delay)
        self.next_at = max(self.next_at, fetched.at - fetched.duration + self.delay)
        if fetched.ok:
            self.failures = 0
        else:
            self.failures += 1
            self.next_at = max(self.next_at, fetched.at + pace.pause(self.failures, chance()))
        if fetched.retry_after is not None and fetched.retry_after > 0:
            self.next_at = max(self.next_at, fetched.at + min(fetched.retry_after, DAY))
