"""Loads Scrapy's HTTP handler without what loading it mostly costs.

Scrapy 2.19 finds out where each of its deprecated classes is made with `inspect.stack`, which reads the source of
every module on the way and asks all that are loaded for their files: three classes, 0.15 to 0.3 s of every start.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def quick_deprecations() -> Iterator[None]:
    """Inside, `inspect.stack` names the modules of its callers and nothing else. For imports only."""
    whole = inspect.stack
    inspect.stack = _callers  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.stack = whole


def _callers(_context: int = 1) -> list[tuple[ModuleType]]:
    """The module of the caller, and that of the caller's caller: `inspect.getmodule` takes either as it is."""
    frames = (sys._getframe(1), sys._getframe(2))  # noqa: SLF001  what `inspect` itself asks
    return [(sys.modules[frame.f_globals["__name__"]],) for frame in frames]
