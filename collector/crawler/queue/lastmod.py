"""What a site map's `lastmod` is worth: fresh pages are asked for first, changed ones once more."""

from __future__ import annotations

from datetime import datetime

from collector.signals.dates import read_date

# Days since the change, and what that takes off the priority: less than a hop, so that no page is starved by it.
_FRESH = ((1, -3), (30, -2), (365, -1))


def age_class(lastmod: str | None, now: datetime) -> int:
    """What to add to a priority: negative for what changed lately; 0 for the old, the unknown and the future."""
    changed = read_date(lastmod) if lastmod else None
    if changed is None or changed > now:
        return 0
    days = (now - changed).total_seconds() / 86_400
    return next((bonus for most, bonus in _FRESH if days <= most), 0)


def changed_since(lastmod: str | None, visited_at: float, now: datetime) -> bool:
    """Whether the site says that the page changed after we were there. A date in the future says nothing."""
    changed = read_date(lastmod) if lastmod else None
    return changed is not None and changed <= now and changed.timestamp() > visited_at
