"""The key of one collection, proven to be the one its rows are named with: under another one all would be new."""

from __future__ import annotations

import hmac
from pathlib import Path

from sqlalchemy import Connection, select

from collector.ledger.keys import FILE_NAME, load, load_or_create, url_key
from collector.ledger.schema import closing, url
from collector.model.errors import IntegrityError


def own_key(tx: Connection, folder: Path) -> bytes:
    """The key in `folder`, as `keys.load` gives it; made only for a collection that has named nothing yet.

    Raises StorageError where it is gone, IntegrityError where it is no key, or another collection's.
    """
    if tx.execute(select(url.c.id).limit(1)).first() is None:
        return load_or_create(folder)
    key = load(folder)
    # what is done has its text in the account, what is not has it in the queue
    known = tx.execute(select(closing.c.url_key, closing.c.url).where(closing.c.url.is_not(None)).limit(1)).first()
    if known is None:
        known = tx.execute(select(url.c.key, url.c.href).where(url.c.href.is_not(None)).limit(1)).first()
    if known is not None and not hmac.compare_digest(known[0], url_key(key, known[1])):
        raise IntegrityError(
            "this is not the key that the collection was made with",
            where=str(folder / FILE_NAME),
            mend="point $COLLECTOR_KEYS at the folder that holds it, or restore it from its own backup",
        )
    return key
