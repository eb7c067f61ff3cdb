"""Fixtures that every layer's tests may ask for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support import zygote
from tests.support.processes import family
from tests.support.simweb import SimulatedWeb

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault; growth is counted (support/growth.py)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left_behind() -> Iterator[None]:
    """What a test has started has ended with it: at the end nobody lives but the one that forks our commands."""
    yield
    expected = {os.getpid(), zygote.running()}
    deadline = time.monotonic() + 10  # what was killed a moment ago may still be ending
    while (left := set(family(os.getpid())) - expected) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == set(), "processes that no test has ended"


@pytest.fixture
def simweb() -> Iterator[SimulatedWeb]:
    """A running simulated web without sites: `simweb.site("a.localhost").page("/")`, then `simweb.url(…)`."""
    with SimulatedWeb() as web:
        yield web
