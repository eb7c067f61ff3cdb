"""Fixtures that every layer's tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.simweb import SimulatedWeb

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault; growth is counted (support/growth.py)
settings.load_profile("untimed")


@pytest.fixture
def simweb() -> Iterator[SimulatedWeb]:
    """A running simulated web without sites: `simweb.site("a.localhost").page("/")`, then `simweb.url(…)`."""
    with SimulatedWeb() as web:
        yield web
