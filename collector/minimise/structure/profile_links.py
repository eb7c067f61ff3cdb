"""Links to a person's page: what their address says of the name, and that their text is one."""

from __future__ import annotations

import re
from urllib.parse import unquote

from collector.minimise.engine.span import PLACEHOLDER
from collector.minimise.names.author_field import is_person

_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|in|innen|es)?|autore|autori|auteurs?|users?|profiles?|profil|members?|mitglied(?:er)?|people|persons?"
    r"|personen|writers?|by|contributors?|redakteur(?:e|in)?|mitarbeiter|staff|journalists?|columnists?|korrespondent(?:en)?"
    r"|reporters?|bloggers?|byline|verfasser|team|speakers?|artists?|u|~)/(?:[a-z]{2}/)?(?P<slug>[^/?#]{2,80})",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"[?&](?:author|author_name|user|username|autor|profile|uid|member|u)=(?P<slug>[^&#]{1,80})", re.IGNORECASE
)
_SOCIAL = re.compile(
    r"(?:https?:)?//(?:www\.)?(?:twitter\.com|x\.com|mastodon\.\w+|plus\.google\.com|linkedin\.com/in|github\.com"
    r"|keybase\.io|instagram\.com|medium\.com|about\.me|xing\.com/profile|researchgate\.net/profile|orcid\.org)"
    r"/@?(?P<slug>[^/?#]{2,60})",
    re.IGNORECASE,
)
_NO_SLUG = frozenset(
    """login logout register search list page index index.html index.php category tag all edit new share intent home
    profile""".split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?)\Z", re.IGNORECASE)
# Wherever `slug_of`, `social_slug` or a mailbox is found, one of these is.
HINT = (
    r"auth|aut[eo]|user|prof|memb|mitg|pe[or][ps]|writer|by|contri|reda|mitar|staff|journal|colum|korr|report|blogger|verf"
    r"|team|speak|artist|/u/|~|uid|[?&]u=|mailto|twitter|//x\.|mastodon|plus\.g|linkedin|github|keybase|instagram|medium"
    r"|about\.me|xing|orcid"
)
_HINT = re.compile(HINT, re.IGNORECASE)


def possible(href: str) -> bool:
    """A cheap look: can it lead to a person's page or mailbox at all?"""
    return _HINT.search(href) is not None


def slug_of(href: str) -> str | None:
    """The part of `href` that names a person: `jane-doe` of `/author/jane-doe/`; None where it links elsewhere."""
    if len(href) > 500:
        return None
    match = _PROFILE.search(href) or _QUERY.search(href)
    if match is None:
        return None
    slug = _EXTENSION.sub("", unquote(match["slug"]))
    return None if slug.lower() in _NO_SLUG else slug


def social_slug(href: str) -> str | None:
    """The account of `href` on a network where people have one."""
    match = _SOCIAL.match(href) if len(href) <= 500 else None
    return None if match is None or match["slug"].lower() in _NO_SLUG else unquote(match["slug"])


def name_of(slug: str) -> str | None:
    """The full name that a slug spells; None for a number or a nickname."""
    words = _WORD.findall(PLACEHOLDER.sub(" ", slug))  # a pseudonym's letters are no name
    plain = " ".join(word.capitalize() for word in words)
    return plain if 2 <= len(words) <= 4 and is_person(plain) else None


def agrees(slug: str, text: str) -> bool:
    """Whether a link's text is the name that its slug spells: they share a word, or are one."""
    low = slug.casefold()
    words = [word.casefold() for word in _WORD.findall(text)]
    return any(word in low for word in words if len(word) >= 3)
