"""What of a page's markup is never kept, whoever it is about: code, hidden state, what a form was filled with."""

from __future__ import annotations

import functools
import re

from lxml import etree

from collector.document.xml import FORBIDDEN

# `script`: JSON-LD apart. What is in `noembed` and `noframes` is one raw text to a parser, and shown by none.
DROPPED = frozenset(("script", "template", "datalist", "noembed", "noframes"))
EMPTIED = frozenset(("textarea", "iframe"))  # what they hold goes: a form's value; raw text that no browser shows
AS_WRITTEN = frozenset(("xmp", "plaintext"))  # become `pre`: whatever is escaped in them would be escaped once more
_FILLED = frozenset(("submit", "button", "reset", "image", "checkbox", "radio"))  # their value is a label or a name
_PRIVATE_METAS = frozenset(
    """csrf-token csrf-param csrf_token xsrf-token _csrf _token request-id user-login user-id user-name
    octolytics-actor-login octolytics-actor-id visitor-hmac visitor-payload session-id hovercard-subject-tag
    request-country ip-address""".split()
)
_DROPPED_ATTRIBUTES = frozenset(("srcdoc", "ping", "nonce", "data-cfemail", "autofocus"))
_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:.\-]{0,100}\Z")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9:_.\-]{0,60}\Z")
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STATE = re.compile(r"\s*[\[{]|.*(?:@|%40|&quot;|\"\s*:)", re.DOTALL)
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_LONG = 1_000

URL_ATTRIBUTES = frozenset(
    """href src action formaction cite data poster background longdesc manifest profile usemap codebase classid icon
    xlink:href data-href data-src data-url data-original about resource itemid""".split()
)
TEXT_ATTRIBUTES = frozenset(
    """alt title label summary placeholder content aria-label aria-description aria-valuetext abbr standby prompt value
    datetime caption""".split()
)


def is_data_script(element: etree._Element) -> bool:
    """Whether a `<script>` holds JSON-LD, which is about the page and is kept, minimised."""
    return (element.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"


def is_dropped(element: etree._Element) -> bool:
    """Whether the element goes with everything in it (its tail stays), whatever else does. `noscript`: see `tree`."""
    tag = element.tag
    if tag == "script":
        return not is_data_script(element)
    if tag in DROPPED:
        return True
    if tag == "input":
        return (element.get("type") or "").strip().lower() in ("hidden", "password")
    if tag == "meta":
        name = (element.get("name") or "").strip().lower()
        equiv = (element.get("http-equiv") or "").strip().lower()
        return name in _PRIVATE_METAS or equiv in ("set-cookie", "cookie")
    if tag == "img":
        return element.get("width", "").strip() in ("0", "1") and element.get("height", "").strip() in ("0", "1")
    return False


@functools.lru_cache(maxsize=2_048)
def keeps_name(name: str) -> bool:
    """Whether an attribute of this name may stay at all."""
    lower = name.lower()
    return _NAME.match(name) is not None and lower not in _DROPPED_ATTRIBUTES and not lower.startswith("on")


def keeps_attribute(element: etree._Element, name: str, value: str) -> bool:
    """Whether an attribute may stay, once its value is minimised."""
    if not keeps_name(name):
        return False
    lower = name.lower()
    if lower == "value":
        kind = (element.get("type") or "").strip().lower()
        return element.tag != "input" or kind in _FILLED
    return keeps_value(lower, value)


def keeps_value(lower: str, value: str) -> bool:
    """Likewise by the value, for a name in small letters other than `value` (that one depends on the element)."""
    if lower.startswith(("data-", "x-", "v-", "ng-", ":")):
        return not _STATE.match(value)
    if lower in URL_ATTRIBUTES:
        start = value.lstrip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r ")[:64].lower()
        if start.startswith(("javascript:", "vbscript:")):
            return False
        return not start.startswith("data:") or start.startswith("data:image/")
    return True


def has_name(tag: str) -> bool:
    """Whether a tag is one: `<bob@example.org>` in running text makes an element of that name."""
    return _TAG.match(tag) is not None


def without_css_comments(style: str) -> str:
    """A style sheet without its comments: they name people, and nothing is drawn from them."""
    return _CSS_COMMENT.sub("", style) if "/*" in style else style


def settable(text: str) -> str:
    """`text` as lxml takes it back: character references can bring in what XML has no place for."""
    if len(text) > _LONG and _is_settable(text):
        return text
    return FORBIDDEN.sub(" ", text)


def _is_settable(text: str) -> bool:
    """For long texts a fifth of the time of a regular expression."""
    try:
        octets = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return False
    return len(octets.translate(None, _CONTROLS)) == len(octets) and "\ufffe" not in text and "\uffff" not in text
