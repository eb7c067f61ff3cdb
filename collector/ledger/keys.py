"""The collection's secret, and what it turns a URL into: a name that only its holder can compute."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from pathlib import Path

from collector.model.key_file import make_key, read_key

URL_KEY_BYTES = 16
FILE_NAME = "url.key"
_WHOSE = "the collection's key"
PSEUDONYMS = "pseudonyms.key"  # of the campaign: destroy it at its end, and no pseudonym leads back to anybody


def url_key(key: bytes, href: str) -> bytes:
    """HMAC-SHA256(key, canonical href), first 16 bytes: the URL's name in frontier and ledger."""
    return hmac.digest(key, href.encode("utf-8", "surrogatepass"), sha256)[:URL_KEY_BYTES]


def load(folder: Path, name: str = FILE_NAME) -> bytes:
    """The collection's key, 32 bytes. Raises StorageError when it is not there, IntegrityError when it is no key."""
    return read_key(
        folder / name, _WHOSE, "point $COLLECTOR_KEYS at the folder that holds it, or look URLs up by their text"
    )


def load_or_create(folder: Path, fresh: bytes | None = None, name: str = FILE_NAME) -> bytes:
    """The collection's key, made on first use: folder 0700, file 0600, on disk before it is used.

    `fresh` is the key to store where there is none (32 bytes; by default from the operating system). Two
    processes that create it at once get the same one. Raises StorageError and IntegrityError.
    """
    given = os.urandom if fresh is None else lambda _: fresh
    make_key(folder / name, given, _WHOSE, "give the crawl's user write access, or move it with $COLLECTOR_KEYS")
    return load(folder, name)
