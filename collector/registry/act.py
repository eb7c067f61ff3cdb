"""Who does something to the registry, when, and where its fresh bytes come from."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Act:
    """`at` is aware, UTC; `fresh(n)` answers with n unpredictable bytes."""

    at: datetime
    by: str
    fresh: Callable[[int], bytes]
    role: str = "keeper"

    def id(self, letter: str) -> str:
        """A new identifier: a letter, and 80 unpredictable bits that can be read out on the telephone."""
        return f"{letter}-{base64.b32encode(self.fresh(10)).decode().lower()}"
