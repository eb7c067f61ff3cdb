"""An open account, and the queue that lies in it."""

from __future__ import annotations

import pytest

from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from tests.ledger.sample_account import open_store


@pytest.fixture
def tx(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as connection:
        yield connection
    store.close()


@pytest.fixture
def frontier():
    return SqliteFrontier(Pace(HostPace(2.0, 30.0)), fence=1)
