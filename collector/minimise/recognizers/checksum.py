"""Check digits by python-stdnum, loaded when first needed (its import brings ssl and sockets), wrapped, remembered."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType


@cache
def standard(name: str) -> ModuleType:
    """The module of python-stdnum for one kind of number: `luhn`, `iban`, `fr.nir`."""
    return import_module(f"stdnum.{name}")


@lru_cache(maxsize=16_384)
def is_valid(name: str, number: str) -> bool:
    """Whether python-stdnum's module `name` takes `number`. Never raises: what a module chokes on is not valid."""
    try:
        return bool(standard(name).is_valid(number))
    except Exception:  # noqa: BLE001  its modules raise more than ValidationError (`cn.ric` KeyError)
        return False
