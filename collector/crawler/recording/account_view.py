"""What a worker reads from the account while it crawls: each question cached where asking again would cost."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, func, select

from collector.ledger.captures import FirstCopy, payloads_seen
from collector.ledger.schema import closing, outcome_count, site_count
from collector.ledger.site_files import newest_number, origins_in_feeds, said_in_feeds, signal_for
from collector.ledger.store import Store
from collector.model.digest import Digest
from collector.model.event import Outcome
from collector.model.url import Origin, Url
from collector.rules.facts import Spent
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import SiteFile

PAYLOADS = 20_000  # digests remembered, of pages kept by this process
ORIGINS = 20_000  # of which it is remembered whether a feed says anything of their pages

# Asked with each flush: put together once.
_KEPT = (Outcome.ARCHIVED.value, Outcome.DUPLICATE.value)
_TOTALS = select(func.sum(outcome_count.c.events), func.sum(outcome_count.c.bytes)).where(
    outcome_count.c.outcome.in_(_KEPT), outcome_count.c.media_type != ""
)
_PAGES = select(site_count.c.pages).where(site_count.c.host == bindparam("name"))
_CLOSED = select(closing.c.url_key).where(closing.c.url_key.in_(bindparam("keys", expanding=True)))


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
        self._in_feeds: OrderedDict[str, bool] = OrderedDict()  # by origin
        self._heard = -1  # number of the newest site file when `_in_feeds` was brought up to date

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

    def forget(self, origins: Iterable[Origin] = ()) -> None:
        """A flush changed the totals, and what these origins said."""
        for origin in origins:
            self._in_feeds.pop(str(origin), None)
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
            with self._reading() as tx:
                row = tx.execute(_TOTALS).one()
            self._totals = Spent(pages=int(row[0] or 0), bytes=int(row[1] or 0))
        if host and host not in self._hosts:
            with self._reading() as tx:
                pages = tx.execute(_PAGES, {"name": host}).scalar()
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

    def hear_feeds(self, tx: Connection) -> None:
        """Take in what feeds have said since, by whatever worker. Asked in the transaction that hands out URLs: what
        feeds said of them stood in the account before the URLs could be claimed.
        """
        newest = newest_number(tx)
        if newest == self._heard:
            return
        if self._heard < 0 or newest < self._heard:
            self._in_feeds.clear()
        else:
            for origin in origins_in_feeds(tx, self._heard):
                self._remember_feeds(origin, said=True)
        self._heard = newest

    def signal_in_feed(self, page: Url) -> SiteFile | None:
        """What a feed said of this page. Most origins are in no feed that says anything: known without asking again."""
        origin = str(page.origin)
        said = self._in_feeds.get(origin)
        if said is None:
            with self._reading() as tx:
                said = said_in_feeds(tx, origin)
            self._remember_feeds(origin, said=said)
        return self.signal_for(page.origin, page.target + IN_FEED) if said else None

    def _remember_feeds(self, origin: str, *, said: bool) -> None:
        self._in_feeds[origin] = said
        if len(self._in_feeds) > ORIGINS:
            self._in_feeds.popitem(last=False)

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
            found.update(tx.execute(_CLOSED, {"keys": chunk}).scalars())
        return found
