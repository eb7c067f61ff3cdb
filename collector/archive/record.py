"""Records from what may be kept: only `Minimised` pages and site files, one record one gzip member."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from isal import igzip

from collector.archive.cdxj import INDEXED_TYPES, IndexEntry, entry_of, media_type
from collector.archive.fields import Field, canonical_ip, http_head, named_fields, warc_date, warc_fields
from collector.archive.identifiers import record_id
from collector.archive.languages import iso_639_3
from collector.model.decision import PolicyRef
from collector.model.digest import Digest
from collector.model.headers import Headers
from collector.model.page import Minimised, Redaction

VERSION = b"WARC/1.1\r\n"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
EMPTY_PAYLOAD = "application/x-empty"  # what libmagic says of no bytes; readers that look for pages pass it by
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_LEVEL = 2  # isal: 11 times faster than zlib 6 for 14 % more bytes
_TRUNCATED = frozenset({"length", "time", "disconnect", "unspecified"})
_PROTOCOLS = {"HTTP/1.0": "http/1.0", "HTTP/1.1": "http/1.1", "HTTP/2": "h2", "HTTP/2.0": "h2", "HTTP/3": "h3"}


@dataclass(frozen=True, slots=True)
class Member:
    """A record, compressed: one gzip member. `index` is its CDXJ line but for the place, None where it has none."""

    record_id: str  # urn:uuid:…
    kind: str  # WARC-Type
    data: bytes
    warcinfo_id: str
    index: IndexEntry | None = None


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What every record of a segment shares. `ids` gives a new UUIDv7 at each call."""

    warcinfo_id: str  # urn:uuid:…, of `SegmentWriter.warcinfo_id`
    policy: PolicyRef
    ids: Callable[[], uuid.UUID]


@dataclass(frozen=True, slots=True)
class Revisited:
    """The record that already holds the same payload."""

    record_id: str
    target_uri: str
    date: datetime


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a site answered when one of its signal files was asked for, minimised. For signals/ files only."""

    url: str
    status: int
    headers: Headers  # allow-listed
    body: bytes
    fetched_at: datetime
    redaction: Redaction
    media_type: str = ""  # sniffed
    ip_address: str | None = None
    protocol: str = "HTTP/1.1"
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class WarcinfoFacts:
    """What the first record of a file says of all the others."""

    software: str
    operator: str  # the controller's name and contact
    hostname: str
    user_agent: str
    is_part_of: str  # the collection
    policy: PolicyRef
    robots: str = "RFC 9309, and the site's other machine-readable reservations"
    description: str = "payloads are redacted at ingestion: personal data is taken out before anything is written"


def page_record(m: Minimised, ctx: RecordContext) -> Member:
    """The kept page, or the empty answer of a redirect, as a `response` record (WARC 1.1 §6.3)."""
    head, seen = http_head(m.status, m.headers, length=len(m.body), charset=m.charset if m.body else None)
    fields = [
        *_capture_fields(m.ip_address, m.protocol, m.truncated),
        ("WARC-Payload-Digest", str(m.payload_digest)),
        ("WARC-Identified-Payload-Type", _payload_type(m.media_type, m.body)),
        ("WARC-JSON-Metadata", _redaction_note(m.redaction, ctx.policy)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    return _member(
        "response", m.candidate.url.href, m.fetched_at, fields, head + m.body, ctx=ctx, http=(m.status, seen)
    )


def revisit_record(m: Minimised, refers_to: Revisited, ctx: RecordContext) -> Member:
    """The header is kept, the payload stands elsewhere: identical content (WARC 1.1 §6.7.2), or a 304 (§6.7.3).

    The body of a 304 is that of the record it refers to; `m.headers` are those of the 304 itself.
    """
    unchanged = m.status == HTTPStatus.NOT_MODIFIED
    length = 0 if unchanged else len(m.body)
    head, seen = http_head(m.status, m.headers, length=length, charset=m.charset if m.body else None)
    fields = [
        ("WARC-Profile", NOT_MODIFIED if unchanged else IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", f"<{refers_to.record_id}>"),
        ("WARC-Refers-To-Target-URI", refers_to.target_uri),
        ("WARC-Refers-To-Date", warc_date(refers_to.date)),
        *_capture_fields(m.ip_address, m.protocol, None if unchanged else "length"),
        ("WARC-Payload-Digest", str(m.payload_digest)),
        ("WARC-Identified-Payload-Type", _payload_type(m.media_type, m.body)),
        ("WARC-JSON-Metadata", _redaction_note(m.redaction, ctx.policy)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    return _member("revisit", m.candidate.url.href, m.fetched_at, fields, head, ctx=ctx, http=(m.status, seen))


def text_record(m: Minimised, page_record_id: str | None, ctx: RecordContext) -> Member:
    """The extracted text as a `conversion` record (WARC 1.1 §6.8), for text/ files only: readers count both.

    `page_record_id` is None where only text is kept: a conversion may stand alone. Raises ValueError where the
    page has no text.
    """
    if m.text is None:
        raise ValueError("the page has no extracted text")
    refers: list[Field] = [("WARC-Refers-To", f"<{page_record_id}>")] if page_record_id is not None else []
    fields: list[Field] = [
        *refers,
        ("WARC-Identified-Payload-Type", "text/plain"),
        ("WARC-JSON-Metadata", _redaction_note(m.redaction, ctx.policy)),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    language = iso_639_3(m.language.code) if m.language is not None else None
    if language is not None:
        fields.insert(len(refers), ("WARC-Identified-Content-Language", language))
    return _member("conversion", m.candidate.url.href, m.fetched_at, fields, m.text.encode("utf-8", "replace"), ctx=ctx)


def signal_record(answer: SiteAnswer, ctx: RecordContext) -> Member:
    """A site file that decisions rest on, as a `response` record for signals/ files."""
    head, seen = http_head(answer.status, answer.headers, length=len(answer.body))
    fields = [
        *_capture_fields(answer.ip_address, answer.protocol, answer.truncated),
        ("WARC-Payload-Digest", str(Digest.of(answer.body))),
        ("WARC-JSON-Metadata", _redaction_note(answer.redaction, ctx.policy)),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    if answer.media_type or not answer.body:
        fields.insert(-2, ("WARC-Identified-Payload-Type", _payload_type(answer.media_type, answer.body)))
    http = (answer.status, seen)
    return _member("response", answer.url, answer.fetched_at, fields, head + answer.body, ctx=ctx, http=http)


def metadata_record(target_uri: str, about: str, date: datetime, block: bytes, ctx: RecordContext) -> Member:
    """A `metadata` record about the record `about` of the same capture (WARC 1.1 §6.6); `block` is of `warc_fields`.

    Always `application/warc-fields`: replay tools would serve any other type in the page's stead.
    """
    named = [
        ("WARC-Concurrent-To", f"<{about}>"),
        ("WARC-Refers-To", f"<{about}>"),
        ("Content-Type", "application/warc-fields"),
    ]
    return _member("metadata", target_uri, date, named, block, ctx=ctx)


def warcinfo(facts: WarcinfoFacts, filename: str, date: datetime, identifier: uuid.UUID) -> Member:
    """The first record of the file `filename` (WARC 1.1 §6.2)."""
    block = warc_fields(
        [
            ("software", facts.software),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", CONFORMS_TO),
            ("isPartOf", facts.is_part_of),
            ("description", facts.description),
            ("operator", facts.operator),
            ("hostname", facts.hostname),
            ("http-header-user-agent", facts.user_agent),
            ("robots", facts.robots),
            ("redaction-policy", f"{facts.policy.id} {facts.policy.digest}"),
        ]
    )
    own = record_id(identifier)
    fields = [
        ("WARC-Date", warc_date(date)),
        ("WARC-Filename", filename),
        ("Content-Type", "application/warc-fields"),
        _block_digest(block),
    ]
    return Member(own, "warcinfo", _compressed("warcinfo", own, fields, block), own)


def _member(
    kind: str,
    target_uri: str,
    date: datetime,
    fields: list[Field],
    block: bytes,
    *,
    ctx: RecordContext,
    http: tuple[int, Headers] | None = None,
) -> Member:
    own = record_id(ctx.ids())
    named = [("WARC-Target-URI", _target(target_uri)), ("WARC-Warcinfo-ID", f"<{ctx.warcinfo_id}>"), *fields]
    written, digest = ("WARC-Date", warc_date(date)), _block_digest(block)
    index = None
    if kind in INDEXED_TYPES:
        status, seen = http if http is not None else (None, None)
        described = Headers([("WARC-Type", kind), written, *named, digest])
        index = entry_of(described, seen, status, offset=0, length=0, filename="")
    return Member(own, kind, _compressed(kind, own, [written, *named, digest], block), ctx.warcinfo_id, index)


def _compressed(kind: str, own: str, fields: list[Field], block: bytes) -> bytes:
    """The record with these fields between its id and its length."""
    header = named_fields(
        [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{own}>"),
            *fields,
            ("Content-Length", str(len(block))),
        ]
    )
    data: bytes = igzip.compress(b"".join((VERSION, header, b"\r\n", block, b"\r\n\r\n")), _LEVEL, mtime=0)
    return data


def _block_digest(block: bytes) -> Field:
    return ("WARC-Block-Digest", str(Digest.of(block)))


def _capture_fields(ip_address: str | None, protocol: str, truncated: str | None) -> list[Field]:
    fields: list[Field] = []
    address = canonical_ip(ip_address) if ip_address else None
    if address is not None:
        fields.append(("WARC-IP-Address", address))
    spoken = _PROTOCOLS.get(protocol.upper()) or (protocol if protocol in ("h2", "h3") else None)
    if spoken is not None:
        fields.append(("WARC-Protocol", spoken))
    if truncated is not None:
        fields.append(("WARC-Truncated", truncated if truncated in _TRUNCATED else "unspecified"))
    return fields


def _payload_type(sniffed: str, body: bytes) -> str:
    return (media_type(sniffed) or "application/octet-stream") if body else EMPTY_PAYLOAD


def _redaction_note(redaction: Redaction, policy: PolicyRef) -> str:
    """Counts only: how long the original was, or where something stood, would be a trace of what was removed."""
    return _ENCODER.encode(
        {
            "redacted": redaction.total > 0,
            "policy": policy.id,
            "policy_sha256": policy.digest.hex,
            "spans": redaction.total,
            **({"models": redaction.models} if redaction.models else {}),
            "types": {kind.upper(): count for kind, count in sorted(redaction.counts.items())},
        }
    )


def _target(uri: str) -> str:
    if not uri.isascii() or any(c in uri for c in " <>\t"):
        raise ValueError("a WARC-Target-URI has no spaces, angle brackets or letters outside ASCII")
    return uri
