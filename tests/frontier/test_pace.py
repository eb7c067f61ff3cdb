"""The arithmetic of politeness."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.frontier.frontier import BUCKETS, bucket
from collector.frontier.pace import DAY, HostPace, Pace, pace_of
from collector.policy.policy import HostPoliteness, Politeness

PACE = Pace(HostPace(1.0, 30.0), overrides={"slow.example": HostPace(10.0, 60.0, 2)})


@pytest.mark.parametrize(
    ("duration", "crawl_delay", "expected"),
    [(0.0, None, 1.0), (0.4, None, 2.0), (60.0, None, 30.0), (0.1, 5.0, 5.0), (2.0, 5.0, 10.0), (0.1, 1e9, DAY)],
)
def test_delay_follows_latency_within_its_limits(duration, crawl_delay, expected):
    assert PACE.delay("a.example", duration, crawl_delay) == expected


def test_a_domain_of_its_own_pace():
    assert PACE.delay("slow.example", 0.0, None) == 10.0
    assert PACE.of("slow.example").concurrency == 2


@given(st.floats(0, 1e4), st.none() | st.floats())
def test_never_below_the_minimum(duration, crawl_delay):
    delay = PACE.delay("a.example", duration, crawl_delay)
    assert 1.0 <= delay <= DAY
    if crawl_delay is not None and math.isfinite(crawl_delay):
        assert delay >= min(crawl_delay, DAY)


def test_back_off_doubles_up_to_a_day_and_jitter_only_adds():
    assert [PACE.pause(n, 0.0) for n in (1, 2, 3)] == [60.0, 120.0, 240.0]
    assert PACE.pause(1_000_000, 0.99) == DAY
    assert 60.0 <= PACE.pause(1, 0.5) <= 66.0


def test_from_a_policy():
    pace = pace_of(Politeness(min_delay=2.0, hosts=(HostPoliteness("slow.example", min_delay=9.0),)))
    assert pace.of("a.example") == HostPace(2.0, 30.0, 1)
    assert pace.of("slow.example") == HostPace(9.0, 30.0, 1)


@given(st.text())
def test_buckets_are_stable(domain):
    assert 0 <= bucket(domain) < BUCKETS
    assert bucket("example.org") == 537  # for ever: shards of an older crawl must not move
