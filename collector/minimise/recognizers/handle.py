"""Names that people go by on social sites: `@name` where the text talks of such a site, and addresses of profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span

KIND = "handle"

_SITES = (
    r"(?:twitter\.com|x\.com|instagram\.com|facebook\.com|fb\.com|tiktok\.com/@|youtube\.com/@|threads\.net/@"
    r"|t\.me/|snapchat\.com/add"
    r"|pinterest\.[a-z]{2,3}|soundcloud\.com|linkedin\.com/in|reddit\.com/u(?:ser)?|vk\.com|xing\.com/profile"
    r"|flickr\.com/people"
    r"|last\.fm/user|bsky\.app/profile|twitch\.tv|patreon\.com|about\.me|keybase\.io|medium\.com/@"
    r"|(?:[a-z]{2}\.)?wikipedia\.org/wiki/User:)"
)
_PROFILE = re.compile(
    rf"(?<![\w.-])(?:www\.|m\.|mobile\.|[a-z]{{2}}\.)?{_SITES}(?:(?<=[@/:])"
    rf"|/)(?P<name>[\w.%+-]{{2,64}})(?![\w%])",
    re.IGNORECASE,
)
# First steps of paths on those sites that are no persons.
_PLACES = frozenset(
    """about ads apps business communities developer developers explore events experts gaming groups hashtag help home
    i in intent jobs legal login marketplace media p pages pg photo photos pin plugins policies privacy public reel
    reels search services settings share sharer signup stories terms tos tr user watch widgets sharer.php login.php
    profile.php status tag topics tv""".split()
)
_AT = re.compile(r"(?<![\w@/.=\"'`\\:#$&-])@(?P<name>[A-Za-z_][A-Za-z0-9_]{1,29})(?![A-Za-z0-9_]|[@(/]|[:.-]\w)")
FEDIVERSE = re.compile(r"(?<![\w@/])@(?P<name>[A-Za-z0-9_.]{1,64}@(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}[a-z]{2,24})\b")
LONGEST_HANDLE = 140  # what a window behind the sign holds
_SOCIAL = re.compile(
    r"\b(?:twitter|tweet\w{0,3}|instagram|insta|ig|tiktok|telegram|mastodon|threads|bluesky|snapchat|social media"
    r"|follow(?:s|ed|ing)?(?=\s(?:me|us|him|her|them|on|along)\b|[\s:]{0,3}\Z)|folgt?"
    r"|suivez|síguenos|sígueme|seguimi|seguici|volg|obserwuj|handle|username|dm me|retweet\w{0,3}|rt|h/t"
    r"|reply(?:ing)? to|mentioned)\b",
    re.IGNORECASE,
)
# What programs write with the same sign.
_ANNOTATIONS = frozenset(
    """abstract addtogroup after all anchor api apply arg args author autowired bean before brief bug charset
    classmethod component config container controller copydoc copyright created decorator default deprecated
    desc description details else end endcode endlink entity example exception extend file font fontface
    fontsource foreach get group here hidden if ignore import include ingroup inherit inheritdoc interface
    internal jsonld key keyframes keyword kwarg kwargs layer license link mainpage media method mixin module
    name namespace no_translations nonnull note notnull null nullable override package page par param
    parameter post private property propertyw protected public readonly ref remark remarks request requires
    return returns retval root rule sa safevarargs scope section see service since skip static staticmethod
    supports suppress suppresswarnings switch table test testing throws title todo tparam type typedef use
    using value var variable version view while yield""".split()
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the names, of an address only its last part."""
    for match in _PROFILE.finditer(text, start, end):
        name = match["name"].rstrip(".")
        if name.lower() not in _PLACES:
            yield Span(match.start("name"), match.start("name") + len(name), KIND, "handle_profile", name.casefold())
    for match in FEDIVERSE.finditer(text, start, end):
        yield Span(match.start(), match.end(), KIND, "handle_fediverse", match["name"].casefold())
    for match in _AT.finditer(text, start, end):
        name = match["name"].casefold()
        if name in _ANNOTATIONS:
            continue
        near = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 30]
        if _SOCIAL.search(near[0]) or _SOCIAL.search(near[1]):
            yield Span(match.start(), match.end(), KIND, "handle_named", name)


RECOGNIZER = Recognizer(
    KIND,
    "Names on social sites: `@name`, addresses of profiles, the Fediverse",
    "a site's own address, or a word of such sites within 60 characters; no annotation of a program",
    (
        Trigger(r"(?:^|[^A-Za-z0-9_@/])@[A-Za-z0-9_]", 80, 150),
        words(
            r"(?:twitter\.com|\bx\.com|instagram\.com|facebook\.com|\bfb\.com|tiktok\.com|youtube\.com/@"
            r"|threads\.net|\bt\.me|snapchat\.com|pinterest\."
            r"|soundcloud\.com|linkedin\.com/in|reddit\.com/u|\bvk\.com|xing\.com/profile|flickr\.com/people"
            r"|last\.fm/user|bsky\.app|twitch\.tv"
            r"|patreon\.com|about\.me|keybase\.io|medium\.com/@|wikipedia\.org/wiki/user:)",
            before=60,
            after=100,
        ),
    ),
    find,
)
