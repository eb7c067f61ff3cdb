"""Which entry wins where several cover a URL: tiers, narrowness, severity; the same for every kind of Lookup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from collector.lists.entry import Kind
from collector.lists.match import Action, ListMatch, Tier

_RANK = {Kind.CIDR: 0, Kind.SUBTREE: 1, Kind.HOST: 2, Kind.PREFIX: 3, Kind.URL: 4}
_SEVERITY = {Action.DENY: 0, Action.REDACT: 1, Action.FLAG: 2, Action.ALLOW: 3, Action.INFO: 4}


class Held(NamedTuple):
    """An entry that covers a URL, with how narrow it is. A tuple: lookups make millions."""

    match: ListMatch
    narrow: tuple[int, int, int]
    force: bool


def narrowness(kind: Kind, host: str, path: str, prefix_length: int = 0) -> tuple[int, int, int]:
    """How narrow an entry is; larger is narrower. `prefix_length` is the network's."""
    match kind:
        case Kind.CIDR:
            return (_RANK[kind], prefix_length, 0)
        case Kind.PREFIX:
            return (_RANK[kind], path.count("/"), host.count(".") + 1)
        case _:
            return (_RANK[kind], host.count(".") + 1, 0)


def _sort_key(held: Held) -> tuple[object, ...]:
    match, (rank, first, second), _ = held
    remark = match.action is Action.INFO  # says something of a page, asks for nothing: never the winner over a no
    severity = _SEVERITY[match.action]
    named = (match.list, match.line, match.rule, match.version, match.category, match.note)
    return (remark, -rank, -first, -second, match.tier, severity, *named)


def ordered(found: Iterable[Held]) -> tuple[ListMatch, ...]:
    """Winner first.

    Tier 0 stands above all, unless the requester's own narrower entry allows. Between tiers 1 and 2 the
    narrower entry wins, then the lower tier, then the stricter action; an operator's forced allow that wins
    inside tier 1 stands above the whole of tier 2. Tier 3 comes last.
    """
    ranked = sorted(found, key=_sort_key)
    if all(held.match.tier is Tier.LIST for held in ranked):
        return tuple([held.match for held in ranked])
    by_tier: dict[Tier, list[Held]] = {tier: [] for tier in Tier}
    for held in ranked:
        by_tier[held.match.tier].append(held)
    operator, lists = by_tier[Tier.OPERATOR], by_tier[Tier.LIST]
    if operator and operator[0].force and operator[0].match.action is Action.ALLOW:
        rest = operator + lists
    else:
        rest = sorted(operator + lists, key=_sort_key)
    rest += by_tier[Tier.HEURISTIC]
    opted_out = by_tier[Tier.OPT_OUT]
    if opted_out and opted_out[0].match.action is Action.ALLOW:
        return tuple(held.match for held in (*rest, *opted_out))
    return tuple(held.match for held in (*opted_out, *rest))
