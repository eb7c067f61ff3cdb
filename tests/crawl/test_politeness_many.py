"""Twice as many slow hosts as there are places: the line is full all the time, and nobody in it is forgotten."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from tests.support.crawling import Crawling
from tests.support.simweb import SimulatedWeb

HOSTS, PAGES = 128, 2
LATENCY = 15.0  # seconds to each answer; reading it holds its place for a little longer
PLACES = 64  # [politeness] concurrency
WARM = 45.0  # seconds from the first request: the process that reads documents has long started by then
WINDOW = 25.0  # seconds that count, from then on
ROUND = HOSTS * LATENCY / PLACES  # seconds until each host had a turn


class Slow(Crawling):
    """Time for answers of seconds."""

    @property
    def policy(self) -> Path:
        path = super().policy
        path.write_text(path.read_text().replace("timeout = 30.0", "timeout = 60.0"))
        return path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_line_is_full_and_nobody_is_forgotten(tmp_path: Path, simweb: SimulatedWeb) -> None:
    """Issue 3: no host starves because another one waits; hundreds of slow hosts keep the line full."""
    names = [f"s{number}.localhost" for number in range(HOSTS)]
    for name in names:
        simweb.site(name).page("/", links=[f"/p{n}" for n in range(PAGES)], delay=LATENCY)
        simweb.site(name).pages("/p", PAGES, delay=LATENCY)
    (tmp_path / "seeds.txt").write_text("\n".join(map(simweb.url, names)))
    crawling = Slow(tmp_path, simweb, politeness=f"concurrency = {PLACES}")
    process = crawling.start("--seeds", str(tmp_path / "seeds.txt"))
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert len(crawling.archived()) == HOSTS * (PAGES + 1)
    slow = [one for one in simweb.log.select() if one.request.path != "/robots.txt"]
    began = simweb.log.requests()[0].at + WARM
    held = sum(
        max(0.0, min(one.ended_at or time.monotonic(), began + WINDOW) - max(one.request.at, began)) for one in slow
    )
    print(f"{held / WINDOW:.1f} of {PLACES} places taken; ", end="")
    longest = 0.0
    for name in names:
        times = [one.request.at for one in slow if one.request.host == name]
        longest = max(longest, *(after - before for before, after in itertools.pairwise(times)))
        assert simweb.log.most_at_once(name) == 1
    print(f"the longest wait for a turn {longest:.1f} s, a round is {ROUND:.1f} s")
    assert simweb.log.most_at_once() <= PLACES
    assert held / WINDOW >= 0.9 * PLACES
    assert longest <= 3 * ROUND
