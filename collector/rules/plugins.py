"""Rules that other distributions bring: found by entry point, checked whole, and an error where one cannot be loaded.

A protocol that is published tomorrow is one parser and one `Rule` in a package of its own, which names the rule in
its entry points under `collector.rules`, by the rule's id. What is installed is asked, unless the policy switches it
off; what cannot be loaded stops every command that decides, because a rule that is silently missing permits.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

from collector.model.decision import Gate
from collector.model.errors import PolicyError
from collector.rules.rule import Rule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "collector.rules"

_ID = re.compile(r"[a-z][a-z0-9_]{1,60}")


@lru_cache(maxsize=1)
def installed(taken: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of every installed distribution, by id. `taken`: ids that are ours. Raises PolicyError.

    Read once per process: what is installed while it runs is not seen.
    """
    # Imported when asked for: it loads `email`, and with that `socket`, which deciding code does without.
    from importlib.metadata import entry_points  # noqa: PLC0415

    found: dict[str, Rule] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        rule = _loaded(point, taken | found.keys())
        found[rule.id] = rule
    return tuple(found.values())


def _loaded(point: EntryPoint, taken: Collection[str]) -> Rule:
    where = f"entry point {GROUP}: {point.name} = {point.value}"
    source = f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.module
    try:
        rule: object = point.load()
    except Exception as exc:  # whatever a stranger's module does when it is imported
        raise PolicyError(
            f"the rule {point.name} of {source} cannot be loaded: {type(exc).__name__}: {str(exc)[:200]}",
            where=where,
            mend=f"mend or uninstall {source.partition(' ')[0]}; without the rule nothing is decided",
        ) from exc
    fault = _fault(rule, point.name, taken)
    if fault or not isinstance(rule, Rule):
        raise PolicyError(
            f"the rule {point.name} of {source} {fault}",
            where=where,
            mend=f"ask the makers of {source}, or uninstall it",
        )
    return dataclasses.replace(rule, source=source)


def _fault(rule: object, name: str, taken: Collection[str]) -> str:
    """What keeps it from being a rule; empty where nothing does."""
    if not isinstance(rule, Rule):
        return "is no collector.rules.rule.Rule"
    if rule.id != name or not _ID.fullmatch(rule.id):
        return f"calls itself {rule.id!r}: the entry point carries the id, lower-case letters, digits and _"
    if rule.id in taken:
        return "has the id of another rule"
    gate, ask = (getattr(rule, name) for name in ("gate", "ask"))
    if not isinstance(gate, Gate) or not callable(ask):
        return "has no gate, or nothing to ask"
    if rule.floor or not rule.default_on:
        return "is of the floor or off by default: neither is for a plug-in to say"
    if not dataclasses.is_dataclass(rule.settings) or not rule.settings.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return "has settings that are no frozen dataclass"
    try:
        rule.settings()
    except TypeError:
        return "has settings without defaults"
    return "" if rule.summary else "says nowhere what it asks: its function has no docstring"
