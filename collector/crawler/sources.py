"""The files behind the URL gate: block lists, registry, suppressions; read at the start, and when they change."""

from __future__ import annotations

from pathlib import Path

from collector.crawler.gates import Sources
from collector.lists.folder import load_lists
from collector.lists.suffixes import registrable_domain
from collector.model.layout import Layout
from collector.policy.policy import Policy
from collector.registry.folder import RegistryFolder
from collector.registry.suppressed import Suppressed


class SourceFiles:
    """Opens everything at once: an opt-out registry that cannot be read means no crawl (RegistryError)."""

    def __init__(self, policy: Policy, layout: Layout, key: bytes, policy_folder: Path) -> None:
        lists = policy.lists
        self._lists = load_lists(
            files=[policy_folder / name for name in lists.files],
            allow=[policy_folder / name for name in lists.allow],
            only=lists.sensitive,
        )
        self._registry = RegistryFolder(
            layout.registry,
            [policy_folder / name for name in policy.registry.sources],
            kept=layout.registry_kept,
            collection=policy.collection.id,
        )
        self._suppressed = Suppressed(layout.suppressed, key)

    def sources(self) -> Sources:
        """What stands in force now."""
        return Sources(
            sensitive=self._lists.lookup,
            opted_out=self._registry,
            suppressed=self._suppressed,
            registered_domain=registrable_domain,
        )

    def reload(self) -> Sources | None:
        """New sources where a registry file changed; None where nothing did. A few file stats."""
        changed = self._registry.reload_if_changed()
        changed = self._suppressed.reload_if_changed() or changed
        return self.sources() if changed else None
