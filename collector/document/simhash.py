"""A 64-bit mark by which near-duplicates can be told: simhash over three-word shingles of a page's text.

Two pages whose marks differ in at most three bits have, as a rule, the same text but for a few words (Charikar 2002;
Manku, Jain, Das Sarma 2007). Simhash rather than minhash: one number per page, which a column can hold and an index
of its quarters can find again; minhash needs a hundred of them for the same certainty. By hand because it is thirty
lines: the bits are counted a column at a time, by the population count of one long integer, not by a loop over 64
counters for each shingle.
"""

from __future__ import annotations

from collections.abc import Sequence

from xxhash import xxh3_64_digest as _digest

from collector.document.words import words_of

WORDS = 3  # in a shingle
FEWEST = 16  # shingles: what is shorter differs by chance
MOST = 1_024  # words looked at: bounded work, and the beginning of a long text tells it from others
MAX_TEXT = 16_384  # characters looked at
_BYTES = 8
_BEHIND = (" ", " ", " \n") * (MOST // WORDS + 2)  # what stands behind a word: a line is three of them
_COLUMNS = [int.from_bytes(bytes((1 << bit,)) * MOST) for bit in range(7, -1, -1)]  # one bit of each byte, the highest


def simhash(text: str | None) -> int | None:
    """The mark of `text`, in [0, 2^64); None where it is too short. Case, punctuation and spacing do not count."""
    words = words_of((text or "")[:MAX_TEXT], MOST)
    if len(words) < FEWEST + WORDS - 1:
        return None
    return _mark([*map(_digest, _shingles(words))])


def _shingles(words: Sequence[str]) -> list[bytes]:
    """Each run of three words, a space behind every word; in no order, which a mark does not know.

    The text is written three times, a line for three words, from the first word, the second and the third on: three
    divisions cost less than to cut out each shingle by itself.
    """
    found: list[bytes] = []
    woven = [" "] * (2 * len(words))
    woven[::2] = words
    for first in range(WORDS):
        woven[1::2] = _BEHIND[WORDS - first : WORDS - first + len(words)]
        lines = "".join(woven[2 * first :]).encode().split(b"\n")
        found += lines[:-1]  # what is left are too few words
    return found


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two marks differ."""
    return (one ^ other).bit_count()


def _mark(digests: Sequence[bytes]) -> int:
    """Each bit that more than half of the digests have set."""
    half = len(digests) / 2
    joined = b"".join(digests)
    mark = 0
    for place in range(_BYTES):
        byte = int.from_bytes(joined[place::_BYTES])  # this byte of every digest, side by side
        for column in _COLUMNS:
            mark = mark << 1 | ((byte & column).bit_count() > half)
    return mark
