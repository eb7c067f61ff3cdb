"""What a rule is: an id, the gate that asks it, a pure function of facts and settings, and its settings' shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collector.model.decision import Finding, Gate
from collector.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class NoSettings:
    """For a rule with nothing to set."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`ask(facts, settings)` answers always and never raises on hostile input. `settings` is a frozen dataclass.

    `bind` joins the settings with what else of the policy the rule needs; its result is what `ask` gets.
    """

    id: str
    gate: Gate
    ask: Callable[[Any, Any], Finding]
    settings: type[Any] = NoSettings
    floor: bool = False  # a policy may tighten it, never switch it off
    default_on: bool = True
    bind: Callable[[Policy, Any], Any] | None = None

    @property
    def summary(self) -> str:
        """First line of the rule's own docstring."""
        return (self.ask.__doc__ or "").strip().splitlines()[0]
