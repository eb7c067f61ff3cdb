"""Who wrote a letter, a mail or a post: `Jane Doe <…@…>`, "Jane Doe wrote:", the line after "Regards,", signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise import gazetteer
from collector.minimise.author_field import is_person
from collector.minimise.bylines import NAME, NOT_NICKS, Byline

LOOK_BACK = 90  # characters before an address or a verb in which the name has to begin
MAX_PLACES = 5_000  # addresses, verbs and closings of one text

_SPACE = r"[ \t\u00a0]"
# An opened address: what stands before it is whose it is. Disguised ones too.
_OPENED = re.compile(r"[<(\[]\s?(?:mailto:|e-?mail:\s?)?[\w.+%\-]{1,64}\s?(?:@|[(\[{]?\s?at\s?[)\]}]?\s?[\w\-])", re.IGNORECASE)
_BEFORE = re.compile(rf"(?P<name>{NAME})[\"'\u201d\u00bb]?{_SPACE}{{0,3}}\n?{_SPACE}{{0,3}}\Z")
_BEHIND = re.compile(rf"@[\w.\-]{{1,100}}>?{_SPACE}{{1,3}}\({_SPACE}?(?P<name>{NAME}){_SPACE}?\)")
_VERB = re.compile(
    r"(?:wrote|writes|said|says|a écrit|escribió|escribi[óo]|ha scritto|scrisse|schreef|napisał\(?a?\)?|pisze|skrev"
    r"|schrieb|schreibt|kirjoitti)\s?:",
    re.IGNORECASE,
)
_WRITER = re.compile(
    rf"(?P<name>{NAME}){_SPACE}{{0,2}},?(?:\s{{1,3}}[<(\[][^<>()\[\]\n]{{1,100}}[>)\]])?\s{{1,3}}(?:\n>?{_SPACE}?)?\Z"
)
_SCHRIEB = re.compile(rf"\b(?:schrieb|schreef|skrev|pisze)\s{{1,2}}(?P<name>{NAME})\s{{0,2}}(?:<[^<>\n]{{1,100}}>)?\s?:")
_CLOSING = re.compile(
    rf"^[>\s]{{0,12}}(?:(?:best|kind|warm|kindest|many|with\s(?:best|kind))\s)?(?:regards|wishes|cheers|thanks(?:\sagain)?"
    r"|thank\syou|sincerely(?:\syours)?|yours(?:\s(?:truly|sincerely|faithfully))?|respectfully|love|xoxo|take\scare"
    r"|mit\sfreundlichen?\sgr(?:ü|ue)(?:ß|ss)en?|(?:viele|liebe|beste|sch(?:ö|oe)ne|herzliche|freundliche)\sgr(?:ü|ue)(?:ß|ss)e"
    r"(?:\saus\s\w{2,20})?|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|bis\sdann|tsch(?:ü|ue)(?:ß|ss)|ciao|servus"
    r"|cordialement|bien\s(?:cordialement|à\s(?:vous|toi))|amicalement|salutations|bises|à\sbient(?:ô|o)t"
    r"|(?:un\s)?(?:cordial\s)?saludos?|atentamente|abrazos|(?:cordiali|distinti)\ssaluti|saluti"
    rf"|groeten?|groetjes|met\svriendelijke\sgroeten?|pozdrawiam|z\spoważaniem){_SPACE}{{0,2}}[,.!:\-\u2013]{{0,3}}{_SPACE}{{0,3}}"
    rf"(?P<same>[^\n]{{0,40}})$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"^(?:--|__)[-_ ]{0,80}$", re.MULTILINE)
_ALONE = re.compile(rf"[>\s]{{0,12}}[-\u2013~*]{{0,2}}{_SPACE}?(?P<name>{NAME}){_SPACE}{{0,2}}(?=$|[|,<(\[/\n]|{_SPACE}{{2}}|\s-)", re.MULTILINE)
_BLANK = re.compile(r"\s{0,20}")
_DASHED = re.compile(rf"(?:^|\s)(?:--|\u2014|\u2013){_SPACE}?(?P<name>{NAME}){_SPACE}{{0,3}}$", re.MULTILINE)
_INTRODUCED = re.compile(
    rf"(?:\b[Mm]y\sname\s(?:is|'s)|\b[Mm]ein\sName\sist|\bIch\s(?:bin|heiße)|\b[Jj]e\sm['\u2019]appelle|\b[Mm]e\sllamo"
    rf"|\b[Mm]i\schiamo|\b[Mm]ijn\snaam\sis|\b[Nn]azywam\ssię|\bI['\u2019]m|\bI\sam|\b[Mm]eet|\b[Aa]bout|\bÜber)"
    rf"\s{{1,2}}(?P<name>{NAME})"
)
_NOT_FIRST = NOT_NICKS | frozenset(
    """contact mail email send author authors maintainer maintainers maintained written original developer developers
    copyright thanks please via upstream debian uploaders credits name report bugs sender organization subject re fwd
    dear hi hello hallo but when as what also then if since while sir""".split()
)


def find(text: str) -> Iterator[Byline]:
    """Names of senders, correspondents and signers. Looks only at places that an address, verb or closing marks."""
    if "@" in text or "at" in text:
        yield from _beside_addresses(text)
    for _, verb in zip(range(MAX_PLACES), _VERB.finditer(text), strict=False):
        found = _WRITER.search(text, max(0, verb.start() - LOOK_BACK * 2), verb.start())
        if found and (byline := _byline(found["name"], found.start("name"), sure=True)):
            yield byline
    for pattern in (_SCHRIEB, _DASHED, _INTRODUCED):
        for _, found in zip(range(MAX_PLACES), pattern.finditer(text), strict=False):
            byline = _byline(found["name"], found.start("name"), sure=pattern is _SCHRIEB)
            if byline:
                yield byline
    yield from _signed(text)


def _beside_addresses(text: str) -> Iterator[Byline]:
    for _, opened in zip(range(MAX_PLACES), _OPENED.finditer(text), strict=False):
        found = _BEFORE.search(text, max(0, opened.start() - LOOK_BACK), opened.start())
        if found and (byline := _byline(found["name"], found.start("name"), sure=True)):
            yield byline
    for _, found in zip(range(MAX_PLACES), _BEHIND.finditer(text), strict=False):
        if byline := _byline(found["name"], found.start("name"), sure=True):
            yield byline


def _signed(text: str) -> Iterator[Byline]:
    for _, closing in zip(range(MAX_PLACES), _CLOSING.finditer(text), strict=False):
        same = closing["same"].strip()
        at = closing.start("same") if same else _BLANK.match(text, closing.end()).end()  # type: ignore[union-attr]
        if found := _ALONE.match(text, at):
            single = _single(found["name"], found.start("name"))
            if byline := single or _byline(found["name"], found.start("name"), sure=True):
                yield byline
    for _, rule in zip(range(MAX_PLACES), _SIGNATURE.finditer(text), strict=False):
        if (found := _ALONE.match(text, rule.end() + 1)) and (
            byline := _byline(found["name"], found.start("name"), sure=True)
        ):
            yield byline


def _single(name: str, start: int) -> Byline | None:
    """A given name alone under a letter: masked there, and nowhere else by it."""
    plain = name.rstrip(".,-")
    if " " in plain or not 2 < len(plain) <= 20 or plain.casefold() in _NOT_FIRST or not is_person(plain):
        return None
    return Byline(start, start + len(plain), plain, sure=False)


def _byline(name: str, start: int, *, sure: bool) -> Byline | None:
    """The name without the words before it that are none: of two words and more, or listed."""
    end = start + len(name)
    words = name.split()
    while words and words[0].rstrip(".").casefold() in _NOT_FIRST:
        start += len(words[0])
        start += len(name) - (end - start) and _gap(name, len(name) - (end - start))
        words.pop(0)
    while words and words[-1].rstrip(".").casefold() in NOT_NICKS:
        words.pop()
    if not words:
        return None
    rest = name[len(name) - (end - start) :]
    kept = rest[: rest.rfind(words[-1]) + len(words[-1])].rstrip(".,:;-")
    listed = gazetteer.is_given(words[0].rstrip("."))
    if not is_person(kept) or not (listed or (sure and len(words) > 1)):
        return None
    if len(words) == 1 and not gazetteer.is_given(kept):
        return None
    return Byline(start, start + len(kept), kept, sure=sure and len(words) > 1)


def _gap(name: str, position: int) -> int:
    gap = 0
    while position + gap < len(name) and name[position + gap].isspace():
        gap += 1
    return gap
