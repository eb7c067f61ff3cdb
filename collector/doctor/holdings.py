"""Whether what a crawl rests on is there, whole and recent: policy, keys, lists, registry, the collection itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.doctor.check import Check, State, fail, failed, ok, warn
from collector.ledger.orders import pause_in_force
from collector.ledger.own_key import own_key
from collector.ledger.runs import last_event_at, runs
from collector.ledger.store import Store
from collector.lists.folder import load_lists
from collector.lists.live import LiveLists
from collector.lists.memory import MemoryLookup
from collector.lists.suffixes import suffix_version
from collector.model.errors import CollectorError, ExitCode, ListError
from collector.model.layout import CollectionLayout, Layout
from collector.policy.policy import Policy
from collector.registry.folder import RegistryFolder
from collector.registry.in_force import IN_FORCE_FILE

OLD_LISTS = timedelta(days=90)
OLD_SUFFIXES = timedelta(days=365)
OLD_REGISTRY = timedelta(days=7)  # entries come into force and end by time: a crawl reads what was compiled


def lists(policy: Policy | None, layout: Layout, now: datetime) -> Iterator[Check]:
    """The shipped and named lists, those of the organisation as a crawl opens them, and the public suffixes."""
    named = policy.lists if policy is not None else None
    try:
        beside = Path(policy.path).parent if policy is not None else Path()
        own = load_lists(
            files=[beside / name for name in named.files] if named else [],
            allow=[beside / name for name in named.allow] if named else [],
            only=named.sensitive if named else (),
        )
        yield ok("lists", "shipped", f"{len(own.lists)} lists, {len(own.lookup):,} entries")
    except CollectorError as exc:
        yield failed("lists", "shipped", exc)
    try:
        live = LiveLists(layout.lists, MemoryLookup(), second_person=named.second_person if named else False)
        for one in live.unapproved:
            mend = "have somebody else approve it: --approved-by"
            yield warn("lists", "second person", f"{one} does not hold: nobody else approved it", mend)
        generation = live.generation
        if generation is None:
            yield Check("lists", "organisation", State.SKIPPED, "no lists of your own are in force")
        else:
            made = datetime.fromisoformat(generation.at)
            yield _age("lists", "organisation", f"{generation.entries:,} entries", made, now, OLD_LISTS, "lists import")
    except (CollectorError, ValueError) as exc:
        fault = exc if isinstance(exc, CollectorError) else ListError(str(exc), where=str(layout.lists))
        yield failed("lists", "organisation", fault)
    version = suffix_version()
    try:
        made = datetime.strptime(version[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        yield warn("lists", "suffixes", f"public suffixes of version {version}", "reinstall the collector")
        return
    yield _age("lists", "suffixes", "public suffixes", made, now, OLD_SUFFIXES, "", "upgrade the collector")


def registry(policy: Policy | None, layout: Layout, now: datetime) -> Iterator[Check]:
    """The opt-out registry, as a crawl would read it."""
    beside = Path(policy.path).parent if policy is not None else Path()
    sources = [beside / name for name in policy.registry.sources] if policy is not None else []
    try:
        status = RegistryFolder(layout.registry, sources, kept=layout.registry_kept).status
    except CollectorError as exc:
        yield failed("registry", "readable", exc)
        return
    yield ok("registry", "readable", f"{status.entries:,} entries in {len(status.files)} files")
    snapshot = layout.registry / IN_FORCE_FILE
    if snapshot.is_file():
        made = datetime.fromtimestamp(snapshot.stat().st_mtime, UTC)
        yield _age("registry", "snapshot", "compiled", made, now, OLD_REGISTRY, "registry compile")


def _age(
    area: str, name: str, what: str, made: datetime, now: datetime, old: timedelta, verb: str, mend: str = ""
) -> Check:
    age = now - (made if made.tzinfo else made.replace(tzinfo=UTC))
    if age < timedelta(minutes=-5):
        return warn(area, name, f"{what}, of {made:%Y-%m-%d}: that is in the future", "look at this machine's clock")
    said = f"{what}, {max(age.days, 0)} days old"
    return warn(area, name, said, mend or f"collector {verb}") if age > old else ok(area, name, said)


def keys(layout: Layout, collection: str) -> Iterator[Check]:
    """The collection's keys: there where it has rows that they name, for our eyes only, and outside of it."""
    folder = layout.keys(collection)
    if not folder.is_dir():
        return
    root = layout.collection(collection).root.resolve()
    if root in (folder.resolve(), *folder.resolve().parents):
        mend = "move it, and point $COLLECTOR_KEYS there: who is handed the collection must not get its key"
        yield fail("keys", "place", f"{folder} lies inside the collection", mend, ExitCode.BAD_INPUT)
    for path in (folder, *sorted(folder.iterdir())):
        found = path.stat()
        wanted = 0o700 if path.is_dir() else 0o600
        if stat.S_IMODE(found.st_mode) & ~wanted:
            said = f"{path} has mode {stat.S_IMODE(found.st_mode):04o}"
            yield fail("keys", "mode", said, f"chmod {wanted:o} {path}", ExitCode.BAD_INPUT)
        if found.st_uid not in (os.getuid(), 0):
            yield warn("keys", "owner", f"{path} belongs to uid {found.st_uid}", "crawl as the user that owns the keys")
    yield ok("keys", "folder", str(folder))


def collection(paths: CollectionLayout, key_folder: Path, now: datetime) -> Iterator[Check]:
    """The account: readable, ours, not paused, and not from the future."""
    if not paths.database.is_file():
        yield Check("collection", "account", State.SKIPPED, "not begun yet")
        return
    try:
        store = Store.open(paths.database, write=False)
        try:
            with store.snapshot() as tx:
                every, last, paused = runs(tx), last_event_at(tx), pause_in_force(tx)
                if every and key_folder.is_dir():
                    own_key(tx, key_folder)
        finally:
            store.close()
    except CollectorError as exc:
        yield failed("collection", "account", exc)
        return
    yield ok("collection", "account", f"{len(every)} runs")
    if last is not None and last > now + timedelta(minutes=5):
        mend = "set this machine's clock: the account goes on in order of time"
        yield fail("clock", "forward", f"the last event of the account is of {last:%Y-%m-%d %H:%M} UTC", mend)
    if paused is not None:
        said = f"paused since {paused.at:%Y-%m-%d %H:%M:%S} UTC by {paused.actor}: {paused.reason}"
        yield warn("collection", "paused", said, "collector frontier resume")
    left = sorted(paths.root.glob("*/*.open"))
    if left and every and every[-1].ended_at is not None:
        said = f"{len(left)} files were left open by a run that was killed"
        yield warn("collection", "open files", said, "the next start cuts them back to what was committed")
