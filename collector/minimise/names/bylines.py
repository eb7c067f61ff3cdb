"""Who wrote it, as running text says it: "By Jane Doe", "Von Jane Doe am 3. Mai", "Jane Doe sagte:", "© Jane Doe"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import byline_lines, gazetteer, holders
from collector.minimise.names.author_field import is_person
from collector.minimise.names.name_shapes import NAME, NICK, NOT_NICKS, WORD, Byline, is_listed, is_organisation

MAX_BESIDE = 8  # names behind the first one
MAX_OPENING = 40  # characters of a line that announces the name on the next one

# Words that a writer follows wherever they stand.
_STRONG = (
    r"written\sby|posted\sby|published\sby|submitted\sby|reported\sby|reviewed\sby|edited\sby|created\sby|added\sby"
    r"|words\sby|story\sby|text\sby|photos?\sby|photography\sby|article\sby|review\sby|interview\sby|a\spost\sby"
    r"|guest\spost\sby|blog\sby|started\sby|comment\sby|comments?\sfrom|translated\sby|presented\sby"
    r"|(?:geschrieben|verfasst|veröffentlicht|eingestellt|erstellt|gepostet|publiziert|geposted|hochgeladen|übersetzt"
    r"|angelegt|vorgestellt|eingetragen|aktualisiert|getestet|gebloggt|fotografiert)\s(?:am\s[^\n]{4,30}\s)?von"
    r"|(?:artikel|beitrag|text|fotos?|bild(?:er)?|bericht|kommentar|rezension|interview|gastbeitrag|eintrag|post|ein"
    r"\sbeitrag|kolumne|blog|analyse|reportage|essay)\svon"
    r"|(?:publié|écrit|rédigé|posté|proposé|traduit|mis\sen\sligne)\s(?:le\s[^\n]{4,30}\s)?par"
    r"|(?:publicado|escrito|redactado|enviado|creado|postado|traducido)\s(?:el\s[^\n]{4,30}\s)?por"
    r"|(?:scritto|pubblicato|inserito|postato|redatto|tradotto)\s(?:il\s[^\n]{4,30}\s)?da"
    r"|(?:geschreven|gepost|geplaatst|gepubliceerd)\s(?:op\s[^\n]{4,30}\s)?door"
    r"|(?:napisany|napisane|opublikowany|dodany|dodane|napisał|napisała)\s(?:przez)?"
    r"|(?:skrevet|skrivet|postet|publisert|publicerat|skriven)\s(?:den\s[^\n]{4,30}\s)?(?:af|av)"
)
_LABEL = (
    r"authors?|(?:[^\W\d_]{2,12})?autor(?:in|en|es)?|maintainers?|auteurs?|autore|autrice|autorka|auteure"
    r"|redakteur(?:in)?|verfasser(?:in)?|redaktion|redazione|writer|reporter|editor|text(?:e)?|fotos?|bilder"
    r"|photos?|foto\scredit|photo\scredit|posted|bild"
    r"|verantwortlich(?:\sfür\sden\sinhalt)?|inhaber(?:in)?|geschäftsführer(?:in)?|ansprechpartner(?:in)?|kontakt"
    r"|contact|from|to|cc|reply-to|sender|an|absender|автор|illustration(?:en)?|übersetzung|translation|words"
    r"|vertreten\sdurch|v\.?\s?i\.?\s?s\.?\s?d\.?\s?p\.?|speaker|referent(?:in)?|name|interview"
)
_OPENING = r"by|von|par|por|di|da|door|af|av|przez|od|fra|från|autor|author"
_DATE = re.compile(
    r"\d{1,2}[./\-]\s?\d{1,2}[./\-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}|\b(?:19|20)\d{2}\b|\b\d{1,2}[:.h]\d{2}\b"
    r"|\b\d+\s(?:min|hours?|days?|ago|comments?|kommentare?)\b",
    re.IGNORECASE,
)
_STRONG_LINE = re.compile(rf"(?:\b(?i:{_STRONG})[:\s]\s{{0,3}})(?P<name>{NAME}|{NICK})")
_LABEL_LINE = re.compile(
    rf"(?:^|[|•·\u2013(\[/,.]\s{{0,2}})(?i:{_LABEL})\s?:\s{{0,3}}(?P<name>{NAME}|{NICK}(?=\s{{0,3}}(?:$|["
    rf"|•·,\u2013(])))"
)
_OPENING_LINE = re.compile(
    rf"(?:^\s{{0,8}}|[|•·\u2013—,:)]\s{{0,3}}|\d\s(?:uhr\s)?|uhr\s|(?<=\d\d\d\d)\s"
    rf"|[ap]m\s)(?i:{_OPENING})[:\s]\s{{0,30}}(?P<name>{NAME}|{NICK})"
)
_SAID = (
    r"says|said|writes|wrote|replied|commented|sagt|sagte|schreibt|schrieb|meint|meinte|antwortete|a\sdit|dit|dice|dijo"
    r"|scrive|ha\sdetto|ha\sscritto|zegt|schreef|pisze|napisał|napisała|kommentierte|kommentiert|skriver|skrev"
)
_SAYS = re.compile(
    rf"^\s{{0,8}}(?P<name>{NAME}|{NICK})\s{{0,2}}(?:\(?[^\n]{{0,40}}\)?\s)?(?i:{_SAID})"
    r"\b(?=\s?[:.…,]|\s(?:am|on|le|el|il|op|at|in|um|vor)\b|\s{0,3}$)"
)
_ALONE_BEFORE_DATE = re.compile(
    rf"^\s{{0,8}}(?P<name>{WORD})\s{{0,3}}(?:[|•·,\u2013—/(:-]\s{{0,3}}|(?i:am|on|vom|le|el|il|op|um|at"
    rf"|posted)\s)[^\n]{{0,25}}?\d"
)
_MAKER = "by|von|par|por|da|door|af|av|przez"
_ANNOUNCED = re.compile(rf"(?i:{_STRONG}|{_LABEL}|{_MAKER}|od|di)\s?:?\Z")
_FIRST = re.compile(rf"(?P<name>{NAME}|{NICK})(?=\s{{0,3}}(?:$|[|•·,\u2013(\-]|\s(?:am|on|vom|le|el|il)\s|\d))")
_MADE_BY = re.compile(rf"(?<=[^\W\d_] )(?:{_MAKER})[ \u00a0](?P<name>{NAME})")
# `Special thanks for all of it to Jane Doe and Bo Qvist`
_THANKED = re.compile(
    rf"(?i:thank|dank|credit|kudos|grateful|gratitude|indebted|merci|gracias|agradec|agraïment|grazie|ringrazi|tack)"
    rf"[^\n.;:]{{0,48}}?\s(?:to|an|à|a|al|ao|aan|till|for|für)[ \u00a0](?P<name>{NAME})"
)
_SECOND = re.compile(rf"(?:,? (?:and|und|et|y|e|en|og|i)|,| &) (?P<name>{NAME})")
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
_SAID_WORDS = frozenset(
    """says said writes wrote replied commented sagt sagte schreibt schrieb meint meinte antwortete dit dice dijo scrive
    detto scritto zegt schreef pisze napisał napisała kommentierte kommentiert skriver skrev""".split()
)
_ASK_WORDS = byline_lines.WRITTEN | byline_lines.SAID | byline_lines.OWNED
_WORD_SPLIT = re.compile(r"[^\W\d_]+")
_LINES = byline_lines.Lines(
    strong=_STRONG, label=_LABEL, opening=_OPENING, said=_SAID, maker=_MAKER, particles=gazetteer.PARTICLE
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
            yield from _below(opened, line, position)
        elif claimed:
            yield from holders.find(line, position, 0, words_of)
        announces = asks & byline_lines.ANNOUNCING and len(line) <= MAX_OPENING and _ANNOUNCED.match(line)
        opened = line if announces else None
        claimed = bool(asks & byline_lines.CLAIMING) and holders.is_claim(line)


def _below(opened: str, line: str, position: int) -> Iterator[Byline]:
    """The line below a "by" that stands alone: a name, maybe with a date behind it."""
    if found := _FIRST.match(line):
        nick = opened.rstrip(":").casefold() not in ("da", "di", "von", "par", "por", "af", "av", "od")
        yield from _accepted(found, position, sure=True, nick=nick and found.end() == len(line))


def _in_paragraph(line: str, position: int) -> Iterator[Byline]:
    """What plainly says who made something, in prose too: all that is looked for in a long line."""
    for match in _MADE_BY.finditer(line):
        words = _CLAUSE.split(line[max(0, match.start() - 48) : match.start()])[-1].casefold().split()
        if not _MADE.isdisjoint(words[-_AWAY:]):
            yield from _each_of(line, match, position)
    for match in _THANKED.finditer(line):
        yield from _each_of(line, match, position)


def _each_of(line: str, match: re.Match[str], position: int) -> Iterator[Byline]:
    """The name, and those that a comma or an `and` puts beside it."""
    yield from _accepted(match, position, sure=False, nick=False)
    at = match.end()
    for _ in range(MAX_BESIDE):
        if not (beside := _SECOND.match(line, at)):
            return
        yield from _accepted(beside, position, sure=False, nick=False)
        at = beside.end()


def _in_line(line: str, position: int, words_of: WordsOf, asks: int) -> Iterator[Byline]:
    short = len(line) <= 80
    words = set(_WORD_SPLIT.findall(line.lower())) if asks & _ASK_WORDS else frozenset()
    if asks & byline_lines.WRITTEN and words & _BY_WORDS:
        for match in _STRONG_LINE.finditer(line):
            yield from _accepted(match, position, sure=True, nick=short)
        for match in _OPENING_LINE.finditer(line):
            nick = short and (not line[match.end() :].strip() or _DATE.search(line) is not None)
            yield from _accepted(match, position, sure=True, nick=nick)
    if asks & byline_lines.MADE:
        yield from _in_paragraph(line, position)
    if asks & byline_lines.LABELLED and ":" in line:
        for match in _LABEL_LINE.finditer(line):
            yield from _accepted(match, position, sure=True, nick=short)
    if asks & byline_lines.SAID and words & _SAID_WORDS and (said := _SAYS.match(line)):
        yield from _accepted(said, position, sure=True, nick=len(line) <= 60 and line.rstrip().endswith(":"))
    if asks & byline_lines.OWNED:
        for claim in holders.claims(line):
            yield from holders.find(line, position, claim.end(), words_of)
    if asks & byline_lines.DATED and short and (alone := _ALONE_BEFORE_DATE.match(line)):
        yield from _accepted(alone, position, sure=False, nick=False)
    if asks & byline_lines.LISTED and len(line) <= 120:
        for start, end in gazetteer.find(line, words_of):
            if not is_organisation(line[start:end].split()):
                yield Byline(position + start, position + end, line[start:end], sure=False)


def _accepted(match: re.Match[str], position: int, *, sure: bool, nick: bool) -> Iterator[Byline]:
    """The name of a match, where it can be one: listed, or plainly announced and of two words, or a nickname."""
    name = match["name"].rstrip(".,:;-")
    words = name.split()
    while len(words) > 1 and words[-1].casefold() in NOT_NICKS:
        words.pop()
    if not words or not is_person(name):
        return
    name = match["name"][: match["name"].find(words[-1]) + len(words[-1])].rstrip(".,:;-")
    first = words[0].casefold()
    known = is_listed(words)
    if len(words) > 1:
        shouted = len(words[0].rstrip(".")) > 1 and words[0].isupper()
        accepted = known or (sure and first not in NOT_NICKS and not shouted)
    else:
        accepted = len(name) > 1 and first not in NOT_NICKS and (known if not nick else sure)
    if accepted:
        start = position + match.start("name")
        yield Byline(start, start + len(name), name, sure=sure)
