"""Who wrote it, as running text says it: "By Jane Doe", "Von Jane Doe am 3. Mai", "Jane Doe sagte:", "© Jane Doe"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import byline_lines, gazetteer, holders
from collector.minimise.names.author_field import is_person
from collector.minimise.names.byline_words import LABEL, OPENING, SAID, SAID_WORDS, SHAPED, STRONG, WEAK
from collector.minimise.names.name_shapes import (
    NAME,
    NICK,
    NOT_NICKS,
    WORD,
    Byline,
    is_known,
    is_listed,
    is_organisation,
    is_shaped,
    spelt,
)

MAX_BESIDE = 8  # names behind the first one
MAX_OPENING = 60  # characters of a line that announces the name on the next one

_DATE = re.compile(
    r"\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}|\b(?:19|20)\d{2}\b|\b\d{1,2}[:.h]\d{2}\b"
    r"|\b\d+\s(?:min|hours?|days?|ago|comments?|kommentare?)\b",
    re.IGNORECASE,
)
_STRONG_LINE = re.compile(rf"(?:\b(?i:{STRONG})[:\s]\s{{0,30}})[*_\"]{{0,2}}(?P<name>{NAME}(?!\w)|{NICK})")
_WEAK_LINE = re.compile(rf"\b(?i:{WEAK})[:\s]\s{{0,30}}(?P<name>{NAME})")
_SHAPED_LINE = re.compile(rf"(?<!\w)(?i:{SHAPED})\s?[:\s]\s{{0,30}}(?P<name>{NAME})(?!\w)")
# A nickname has a capital within or a figure behind: `Recipe by category` has not, nor `Rezept von Oma`.
_RECIPE_BY = re.compile(
    r"(?i:recipe\sby|rezept\svon|recette\s(?:de|par)|receta\s(?:de|por)|ricetta\sdi|recept\svan|przepis\sod)[:\s]\s{0,30}"
    r"(?P<name>(?=\w*[^\W\d_A-Z](?:[A-Z]|\d))[^\W\d_][\w.\-]{2,29})\Z"
)
_FIELD = re.compile(
    rf"(?:^|\s)[:@*#;%\"'/\\\-]{{1,4}}\s{{0,2}}(?i:authors?|maintainers?|contributors?|translators?|autor(?:in|en|es)?|auteurs?"
    rf"|autore)(?:\(s\))?(?:\s?:{{1,2}}|\{{|(?<=@author)\s|(?<=@authors)\s|(?<=@maintainer)\s)\s{{0,12}}(?P<name>{NAME})"
)
_LABEL_LINE = re.compile(
    rf"(?:^|[|•·\u2013(\[/,.;]\s{{0,2}}|(?<=[^\W\d_])\s(?=(?i:fotos?|photos?|bilder|pictures)\s?:))(?i:{LABEL})\s?:\s{{0,3}}(?P<name>{NAME}(?!\w)|{NICK}(?=\s{{0,3}}(?:$|["
    rf"|•·,\u2013(])))"
)
_OPENING_LINE = re.compile(
    rf"(?:^\s{{0,8}}|[|•·\u2013—,:)]\s{{0,3}}|\d\s(?:uhr\s)?|uhr\s|(?<=\d\d\d\d)\s"
    rf"|[ap]m\s)(?i:{OPENING})[:\s]\s{{0,30}}(?P<name>{NAME}(?!\w)|{NICK})"
)
_SAYS = re.compile(
    rf"^\s{{0,8}}(?P<name>{NAME}|{NICK})\s{{0,2}}(?:\(?[^\n]{{0,40}}\)?\s)?(?i:{SAID})"
    r"\b(?=\s?[:.…,]|\s(?:am|on|le|el|il|op|at|in|um|vor)\b|\s{0,3}$)"
)
_ALONE_BEFORE_DATE = re.compile(
    rf"^\s{{0,8}}(?P<name>{WORD})(?:\s{{0,3}}[|•·,\u2013—(:]\s{{0,3}}|\s{{1,3}}[/-]\s{{0,3}}"
    rf"|\s{{1,3}}(?i:am|on|vom|le|el|il|op|um|at|posted)\s)[^\n]{{0,25}}?\d"
)
_MAKER = "by|von|par|por|da|door|af|av|przez"
_ANNOUNCED = re.compile(rf"(?i:{STRONG}|{LABEL}|{SHAPED}|{_MAKER}|od|di)\s?:?\Z")
# Heads of columns, too: what no list holds is none's name below them.
_HEAD = re.compile(r"(?i:name|contact|kontakt|from|to|an|text|texte|words|translation|interview|speaker|editor)\Z")
_ABOVE = re.compile(rf"(?i:{SHAPED})\s?:?\Z")
_FIRST = re.compile(rf"(?P<name>{NAME}|{NICK})(?=\s{{0,3}}(?:$|[|•·,\u2013(\-]|\s(?:am|on|vom|le|el|il)\s|\d))")
_MADE_BY = re.compile(rf"(?<=[^\W\d_] )(?:{_MAKER})[ \u00a0]{{1,8}}[*_\"]{{0,2}}(?P<name>{NAME})")
# `Special thanks for all of it to Jane Doe and Bo Qvist`
_THANKED = re.compile(
    rf"(?i:thank|dank|credit|kudos|grateful|gratitude|indebted|merci|gracias|agradec|agraïment|grazie|ringrazi|tack)"
    rf"[^\n.;:]{{0,48}}?\s(?:to|an|à|a|al|ao|aan|till|for|für)[ \u00a0](?P<name>{NAME})"
)
_SECOND = re.compile(
    r"[*_\"]{0,2}(?:\s{0,2}(?:<[^<>\n]{1,80}>|\([^()\n]{1,60}\)))?"
    rf"(?:,?\s{{1,3}}(?:and|und|et|y|e|en|og|och|i|with|mit)|,|\s?[&/])\s{{1,8}}[*_\"]{{0,2}}(?P<name>{NAME})"
)
_FIGURES = re.compile(r"([^\W\d_A-Z]{2})\d{1,4}\Z")
# A tool does these things, too: no nickname behind them.
_TOOLS = re.compile(
    r"(?:translated|contributed|maintained|authored|shared|updated|originally|gepflegt|betreut)", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.,;:!?()]")
_AWAY = 5  # words from the verb to "by": "first written for Linux by"
_MADE = frozenset(
    """written posted published submitted reported reviewed edited created added maintained developed designed authored
    contributed provided implemented suggested packaged ported compiled prepared illustrated curated drawn invented
    founded led directed composed translated presented photographed interviewed recommended pioneered introduced
    geschrieben verfasst entwickelt gepflegt erstellt gegründet geleitet übersetzt betreut entworfen
    écrit rédigé développé maintenu créé fondé dirigé traduit escrito desarrollado creado fundado dirigido traducido
    scritto sviluppato creato fondato diretto tradotto geschreven ontwikkeld opgericht geleid vertaald
    napisany napisane stworzony opracowany założony skrevet skrivet utviklet utvecklat patch patches article book
    paper chapter essay poem song painting photo
    enhanced completed rewritten ported implemented started improved extended modified updated adapted converted done
    written revised merged reworked rewrote debugged tested documented proofread typeset engraved recorded produced
    umgesetzt portiert erweitert überarbeitet verbessert begonnen amélioré réalisé porté mejorado realizado migliorato
    realizzato verbeterd uitgebreid""".split()
)
_BY_WORDS = frozenset("by von par por di da door af av przez od fra från autor author from napisał napisała".split())
# What the next label begins with: `Text: Jane Doe Fotos: …`
_LABEL_WORDS = frozenset("text texte texto tekst foto fotos photo photos bild bilder words pictures date datum".split())
_ASK_WORDS = byline_lines.WRITTEN | byline_lines.SAID | byline_lines.OWNED
_WORD_SPLIT = re.compile(r"[^\W\d_]+")
_LINES = byline_lines.Lines(
    strong=STRONG,
    weak=WEAK,
    shaped=SHAPED,
    label=LABEL,
    opening=OPENING,
    said=SAID,
    maker=_MAKER,
    particles=gazetteer.PARTICLE,
)


def find(text: str, words_of: WordsOf | None = None) -> Iterator[Byline]:
    """The names that short lines of `text` give as somebody's. Linear: no look beyond one line.

    `words_of`: the words of what `text` is a part of.
    """
    words_of = words_of or WordsOf(text)
    opened: str | None = None
    claimed = False
    for position, line, asks in _LINES.of(text):
        yield from _in_line(line, position, words_of, asks)
        if opened is not None and len(line) <= byline_lines.LONGEST:
            yield from _below(opened, line, position, words_of)
        elif claimed:
            yield from holders.find(line, position, 0, words_of)
        announces = asks & byline_lines.ANNOUNCING and len(line) <= MAX_OPENING and _ANNOUNCED.match(line)
        opened = line if announces else None
        claimed = bool(asks & byline_lines.CLAIMING) and holders.is_claim(line)


def _below(opened: str, line: str, position: int, seen: WordsOf) -> Iterator[Byline]:
    """The line below a "by" that stands alone: a name, maybe with a date behind it."""
    found = _FIRST.match(line)
    if found and _HEAD.match(opened) and not is_known(found["name"].split()):
        return
    if found and _ABOVE.match(opened):
        yield from _shaped(found, position, seen)
    elif found:
        nick = opened.rstrip(":").casefold() not in ("da", "di", "von", "par", "por", "af", "av", "od")
        yield from _each_of(line, found, position, seen, sure=True, nick=nick and found.end() == len(line))


def _labelled(line: str, position: int, seen: WordsOf, *, short: bool) -> Iterator[Byline]:
    """The names behind labels; the word of the next label is no part of the name before it."""
    at = 0
    while match := _LABEL_LINE.search(line, at):
        at = match.end()
        for byline in _each_of(line, match, position, seen, sure=True, nick=short):
            yield byline
            at = min(at, byline.end - position)


def _shaped(match: re.Match[str], position: int, seen: WordsOf) -> Iterator[Byline]:
    """The name of a match that is shaped as one, whoever knows it."""
    name = match["name"].rstrip(".,:;-")
    if " " in name and is_shaped(name.split(), seen):
        start = position + match.start("name")
        yield Byline(start, start + len(name), spelt(name), sure=False, guessed=not is_known(name.split()))


def _in_paragraph(line: str, position: int, seen: WordsOf) -> Iterator[Byline]:
    """What plainly says who made something, in prose too: all that is looked for in a long line."""
    for match in _MADE_BY.finditer(line):
        words = _CLAUSE.split(line[max(0, match.start() - 48) : match.start()])[-1].casefold().split()
        if not _MADE.isdisjoint(words[-_AWAY:]):
            yield from _each_of(line, match, position, seen)
            if gazetteer.is_family(match["name"].rpartition(" ")[2].rstrip(".,:;-")):
                yield from _shaped(match, position, seen)
    for match in _THANKED.finditer(line):
        yield from _each_of(line, match, position, seen)


def _each_of(
    line: str, match: re.Match[str], position: int, seen: WordsOf, *, sure: bool = False, nick: bool = False
) -> Iterator[Byline]:
    """The name, and those that a comma or an `and` puts beside it: one that is known makes names of the others."""
    found = [match, *_beside(line, match.end())]
    known = sure
    unknown: list[re.Match[str]] = []
    for number, one in enumerate(found):
        names = list(_accepted(one, position, sure=sure and not number, nick=nick and len(found) == 1))
        yield from names
        known = known or bool(names)
        if not names:
            unknown.append(one)
    for one in unknown if known else ():
        name = one["name"].rstrip(".,:;-")
        if is_shaped(name.split(), seen):
            start = position + one.start("name")
            yield Byline(start, start + len(name), spelt(name), sure=False, guessed=not is_known(name.split()))


def _beside(line: str, at: int) -> Iterator[re.Match[str]]:
    for _ in range(MAX_BESIDE):
        if not (beside := _SECOND.match(line, at)):
            return
        yield beside
        at = beside.end()


def _in_line(line: str, position: int, words_of: WordsOf, asks: int) -> Iterator[Byline]:
    short = len(line) <= 80
    words = set(_WORD_SPLIT.findall(line.lower())) if asks & _ASK_WORDS else frozenset()
    if asks & byline_lines.WRITTEN and words & _BY_WORDS:
        for match in _STRONG_LINE.finditer(line):
            nick = short and not _TOOLS.match(match[0])
            yield from _each_of(line, match, position, words_of, sure=True, nick=nick)
        for match in _OPENING_LINE.finditer(line):
            nick = short and (not line[match.end() :].strip() or _DATE.search(line) is not None)
            yield from _each_of(line, match, position, words_of, sure=True, nick=nick)
    if asks & byline_lines.WEAK:
        for match in _WEAK_LINE.finditer(line):
            if len(name := match["name"].split()) > 1 and is_known(name):
                yield from _each_of(line, match, position, words_of)
        if short and (cook := _RECIPE_BY.search(line)):
            yield from _accepted(cook, position, sure=True, nick=True)
    if asks & byline_lines.SHAPED:
        for match in _SHAPED_LINE.finditer(line):
            yield from _shaped(match, position, words_of)
    if asks & byline_lines.MADE:
        yield from _in_paragraph(line, position, words_of)
    if asks & byline_lines.LABELLED:
        yield from _labelled(line, position, words_of, short=short) if ":" in line else ()
        for match in _FIELD.finditer(line):
            yield from _each_of(line, match, position, words_of, sure=True)
    if asks & byline_lines.SAID and words & SAID_WORDS and (said := _SAYS.match(line)):
        yield from _accepted(said, position, sure=True, nick=len(line) <= 60 and line.rstrip().endswith(":"))
    if asks & byline_lines.OWNED:
        for claim in holders.claims(line):
            yield from holders.find(line, position, claim.end(), words_of)
    if asks & byline_lines.DATED and short and (alone := _ALONE_BEFORE_DATE.match(line)):
        yield from _accepted(alone, position, sure=False, nick=False)
    if asks & byline_lines.LISTED and len(line) <= 120:
        for start, end in gazetteer.find(line, words_of):
            if not is_organisation(line[start:end].split()):
                yield Byline(position + start, position + end, spelt(line[start:end]), sure=False)


def _is_set_off(match: re.Match[str], words: list[str]) -> bool:
    """Whether the capitals are the name's alone: `By JANE DOE`, not `BY USING THIS`."""
    announcing = match.string[match.start() : match.start("name")].strip(" \t:*|")
    return (
        announcing[-1:].islower()
        and len(words) in (2, 3)
        and all(len(word) > 2 or word.endswith(".") for word in words)
        and not is_organisation(words)
    )


def _accepted(match: re.Match[str], position: int, *, sure: bool, nick: bool) -> Iterator[Byline]:
    """The name of a match, where it can be one: listed, or plainly announced and of two words, or a nickname."""
    name = match["name"].rstrip(".,:;-")
    words = name.split()
    while len(words) > 1 and (words[-1].casefold() in NOT_NICKS or words[-1].casefold() in _LABEL_WORDS):
        words.pop()
    if not words or not is_person(_FIGURES.sub(r"\1", name)) or (len(words) > 1 and is_organisation(words)):
        return
    name = match["name"][: match["name"].find(words[-1]) + len(words[-1])].rstrip(".,:;-")
    first = words[0].casefold()
    known = is_listed(words)
    if len(words) > 1:
        shouted = len(words[0].rstrip(".")) > 1 and words[0].isupper() and not _is_set_off(match, words)
        accepted = known or (sure and first not in NOT_NICKS and not shouted)
    else:
        accepted = len(name) > 1 and first not in NOT_NICKS and (known if not nick else sure)
    if accepted:
        start = position + match.start("name")
        yield Byline(start, start + len(name), spelt(name), sure=sure)
