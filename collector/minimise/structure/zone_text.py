"""The names in a stretch of text that a page marks as being about its author: a byline, a comment's head, a card."""

from __future__ import annotations

import re

from collector.minimise.engine.span import PLACEHOLDER
from collector.minimise.names import bylines, gazetteer
from collector.minimise.names.author_field import is_person

MAX_ZONE = 300  # characters; a longer one is a biography or a whole section, whose lines are looked at as text

_BETWEEN = re.compile(
    r"[|•·,;/\n\u2013—()\[\]:]|\s-\s|\s(?:and|und|et|y|e|og|och|en|i|am|on|vom|le|el|il|op|um|at|in|for|für|bei|aus|says|sagt|"
    r"schrieb|with|mit|&)\s",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"\s*(?:(?:about|über|written|posted|published|article|more|all|view|see|alle|mehr|weitere|posts?|articles?|beiträge|"
    r"artikel|the|der|die|den|by|von|par|por|di|da|door|af|av|author|autor(?:in)?|auteur|reporter|text|foto|photo|dr|prof|"
    r"profile|profil|of|from|user|member|avatar|picture|bild|geschrieben|veröffentlicht|verfasst|erstellt|hi|i'm|hello)"
    r"\.?[\s:]+)+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019.\-])*\Z")
_PARTICLES = frozenset("von van der den de del della di da dos du la le zu zur ter ten bin ibn al el y".split())
_NO_NAME = frozenset(
    """about the author authors autor autoren posted by comments comment reply antworten view all posts follow email
    e-mail twitter facebook google linkedin instagram youtube pinterest xing rss share website homepage home says said
    sagt schreibt mehr more read lesen weiter profile profil user member mitglied admin guest gast anonymous anonym
    team editor editors redaktion staff writer contributor reporter journalist redakteur redakteurin verfasser name
    january february march april may june july august september october november december januar februar märz mai juni
    juli oktober dezember jan feb mar apr jun jul aug sep sept oct okt nov dec dez monday tuesday wednesday thursday
    friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag uhr am pm edt est gmt today
    yesterday heute gestern ago vor this that article artikel beitrag post posts blog news contact kontakt subscribe
    archive archives archiv image photo foto bild video print drucken teilen senden und and or oder von der die das
    minutes hours days weeks months years stunden tagen minuten no not updated published veröffentlicht aktualisiert
    alle in on at to for für mit with bei aus""".split()
)


def is_told(text: str) -> bool:
    """Whether the zone's names went before: what is left is shorter than it was, and would be read as another zone."""
    return "[[PERSON_" in text


def names_in(text: str) -> list[str]:
    """Names, best first, at most six; `text` is one zone's own, of which nobody `is_told` yet."""
    text = " ".join(text[: MAX_ZONE + 1].split())
    if not text or len(text) > MAX_ZONE:
        return []
    if "]]" in text:  # taken out already: no name, and what is beside it is not alone
        text = PLACEHOLDER.sub("|0|", text)
    found: dict[str, None] = {}
    for byline in bylines.find(text):
        found.setdefault(byline.name)
    pieces = [_PREFIX.sub("", piece, count=1).strip(" .\u200b\"“”„'*") for piece in _BETWEEN.split(text)]
    pieces = [piece for piece in pieces if piece]
    if len(text) <= 120:
        for piece in pieces:
            if _is_name(piece, alone=len(pieces) == 1):
                found.setdefault(piece)
    return list(found)[:6]


def _is_name(piece: str, *, alone: bool) -> bool:
    words = piece.split()
    if not 1 <= len(words) <= 5 or any(word.casefold().strip(".") in _NO_NAME for word in words):
        return False
    if len(words) == 1:
        if not 2 <= len(piece) <= 30 or not any(map(str.isalpha, piece)) or "@" in piece or "://" in piece:
            return False
        return alone or gazetteer.is_given(piece)
    if not is_person(piece):
        return False
    if not words[0][:1].isupper():
        return alone and len(words) == 2 and all(map(_WORD.match, words)) and gazetteer.is_given(words[0])
    return all(_WORD.match(w) and (w[:1].isupper() or w.casefold() in _PARTICLES) for w in words)
