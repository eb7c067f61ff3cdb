"""Crawls of the simulated web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.crawling import Crawling, end_all
from tests.support.simweb import SimulatedWeb


@pytest.fixture
def crawling(tmp_path: Path, simweb: SimulatedWeb) -> Crawling:
    """A crawl of `simweb`, to be seeded."""
    return Crawling(tmp_path, simweb)


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    end_all()
