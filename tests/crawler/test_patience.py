"""When a run that has nothing to do gives up: not for the distance that its own policy keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from types import SimpleNamespace

import pytest

from collector.crawler.queue.feed import Feed
from collector.frontier.pace import HostPace, Pace
from collector.policy.policy import Politeness

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def feed(due: float | None, *, patience: float, slowest: float | None = None, paused: bool = False) -> Feed:
    """One that has nothing in flight and is due in so many seconds."""
    overrides = {} if slowest is None else {"slow.example.org": HostPace(slowest, slowest)}
    crawl = SimpleNamespace(
        orders=SimpleNamespace(pause=object() if paused else None),
        idle_until=lambda: None if due is None else NOW.timestamp() + due,
        now=lambda: NOW,
        policy=SimpleNamespace(politeness=Politeness(min_delay=1.0, patience=patience)),
        frontier=SimpleNamespace(pace=Pace(HostPace(1.0, 30.0), overrides=overrides)),
    )
    return Feed(crawl)


@pytest.mark.parametrize(
    ("due", "patience", "slowest", "gives_up"),
    [
        (2.0, 3.0, None, False),
        (4.0, 3.0, None, True),
        (2.0, 0.0, None, False),  # its own second, and the window of the slot
        (60.0, 3.0, 60.0, False),  # the policy itself has this host asked once a minute
        (70.0, 3.0, 60.0, True),
        (inf, 3.0, None, True),  # it can never be asked for in this run
        (None, 3.0, None, False),  # in flight with another worker, or done
    ],
)
def test_what_a_run_waits_for(due, patience, slowest, gives_up):
    assert feed(due, patience=patience, slowest=slowest)._out_of_patience() is gives_up


def test_a_pause_is_waited_out():
    assert not feed(9_999.0, patience=3.0, paused=True)._out_of_patience()
