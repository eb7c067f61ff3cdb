"""Crawls of the simulated web."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.crawling import Crawling
from tests.support.simweb import SimulatedWeb


@pytest.fixture
def crawling(tmp_path: Path, simweb: SimulatedWeb) -> Crawling:
    """A crawl of `simweb`, to be seeded."""
    return Crawling(tmp_path, simweb)
