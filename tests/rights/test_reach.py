"""collector.rights: what an objection touches, and where it arrived, with counts (issue: impact preview, propagation)."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.registry import lifecycle
from collector.registry.entry import Effect, Retroactive, ScopeKind
from collector.registry.propagation import Status, TargetKind, of_entries
from collector.registry.versions import of_request
from collector.rights.propagate import propagate
from collector.rights.reach import Holding, impact
from tests.ledger.sample_account import build
from tests.support.registry import Keeper, keeper


@pytest.fixture
def desk(tmp_path: Path):
    with keeper(tmp_path) as opened:
        yield opened


RELEASES = [
    Holding(TargetKind.RELEASE, "r1", ["https://a.example/p1", "https://b.example/", "not a URL"]),
    Holding(TargetKind.RELEASE, "r2", ["https://b.example/"]),
]
