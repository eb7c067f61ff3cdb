"""What a worker reads from the account while it crawls: each question cached where asking again would cost."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from collector.ledger.captures import FirstCopy, payloads_seen
from collector.ledger.schema import closing, outcome_count, site_count
from collector.ledger.site_files import signal_for
from collector.ledger.store import Store
from collector.model.digest import Digest
from collector.model.event import Outcome
from collector.model.url import Origin
from collector.rules.facts import Spent
from collector.signals.site_file import SiteFile

PAYLOADS = 20_000  # digests remembered, of pages kept by this process


class AccountView:
    """Reads through the store's snapshots. Totals are as of the last flush, and what was kept since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tx: Connection | None = None
        self._totals: Spent | None = None
        self._hosts: dict[str, int] = {}
        self._kept: Counter[str] = Counter()  # pages by host, since the last flush
        self._kept_pages = self._kept_bytes = 0
        self._payloads: OrderedDict[Digest, FirstCopy] = OrderedDict()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The store's one transaction; questions asked inside are answered by it (one thread has one connection)."""
        with self._store.transaction() as tx:
            self._tx = tx
            try:
                yield tx
            finally:
                self._tx = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._tx is not None:
            yield self._tx
            return
        with self._store.snapshot() as tx:
            yield tx

    def forget(self) -> None:
        """A flush changed the totals."""
        self._totals = None
        self._hosts.clear()
        self._kept.clear()
        self._kept_pages = self._kept_bytes = 0

    def kept(self, host: str, size: int) -> None:
        """A page of `size` bytes was kept, and is not written yet."""
        self._kept[host] += 1
        self._kept_pages += 1
        self._kept_bytes += size

    def spent(self, host: str) -> Spent:
        """Pages and bytes kept so far, over all runs of the collection."""
        if self._totals is None:
            kept = (Outcome.ARCHIVED.value, Outcome.DUPLICATE.value)
            c = outcome_count.c
            with self._reading() as tx:
                row = tx.execute(
                    select(func.sum(c.events), func.sum(c.bytes)).where(c.outcome.in_(kept), c.media_type != "")
                ).one()
            self._totals = Spent(pages=int(row[0] or 0), bytes=int(row[1] or 0))
        if host and host not in self._hosts:
            with self._reading() as tx:
                pages = tx.execute(select(site_count.c.pages).where(site_count.c.host == host)).scalar()
            self._hosts[host] = int(pages or 0)
        return Spent(
            self._totals.pages + self._kept_pages,
            self._hosts.get(host, 0) + self._kept[host],
            self._totals.bytes + self._kept_bytes,
        )

    def signal_for(self, origin: Origin, path: str) -> SiteFile | None:
        """The newest answer that a site gave for one of its files."""
        with self._reading() as tx:
            return signal_for(tx, str(origin), path)

    def look_up_payloads(self, digests: Iterable[Digest]) -> None:
        """Ask the account for these in one go, before `payload_seen` is asked for each."""
        unknown = {digest for digest in digests if digest not in self._payloads}
        if unknown:
            with self._reading() as tx:
                for digest, first in payloads_seen(tx, unknown).items():
                    self.remember_payload(digest, first)

    def payload_seen(self, digest: Digest) -> FirstCopy | None:
        """The record that holds the same payload already, among those remembered and looked up."""
        return self._payloads.get(digest)

    def remember_payload(self, digest: Digest, first: FirstCopy) -> None:
        """A payload that was written before, or just now."""
        self._payloads[digest] = first
        if len(self._payloads) > PAYLOADS:
            self._payloads.popitem(last=False)

    def forget_payloads(self) -> None:
        """A flush failed: what was remembered may not be in any file."""
        self._payloads.clear()

    def next_visit(self, key: bytes) -> int:
        """Which visit the next one to this URL is."""
        with self._reading() as tx:
            last = tx.execute(select(func.max(closing.c.visit)).where(closing.c.url_key == key)).scalar()
        return int(last or 0) + 1

    @staticmethod
    def closed(tx: Connection, keys: list[bytes]) -> set[bytes]:
        """Those of `keys` that have a closing event."""
        found: set[bytes] = set()
        for start in range(0, len(keys), 500):
            chunk = keys[start : start + 500]
            found.update(tx.execute(select(closing.c.url_key).where(closing.c.url_key.in_(chunk))).scalars())
        return found
