"""What an import came to, for people and for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from collector.model.errors import ExitCode

if TYPE_CHECKING:
    from collector.crawler.foreign.importing import Brought


def report(brought: Brought, *, as_json: bool) -> int:
    """Print it; the exit code to end with."""
    if as_json:
        print(json.dumps(_as_json(brought), indent=2))
    else:
        _print(brought)
    return ExitCode.FINISHED_WITH_FAULTS if brought.unread_count or brought.stopped else ExitCode.OK


def _as_json(brought: Brought) -> dict[str, object]:
    return {
        "collection": brought.collection,
        "run": brought.run,
        "files": brought.files,
        "signals": brought.signals,
        "records": brought.records,
        "outcomes": dict(brought.outcomes),
        "known": brought.known,
        "without_robots": brought.without_robots,
        "skipped": {reason: n for reason, n in brought.skipped.items() if n},
        "unread": brought.unread_count,
        "first_unread": [{"file": u.file, "offset": u.offset, "reason": u.reason} for u in brought.unread],
        "stopped": brought.stopped,
    }


def _print(brought: Brought) -> None:
    print(f"{brought.files:,} files, {brought.records:,} records, {brought.signals:,} site files taken as signals")
    for outcome, n in brought.outcomes.most_common():
        print(f"  {n:>7,}  {outcome}")
    if brought.known:
        print(f"  {brought.known:>7,}  known already, left as they are")
    for reason, n in brought.skipped.most_common():
        if n:
            print(f"  {n:>7,}  skipped: {reason}")
    if brought.without_robots:
        print(f"{brought.without_robots:,} of a site whose robots.txt is not in the archive: unknown, not permitted")
    for unread in brought.unread:
        print(f"not read: {unread.file}, octet {unread.offset:,}: {unread.reason}")
    if brought.unread_count > len(brought.unread):
        print(f"not read: {brought.unread_count - len(brought.unread):,} more")
    if brought.stopped:
        print("stopped: the same command goes on where it was")
    print(f"next: collector status {brought.collection}; `collector recheck` asks the sites what they say now")
