"""Where everything of an organisation and of one collection lies on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """`<data>/`: the organisation's files, and its collections."""

    data: Path

    @property
    def registry(self) -> Path:
        """The organisation's opt-out registry: one objection binds every crawl."""
        return self.data / "registry"

    @property
    def lists(self) -> Path:
        """The organisation's imported lists: versions, snapshots, overrides."""
        return self.data / "lists"

    @property
    def registry_database(self) -> Path | str:
        """The system of record of the registry: `$COLLECTOR_REGISTRY` (postgresql://…), else a file of our own."""
        return os.environ.get("COLLECTOR_REGISTRY") or self.data / "registry.db"

    @property
    def registry_kept(self) -> bool:
        """Whether there is a registry in a database: then crawls need its compiled snapshot."""
        place = self.registry_database
        return not isinstance(place, Path) or place.exists()

    @property
    def suppressed(self) -> Path:
        """URLs erased before and hosts under a recorded objection, as keyed hashes."""
        return self.data / "registry" / "suppressed.jsonl"

    def keys(self, collection: str) -> Path:
        """`$COLLECTOR_KEYS/<collection>` or `<data>/keys/<collection>`, mode 0700; never inside a collection."""
        root = os.environ.get("COLLECTOR_KEYS")
        return (Path(root) if root else self.data / "keys") / collection

    def collection(self, collection: str) -> CollectionLayout:
        """What an auditor is handed."""
        return CollectionLayout(self.data / collection)


@dataclass(frozen=True, slots=True)
class CollectionLayout:
    """`<data>/<collection id>/`."""

    root: Path

    @property
    def database(self) -> Path:
        """Ledger and frontier in one file, so that one transaction moves them together."""
        return self.root / "collection.db"

    @property
    def lock(self) -> Path:
        """Held by the one writing crawl."""
        return self.root / "crawl.lock"

    @property
    def policies(self) -> Path:
        """Every policy it was collected under, as it was."""
        return self.root / "policies"

    @property
    def archive(self) -> Path:
        """Pages, as WARC."""
        return self.root / "archive"

    @property
    def signals(self) -> Path:
        """The site files that decisions rest on, as WARC."""
        return self.root / "signals"

    @property
    def text(self) -> Path:
        """Extracted text, as WET."""
        return self.root / "text"

    @property
    def releases(self) -> Path:
        """What was handed out, one folder per version."""
        return self.root / "releases"

    @property
    def indexes(self) -> Path:
        """CDXJ per WARC."""
        return self.root / "indexes"

    @property
    def logs(self) -> Path:
        """JSON logs, without personal data."""
        return self.root / "logs"

    @property
    def reports(self) -> Path:
        """What was found out about the collection; made when the first report is written."""
        return self.root / "reports"

    def create(self) -> None:
        """Make the folders. Raises OSError."""
        for folder in (self.policies, self.archive, self.signals, self.text, self.indexes, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
