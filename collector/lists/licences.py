"""What the licences of combined lists allow: whether a snapshot or an export of them may be passed on, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Terms(Enum):
    """What a licence asks of who passes the list on."""

    FREE = "free"  # nothing
    NOTICE = "notice"  # its name, and whose it is
    SHARE_ALIKE = "share-alike"  # the same licence for everything it is combined with
    CLOSED = "closed"  # not passed on: own use only, or nobody knows


_TERMS = {
    "cc0-1.0": Terms.FREE, "unlicense": Terms.FREE, "public-domain": Terms.FREE, "0bsd": Terms.FREE,
    "mit": Terms.NOTICE, "apache-2.0": Terms.NOTICE, "bsd-2-clause": Terms.NOTICE, "bsd-3-clause": Terms.NOTICE,
    "isc": Terms.NOTICE, "cc-by-3.0": Terms.NOTICE, "cc-by-4.0": Terms.NOTICE, "odc-by-1.0": Terms.NOTICE,
    "cc-by-sa-3.0": Terms.SHARE_ALIKE, "cc-by-sa-4.0": Terms.SHARE_ALIKE, "gpl-2.0": Terms.SHARE_ALIKE,
    "gpl-3.0": Terms.SHARE_ALIKE, "gpl-3.0-only": Terms.SHARE_ALIKE, "gpl-3.0-or-later": Terms.SHARE_ALIKE,
    "lgpl-3.0": Terms.SHARE_ALIKE, "odbl-1.0": Terms.SHARE_ALIKE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Combined:
    """The terms of a combination. `reasons` says why it may not be passed on; none, and it may, as `licence`."""

    licence: str
    notices: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def may_be_passed_on(self) -> bool:
        """Whether a copy may leave the organisation."""
        return not self.reasons


def terms_of(licence: str) -> Terms:
    """The terms of a licence by its SPDX name. One that is not known here is closed."""
    return _TERMS.get(licence.strip().lower(), Terms.CLOSED)


def combine(lists: Iterable[tuple[str, str]]) -> Combined:
    """The terms of lists that are combined, each (list, licence). Own use is always possible."""
    named = sorted(lists)
    closed = [f"{name}: {licence or 'no licence'} does not let it be passed on" for name, licence in named
              if terms_of(licence) is Terms.CLOSED]  # fmt: skip
    alike = sorted({licence for _, licence in named if terms_of(licence) is Terms.SHARE_ALIKE})
    if len(alike) > 1:
        closed.append(f"{' and '.join(alike)} each ask that the whole bear their name")
    notices = tuple(f"{name}: {licence}" for name, licence in named if terms_of(licence) is not Terms.FREE)
    licence = alike[0] if len(alike) == 1 else " AND ".join(sorted({licence for _, licence in named})) or "CC0-1.0"
    return Combined(licence, notices, tuple(closed))
