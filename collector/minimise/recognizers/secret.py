"""Keys that open something: private key blocks, JSON web tokens, API keys with a provider's prefix or a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.begun import begun
from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span

KIND = "secret"

_LONGEST_BLOCK = 16_384  # a 16,384 bit RSA key takes 12,700 characters
_BLOCK = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_BLOCK_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
# up to five hyphens, so that a page of nothing but headers is read once
_BLOCK_BODY = re.compile(rf"(?:[A-Za-z0-9+/=\s:,.\\]|-(?!----)){{0,{_LONGEST_BLOCK}}}")
_KEY = re.compile(r"[A-Za-z0-9+/]{24}")
_JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{8,2000}\.eyJ[\w-]{8,8000}(?:\.[\w-]{0,2000})?")  # RFC 7519
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{60,255}"
    r"|glpat-[\w-]{20,64}|xox[abeoprs]-[A-Za-z0-9-]{10,250}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,128}"
    r"|sk-(?:proj-|ant-[a-z0-9]{2,8}-)?[\w-]{20,200}|AIza[\w-]{35}|ya29\.[\w-]{20,200}|SG\.[\w-]{16,32}\.[\w-]{32,64}"
    r"|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,250}|hf_[A-Za-z0-9]{30,40}|dop_v1_[0-9a-f]{64}|shpat_[0-9a-fA-F]{32}"
    r"|key-[0-9a-f]{32}|AC[0-9a-f]{32}|EAACEdEose0cBA[A-Za-z0-9]{20,250}|[0-9]{8,10}:AA[\w-]{33})(?![A-Za-z0-9_])"
)
_NAMED = re.compile(
    r"(?:api[_ -]?key|secret[_ -]?(?:access[_ -]?)?key|client[_ -]?secret|access[_ -]?token|auth[_ -]?token|bearer"
    r"|private[_ -]?key|encryption[_ -]?key)[\"']?\s{0,2}(?::|=>?|is\b)?\s{0,2}[\"'`]?([A-Za-z0-9_\-/+=.]{20,256})",
    re.IGNORECASE,
)
_NAMED_BEGINS = re.compile(r"[AaBbCcEePpSs\u017f](?=(?i:pi[_ -]?k|ccess|uth[_ -]|earer|lient|ncryption|rivate|ecret))")
_MAYBE_DIGIT = re.compile(r"[0-9\x80-\U0010ffff]")  # what `_is_random` asks for
_WORDS = re.compile(r"[A-Za-z]+(?:[_./-][A-Za-z]+)*\d{0,2}")


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of keys and tokens; of a private key the whole block, also where its end is missing."""
    for match in _BLOCK.finditer(text, start, end):
        body = _BLOCK_BODY.match(text, match.end())
        last = body.end() if body else match.end()
        closing = _BLOCK_END.match(text, last)
        if not _KEY.search(text, match.end(), last):
            continue  # a manual that shows what such a block begins with
        stop = closing.end() if closing else match.start() + len(text[match.start() : last].rstrip(" \t\r\n-.,:"))
        yield Span(match.start(), max(stop, match.end()), KIND, "secret_private_key", "private key")
    for match in _JWT.finditer(text, start, end):
        yield Span(match.start(), match.end(), KIND, "secret_jwt", match[0])
    if not _MAYBE_DIGIT.search(text, start, end):
        return
    for match in _PREFIXED.finditer(text, start, end):
        if _is_random(match[0]):
            yield Span(match.start(), match.end(), KIND, "secret_prefixed", match[0])
    for match in begun(_NAMED, _NAMED_BEGINS, text, start, end):
        value = match[1].rstrip(".=-")
        if _is_random(value):
            yield Span(match.start(1), match.start(1) + len(value), KIND, "secret_named", value)


def _is_random(value: str) -> bool:
    """Whether this looks drawn, not written: digits and letters mixed, of many kinds, no words with a number behind."""
    return (
        any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and len(set(value)) >= 10
        and not _WORDS.fullmatch(value)
    )


RECOGNIZER = Recognizer(
    KIND,
    "Private keys, JSON web tokens, API keys",
    "a block's header, a token's or provider's prefix with its length, or a name before a random string",
    (
        Trigger(r"-----BEGIN [A-Z0-9 ]{0,36}PRIVATE KEY", 60, _LONGEST_BLOCK),
        Trigger(r"eyJ[A-Za-z0-9_-]{8}", 16, 12_100),
        Trigger(
            r"(?:A[KS]IA[0-9A-Z]{4}|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[srp]k_(?:live|test)_|\bsk-|AIza"
            r"|ya29\.|\bSG\."
            r"|npm_|pypi-|\bhf_|dop_v1_|shpat_|\bkey-[0-9a-f]{4}|\bAC[0-9a-f]{4}|EAACEd|[0-9]:AA)",
            30,
            270,
        ),
        words(
            r"(?:api[_ -]?key|secret[_ -]?(?:access[_ -]?)?key|client[_ -]?secret|access[_ -]?token"
            r"|auth[_ -]?token|bearer"
            r"|private[_ -]?key|encryption[_ -]?key)",
            before=32,
            after=280,
        ),
    ),
    find,
)
