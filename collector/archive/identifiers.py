"""UUIDv7 record ids (RFC 9562 §5.7), from a clock and randomness that are handed in.

By hand because Python 3.11 has no uuid7 and the ids must be a pure function of what is passed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

RANDOM_BYTES = 10  # 74 of the 80 bits are used
_RANDOM_BITS = 74
_MAX_MS = (1 << 48) - 1


def uuid7(now_ms: int, random_bytes: bytes) -> uuid.UUID:
    """RFC 9562 §5.7: 48 bits of Unix milliseconds, version, variant, 74 random bits (from 10 bytes).

    Raises ValueError for a time outside 48 bits or fewer than 10 random bytes.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a UUIDv7 needs {RANDOM_BYTES} random bytes, not {len(random_bytes)}")
    return _assemble(now_ms, int.from_bytes(random_bytes[:RANDOM_BYTES], "big") >> 6)


def _assemble(now_ms: int, tail: int) -> uuid.UUID:
    if not 0 <= now_ms <= _MAX_MS:
        raise ValueError(f"{now_ms} ms does not fit the 48 bits of a UUIDv7")
    rand_a, rand_b = tail >> 62, tail & ((1 << 62) - 1)
    return uuid.UUID(int=now_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


class MonotonicIds:
    """A source of ids that only grow, also within a millisecond and when the clock steps back (RFC 9562 §6.2).

    Method 2 (monotonic random): in the same millisecond the 74-bit tail is raised by a random 1 … 2^32;
    one that would overflow moves on to the next millisecond.
    """

    def __init__(self, clock_ms: Callable[[], int], randomness: Callable[[int], bytes]) -> None:
        self._clock_ms = clock_ms
        self._randomness = randomness
        self._last_ms = -1
        self._tail = 0

    def __call__(self) -> uuid.UUID:
        """The next id. Calls the clock and the randomness it was made with, nothing else."""
        now = self._clock_ms()
        if now > self._last_ms:
            self._last_ms = now
            # The top bit stays free, so that increments have room (RFC 9562 §6.2).
            self._tail = int.from_bytes(self._randomness(RANDOM_BYTES), "big") >> 7
        else:
            self._tail += int.from_bytes(self._randomness(4), "big") + 1
            if self._tail >> _RANDOM_BITS:
                self._last_ms += 1
                self._tail = int.from_bytes(self._randomness(RANDOM_BYTES), "big") >> 7
        return _assemble(self._last_ms, self._tail)


def record_id(identifier: uuid.UUID) -> str:
    """`urn:uuid:…`, as the ledger and `Placement` spell it; WARC fields put it in angle brackets."""
    return f"urn:uuid:{identifier}"
