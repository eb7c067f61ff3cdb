"""`collector minimise forget-key`: destroys a campaign's pseudonym key, so that no pseudonym leads back to anybody."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from collector.crawler.who import who_acts
from collector.model.errors import InputError, StorageError

VERB = "pseudonym key destroyed"


def forget_key(data: Path, collection: str, *, reason: str, by: str) -> bool:
    """Overwrite and remove the key, and write the act into the account. False where there was no key to destroy.

    The act and the deed stand or fall together, except for a crash between both: then the key is gone, and asking
    again records that it was found gone. Copies in backups are the keeper's to destroy: nobody else knows of them.
    Raises InputError for a collection that is not there, StorageError where a crawl is running or the disk refuses.
    """
    from collector.crawler.lock import CollectionLock
    from collector.ledger.account import Actor, record_act
    from collector.ledger.keys import PSEUDONYMS
    from collector.ledger.store import Store
    from collector.minimise.replacing.plan import STRICT
    from collector.minimise.text import minimise_text
    from collector.model.layout import Layout

    layout = Layout(data)
    paths = layout.collection(collection)
    if not paths.database.is_file():
        raise InputError(
            f"no collection {collection!r}", where=str(paths.root), mend="name the folder it lies in with --data"
        )
    path = layout.keys(collection) / PSEUDONYMS
    now = datetime.now(UTC)
    lock = CollectionLock.take(paths.lock, now, f"collector minimise forget-key {collection}")
    try:
        store = Store.open(paths.database, write=True)
        try:
            with store.transaction() as tx:
                there = path.exists()
                reason = minimise_text(reason, STRICT, url=None, lang=None).text  # the account names nobody
                detail = reason if there else f"{reason} (it was gone already)"
                record_act(tx, Actor(who_acts(by), "keeper"), VERB, PSEUDONYMS, now, detail=detail)
                if there:
                    _destroy(path)
        finally:
            store.close()
    finally:
        lock.release()
    return there


def _destroy(path: Path) -> None:
    """Overwritten in place, then unlinked, both on disk before it returns; old blocks are the disk's own."""
    try:
        with path.open("r+b", buffering=0) as file:
            file.write(os.urandom(path.stat().st_size))
            os.fsync(file.fileno())
        path.unlink()
        descriptor = os.open(path.parent, os.O_RDONLY)
        with suppress(OSError):
            os.fsync(descriptor)
        os.close(descriptor)
    except OSError as exc:
        raise StorageError(
            f"the key cannot be destroyed ({exc.strerror})", where=str(path), mend="give the keeper's user access to it"
        ) from exc
