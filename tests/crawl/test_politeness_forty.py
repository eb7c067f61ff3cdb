"""Forty hosts, answering in a millisecond or in three seconds, two workers: nobody is asked too soon, nobody is forgotten."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.crawling import Crawling
from tests.support.simweb import SimulatedWeb

HOSTS = 40
DELAY = 2.0  # seconds
WARM = 15.0  # seconds from the first request: the processes that read documents have started by then
WINDOW = 40.0  # seconds that count, from then on
EARLY = 0.08  # a request may be late on its way; the next one then seems early by as much
LATENCIES = [0.001 * 3_000 ** (number / (HOSTS - 1)) for number in range(HOSTS)]  # 1 ms to 3 s


class Wide(Crawling):
    """A delay of seconds, and time for answers of seconds."""

    @property
    def policy(self) -> Path:
        path = super().policy
        path.write_text(
            path.read_text()
            .replace("max_delay = 0.5", f"max_delay = {DELAY}")
            .replace("timeout = 30.0", "timeout = 20.0")
        )
        return path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_gap_is_too_short_and_the_line_is_full(tmp_path: Path, simweb: SimulatedWeb) -> None:
    """Issue 3: no gap shorter than the delay, from the servers' logs; at least 0.9 of the rate that delays allow."""
    names = [f"l{number}.localhost" for number in range(HOSTS)]
    for name, latency in zip(names, LATENCIES, strict=True):
        count = int((WARM + WINDOW) / max(DELAY, latency)) + 5
        simweb.site(name).page("/", links=[f"/p{n}" for n in range(count)], delay=latency)
        simweb.site(name).pages("/p", count, delay=latency)
    crawling = Wide(tmp_path, simweb, min_delay=DELAY, seeds=[simweb.url(name) for name in names])
    process = crawling.start("--workers", "2")
    while not simweb.log.exchanges and process.poll() is None:
        time.sleep(0.05)
    assert simweb.log.exchanges, process.communicate()[1]
    began = simweb.log.requests()[0].at + WARM
    _, said = process.communicate(timeout=WINDOW * 8)
    assert process.returncode == 0, said
    done = allowed = 0
    shortest = min(min(simweb.log.gaps(name)) for name in names)
    for name, latency in zip(names, LATENCIES, strict=True):
        assert min(simweb.log.gaps(name)) >= DELAY - EARLY, name
        assert simweb.log.most_at_once(name) == 1
        at = [request.at for request in simweb.log.requests(host=name) if began <= request.at <= began + WINDOW]
        could = int(WINDOW / max(DELAY, latency))
        print(f"{name} {latency:.3f} s: {len(at)} of {could}")
        done, allowed = done + len(at), allowed + could
    print(f"{done} of {allowed} requests: {done / allowed:.3f}; the shortest gap {shortest:.3f} s")
    assert done >= 0.9 * allowed
