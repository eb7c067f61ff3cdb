"""A 64-bit mark by which near-duplicates can be told: simhash over three-word shingles of a page's text.

Two pages whose marks differ in at most three bits have, as a rule, the same text but for a few words (Charikar 2002;
Manku, Jain, Das Sarma 2007). Simhash rather than minhash: one number per page, which a column can hold and an index
of its quarters can find again; minhash needs a hundred of them for the same certainty. By hand because it is thirty
lines: the bits are counted a column at a time, by the population count of one long integer, not by a loop over 64
counters for each shingle.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from xxhash import xxh3_64_digest as _digest

from collector.document.words import words_of

WORDS = 3  # in a shingle
FEWEST = 16  # shingles: what is shorter differs by chance
MOST = 1_024  # words looked at: bounded work, and the beginning of a long text tells it from others
MAX_TEXT = 16_384  # characters looked at
_BYTES = 8


def simhash(text: str | None) -> int | None:
    """The mark of `text`, in [0, 2^64); None where it is too short. Case, punctuation and spacing do not count."""
    words = words_of((text or "")[:MAX_TEXT])[:MOST]
    if len(words) < FEWEST + WORDS - 1:
        return None
    spaced = " ".join([*words, ""]).encode()
    lengths = map(len, spaced.replace(b" ", b"\n").splitlines(keepends=True))
    starts = list(accumulate(lengths, initial=0))
    return _mark(list(map(_digest, map(spaced.__getitem__, map(slice, starts, starts[WORDS:])))))


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two marks differ."""
    return (one ^ other).bit_count()


def _mark(digests: Sequence[bytes]) -> int:
    """Each bit that more than half of the digests have set."""
    half = len(digests) / 2
    columns = _columns(len(digests))
    joined = b"".join(digests)
    mark = 0
    for place in range(_BYTES):
        byte = int.from_bytes(joined[place::_BYTES])  # this byte of every digest, side by side
        for column in columns:
            mark = mark << 1 | ((byte & column).bit_count() > half)
    return mark


@lru_cache(maxsize=2)
def _columns(count: int) -> tuple[int, ...]:
    """One bit of each of so many bytes, the highest first."""
    return tuple(int.from_bytes(bytes((1 << bit,)) * count) for bit in range(7, -1, -1))
