"""Personal data that a URL itself carries: addresses, telephone numbers, credentials, tokens, sessions."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.engine.span import Span, is_placeholder, resolve
from collector.minimise.recognizers import email
from collector.model.url import Url

MARK = "redacted"
_ROUNDS = 4  # what a cut brings together is found by the next round

_SCHEME = re.compile(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]{0,20}):")
_ADDRESS_SCHEMES = frozenset(("mailto", "xmpp", "sip", "sips", "im", "smtp", "acct", "email"))
_NUMBER_SCHEMES = frozenset(
    ("tel", "sms", "smsto", "mms", "callto", "fax", "facetime", "facetime-audio", "whatsapp", "viber")
)
_HANDLE_SCHEMES = frozenset(("skype", "aim", "ymsgr", "tg", "threema", "icq"))
# All before the last sign of the authority (WHATWG URL §4.4), however long: no more is looked at than that.
_USERINFO = re.compile(r"[\s\x00-\x20]*(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?[/\\]{2}([^/?#\\]+)@")
_COMPONENT = re.compile(r"[^/?&;=#]+")
_PARAMETER = re.compile(r"[?&;#]([^=&;#/?]{1,64})=([^&;#]{0,4096})")
_JWT = re.compile(r"eyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{0,2000})?")
_PLUS_NUMBER = re.compile(r"(?:(?<=[/?&=;:])|\A)(?:\+|%2[Bb])\d{8,15}(?=[/?&#;]|\Z)")
_CHAT_NUMBER = re.compile(r"(?:wa\.me|api\.whatsapp\.com|t\.me)/\+?(\d{7,15})(?=[/?#]|\Z)", re.IGNORECASE)
_GRAVATAR = re.compile(r"gravatar\.com/(?:avatar/|avatar\.php\?gravatar_id=)?([0-9a-f]{32,64})\b", re.IGNORECASE)
_ONE_TIME = re.compile(
    r"/(?:reset|verify|confirm|activate|unsubscribe|invite|invitation|magic|optout"
    r"|opt-out)[\w-]{0,30}/([A-Za-z0-9_]{20,512})(?=[/?#]|\Z)"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,400}={0,2}")

# Parameter names without `-`, `_` and brackets, and the shortest value that is no mere switch or page number.
_SECRETS = {
    **dict.fromkeys(("password", "passwd", "passwort", "pwd", "pass", "clientsecret", "secret", "otp", "pin"), 1),
    **dict.fromkeys(("phpsessid", "jsessionid", "aspsessionid", "aspnetsessionid", "cfid", "cftoken"), 6),
    **dict.fromkeys(("accesstoken", "authtoken", "idtoken", "refreshtoken", "authenticitytoken", "bearer", "jwt"), 6),
    **dict.fromkeys(("apikey", "xapikey", "accesskey", "secretkey", "privatekey", "credential", "credentials"), 8),
    **dict.fromkeys(("token", "auth", "authorization", "session", "sessionid", "sessid", "sessiontoken", "csrf"), 8),
    **dict.fromkeys(("csrftoken", "xsrftoken", "loginticket", "samlresponse", "samlrequest", "magiclink"), 8),
    **dict.fromkeys(("sid", "sig", "signature", "hmac", "ticket", "hash", "confirmationcode", "resetcode"), 16),
    **dict.fromkeys(("xamzsignature", "xamzcredential", "xamzsecuritytoken", "xgoogsignature", "xgoogcredential"), 8),
}
_NUMBERS = frozenset(
    "phone phonenumber tel telephone telefon mobile mobilephone msisdn cell fax whatsapp handy".split()
)
_ADDRESSES = frozenset("ip ipaddr ipaddress clientip remoteip userip".split())
_PHONE_VALUE = re.compile(
    r"(?:\+|%2[Bb]|%20|\s)?(?:[ ()./\-]|%20|%28|%29)*\d(?:(?:[ ()./+\-]|%20|%28|%29){0,3}\d){5,14}"
)
_MIXED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])", re.DOTALL)


def personal_kinds(url: Url) -> tuple[str, ...]:
    """The kinds of personal data in credentials, path and query, sorted. Empty for an ordinary URL."""
    kinds = {span.kind for span in url_spans(url.href)}
    if url.credentials:
        kinds.add("credential")
    return tuple(sorted(kinds))


@lru_cache(maxsize=512)  # of one page it is asked again and again
def scrub(text: str) -> str:
    """A URL, absolute or relative, without the personal data in it: credentials go, the rest reads `redacted`."""
    for _ in range(_ROUNDS):
        spans = url_spans(text)
        if not spans:
            return text
        text = _without(text, spans)
    return text if not url_spans(text) else MARK


def _without(text: str, spans: list[Span]) -> str:
    parts = []
    position = 0
    for span in spans:
        parts.append(text[position : span.start])
        if span.rule != "url_userinfo":
            parts.append(MARK)
        position = span.end
    return "".join([*parts, text[position:]])


_PLAIN = re.compile(r"(?:https?://)?[A-Za-z0-9/._#\-]*")
HINT = r"wa\.me|whatsapp|t\.me|gravatar|email-protection|reset|verify|confirm|activate|unsub|invit|magic|opt|eyJ"
_HINT = re.compile(HINT, re.IGNORECASE)


def is_plain(text: str) -> bool:
    """Whether `text` can hold nothing that `url_spans` finds: most links of a page, for a tenth of the cost."""
    return _PLAIN.fullmatch(text) is not None and _HINT.search(text) is None


def url_spans(text: str) -> list[Span]:
    """What in `text`, a URL as written, is personal: sorted, without overlaps. Linear; never raises.

    Digits of a path are identifiers and dates, so telephone numbers count only behind their own scheme, a
    parameter that says so, or a `+`.
    """
    scheme = _SCHEME.match(text)
    if scheme is not None and (own := _of_scheme(scheme[1].lower(), text, scheme.end())) is not None:
        return own
    return resolve(_found(text))


def _of_scheme(scheme: str, text: str, start: int) -> list[Span] | None:
    rest = text[start:]
    if _is_taken_out(rest):
        return []
    if scheme in _ADDRESS_SCHEMES:
        address = unquote(rest.partition("?")[0]).strip(" /").casefold()
        return [Span(start, len(text), "email", "url_address", address)] if address else resolve(_found(text))
    if scheme in _NUMBER_SCHEMES:
        digits = "".join(c for c in unquote(rest.partition("?")[0].partition(";")[0]) if c.isdigit())
        return [Span(start, len(text), "phone", "url_number", digits)] if digits else resolve(_found(text))
    if scheme in _HANDLE_SCHEMES:
        return [Span(start, len(text), "person", "url_handle", unquote(rest.partition("?")[0]).casefold())]
    return None


def _found(text: str) -> Iterator[Span]:
    userinfo = _USERINFO.match(text)
    if userinfo is not None and not is_placeholder(userinfo[1]):
        yield Span(userinfo.start(1), userinfo.end(), "credential", "url_userinfo", "userinfo")
        # `user:pw@host` is no address: the sign and what stands before it are not looked at again
        text = text[: userinfo.start(1)] + "-" * (userinfo.end() - userinfo.start(1)) + text[userinfo.end() :]
    if "@" in text or "%40" in text or "%2540" in text:
        yield from (s for s in email.find(text, NO_CONTEXT) if " " not in text[s.start : s.end])
    if "%" in text:
        yield from _encoded(text)
    if "=" in text:
        yield from _parameters(text)
    if "eyJ" in text:
        yield from (Span(m.start(), m.end(), "credential", "url_token", m[0]) for m in _JWT.finditer(text))
    if "+" in text or "%2" in text:
        for match in _PLUS_NUMBER.finditer(text):
            yield Span(match.start(), match.end(), "phone", "url_number", _digits(match[0]))
    lower = text.lower()  # parts of the names with letters that have no other case than their own in Unicode
    if "me/" in lower or "what" in lower:
        for match in _CHAT_NUMBER.finditer(text):
            yield Span(match.start(1), match.end(1), "phone", "url_number", match[1])
    if "gravatar" in lower:
        for match in _GRAVATAR.finditer(text):
            yield Span(match.start(1), match.end(1), "email", "url_gravatar", match[1].lower())
    for match in _ONE_TIME.finditer(text):
        if _MIXED.match(match[1]):
            yield Span(match.start(1), match.end(1), "credential", "url_token", match[1])


def _encoded(text: str) -> Iterator[Span]:
    """Addresses whose dots or letters are percent-encoded, once or twice."""
    for component in _COMPONENT.finditer(text):
        if "%" not in component[0]:
            continue
        plain = unquote(unquote(component[0]))
        if "@" in plain and any(True for _ in email.find(plain, NO_CONTEXT)):
            yield Span(component.start(), component.end(), "email", "url_address", plain.casefold())


def _parameters(text: str) -> Iterator[Span]:
    for match in _PARAMETER.finditer(text):
        name = unquote(match[1]).lower().replace("-", "").replace("_", "").rstrip("[]")
        value = match[2]
        if _is_taken_out(value):
            continue
        shortest = _SECRETS.get(name)
        if shortest is not None:
            long_enough = len(value) >= shortest
            if long_enough and (shortest < 16 or _MIXED.match(value)) and value.lower() not in ("true", "false"):
                yield Span(match.start(2), match.end(2), "credential", "url_token", value)
        elif name in _NUMBERS and _PHONE_VALUE.fullmatch(value):
            yield Span(match.start(2), match.end(2), "phone", "url_number", _digits(unquote(value)))
        elif name in _ADDRESSES and _is_global(unquote(value)):
            yield Span(match.start(2), match.end(2), "ip", "url_ip", value)
        elif _BASE64.fullmatch(value) and _hides_address(value):
            yield Span(match.start(2), match.end(2), "email", "url_base64", value)


def _is_taken_out(value: str) -> bool:
    return value.strip(" /") == MARK or all(map(is_placeholder, value.replace("]][", "]]\0[").split("\0")))


def _is_global(value: str) -> bool:
    try:
        return ipaddress.ip_address(value).is_global
    except ValueError:
        return False


def _hides_address(value: str) -> bool:
    try:
        plain = base64.urlsafe_b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return False
    if b"@" not in plain:
        return False
    text = plain.decode("latin-1")
    return text.isascii() and text.isprintable() and any(True for _ in email.find(text, NO_CONTEXT))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text.replace("%2B", "").replace("%2b", "").replace("%20", "")))
