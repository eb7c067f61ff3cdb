"""Check digits by python-stdnum, loaded when first needed: its import brings ssl and sockets."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def standard(name: str) -> ModuleType:
    """The module of python-stdnum for one kind of number, `luhn` or `iban`."""
    return import_module(f"stdnum.{name}")
