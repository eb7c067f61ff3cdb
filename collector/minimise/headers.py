"""Which response header fields are kept, and without what."""

from __future__ import annotations

import re
from collections.abc import Mapping

from collector.minimise.replacing.plan import Plan
from collector.minimise.replacing.redact import Redactor, merged
from collector.minimise.structure.attributes import settled_url
from collector.model.headers import Headers

# What says what the body is and what may be done with it. Everything else is about visitors or servers.
KEPT = frozenset(
    """content-type content-language last-modified date link location x-robots-tag content-usage content-signal
    tdm-reservation tdm-policy robots-tag rating""".split()
)
# Not kept whatever a policy adds: they name a visitor, or no longer describe the stored body.
NEVER = frozenset(
    """set-cookie set-cookie2 cookie authorization proxy-authorization www-authenticate proxy-authenticate
    authentication-info etag content-length content-encoding transfer-encoding content-md5 digest content-digest
    repr-digest""".split()
)
_DATES = frozenset(("date", "last-modified"))
_DATE = re.compile(r"[A-Za-z]{3,9},? \d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2}(?: [A-Z]{3}| [+-]\d{4})?")
_TYPE = re.compile(r"[a-z]{1,20}/[a-z.+\-]{1,40}(?:; ?charset=(?:utf-8|iso-8859-1))?", re.IGNORECASE)  # nobody's
_URLS = frozenset(("location", "content-location", "link", "tdm-policy", "refresh"))
_URL = re.compile(r"<([^<>]{0,8192})>")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


def minimise_headers(headers: Headers, plan: Plan, extra: tuple[str, ...]) -> tuple[Headers, Mapping[str, int]]:
    """The allow-listed fields with their values minimised, and what was taken out of them by kind.

    `extra` adds names to the allow-list. Order and repetition stay; control characters become spaces.
    """
    allowed = (KEPT | {name.lower() for name in extra}) - NEVER
    redactor = Redactor(plan)
    kept = []
    for name, value in headers:
        if name.lower() not in allowed:
            continue
        clean = _CONTROL.sub(" ", value)
        kept.append((name, clean if plan.off else _minimised(name.lower(), clean, redactor)))
    return Headers(kept), merged(redactor.counts)


def _minimised(name: str, value: str, redactor: Redactor) -> str:
    if name in _DATES and _DATE.fullmatch(value.strip()):
        return value
    if name == "content-type" and _TYPE.fullmatch(value):
        return value
    if name == "link":
        value = _URL.sub(lambda match: f"<{settled_url(match[1], redactor)}>", value)
    elif name in _URLS:
        return settled_url(value, redactor)
    return redactor.redact(value)[0]
