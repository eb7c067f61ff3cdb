"""Fixtures that every layer's tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.simweb import SimulatedWeb


@pytest.fixture
def simweb() -> Iterator[SimulatedWeb]:
    """A running simulated web without sites: `simweb.site("a.localhost").page("/")`, then `simweb.url(…)`."""
    with SimulatedWeb() as web:
        yield web
