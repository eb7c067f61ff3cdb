"""Named fields and HTTP header fields as bytes, such that no value can end its line.

By hand: warcio's StatusAndHeaders percent-encodes or passes through what it is given, checks nothing for CR or LF,
and costs more than the compression of the record.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus

from collector.model.headers import Headers

Field = tuple[str, str]

_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]{1,256}\Z")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CHARSET = re.compile(r";\s*charset\s*=\s*(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
_MAX_VALUE = 16_384

# Of the message as it came over the wire, or of one visitor: false or harmful beside a stored, minimised body.
DROPPED_HEADERS = frozenset(
    [
        "authorization",
        "connection",
        "content-digest",
        "content-encoding",
        "content-length",
        "content-md5",
        "cookie",
        "digest",
        "etag",
        "keep-alive",
        "nel",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "repr-digest",
        "report-to",
        "set-cookie",
        "set-cookie2",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    ]
)


def named_fields(fields: Iterable[Field]) -> bytes:
    """`name: value CRLF` per field, UTF-8 (WARC 1.1 §4). Raises ValueError for what would break the grammar."""
    lines = []
    for name, value in fields:
        if not _is_token(name):
            raise ValueError(f"{name!r} is no name of a WARC field")
        if not value.isprintable() and _CONTROL.search(value):  # what is printable has none of them
            raise ValueError(f"control character in the WARC field {name}")
        lines.append(f"{name}: {value}\r\n")
    return "".join(lines).encode()


def warc_fields(fields: Iterable[Field]) -> bytes:
    """An `application/warc-fields` block. Values may come from outside: they are cleaned, never refused."""
    lines = []
    for name, value in fields:
        if not _is_token(name):
            raise ValueError(f"{name!r} is no name of a WARC field")
        lines.append(f"{name}: {clean(value)}\r\n")
    return "".join(lines).encode()


def clean(text: str) -> str:
    """One line of valid UTF-8: every control character or line separator a space; at most 16,384 characters."""
    if len(text) <= _MAX_VALUE and text.isprintable():  # no control character, separator or half of a surrogate pair
        return text.strip()
    safe = text[:_MAX_VALUE].encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", safe).strip()


def decoded(raw: bytes) -> str:
    """A header value as readers take it: UTF-8, else Latin-1 (RFC 9110 §5.5 calls it opaque)."""
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()


def http_head(status: int, headers: Headers, *, length: int, charset: str | None = None) -> tuple[bytes, Headers]:
    """Status line and header of the stored response, with the empty line, and the fields as a reader will see them.

    Always HTTP/1.1 with the registered reason phrase (RFC 9112 §4); `Content-Length` is that of the stored body
    (`length`), fields of the transfer are gone, and a declared charset is that of the stored body.
    Names that are no tokens are left out, control characters in values become spaces (RFC 9110 §5.5).
    """
    kept: list[Field] = []
    lines = [f"HTTP/1.1 {status:03d} {_phrase(status)}".encode()]
    for name, value in headers:
        if name.lower() in DROPPED_HEADERS or not _is_token(name):
            continue
        seen = decoded(_wire(value))
        if charset and name.lower() == "content-type":
            seen = with_charset(seen, charset)
        seen = clean(seen)
        kept.append((name, seen))
        lines.append(f"{name}: {seen}".encode())
    kept.append(("Content-Length", str(length)))
    lines.append(b"Content-Length: %d" % length)
    return b"\r\n".join(lines) + b"\r\n\r\n", Headers(kept)


def with_charset(value: str, charset: str) -> str:
    """The Content-Type value with this charset, unless it already names it under any alias."""
    found = _CHARSET.search(value)
    if found is None:
        return f"{value}; charset={charset}" if value.lower().startswith("text/") else value
    if _codec(found.group(1).strip('"')) == _codec(charset):
        return value
    return value[: found.start()] + f"; charset={charset}" + _CHARSET.sub("", value[found.end() :])


def warc_date(moment: datetime) -> str:
    """W3CDTF in UTC, whole seconds or six fraction digits (WARC 1.1 §5.4). Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("WARC-Date needs an aware datetime")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def canonical_ip(address: str) -> str | None:
    """The address in its canonical text (RFC 5952 for IPv6), without zone; None for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return str(parsed)


@lru_cache(maxsize=1_024)
def _is_token(name: str) -> bool:
    return _TOKEN.match(name) is not None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unregistered Status"


def _wire(value: str) -> bytes:
    # Scrapy hands header values on as Latin-1, so this gives the bytes that were sent.
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return name.lower()
