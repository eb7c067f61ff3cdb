"""How long a host is left alone: the arithmetic of politeness, in seconds, without a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.policy.policy import Politeness

DAY = 86_400.0
JITTER = 0.1  # of a back-off, added only: nobody is asked earlier for it


@dataclass(frozen=True, slots=True)
class HostPace:
    """What holds for one registrable domain."""

    min_delay: float = 1.0
    max_delay: float = 30.0
    concurrency: int = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """Delay = clamp(latency_factor * duration of the last fetch, min_delay, max_delay), never below a Crawl-delay."""

    host: HostPace = HostPace()
    latency_factor: float = 5.0
    backoff: float = 60.0  # after the first failure; doubled by each further one
    max_backoff: float = DAY
    start_window: float = 1.5  # a slot is good for this long: a later start needs a new one
    overrides: Mapping[str, HostPace] = field(default_factory=dict)  # by registrable domain

    def of(self, domain: str) -> HostPace:
        """The pace of hosts under `domain`."""
        return self.overrides.get(domain, self.host)

    def delay(self, domain: str, duration: float, crawl_delay: float | None) -> float:
        """Seconds between the starts of two requests after one that took `duration`."""
        host = self.of(domain)
        wanted = min(max(self.latency_factor * duration, host.min_delay), max(host.max_delay, host.min_delay))
        return max(wanted, min(crawl_delay, DAY)) if crawl_delay is not None and crawl_delay > 0 else wanted

    def pause(self, failures: int, chance: float) -> float:
        """Seconds to leave the host alone after `failures` in a row (≥ 1). `chance` in [0, 1) spreads the return."""
        doubled = self.backoff * 2.0 ** min(failures - 1, 40)
        return min(doubled * (1.0 + JITTER * chance), self.max_backoff)

    def window(self, delay: float) -> float:
        """How long a reserved slot may be used: none is needed where no delay is kept."""
        return self.start_window if delay > 0 else 0.0


def pace_of(politeness: Politeness) -> Pace:
    """The pace that a policy's `[politeness]` asks for."""
    host = HostPace(politeness.min_delay, politeness.max_delay, politeness.concurrency_per_host)
    overrides = {
        said.domain: HostPace(
            host.min_delay if said.min_delay is None else said.min_delay,
            host.max_delay if said.max_delay is None else said.max_delay,
            host.concurrency if said.concurrency_per_host is None else said.concurrency_per_host,
        )
        for said in politeness.hosts
    }
    return Pace(
        host=host,
        latency_factor=politeness.latency_factor,
        backoff=politeness.retry_backoff,
        overrides=overrides,
    )
