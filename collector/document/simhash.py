"""A 64-bit mark by which near-duplicates can be told: simhash over three-word shingles of a page's text.

Two pages whose marks differ in at most three bits have, as a rule, the same text but for a few words (Charikar 2002;
Manku, Jain, Das Sarma 2007). Simhash rather than minhash: one number per page, which a column can hold and an index
of its quarters can find again; minhash needs a hundred of them for the same certainty. By hand because it is thirty
lines: the bits are counted a column at a time, by the population count of one long integer, not by a loop over 64
counters for each shingle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, islice

from lxml import etree
from xxhash import xxh3_64_digest as _digest

from collector.document.html import HtmlDocument
from collector.document.read import Document

WORDS = 3  # in a shingle
FEWEST = 16  # shingles: what is shorter differs by chance
MOST = 1_024  # words looked at: bounded work, and the beginning of a long text tells it from others
MAX_TEXT = 16_384  # characters looked at
_BITS, _BYTES = 64, 8
_WORD = re.compile(r"\w+")
_SHOWN = etree.XPath("//text()[not(parent::script or parent::style)]", smart_strings=False)


def shown_text(document: Document) -> str:
    """The beginning of what a page shows, cheaply: for its mark where no main text is extracted."""
    if not isinstance(document, HtmlDocument):
        return ""
    found = _SHOWN(document.root)
    assert isinstance(found, list)  # of strings: what else `text()` selects
    return " ".join(map(str, islice(found, MOST)))


def simhash(text: str | None) -> int | None:
    """The mark of `text`, in [0, 2^64); None where it is too short. Case, punctuation and spacing do not count."""
    words = _WORD.findall((text or "")[:MAX_TEXT].lower())[:MOST]
    if len(words) < FEWEST + WORDS - 1:
        return None
    spaced = " ".join([*words, ""]).encode("utf-8", "surrogatepass")
    starts = list(accumulate((len(word) + 1 for word in spaced.split(b" ")[:-1]), initial=0))
    return _mark([_digest(spaced[start:end]) for start, end in zip(starts, starts[WORDS:], strict=False)])


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two marks differ."""
    return (one ^ other).bit_count()


def _mark(digests: Sequence[bytes]) -> int:
    """Each bit that more than half of the digests have set."""
    half = len(digests) / 2
    column = int.from_bytes(b"\x01" * len(digests))
    joined = b"".join(digests)
    mark = 0
    for place in range(_BYTES):
        byte = int.from_bytes(joined[place::_BYTES])  # this byte of every digest, side by side
        for bit in range(7, -1, -1):
            mark = mark << 1 | (((byte >> bit) & column).bit_count() > half)
    return mark
