"""The machine's clock, and by how much somebody has set it while the crawl ran.

Queue and ledger keep times of day, which every process and later runs share. A clock that is set an hour forward would
make every host due at once, one that is set back would keep all of them waiting for an hour: both are told by a clock
that nobody sets, and what waits is moved along.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

TOLERANCE = 0.5  # seconds; what a clock is slewed by between two looks is thousandths of that


def unset_clock() -> float:
    """Seconds since some moment, counted on while the machine sleeps (clock_gettime(2)), and never set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(slots=True)
class WallClock:
    """Epoch seconds. `was_set` hears by how many the clock was set before any later time is handed out."""

    was_set: Callable[[float], None]
    wall: Callable[[], float] = time.time
    unset: Callable[[], float] = unset_clock
    _apart: float = field(init=False)

    def __post_init__(self) -> None:
        self._apart = self.wall() - self.unset()

    def time(self) -> float:
        """Now. Slow drift is followed without a word."""
        now = self.wall()
        apart = now - self.unset()
        by, self._apart = apart - self._apart, apart
        if abs(by) > TOLERANCE:
            self.was_set(by)
        return now
