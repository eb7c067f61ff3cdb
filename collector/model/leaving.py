"""Whether a kept page may leave the collection for a use: the one question that every export asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.model.uses import Permission, Use, Uses


class Restriction(StrEnum):
    """What a copy may be used for at all, whatever the site says of single uses."""

    NONE = ""
    RESEARCH = "research"  # reserved, and kept under Directive (EU) 2019/790, Art. 3: for scientific research only


class Purpose(StrEnum):
    """What whoever receives the pages is going to do with them."""

    GENERAL = "general"
    RESEARCH = "research"  # scientific research by an organisation of Art. 2(1), or a heritage institution


@dataclass(frozen=True, slots=True)
class Leave:
    """The answer, and why."""

    may: bool
    reason: str


_RESERVABLE = (Use.TDM, Use.TRAIN, Use.INPUT)


def restriction_of(uses: Uses, *, research: bool) -> Restriction:
    """What a page with these uses is restricted to, kept by a crawl that relies on Art. 3 (`research`) or not.

    Art. 3 knows no reservation, Art. 4(3) does: what is reserved was kept under Art. 3 alone, and Art. 3(2) lets
    such a copy be kept for the purposes of scientific research only.
    """
    reserved = any(uses[use] is Permission.DENY for use in _RESERVABLE)
    return Restriction.RESEARCH if research and reserved else Restriction.NONE


def may_leave(uses: Uses, restriction: Restriction, use: Use, purpose: Purpose, *, keep_unknown: bool) -> Leave:
    """Whether a page with these stored uses may leave for `use` and `purpose`.

    `keep_unknown`: the policy's `[uses] unknown`, for uses that nobody spoke about. A page that must not be
    fetched leaves for nothing. Art. 3 lifts reservations of mining (`tdm`, `train`, `input`), not those of `index`.
    """
    if uses.fetch is Permission.DENY:
        return Leave(may=False, reason="it must not be fetched, so it is used for nothing")
    if restriction is Restriction.RESEARCH and purpose is not Purpose.RESEARCH:
        return Leave(may=False, reason="reserved, and kept for scientific research only (Directive 2019/790, Art. 3)")
    match uses[use]:
        case Permission.ALLOW:
            return Leave(may=True, reason=f"{use.value} is allowed")
        case Permission.DENY if restriction is Restriction.RESEARCH and use in _RESERVABLE:
            return Leave(may=True, reason=f"{use.value} is reserved, which Art. 3 does not know for research")
        case Permission.DENY:
            return Leave(may=False, reason=f"{use.value} is denied")
        case _ if keep_unknown:
            return Leave(may=True, reason=f"nobody spoke of {use.value}, and the policy keeps what is unknown")
        case _:
            return Leave(may=False, reason=f"nobody spoke of {use.value}, and the policy drops what is unknown")
