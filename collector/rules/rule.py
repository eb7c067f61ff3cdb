"""What a rule is: an id, the gate that asks it, a pure function of facts and settings, and its settings' shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from collector.model.decision import Finding, Gate
from collector.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class NoSettings:
    """For a rule with nothing to set."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A document that a rule must have at hand in `facts.files`, under `address`, before it can judge.

    A path is a file that every site may keep there; an absolute URL was named by a stranger, so that gate 1, the
    robots.txt of its server and every redirect are judged before anybody is asked.
    """

    address: str  # a path on the page's own origin, or an absolute URL
    max_bytes: int = 512_000  # what is kept and read of it, up to the end of a line
    own_domain: bool = False  # answered from another registrable domain it counts as absent
    lifetime: Callable[[bytes], timedelta] | None = None  # what its body says; otherwise what HTTP says, a day at most


@dataclass(frozen=True, slots=True)
class Rule:
    """`ask(facts, settings)` answers always and never raises on hostile input. `settings` is a frozen dataclass.

    `bind` joins the settings with what else of the policy the rule needs; its result is what `ask` gets, and
    `needs`, which names the documents that must be fetched before.
    """

    id: str
    gate: Gate
    ask: Callable[[Any, Any], Finding]
    settings: type[Any] = NoSettings
    floor: bool = False  # a policy may tighten it, never switch it off
    default_on: bool = True
    bind: Callable[[Policy, Any], Any] | None = None
    needs: Callable[[Any, Any], Iterable[Needed]] | None = None
    source: str = ""  # distribution and version that brought it; empty: it is ours

    @property
    def summary(self) -> str:
        """First line of the rule's own docstring."""
        return (self.ask.__doc__ or "").strip().partition("\n")[0]
