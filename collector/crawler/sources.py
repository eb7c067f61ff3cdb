"""The files behind the URL gate: block lists, registry, suppressions; read at the start, and when they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from collector.crawler.gating.gates import Sources
from collector.lists.folder import load_lists
from collector.lists.live import LiveLists
from collector.lists.suffixes import registrable_domain
from collector.model.layout import Layout
from collector.policy.policy import Policy
from collector.registry.folder import RegistryFolder
from collector.registry.persons import PersonList, persons_in_force, persons_stamp
from collector.registry.suppressed import Suppressed
from collector.rules.url.listed import lists_evidence


class SourceFiles:
    """Opens everything at once: an opt-out registry that cannot be read means no crawl (RegistryError)."""

    def __init__(self, policy: Policy, layout: Layout, key: bytes, policy_folder: Path) -> None:
        lists = policy.lists
        own = load_lists(
            files=[policy_folder / name for name in lists.files],
            allow=[policy_folder / name for name in lists.allow],
            only=lists.sensitive,
        )
        only = frozenset(lists.sensitive)
        self._lists = LiveLists(layout.lists, own.lookup, only, second_person=lists.second_person)
        self._tell: Callable[[str], None] | None = None
        self._told: tuple[str, ...] = ()
        self._registry = RegistryFolder(
            layout.registry,
            [policy_folder / name for name in policy.registry.sources],
            kept=layout.registry_kept,
            collection=policy.collection.id,
        )
        self._suppressed = Suppressed(layout.suppressed, key)
        self._layout = layout
        self._renew: Callable[[PersonList], None] | None = None
        self._persons_stamp = persons_stamp(layout)

    def sources(self) -> Sources:
        """What stands in force now."""
        return Sources(
            sensitive=self._lists.lookup,
            lists=lists_evidence(self._lists.lookup.parts),
            opted_out=self._registry,
            suppressed=self._suppressed,
            registered_domain=registrable_domain,
        )

    def persons(self) -> PersonList:
        """Who asked not to be named, as of now. Raises RegistryError, IntegrityError."""
        return persons_in_force(self._layout)

    def when_persons_change(self, renew: Callable[[PersonList], None]) -> None:
        """From now on hand over the new list whenever the registry's changes."""
        self._renew = renew

    def tell(self, tell: Callable[[str], None]) -> None:
        """From now on tell why the newest lists are not taken, and which overrides wait for a second person."""
        self._tell = tell
        self._tell_faults()

    def _tell_faults(self) -> None:
        lists = self._lists
        waiting = (f"the override of {one} waits for a second person" for one in lists.unapproved)
        faults = (*((lists.fault,) if lists.fault else ()), *waiting)
        if self._tell is not None:
            for fault in faults:
                if fault not in self._told:
                    self._tell(fault)
            self._told = faults

    def reload(self) -> Sources | None:
        """New sources where a registry file changed; None where nothing did. A few file stats."""
        changed = self._registry.reload_if_changed()
        changed = self._suppressed.reload_if_changed() or changed
        changed = self._lists.poll() or changed
        stamp = persons_stamp(self._layout)
        if stamp != self._persons_stamp and self._renew is not None:
            self._renew(self.persons())
            self._persons_stamp = stamp
        self._tell_faults()
        return self.sources() if changed else None
