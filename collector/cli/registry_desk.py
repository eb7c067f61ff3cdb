"""What the registry's commands share: the open database, the keys, who acts, and a change that is in force at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from collector.crawler.who import who_acts
from collector.model.layout import Layout
from collector.registry.act import Act
from collector.registry.folder import standing
from collector.registry.in_force import IN_FORCE_FILE
from collector.registry.keyring import Keyring
from collector.registry.lifecycle import end_what_is_over
from collector.registry.store import RegistryStore, open_registry
from collector.registry.taking_effect import announce, settle


@dataclass(frozen=True, slots=True)
class Desk:
    """The registry of one organisation, and who sits before it."""

    layout: Layout
    store: RegistryStore
    keys: Keyring
    act: Act

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A change: recorded, and in force for every crawl when the block has ended; or nothing of it."""
        # a registry that crawls cannot read is mended first, not added to
        standing(self.layout.registry)
        with self.store.transaction() as tx:
            yield tx
            end_what_is_over(tx, self.act)
            announce(tx, self.layout.registry, self.keys, self.act.at)
        with self.store.transaction() as tx:
            settle(tx, self.layout.registry, self.keys, self.act.at)


@contextmanager
def desk(data: Path, by: str = "", *, create: bool = True) -> Iterator[Desk]:
    """Opened, migrated where needed, closed again; `create` where it may be the first. Raises CollectorError."""
    layout = Layout(data)
    act = Act(datetime.now(UTC), who_acts(by), os.urandom)
    store = open_registry(layout.registry_database, create=create)
    try:
        opened = Desk(layout, store, Keyring(layout.keys("registry"), os.urandom), act)
        if create and not (layout.registry / IN_FORCE_FILE).exists():
            with opened.changing():  # a new registry, or a new machine: crawls need the file
                pass
        yield opened
    finally:
        store.close()
