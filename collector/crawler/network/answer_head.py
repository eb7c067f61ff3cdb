"""The head of an answer, read whole: its status line and its fields (RFC 9112 §4, §5).

By hand, over Twisted's reader of lines, which costs three calls, a list and two tables of names for each field:
an answer of ten fields took a third of what sending and receiving it took.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_VERSION = re.compile(rb"([A-Za-z]+)/(\d{1,3})\.(\d{1,3})\Z")
_STATUS = re.compile(rb"\d{3}\Z")
_OF_THE_CONNECTION = frozenset(  # RFC 9110 §7.6.1: no business of whoever reads the answer
    {
        b"Connection",
        b"Content-Length",
        b"Keep-Alive",
        b"Proxy-Connection",
        b"Te",
        b"Trailers",
        b"Transfer-Encoding",
        b"Upgrade",
    }
)
NO_BODY = frozenset({204, 304})  # RFC 9110 §6.4.1; a HEAD is never sent
MAX_DIGITS = 18  # of a length: an exabyte


class MalformedAnswerError(Exception):
    """It is no answer of HTTP/1."""


@dataclass(slots=True)
class Head:
    """`fields` by name in the order of their first lines, `connection` what was said of the connection alone."""

    protocol: str
    status: int
    fields: dict[bytes, list[bytes]]
    connection: dict[bytes, list[bytes]]

    @property
    def length(self) -> int | None:
        """Of the body in bytes; None where only its end tells (RFC 9112 §6.3). Raises MalformedAnswerError."""
        if self.status in NO_BODY:
            return 0
        said = self.connection.get(b"Content-Length")
        if said is None or b"Transfer-Encoding" in self.connection:
            return None
        lengths = {_length(value) for value in b",".join(said).split(b",")}
        if len(lengths) != 1:  # RFC 9110 §8.6: the same one twice is fine
            raise MalformedAnswerError("two lengths")
        return lengths.pop()

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks. Raises MalformedAnswerError for any other transfer coding."""
        said = self.connection.get(b"Transfer-Encoding")
        if said is None or self.status in NO_BODY:
            return False
        if said[0].lower() != b"chunked":
            raise MalformedAnswerError("a transfer coding that we did not ask for")
        return True

    @property
    def lasts(self) -> bool:
        """Whether the connection may be used again (RFC 9112 §9.3)."""
        options = b",".join(self.connection.get(b"Connection", ())).lower().split(b",")
        if b"close" in (stripped := [option.strip() for option in options]):
            return False
        return self.protocol != "HTTP/1.0" or b"keep-alive" in stripped


def read_head(lines: list[bytes]) -> Head:
    """`lines` are those before the empty one, without their LF.

    Lines without a colon are passed over, as browsers and Scrapy do; a name that is no token (RFC 9110 §5.1) makes
    the answer none. Raises MalformedAnswerError.
    """
    protocol, status = _status(lines[0].removesuffix(b"\r"))
    fields: dict[bytes, list[bytes]] = {}
    connection: dict[bytes, list[bytes]] = {}
    for line in _unfolded(lines):
        name, colon, value = line.partition(b":")
        if not colon:
            continue
        if not _TOKEN.match(name):
            raise MalformedAnswerError("a field whose name is none")
        if b"\r" in value:  # RFC 9112 §2.2: a bare CR is a space
            value = value.replace(b"\r", b" ")
        name = name.title()
        into = connection if name in _OF_THE_CONNECTION else fields
        known = into.get(name)
        if known is None:
            into[name] = [value.strip()]
        else:
            known.append(value.strip())
    return Head(protocol, status, fields, connection)


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """The lines of fields without their CR; one that begins with white space continues another (RFC 9112 §5.2)."""
    unfolded: list[bytes] = []
    parts: list[bytes] = []  # of the last one, which is joined once, however many there are
    for number in range(1, len(lines)):
        line = lines[number].removesuffix(b"\r")
        if line[:1] in (b" ", b"\t"):
            if not unfolded:
                raise MalformedAnswerError("white space before the first field")
            parts = parts or [unfolded[-1]]
            parts.append(line)
            continue
        if parts:
            unfolded[-1], parts = b"".join(parts), []
        unfolded.append(line)
    if parts:
        unfolded[-1] = b"".join(parts)
    return unfolded


def _status(line: bytes) -> tuple[str, int]:
    """Protocol and status code. The phrase may be missing, and with it the space before it."""
    version, _, rest = line.partition(b" ")
    code = rest.partition(b" ")[0]
    if not _STATUS.match(code):
        raise MalformedAnswerError("no status code")
    if version == b"HTTP/1.1":
        return "HTTP/1.1", int(code)
    found = _VERSION.match(version)
    if found is None:
        raise MalformedAnswerError("no version of HTTP")
    return f"{found[1].decode('ascii')}/{int(found[2])}.{int(found[3])}", int(code)


def _length(value: bytes) -> int:
    value = value.strip()
    if not value.isdigit() or len(value) > MAX_DIGITS:
        raise MalformedAnswerError("no length")
    return int(value)
