"""Which URLs the account is known to know: the links of a site lead to one another, and asking again costs."""

from __future__ import annotations

from collections.abc import Iterable

HALF = 30_000  # URLs of a generation; two are held: 6 to 12 MB with URLs of usual length


class Seen:
    """The canonical URLs that were written to the queue or the account last. Forgetting one costs a look-up only."""

    __slots__ = ("_new", "_old")

    def __init__(self) -> None:
        self._new: set[str] = set()
        self._old: set[str] = set()

    def __contains__(self, href: object) -> bool:
        return href in self._new or href in self._old

    def unknown(self, hrefs: Iterable[str]) -> list[str]:
        """Those that are not known, in their order."""
        new, old = self._new, self._old
        return [href for href in hrefs if href not in new and href not in old]

    def add(self, hrefs: Iterable[str]) -> None:
        """These are committed."""
        self._new.update(hrefs)
        if len(self._new) > HALF:
            self._old, self._new = self._new, set()
