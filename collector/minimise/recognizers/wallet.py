"""Addresses of crypto wallets: every payment of theirs is public, so the address names its owner for good.

The checksums are written here: they are thirty lines, and the libraries that have them bring signing with them.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "wallet"

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE58 = re.compile(rf"(?<![A-Za-z0-9])[13LMDX9AtmnT2][{_ALPHABET}]{{25,34}}(?![A-Za-z0-9])")
_SEGWIT = re.compile(r"(?<![A-Za-z0-9])(bc|tb|ltc)1([02-9ac-hj-np-z]{11,71})(?![A-Za-z0-9])", re.IGNORECASE)
_ETHEREUM = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_MONERO = re.compile(rf"(?<![A-Za-z0-9])[48][0-9AB][{_ALPHABET}]{{93}}(?:[{_ALPHABET}]{{11}})?(?![A-Za-z0-9])")
# Version bytes of Bitcoin (mainnet, testnet), Litecoin, Dogecoin, Dash, Tron; their payload has 20 bytes.
_VERSIONS = frozenset((0, 5, 111, 196, 48, 50, 58, 30, 22, 76, 16, 65))


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of addresses whose checksum is right (Ethereum writes none in lower case, Monero's needs Keccak)."""
    for match in _BASE58.finditer(text, start, end):
        if _is_base58check(match[0]):
            yield Span(match.start(), match.end(), KIND, "wallet_base58", match[0])
    for match in _SEGWIT.finditer(text, start, end):
        if _is_segwit(match[0]):
            yield Span(match.start(), match.end(), KIND, "wallet_segwit", match[0].lower())
    for match in _ETHEREUM.finditer(text, start, end):
        if len(set(match[0][2:].lower())) > 4:
            yield Span(match.start(), match.end(), KIND, "wallet_ethereum", match[0].lower())
    for match in _MONERO.finditer(text, start, end):
        yield Span(match.start(), match.end(), KIND, "wallet_monero", match[0])


@functools.lru_cache(maxsize=2_048)
def _is_base58check(address: str) -> bool:
    number = 0
    for character in address:
        number = number * 58 + _ALPHABET.index(character)
    try:
        data = number.to_bytes(25, "big")
    except OverflowError:
        return False
    check = hashlib.sha256(hashlib.sha256(data[:21]).digest()).digest()
    return data[0] in _VERSIONS and check[:4] == data[21:]


@functools.lru_cache(maxsize=2_048)
def _is_segwit(address: str) -> bool:
    """BIP 173 and BIP 350: one case, and a BCH code over prefix and data."""
    if address not in (address.lower(), address.upper()):
        return False
    prefix, _, data = address.lower().partition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.index(c) for c in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check in (1, 0x2BC830A3)


RECOGNIZER = Recognizer(
    KIND,
    "Wallets of Bitcoin, Litecoin, Dogecoin, Dash, Tron, Ethereum and Monero",
    "base58check or bech32 checksum; length and alphabet where there is none",
    (
        Trigger(r"\b[13LMDX9AtmnT2][1-9A-HJ-NP-Za-km-z]{25}", 40, 90),
        Trigger(r"(?i)\b(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11}", 24, 80),
        Trigger(r"\b0x[0-9a-fA-F]{40}", 50, 4),
        Trigger(r"\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{24}", 30, 90),
    ),
    find,
)
