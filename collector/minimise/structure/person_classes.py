"""What class names say: this element names a person (bylines, comment heads, hCard and h-card), or a number."""

from __future__ import annotations

import functools
import re

NAME = "name"  # the element holds a person's name, maybe with a date or a "by" around it
CARD_NAME = "card_name"  # likewise, inside a card of a person only (h-card: `p-name` is an entry's title elsewhere)
FORMATTED = "formatted"  # hCard's `fn`: likewise in a card; elsewhere a name by its look, for code calls functions so
CARD = "card"
NUMBER = "number"
ADDRESS = "address"
MAILBOX = "mailbox"
BIRTH = "birth"
DEGREES = "degrees"
FIELDS = frozenset((MAILBOX, BIRTH, DEGREES))  # what holds one value, whoever it is about

_WORDS = (
    r"authors?|by-?line|autor(?:in|en|es)?|autore|auteurs?|author-?name|writers?|written-?by|reporter"
    r"|contributors?|columnist|journalist|redakteur(?:in)?|verfasser(?:in)?|commenter|comment-?author|user-?name"
    r"|posted-?by|poster|submitted(?:-?by)?|screen-?name|nick-?name|nick|creator|published-?by|post-?meta|entry-?meta"
    r"|article-?meta|meta-?author|post-?info|post-?details|postmetadata|article-?info|publish-?info|contrib|signature"
    r"|p-author|u-author|display-?name|full-?name|person-?name|profile-?name|owner|credits?|bio-?name|uploader|speaker"
    r"|interviewee|by|source-?author|headline-?by|artikel-?autor|von"
)
_NAME = re.compile(rf"(?:^|[-_]{{1,2}})(?:{_WORDS})(?:$|[-_]{{1,2}}|\d)", re.IGNORECASE)
_HUMPS = "Author|Byline|ByLine|UserName|Username|Autor|PostedBy|Writer"
_CAMEL = re.compile(rf"(?:^|[a-z])(?:{_HUMPS})(?:$|[A-Z_\-])")
_NOT_NAME = re.compile(
    r"avatar|icon|count|image|img|photo|box-title|heading|bio-?text|desc|archive|template|admin"
    r"|(?:func|function|method|code|api)[-_]?signature",
    re.IGNORECASE,
)
_CARD_NAMES = frozenset(("p-name", "p-given-name", "p-family-name", "p-nickname", "given-name", "family-name", "n"))
_FORMATTED = "fn"
_CARDS = frozenset(("vcard", "h-card", "hcard"))
_NUMBERS = frozenset(("tel", "p-tel", "telephone", "phone-number", "phonenumber"))
_ADDRESSES = frozenset(
    "adr h-adr street-address p-street-address postal-code p-postal-code locality p-locality p-adr p-label".split()
)
_ORGANISATIONS = frozenset(("org", "p-org", "organization-name"))
_DEGREES = frozenset(("latitude", "longitude", "p-latitude", "p-longitude"))
_BIRTHS = frozenset(("bday", "dt-bday"))
_MAILBOXES = frozenset(("email", "u-email", "p-email"))
_WHOLE = _CARD_NAMES | _CARDS | _NUMBERS | _ADDRESSES | _MAILBOXES | _BIRTHS | _DEGREES | {_FORMATTED}
# Wherever `meaning` answers, one of these matches (over plain values, in lines of their own).
HINTS = (
    rf"(?i)(?:^|[ _-])(?:{_WORDS})(?:$|[ _0-9-])",
    rf"(?:^|[ a-z])(?:{_HUMPS})(?:$|[ A-Z_-])",
    rf"(?i)(?:^| )(?:{'|'.join(sorted(_WHOLE))})(?:$| )",
)


@functools.lru_cache(maxsize=4_096)
def meaning(classes: str) -> str:
    """One of the words above, or nothing, for the value of `class` or `id`."""
    if len(classes) > 500:
        return ""
    tokens = classes.split()
    lower = {token.lower() for token in tokens}
    if lower & _ORGANISATIONS:
        return ""
    if lower & _NUMBERS:
        return NUMBER
    if lower & _ADDRESSES:
        return ADDRESS
    if lower & _BIRTHS:
        return BIRTH
    if lower & _DEGREES:
        return DEGREES
    if lower & _CARD_NAMES:
        return CARD_NAME
    for token in tokens:
        if len(token) <= 60 and (_NAME.search(token) or _CAMEL.search(token)) and not _NOT_NAME.search(token):
            return NAME
    if _FORMATTED in lower:
        return FORMATTED
    if lower & _MAILBOXES:
        return MAILBOX
    return CARD if lower & _CARDS else ""


def is_card(classes: str) -> bool:
    """Whether the value of `class` makes an element a card, of a person or an organisation."""
    return not _CARDS.isdisjoint(classes.lower().split())
