"""Guards: what keeps a source of a wanted kind out of denials that lists and appearances make by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from collector.lists.entry import Kind
from collector.lists.match import Action, ListMatch, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.taxonomy import shipped
from collector.model.resources import resource_folder
from collector.model.url import Url

LIST = "guards"
_LIFTABLE = frozenset((Kind.HOST.value, Kind.SUBTREE.value))


def guards_in(matches: Iterable[ListMatch]) -> tuple[ListMatch, ...]:
    """The entries among `matches` that say of which wanted kind the source is."""
    known = shipped().guards
    return tuple(match for match in matches if match.action is Action.INFO and match.category in known)


def guards_of(url: Url) -> tuple[ListMatch, ...]:
    """The shipped guards that cover `url`."""
    return _shipped_guards().match(url)


def lifted_by(guards: Iterable[ListMatch]) -> frozenset[str]:
    """The categories whose denials by host or by appearance the guards lift."""
    known = shipped().guards
    return frozenset().union(*(known[guard.category].lifts for guard in guards if guard.category in known))


def is_lifted(denial: ListMatch, lifted: frozenset[str]) -> bool:
    """Whether guards that lift `lifted` take this denial back.

    A denial that names a path was written with the site in view and stands; so do the operator's own entries
    and the registry's, and files without a category.
    """
    return denial.category in lifted and denial.tier in (Tier.LIST, Tier.HEURISTIC) and denial.kind in _LIFTABLE


@lru_cache(maxsize=1)
def _shipped_guards() -> MemoryLookup:
    from collector.lists.folder import read_list  # noqa: PLC0415  pydantic loads sockets; deciding code none

    return MemoryLookup(read_list(resource_folder("blocklists") / LIST).entries)
