"""How jobs and answers are pickled on their way between the crawler and its document processes.

What `dataclasses` does for a frozen class with slots costs four times what a call of the class does, and a page
carries a hundred of them: its links, findings and evidence.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from collector.model.decision import Decision, Evidence, Finding, PolicyRef
from collector.model.page import Admitted, Candidate, Capture, Language, Link, Minimised, Redaction, RequestForm
from collector.model.url import Url
from collector.model.uses import Uses

_BY_POSITION = (
    Admitted,
    Candidate,
    Capture,
    Decision,
    Evidence,
    Finding,
    Language,
    Link,
    Minimised,
    PolicyRef,
    Redaction,
    RequestForm,
    Url,
    Uses,
)


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _reduced(mapping: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    return _read_only, (dict(mapping),)


def _by_position(kind: type[Any]) -> None:
    values = attrgetter(*(field.name for field in fields(kind) if field.init))
    copyreg.pickle(kind, lambda value: (kind, values(value)))


def register() -> None:
    """Teach this process's pickle. A policy holds read-only mappings, which it cannot pickle by itself."""
    copyreg.pickle(MappingProxyType, _reduced)
    for kind in _BY_POSITION:
        _by_position(kind)
