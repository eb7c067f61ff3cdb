"""A digest with its algorithm, in the spelling WARC and the ledger use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digest:
    """`sha256:<64 lower-case hex>` (iipc/warc-specifications #48: base16 for sha256)."""

    hex: str
    algorithm: str = "sha256"

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """The SHA-256 of `data`."""
        return cls(hashlib.sha256(data).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read `algorithm:hex`. Raises ValueError for anything else."""
        algorithm, separator, value = text.partition(":")
        if not separator or not value:
            raise ValueError(f"not a digest: {text!r}")
        return cls(value, algorithm)
