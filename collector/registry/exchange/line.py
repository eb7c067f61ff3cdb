"""One entry as formats exchange it: what it covers and what it asks for, without whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.registry.entry import Effect, RegistryEntry, ScopeKind
from collector.registry.scope import Scope, scope_of
from collector.registry.vocabulary import UseLabel, normal


@dataclass(frozen=True, slots=True, order=True)
class Exchanged:
    """`host` and `path` canonical. Formats without columns for them mean: not fetched, all uses, all collections."""

    kind: ScopeKind
    host: str
    path: str = ""
    effect: Effect = Effect.DENY_FETCH
    uses: tuple[UseLabel, ...] = (UseLabel.ALL,)
    collections: tuple[str, ...] = ("*",)

    @classmethod
    def of(
        cls,
        scope: Scope,
        effect: Effect = Effect.DENY_FETCH,
        uses: tuple[UseLabel, ...] = (),
        collections: tuple[str, ...] = (),
    ) -> Exchanged:
        """From a scope that was read."""
        return cls(scope.kind, scope.host, scope.path, effect, normal(uses), tuple(sorted(set(collections))) or ("*",))

    @property
    def value(self) -> str:
        """Host, `host/path`, URL without its scheme, or network."""
        return f"{self.host}{self.path}"


def exchanged_of(entry: RegistryEntry) -> Exchanged:
    """What is exchanged of an entry about a place."""
    return Exchanged.of(scope_of(entry), entry.effect, entry.uses, entry.collections)


def uncontradicted(entries: Sequence[Exchanged]) -> list[Exchanged]:
    """`entries` without allowances of a host or network that is denied as well.

    For formats in which a name has one answer, or an allowance always wins: an objection is never what is left out.
    """
    denied = {one.host for one in entries if one.effect is Effect.DENY_FETCH and not one.path}
    return [one for one in entries if one.effect is not Effect.ALLOW or one.path or one.host not in denied]
