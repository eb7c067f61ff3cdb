"""Labelled digests of any algorithm and encoding that WARC files carry, to be recomputed and compared."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

_LABELLED = re.compile(r"[A-Za-z0-9-]{1,32}:[A-Za-z0-9+/=_@.-]{4,512}\Z")
_HEX = re.compile(r"[0-9A-Fa-f]+\Z")  # base32 of an MD5, padded, is as long
_ALGORITHMS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"}


def is_labelled_digest(value: str) -> bool:
    """WARC 1.1 §5.8: `algorithm ":" value`; and a value of the right length, where the algorithm is known."""
    if _LABELLED.match(value) is None:
        return False
    hasher = hasher_for(value)
    return hasher is None or _decode(value.partition(":")[2], hasher.digest_size) is not None


def hasher_for(value: str) -> Any | None:
    """A fresh hash object for the algorithm that a labelled digest names; None when it is not known here."""
    algorithm = value.partition(":")[0].lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        return None
    return hashlib.new(algorithm, usedforsecurity=False)


def agrees(value: str, hasher: Any) -> bool:
    """Whether the labelled digest is what the hash object has seen: base16, base32 or base64."""
    return bool(_decode(value.partition(":")[2], hasher.digest_size) == hasher.digest())


def _decode(text: str, size: int) -> bytes | None:
    """The bytes of a digest of `size` bytes, told apart by length; None when it is none."""
    bare = text.rstrip("=")
    try:
        if len(text) == 2 * size and _HEX.match(text):
            return bytes.fromhex(text)
        if len(bare) == -(-8 * size // 5):
            raw = base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
        else:
            raw = base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size else None
