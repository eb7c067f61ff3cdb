"""How the policy, and the links of a site map, are pickled on their way between the crawler and its document processes.

What `dataclasses` does for a frozen class with slots costs four times what a call of the class does, and a site map
has thousands of links.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from collector.model.page import Link


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _reduced(mapping: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    return _read_only, (dict(mapping),)


_values = attrgetter(*(field.name for field in fields(Link)))


def register() -> None:
    """Teach this process's pickle. A policy holds read-only mappings, which it cannot pickle by itself."""
    copyreg.pickle(MappingProxyType, _reduced)
    copyreg.pickle(Link, lambda link: (Link, _values(link)))
