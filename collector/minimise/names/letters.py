"""Who wrote a letter, a mail or a post: `Jane Doe <…@…>`, "Jane Doe wrote:", the line after "Regards,", signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.matching import LATIN_UPPER, WHITE, Matcher, latin
from collector.minimise.names import gazetteer
from collector.minimise.names.author_field import is_person
from collector.minimise.names.gazetteer import PARTICLE
from collector.minimise.names.name_shapes import NAME, NOT_NICKS, WORD, Byline, spelt

FULL = 45  # characters of a line that is broken because it is full
LOOK_BACK = 90  # characters before an address or a verb in which the name has to begin
MAX_LINE = 120  # characters of a line that closes a letter or signs it
MAX_PLACES = 5_000  # addresses, verbs and closings of one text

_SPACE = r"[ \t\u00a0]"
# An opened address: what stands before it is whose it is. Disguised ones too.
_OPENED = re.compile(
    rf"[<(\[]\s?(?:mailto:|e-?mail:\s?)?[\w.+%\-]{{1,64}}(?:\u2010\n{_SPACE}{{1,24}}[\w.+%\-]{{1,64}})?"
    r"(?:\s?@|\s?[(\[{]\s?at\s?[)\]}]\s?[\w\-]|\s{1,2}at\s{1,2}[\w\-])",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?P<name>{NAME})[\"'\u201d\u00bb]?{_SPACE}{{0,3}}\n?{_SPACE}{{0,3}}\Z")
# The same in a paragraph that was justified or broken into lines, maybe in a word, and with a nickname behind it.
_BROKEN = rf"{WORD}(?:\u2010\n{_SPACE}{{1,24}}[^\W\d_]{{2,20}})?"
_GAP = rf"(?:{_SPACE}{{1,14}}|{_SPACE}{{0,2}}\n{_SPACE}{{1,24}})"
_JUSTIFIED = re.compile(
    rf"(?P<name>{_BROKEN}(?:{_GAP}(?:(?:{PARTICLE}){_GAP}){{0,2}}{_BROKEN}){{1,3}})"
    rf"(?:{_GAP}\([^()\n]{{1,30}}\))?(?:{_GAP})?\Z"
)
_BREAK = re.compile(rf"\u2010?\n{_SPACE}{{1,24}}")
_BEHIND = re.compile(rf"@[\w.\-]{{1,100}}>?{_SPACE}{{1,3}}\({_SPACE}?(?P<name>{NAME}){_SPACE}?\)")
# `Doe, Jane <`: in quotation marks or behind the word of a header only, for prose has such pairs too.
_TURNED = re.compile(
    rf"(?:[\"\u201c]|^(?:From|To|Cc|Reply-To|Sender|Von|An):{_SPACE}{{1,2}})(?P<last>{WORD}),{_SPACE}{{1,2}}"
    rf"(?P<first>{WORD}(?:{_SPACE}{WORD})?)(?:{_SPACE}\([^()\n]{{1,30}}\))?[\"\u201d]?{_SPACE}{{0,3}}\Z",
    re.MULTILINE,
)
# Whoever stands in a header is somebody, in capitals or not.
_HEADER = r"^[>|*_ ]{0,6}(?:From|Sender|Reply-To|Cc|To|Von|An|De|Da|Od|Van):[*_]{0,2}[ \t]{1,8}"
_ANY_CASE = r"(?P<name>[^\W\d_][\w'\u2019.\-]{1,24}(?:[ \u00a0][^\W\d_][\w'\u2019.\-]{0,24}){1,3})"
_IN_HEADER = re.compile(rf"{_HEADER}[\"']?{_ANY_CASE}[\"']?[ \t]{{1,3}}\Z", re.MULTILINE)
_HEADER_BEHIND = re.compile(
    rf"{_HEADER}[\w.+%\-]{{1,64}}@[\w.\-]{{1,100}}[ \t]{{1,3}}\([ ]?{_ANY_CASE}[ ]?\)", re.MULTILINE
)
# A name beside or above a bare address, as signatures have it.
_BARE = re.compile(
    rf"(?P<name>{NAME}){_SPACE}{{0,3}}(?:[|,;/\t]|{_SPACE}{{2}}|\n)[\s|*>]{{0,24}}"
    r"(?:(?i:e-?mail|internet|mail)[:\s]{1,3})?(?P<local>[\w.+%\-]{1,64})\Z"
)
_VERBS = (
    "wrote", "writes", "said", "says", "a écrit", "escribió", "ha scritto", "scrisse", "schreef", "napisał", "napisała",
    "napisał(a)", "pisze", "skrev", "schrieb", "schreibt", "kirjoitti", "escreveu", "napsal", "napsala", "napsal(a)",
    "написал", "написала", "пишет", "a scris", "yazdı", "disse", "írta",
)  # fmt: skip
_WRITER = re.compile(
    rf"(?P<name>{NAME}){_SPACE}{{0,2}},?(?:\s{{1,3}}[<(\[][^<>()\[\]\n]{{1,100}}[>)\]])?\s{{1,3}}(?:\n>?{_SPACE}?)?\Z"
)
_WROTE = ("schrieb ", "schreef ", "skrev ", "pisze ")
_WRITER_BEHIND = re.compile(rf"\s?(?P<name>{NAME})\s{{0,2}}(?:<[^<>\n]{{1,100}}>)?\s?:")
_CLOSING_WORDS = frozenset(
    """best kind warm kindest many with regards wishes cheers thanks thank sincerely yours respectfully love xoxo take
    mit viele liebe beste schöne schoene herzliche freundliche gruß gruss grüße grüsse gruesse mfg lg vg bis tschüß
    tschüss ciao servus cordialement bien amicalement salutations bises à un saludo saludos atentamente abrazos
    cordiali distinti saluti groet groeten groetjes met pozdrawiam z cordial
    atenciosamente abraços cumprimentos com med hälsningar mvh vänligen hilsen venlig vennlig s děkuji cu mulțumesc
    saygılarımla sevgiler teşekkürler с спасибо terveisin ystävällisin üdvözlettel hochachtungsvoll""".split()
)
_FAREWELL = (
    r"(?:(?:best|kind|warm|kindest|many|with\s(?:best|kind))\s)?(?:regards|wishes|cheers|thanks(?:\sagain|\sin\sadvance)?"
    r"|thank\syou|sincerely(?:\syours)?|yours(?:\s(?:truly|sincerely|faithfully))?|respectfully|love|xoxo|take\scare"
    r"|best|mit\sfreundlichen?\sgr(?:ü|ue)(?:ß|ss)en?"
    r"|(?:viele|liebe|beste|sch(?:ö|oe)ne|herzliche|freundliche)\sgr(?:ü|ue)(?:ß|ss)e(?:\saus\s\w{2,20})?"
    r"|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|bis\sdann|tsch(?:ü|ue)(?:ß|ss)|ciao|servus"
    r"|cordialement|bien\s(?:cordialement|à\s(?:vous|toi))|amicalement|salutations|bises|à\sbient(?:ô|o)t"
    r"|(?:un\s)?(?:cordial\s)?saludos?|atentamente|abrazos|(?:cordiali|distinti)\ssaluti|saluti"
    r"|groetjes|groet(?:en?)?|met\svriendelijke\sgroet(?:en?)?|pozdrawiam|z\spoważaniem"
    r"|atenciosamente|abraços|cumprimentos|com\sos\smelhores\scumprimentos|med\s(?:vänlig|bästa)a?\shälsning(?:ar)?"
    r"|hälsningar|mvh|vänligen|(?:med\s)?(?:venlige?|vennlige?|bedste|beste)\shilsen(?:er)?|hilsen|s\spozdravem|děkuji"
    r"|cu\s(?:stimă|respect)|mulțumesc|saygılarımla|sevgiler(?:imle)?|teşekkürler|с\sуважением|спасибо"
    r"|(?:ystävällisin\s)?terveisin|üdvözlettel|hochachtungsvoll)"
)
_CLOSING = re.compile(rf"{_FAREWELL}\s{{0,2}}[,.!:\-\u2013]{{0,3}}\s{{0,3}}(?P<same>[^\n]{{0,40}})\Z", re.IGNORECASE)
_SIGNATURE = re.compile(r"^(?:--|__)[-_ ]{0,80}$", re.MULTILINE)
_ALONE = re.compile(
    rf"[>\s]{{0,12}}[-\u2013~*]{{0,2}}{_SPACE}?(?P<name>{NAME}){_SPACE}{{0,2}}(?=$|[|,<(\[/\n]|{_SPACE}{{2}}|\s-)",
    re.MULTILINE,
)
_DASHED = re.compile(rf"(?:--|\u2014|\u2013){_SPACE}?(?P<name>{NAME}){_SPACE}{{0,3}}$", re.MULTILINE)
_INTRODUCING = (
    "y name is ", "ein Name ist ", "Ich bin ", "ch heiße ", "e m'appelle ", "e m\u2019appelle ", "e llamo ",
    "i chiamo ", "ijn naam is ", "azywam się ", "I'm ", "I\u2019m ", "I am ", "Meet ", "meet ", "MEET ", "About ",
    "ABOUT ", "Über ",
)  # fmt: skip
_INTRODUCED = re.compile(rf"\s?(?P<name>{NAME})")
_LOCAL = r"[A-Za-z0-9_\x80-\xff?.+%:-]+"
_LOCALS = rf"{_LOCAL}(?:\n[ \t\xa0]+{_LOCAL})?"
_NEEDLES = (*_WROTE, *_INTRODUCING)
# One pass says which of these stand in the text at all: by the number of the pattern, the needles first.
_DASH, _FAREWELLS, _RULE, _OPENING = range(len(_NEEDLES), len(_NEEDLES) + 4)
_FIRST_LOOK = Matcher(
    (
        *(latin(re.escape(needle).replace(r"\ ", " ")) for needle in _NEEDLES),
        rf"(?:--|\?)[ \t\xa0]?{LATIN_UPPER}",
        rf"(?i)^[ \t\xa0>|*]*{latin(_FAREWELL)}",
        r"^(?:--|__)[-_ ]*$",
        rf"(?i)[<(\[][{WHITE}]?(?:e-?mail:[{WHITE}]?)?{_LOCALS}[{WHITE}]*(?:@|[(\[{{]?[{WHITE}]*at)",
    )
)
_WORD = re.compile(r"\S+")
_NOT_FIRST = NOT_NICKS | frozenset(
    """contact mail email send author authors maintainer maintainers maintained written original developer developers
    copyright thanks please via upstream debian uploaders credits name report bugs sender organization subject re fwd
    dear hi hello hallo but when as what also then if since while sir""".split()
)


def find(text: str) -> Iterator[Byline]:
    """Names of senders, correspondents and signers. Looks only at places that an address, verb or closing marks."""
    ends = _FIRST_LOOK.ends(text)
    seen = range(_OPENING + 1) if ends is None else {number for _, number in ends}
    if _OPENING in seen:
        yield from _beside_opened(text)
    if "@" in text:
        yield from _behind_addresses(text)
    for at in _each(text, ":"):
        before = text[max(0, at - 14) : at].rstrip()
        if before.lower().endswith(_VERBS):
            verb = at - len(text[max(0, at - 14) : at]) + len(before) - _verb_length(before.lower())
            found = _WRITER.search(text, max(0, verb - LOOK_BACK * 2), verb)
            if found and (byline := _byline(found["name"], found.start("name"), sure=True)):
                yield byline
    for number, needle in enumerate(_NEEDLES):
        wrote = number < len(_WROTE)
        for at in _each(text, needle) if number in seen else ():
            found = (_WRITER_BEHIND if wrote else _INTRODUCED).match(text, at + len(needle))
            if found and (byline := _byline(found["name"], found.start("name"), sure=wrote)):
                yield byline
    if _DASH in seen:
        for _, found in zip(range(MAX_PLACES), _DASHED.finditer(text), strict=False):
            if byline := _byline(found["name"], found.start("name"), sure=False):
                yield byline
    if _FAREWELLS in seen:
        yield from _closed(text)
    if _RULE in seen:
        yield from _ruled(text)


def _each(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    for _ in range(MAX_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(needle, at + len(needle))


def _verb_length(before: str) -> int:
    return max(len(verb) for verb in _VERBS if before.endswith(verb))


def _beside_opened(text: str) -> Iterator[Byline]:
    for _, opened in zip(range(MAX_PLACES), _OPENED.finditer(text), strict=False):
        first = max(0, opened.start() - LOOK_BACK)
        turned = _TURNED.search(text, first, opened.start())
        if turned and is_person(name := f"{turned['first']} {turned['last']}"):
            yield Byline(turned.start("last"), turned.end("first"), name, sure=True)
        else:
            found = _BEFORE.search(text, first, opened.start())
            header = _IN_HEADER.search(text, text.rfind("\n", first, opened.start()) + 1 or first, opened.start())
            if header and is_person(header["name"]):
                yield Byline(header.start("name"), header.end("name"), spelt(header["name"]), sure=True)
            elif found and " " in found["name"]:
                yield from _with_initials(_byline(found["name"], found.start("name"), sure=True))
            else:
                yield from _with_initials(_justified(text, first, opened.start()) or _alone(found))


def _alone(found: re.Match[str] | None) -> Byline | None:
    return _byline(found["name"], found.start("name"), sure=True) if found else None


def _justified(text: str, first: int, end: int) -> Byline | None:
    """The name before an address in a justified paragraph; it goes over the end of a line only if that one is full."""
    found = _JUSTIFIED.search(text, max(0, first - LOOK_BACK), end)
    if found is None:
        return None
    start = found.start("name")
    for broken in _BREAK.finditer(text, start, found.end("name")):
        if broken.start() - text.rfind("\n", 0, broken.start()) < FULL:
            start = broken.end()
    return _byline(text[start : found.end("name")], start, sure=True)


def _behind_addresses(text: str) -> Iterator[Byline]:
    for _, found in zip(range(MAX_PLACES), _HEADER_BEHIND.finditer(text), strict=False):
        if is_person(found["name"]):
            yield Byline(found.start("name"), found.end("name"), spelt(found["name"]), sure=True)
    for _, found in zip(range(MAX_PLACES), _BEHIND.finditer(text), strict=False):
        yield from _with_initials(_byline(found["name"], found.start("name"), sure=True))
    for _, at in zip(range(MAX_PLACES), _each(text, "@"), strict=False):
        bare = _BARE.search(text, max(0, at - LOOK_BACK), at)
        if bare and (byline := _byline(bare["name"], bare.start("name"), sure=_is_whose(bare["name"], bare["local"]))):
            yield byline


def _with_initials(byline: Byline | None) -> Iterator[Byline]:
    """The name, and the same without the initials between: so its owner signs."""
    if byline is None:
        return
    yield byline
    words = byline.name.split()
    kept = [words[0], *(word for word in words[1:-1] if len(word.rstrip(".")) > 1), words[-1]]
    if 1 < len(kept) < len(words):
        yield Byline(byline.start, byline.end, " ".join(kept), sure=byline.sure)


def _is_whose(name: str, local: str) -> bool:
    """Whether an address says by its local part that it is of that name: `jdoe` of Doe, not `list` of Mailing List."""
    local = local.casefold()
    return any(len(word) > 2 and word.casefold() in local and word.casefold() != local for word in name.split())


def _closed(text: str) -> Iterator[Byline]:
    position = 0
    closed = False
    for line in text.split("\n"):
        bare = line.strip(" \t\u00a0>|*") if len(line) <= MAX_LINE else ""
        at = position + line.find(bare)
        position += len(line) + 1
        if closed and bare:
            yield from _signer(text, at)
            closed = False
        elif bare.partition(" ")[0].rstrip(",.!:-\u2013").lower() in _CLOSING_WORDS and (end := _CLOSING.match(bare)):
            closed = not end["same"].strip()
            if not closed:
                yield from _signer(text, at + end.start("same"))


def _ruled(text: str) -> Iterator[Byline]:
    for _, rule in zip(range(MAX_PLACES), _SIGNATURE.finditer(text), strict=False):
        if (found := _ALONE.match(text, rule.end() + 1)) and (
            byline := _byline(found["name"], found.start("name"), sure=True)
        ):
            yield byline


def _signer(text: str, at: int) -> Iterator[Byline]:
    if found := _ALONE.match(text, at):
        byline = _single(found["name"], found.start("name")) or _byline(found["name"], found.start("name"), sure=True)
        if byline:
            yield byline


def _single(name: str, start: int) -> Byline | None:
    """A given name alone under a letter: masked there, and nowhere else by it."""
    plain = name.rstrip(".,-")
    if " " in plain or not 2 < len(plain) <= 20 or plain.casefold() in _NOT_FIRST or not is_person(plain):
        return None
    return Byline(start, start + len(plain), spelt(plain), sure=False)


def _byline(name: str, start: int, *, sure: bool) -> Byline | None:
    """The name without the words before it that are none: of two words and more, or listed."""
    words = [(word[0], word.start()) for word in _WORD.finditer(name)]
    while words and words[0][0].rstrip(".").casefold() in _NOT_FIRST:
        words.pop(0)
    while words and words[-1][0].rstrip(".").casefold() in NOT_NICKS:
        words.pop()
    if not words:
        return None
    first, last = words[0], words[-1]
    kept = name[first[1] : last[1] + len(last[0])].rstrip(".,:;-")
    if not is_person(kept) or not (gazetteer.is_given(first[0].rstrip(".")) or (sure and len(words) > 1)):
        return None
    return Byline(start + first[1], start + first[1] + len(kept), spelt(kept), sure=sure and len(words) > 1)
