"""A registry on SQLite for every test that asks; a PostgreSQL server, started once, where the programs are there."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.registry import Keeper, keeper, postgresql, postgresql_programs


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Keeper]:
    """An empty registry on SQLite."""
    with keeper(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real PostgreSQL."""
    programs = postgresql_programs()
    if programs is None:
        warnings.warn(pytest.PytestWarning("NOT TESTED on PostgreSQL: no initdb here"), stacklevel=1)
        pytest.skip("NOT TESTED on PostgreSQL: install Debian's postgresql")
    with postgresql(programs) as address:
        yield address
