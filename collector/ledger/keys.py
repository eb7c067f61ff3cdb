"""The collection's secret, and what it turns a URL into: a name that only its holder can compute.

The names of a host's URLs begin alike, so they stand together in every index: the links of a page touch a few pages of
the database, not one each. Collections made before that keep the names they have: their key has no scheme before it.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from collector.model.key_file import KEY_BYTES, make_key, read_key

URL_KEY_BYTES = 16
BY_HOST = b"\x02"  # stands before the key's own bytes: which way of naming it was made for
_PLACE_BYTES = 4
FILE_NAME = "url.key"
_WHOSE = "the collection's key"
PSEUDONYMS = "pseudonyms.key"  # of the campaign: destroy it at its end, and no pseudonym leads back to anybody


def url_key(key: bytes, href: str) -> bytes:
    """The URL's name in frontier and ledger, 16 bytes: 4 of HMAC-SHA256(key, host), 12 of HMAC-SHA256(key, href).

    `href` is canonical. A `key` without a scheme before it names by HMAC-SHA256(key, href) alone.
    """
    if len(key) == KEY_BYTES:
        return hmac.digest(key, href.encode("utf-8", "surrogatepass"), sha256)[:URL_KEY_BYTES]
    host = href.split("/", 3)[2:3]
    place = _host_key(key, host[0] if host else "")
    secret = key[len(BY_HOST) :]
    return place + hmac.digest(secret, href.encode("utf-8", "surrogatepass"), sha256)[: URL_KEY_BYTES - _PLACE_BYTES]


@lru_cache(maxsize=4_096)
def _host_key(key: bytes, host: str) -> bytes:
    """Host and port as they stand in the URL. No URL is one: the two kinds of names cannot meet."""
    return hmac.digest(key[len(BY_HOST) :], host.encode("utf-8", "surrogatepass"), sha256)[:_PLACE_BYTES]


def load(folder: Path, name: str = FILE_NAME) -> bytes:
    """The key: 32 bytes, `BY_HOST` before those that name URLs by their hosts.

    Raises StorageError when it is not there, IntegrityError when it is no key.
    """
    mend = "point $COLLECTOR_KEYS at the folder that holds it, or look URLs up by their text"
    return read_key(folder / name, _WHOSE, mend, (b"", BY_HOST) if name == FILE_NAME else (b"",))


def load_or_create(folder: Path, fresh: bytes | None = None, name: str = FILE_NAME) -> bytes:
    """The collection's key, made on first use: folder 0700, file 0600, on disk before it is used.

    `fresh` is the secret to store where there is none (32 bytes; by default from the operating system). Two
    processes that create it at once get the same one. Raises StorageError and IntegrityError.
    """
    given = os.urandom if fresh is None else lambda _: fresh
    mend = "give the crawl's user write access, or move it with $COLLECTOR_KEYS"
    make_key(folder / name, given, _WHOSE, mend, BY_HOST if name == FILE_NAME else b"")
    return load(folder, name)
