"""robots.txt and its relatives before they are kept as evidence: comments stay, people's addresses go."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.engine.span import Span
from collector.minimise.recognizers import email
from collector.minimise.replacing.plan import ORG_CONTACT, STRICT
from collector.minimise.replacing.recognize import recognize
from collector.minimise.replacing.redact import Redactor, merged

# A rightsholder says here whom to ask: that is what the line is for (security.txt, tdmrep, ai.txt, RSL, ads.txt).
_CONTACT_LINE = re.compile(
    r"[\s#\"'<*;/-]{0,20}(?:contact|licen[cs]\w{0,10}|rights?\w{0,12}|copyright\w{0,12}|email|mailto"
    r"|vcard:\w{2,20}|has_?email)\b.{0,40}\Z",
    re.IGNORECASE,
)
_KINDS = frozenset(("email", "iban", "card", "phone"))


def minimise_site_file(body: bytes) -> tuple[bytes, Mapping[str, int]]:
    """The file without people's e-mail addresses, telephone, account and card numbers; and counts by kind.

    `org_contact` counts what was left because it is a rightsholder's contact: a role mailbox, or the
    address on a contact or licence line. Every other byte stays as it was, whatever the encoding.
    """
    codec, bom = _codec(body)
    text = body[len(bom) :].decode(codec, "surrogateescape" if codec == "utf-8" else "surrogatepass")
    redactor = Redactor(STRICT)
    found = recognize(text, NO_CONTEXT, _KINDS)
    contacts = sum(_is_contact(text, span) for span in found)
    counts = {ORG_CONTACT: contacts} if contacts else {}
    wanted = _wanted(text, found)
    if not wanted:
        return body, counts
    minimised = redactor.settled(text, wanted, lambda kept: _wanted(kept, recognize(kept, NO_CONTEXT, _KINDS)))
    kept = bom + minimised.encode(codec, "surrogateescape" if codec == "utf-8" else "surrogatepass")
    return kept, merged(redactor.counts, counts)


def _codec(body: bytes) -> tuple[str, bytes]:
    """An encoding that gives every byte back, and the byte order mark."""
    for bom, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(bom):
            try:
                if body[2:].decode(name, "surrogatepass").encode(name, "surrogatepass") == body[2:]:
                    return name, bom
            except (UnicodeDecodeError, UnicodeEncodeError):
                return "latin-1", b""
    return "utf-8", b""


def _wanted(text: str, found: list[Span]) -> list[Span]:
    """Without contacts, and without telephone numbers that only their digits make one."""
    return [
        span
        for span in found
        if not _is_contact(text, span) and (span.kind != "phone" or span.rule in ("phone_international", "phone_named"))
    ]


def _is_contact(text: str, span: Span) -> bool:
    if span.kind != email.KIND:
        return False
    if email.is_role(span.value):
        return True
    line = text[max(0, span.start - 200) : span.start].rpartition("\n")[2]
    return _CONTACT_LINE.match(line) is not None
