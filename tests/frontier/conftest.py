"""The queue and the account that it lies in, as the tests of the account have them."""

from __future__ import annotations

from tests.ledger.conftest import frontier, tx

__all__ = ["frontier", "tx"]
