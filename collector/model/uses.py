"""What a page may be used for: five uses, each allowed, denied or unknown, and how statements combine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache


class Use(StrEnum):
    """The uses a site can speak about. `tdm` denied denies `train` and `input`; `fetch` denied denies all."""

    FETCH = "fetch"
    TRAIN = "train"
    INPUT = "input"
    INDEX = "index"
    TDM = "tdm"

    __hash__ = str.__hash__  # in C, as in `decision`


class Permission(StrEnum):
    """UNKNOWN is a value of its own: no statement was found. It is never stored as ALLOW."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"

    __hash__ = str.__hash__  # in C, as in `decision`


def stricter(one: Permission, other: Permission) -> Permission:
    """Any deny wins, else any allow, else unknown (draft-ietf-aipref-vocab, combining preferences)."""
    if Permission.DENY in (one, other):
        return Permission.DENY
    if Permission.ALLOW in (one, other):
        return Permission.ALLOW
    return Permission.UNKNOWN


@dataclass(frozen=True, slots=True)
class Uses:
    """One permission per use."""

    fetch: Permission = Permission.UNKNOWN
    train: Permission = Permission.UNKNOWN
    input: Permission = Permission.UNKNOWN
    index: Permission = Permission.UNKNOWN
    tdm: Permission = Permission.UNKNOWN

    def __getitem__(self, use: Use) -> Permission:
        permission: Permission = getattr(self, use)
        return permission

    def __iter__(self) -> Iterator[tuple[Use, Permission]]:
        return ((use, self[use]) for use in _USES)

    def and_(self, other: Uses) -> Uses:
        """Both statements hold: per use, the stricter one."""
        if other is UNSTATED or self is other:
            return self
        return Uses(
            stricter(self.fetch, other.fetch),
            stricter(self.train, other.train),
            stricter(self.input, other.input),
            stricter(self.index, other.index),
            stricter(self.tdm, other.tdm),
        )

    def closed(self) -> Uses:
        """With what follows: `fetch` denied denies everything, `tdm` denied denies `train` and `input`."""
        deny = Permission.DENY
        if self.fetch is deny:
            return Uses(deny, deny, deny, deny, deny)
        if self.tdm is deny:
            return replace(self, train=deny, input=deny)
        return self

    def as_dict(self) -> dict[str, str]:
        """Plain values, for JSON."""
        return dict(_plain(self))

    @classmethod
    def of(cls, said: Iterable[str]) -> Uses:
        """The reverse of `permissions`. Raises ValueError for a word that is no permission, TypeError for a sixth."""
        return cls(*map(Permission, said))

    @classmethod
    def denying(cls, *uses: Use) -> Uses:
        """Deny these, say nothing of the others."""
        return cls(**{use.value: Permission.DENY for use in uses})

    @classmethod
    def allowing(cls, *uses: Use) -> Uses:
        """Allow these, say nothing of the others."""
        return cls(**{use.value: Permission.ALLOW for use in uses})


UNSTATED = Uses()
_USES = tuple(Use)


@lru_cache(maxsize=243)  # 3 to the 5th: every statement there can be
def _plain(uses: Uses) -> tuple[tuple[str, str], ...]:
    return tuple((use.value, permission.value) for use, permission in uses)


def permissions(uses: Uses) -> tuple[str, str, str, str, str]:
    """The bare words, in the order of `Use`: for who passes them on."""
    return (
        uses.fetch._value_,
        uses.train._value_,
        uses.input._value_,
        uses.index._value_,
        uses.tdm._value_,
    )


def combine_uses(statements: Iterable[Uses]) -> Uses:
    """All statements hold at once; order cannot matter."""
    result = UNSTATED
    for statement in statements:
        result = result.and_(statement)
    return result.closed()
