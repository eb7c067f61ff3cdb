"""Postal addresses whose street says nothing, told by the words before them or by a telephone in the line below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.begun import begun
from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.address_tail import tail
from collector.minimise.recognizers.address_words import (
    CAPITAL,
    GAP,
    NO_STREET,
    PARTICLE,
    RARE_SUFFIX,
    SMALL,
    STREET_BEFORE,
    SUFFIX,
    TOWN,
    WORD,
)

KIND = "address"

MAX_LISTED = 8  # addresses behind one word, with `and` between them
MAX_LINES = 3  # of an address above its telephone

_LABELLED = re.compile(
    r"\b(?<!mail )(?<!mail-)(?<!ip )(?<!mac )(?<!web )(?:(?:home|postal|mailing|street|billing|shipping) address"
    r"|address|adresse|anschrift"
    r"|adres|indirizzo|dirección|direccion|endereço|morada|domicilio|wohnhaft|residing at|lives at|lived in"
    r"|lives in|abita in|vive en)"
    rf"\s?[:=]?\s{{0,2}}(?-i:(?P<place>(?=[A-Z0-9À-Þ])(?:(?!\. [A-Z][a-z]* [a-z])[^;"
    rf"|:]){{4,80}}?[\s,](?:[A-Z]{{1,2}}-)?(?:\d{{2}}-\d{{3}}"
    rf"|\d{{4,5}})(?: [A-Z]{{2}})?,?\s{TOWN}))",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d\d-?\d\d")  # of a town: without it `_LABELLED` holds nowhere
_OPENER = r"(?:I|It|Its|Please|The|This|That|There|He|She|We|They|You|My|Our|And|But|If|When|Is|Can|Could|What|Where)\b"
# A word with a capital ends in a point only where it is short: `St. Gallen`, but `Main Street. It is …`.
_PART = (
    rf"(?:(?:{CAPITAL}|St|Ste|Sta|Sto|Mt|Ft|Dr|Prof|Gen|Gral|Av|Avda|Bd|Pl|Str|Ctra|Aqq|Λεωφ|Βασ|Αγ)"
    rf"\.(?=[ ,\n])(?! {_OPENER})|{STREET_BEFORE}(?= ?{CAPITAL})"
    rf"|{CAPITAL}[^\W\d_]{{0,30}}(?:['\u2019.-][^\W\d_]{{1,30}}){{0,3}}(?![\w:@])"
    r"|\d{1,6}(?: ?[A-Za-z]\b)?(?:[/-]\d{1,4}[a-z]?)?(?:\.(?=[,\n]))?(?![\w:@]|[.,]\d)|#\d{1,5}\b"
    rf"|(?:{PARTICLE}|and|of|the|van het|und|y|e|i|bei|ob|nad|pod|pri|sur|sous)(?=[ '\u2019])"
    rf"|[^\W\d_A-Z]{{1,14}}(?= {SMALL} \d)|{SMALL}(?= \d)|[^\W\d_A-Z]{{4,14}}(?= \d{{1,4}}[a-z]?,[ \n]{CAPITAL}))"
)
_PLACE = rf"{_PART}(?:(?:,?[ \t]{{1,2}}(?!(?<=, )(?:and|und|y|e|et|or) )|(?<=['\u2019])){_PART}){{1,15}}"
_AT_WORD = re.compile(_PLACE)
_CONTINUED = re.compile(
    rf"(?:{GAP}{TOWN}(?: \d{{1,2}}(?=,))?)?(?:[ ]?\n?,[ ]{{0,2}}|[ ]{{1,2}}|\n[ ]{{0,3}})(?:[A-Z]{{1,2}},? |\d{{2}} )?"
    r"(?:\d{3} \d{2}|\d{3,5}(?:-\d{3,4})?(?: [A-Z]{2})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
    r"(?![\w-]|[.,:]\d)"
)
_SURE = re.compile(
    r"\b(?:[Aa]ddress(?:es)?\b(?! (?:bar|book|space|range|field)\b)[^\d\n.:;?=/(]{0,50}?"
    r"(?: is| are| to the same:| to| with|:| the following\?)"
    r"|(?:[Hh]ome|[Pp]ostal|[Mm]ailing|[Ss]treet) address|wohnhaft in"
    r"|(?:[Ll]ieferadresse|[Aa]nschrift|[Aa]dresse|[Ii]ndirizzo|[Dd]irección|[Aa]dres)(?: (?:ist|est|è|es"
    r"|is))?:?)[:\s]{1,8}"
)
_SURE_BEGINS = re.compile(
    r"[AaDdHhIiLlMmPpSsw](?<!\w.)(?=ddress|dres|nschr|irecc|ome |ndiri|iefer|ailin|ostal|treet|ohnha)"
)
_LIVING = re.compile(
    r"\b(?:[Ii]t is|[Tt]hey are|[Hh]ere (?:it is|they are)|[Ii]t's in|[Ll]iv(?:e|es|ed|ing) (?:in|at)"
    r"|[Ll]ocated (?:in|at)|[Rr]esid(?:es?|ing|ed) (?:in|at)"
    r"|[Oo]ffices? (?:is|are) (?:at|in|located at)|(?:[Rr]eturn|[Cc]ome|[Dd]irections) to"
    r"|(?:to|address|live|located)\? (?:[A-Z][a-z]{1,14}:)?"
    r"|[Mm]oved? to|[Aa]rrived at|(?:[Mm]eet|[Ss]ee|[Pp]ick) (?:me|you|us|him|her)(?: up)? at|taxi to|following\?"
    r"|to the same:|(?:[Ss]ent|[Dd]elivered|[Ss]hipped|[Mm]ailed|[Ff]orwarded|one|card|it|mail|letter|package"
    r"|parcel) to"
    r"|wohnt? in|habite(?: au)?|abito in|vivo en|mieszka\w{0,2} (?:przy|na))[:\s]{1,3}"
)
_ANOTHER = re.compile(r",? (?:and|und|y|e|et|or|oder) ")
_FURTHER = re.compile(r"[^;?!]{0,110}?, (?:and|und|y|e|et|or|oder) ")  # behind one of another shape
_LOOSE = re.compile(r"\b(?:at|to|from|near|visit) ")
_FIGURE = re.compile(r"(?<!\w)\d")
_STREET_END = re.compile(rf"(?:{SUFFIX}|{RARE_SUFFIX})\Z")
# Behind a preposition alone only a house number with a town: `at Lindenweg 5, Bern`.
_TOWN_BEHIND = re.compile(
    rf"^(?:{CAPITAL}[^\W\d_]{{2,30}}(?:[ -](?:{PARTICLE} )?{CAPITAL}[^\W\d_]{{1,30}}){{0,3}}"
    rf"(?: {SMALL})? \d{{1,4}}[a-z]?\.?|\d{{1,5}}[a-z]?,? (?:{WORD} ){{1,3}}{WORD})(?:, {{1,2}}"
    rf"|\n ?){CAPITAL}[^\W\d_]{{2}}"
)
_PAIR = re.compile(rf"{WORD} and (?:{WORD} )?(?:{SUFFIX}|{RARE_SUFFIX})")
_BESIDE_NUMBER = re.compile(
    rf"{CAPITAL}[^\W\d_]{{1,30}}\.?(?: [^\W\d_A-Z]{{1,14}}(?= {SMALL}))?(?:,? {SMALL})?"
    rf" \d{{1,4}}(?: ?[A-Za-z])?\.?(?:, {{1,2}}| ?\n ?)(?!\d)"
    rf"|\A\d{{1,5}}[A-Za-z]?,? (?:{_PART} ){{0,4}}{_PART}, {{1,2}}{CAPITAL}"
    rf"|\b(?:{SUFFIX}|{RARE_SUFFIX})\b"
)
_YEAR_ONLY = re.compile(r"\D*(?:19|20)\d\d\D*")
_IN_TOWN = re.compile(rf"[^,\d]* \d{{4}}, {CAPITAL}[^\d,]*")
_FIRM = re.compile(
    rf"(?:\b(?:Ltd|Inc|LLC|PLC|GmbH|AG|KG|S\.?A|B\.?V|Group|Sons)\b\.?"
    rf"|{CAPITAL}[^\W\d_]+, {CAPITAL}[^\W\d_]+ and {CAPITAL}[^\W\d_]+"
    rf"|(?<![^\n]){CAPITAL}[^\W\d_]+-{CAPITAL}[^\W\d_]+)[ ]?\n{{1,2}}"
)
_TELEPHONED = re.compile(
    r"\n{1,2}(?:(?:tel|phone|fax|mob|cell|fon|e-?mail|desk|office|home|work)[a-z]{0,9}\.?\s?:|[+(]?\d[\d ().x-]{5,22}"
    r"(?:[ -]?(?:office|fax|mobile|home|work|cell|desk|tel)\b|\n|\Z))",
    re.IGNORECASE,
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of what stands behind `Address:` and the like up to its town, of a line or more."""
    if _CODE.search(text, start, end):
        for match in _LABELLED.finditer(text, start, end):
            yield _span(text, match.start("place"), match.end("place"), "address_labelled")
    yield from _behind(text, _SURE, start, end)


def find_living(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of a house number with its street or town behind words of living, sending and meeting."""
    yield from _behind(text, _LIVING, start, end)


def find_loose(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of a house number with its street and town behind a preposition."""
    yield from _behind(text, _LOOSE, start, end)


def _behind(text: str, saying: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    sure = saying is _SURE
    said = begun(saying, _SURE_BEGINS, text, start, end) if sure else saying.finditer(text, start, end)
    for match in said:
        at = match.end()
        for _ in range(MAX_LISTED):
            place = _AT_WORD.match(text, at)
            stop = _end_of(text, place, sure=sure) if place else 0
            if not place or not stop or (saying is _LOOSE and not _TOWN_BEHIND.search(text[place.start() : stop])):
                another = _FURTHER.match(text, at) if "are:" in match[0] else None
            else:
                yield _span(text, place.start(), stop, "address_labelled" if sure else "address_inhabited")
                another = _ANOTHER.match(text, stop) or (_FURTHER.match(text, stop) if "are:" in match[0] else None)
            if not another:
                break
            at = another.end()


def _end_of(text: str, place: re.Match[str], *, sure: bool) -> int:
    """Where the address ends that begins with `place`; 0 where it is none."""
    last = _trimmed(place)
    more = _CONTINUED.match(text, last)
    stop, proof = tail(text, more.end() if more else last, behind="town")
    written = text[place.start() : stop]
    line = text[place.start() : last]
    if NO_STREET.search(written):
        return 0
    if _YEAR_ONLY.fullmatch(written) and not (sure and _IN_TOWN.fullmatch(written)):
        return 0
    if not _FIGURE.search(line):
        if _PAIR.fullmatch(line):
            return stop
        return stop if sure and (_STREET_END.search(line) or (proof and more)) else 0
    if sure:
        return stop
    return stop if _BESIDE_NUMBER.search(written) or (more and "\n" in more[0]) else 0


def _trimmed(place: re.Match[str]) -> int:
    """The end of the place without the particles at its end: `in 12 Elm Street and the …`."""
    words_ = place[0].split(" ")
    while words_ and words_[-1][:1].islower():
        words_.pop()
    return place.start() + len(" ".join(words_).rstrip(", "))


def find_above(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the lines above a telephone that are a street with its number and a town."""
    for below in _TELEPHONED.finditer(text, start, end):
        lines = text[max(0, below.start() - 200) : below.start()].split("\n")[-MAX_LINES:]
        begin = below.start()
        for count in range(1, len(lines) + 1):
            begin = below.start() - len("\n".join(lines[-count:]))
            place = _AT_WORD.match(text, begin, below.start())
            if place is None or NO_STREET.search(place[0]):
                continue
            last = place.end()
            if count > 1:
                more = _CONTINUED.match(text, last, below.start())
                last = more.end() if more else last
            if last != below.start():
                continue
            written = text[begin:last]
            if (_FIGURE.search(place[0]) and _BESIDE_NUMBER.search(written)) or (
                count == 1 and _STREET_END.search(written) and written.count(" ") > 1
            ):
                yield _span(text, begin, last, "address_above")
                break


def find_below(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the line below a firm's that is nothing but a street with its number and a town."""
    for above in _FIRM.finditer(text, start, end):
        place = _AT_WORD.match(text, above.end())
        if place is None or NO_STREET.search(place[0]):
            continue
        more = _CONTINUED.match(text, place.end())
        last = more.end() if more else place.end()
        written = text[place.start() : last]
        alone = text[last : last + 1] in ("", "\n")
        if alone and ((_TOWN_BEHIND.search(written) and not _YEAR_ONLY.fullmatch(written)) or _PAIR.fullmatch(written)):
            yield _span(text, place.start(), last, "address_below")


def _span(text: str, first: int, last: int, rule: str) -> Span:
    return Span(first, last, KIND, rule, " ".join(text[first:last].casefold().split()))


RECOGNIZERS = (
    Recognizer(
        KIND,
        "What stands behind `Address:` up to the town",
        "the word in eight languages; a postal code and a word with a capital within 80 characters, or a house number",
        (
            words(
                r"(?:address|adresse|anschrift|\badres|indirizzo|direcci[o?\xf3]n|endere[?\xe7]o|\bmorada"
                r"|domicilio|wohnhaft|residing at"
                r"|live[sd] (?:at|in)|abita in|vive en)",
                before=30,
                after=260,
            ),
        ),
        find,
    ),
    Recognizer(
        KIND,
        "A house number with its street or town behind words of living, sending and meeting",
        "the number beside a town, or a word of streets",
        (
            Trigger(
                r"(?:[Aa]ddress(?: is|:| to| with)|they are|[Hh]ere it is|[Ii]t is|[Ii]t's in|[Ll]iv(?:e|es|ed"
                r"|ing) (?:in"
                r"|at)|[Ll]ocated (?:in|at)"
                r"|[Rr]esid(?:es?|ing|ed) (?:in|at)|[Mm]oved? to|[Aa]rrived at|[Oo]ffices? (?:is|are) (?:at|in"
                r"|located at)"
                r"|(?:[Rr]eturn|[Cc]ome|[Dd]irections) to|(?:to|address|live|located)\?(?: [A-Z][a-z]{1,14}:)?"
                r"|(?:[Mm]eet|[Ss]ee|[Pp]ick) (?:me|you"
                r"|us|him|her)"
                r"(?: up)? at|taxi to|following\?|to the same:|habite(?: au)?|abito in|vivo en"
                r"|mieszka\w{0,2} (?:przy|na)"
                r"|(?:[Ss]ent|[Dd]elivered|[Ss]hipped|[Mm]ailed|[Ff]orwarded|one|card|it|mail|letter|package|parcel) to"
                r"|wohnt? in)[:\s]{1,3}(?:[A-Z\x80-\xff?][^0-9\n]{1,60}\d|\d{1,6}[A-Za-z]?,? [A-Z\x80-\xff?]"
                r"|[A-Z\x80-\xff?][a-z\x80-\xff?]{1,20} and [A-Z])",
                140,
                140,
            ),
        ),
        find_living,
    ),
    Recognizer(
        KIND,
        "A house number with its street and town behind a preposition: `at Lindenweg 5, Bern`",
        "words with capitals around the number, a comma or a line and a town behind them",
        (
            Trigger(
                r"\b(?:at|to|from|near|visit) (?:[A-Z\x80-\xff?][^0-9\n,.]{2,50} \d{1,4}[a-z]?\.?"
                r"|\d{1,5}[a-z]?,? [A-Z\x80-\xff?][^0-9\n,.]{2,50})(?:, {1,2}"
                r"|\n ?)[A-Z\x80-\xff?][A-Za-z\x80-\xff?]{2}",
                130,
                100,
            ),
        ),
        find_loose,
    ),
    Recognizer(
        KIND,
        "The line below a firm's that is a street, its number and a town",
        "a firm's form or names of partners above; nothing else on the line, a comma before the town",
        (
            Trigger(
                r"(?:\b(?:Ltd|Inc|LLC|PLC|GmbH|AG|KG|S\.?A|B\.?V|Group|Sons)\.?"
                r"|[a-z\x80-\xff?], [A-Z\x80-\xff?][A-Za-z\x80-\xff?]{1,20} and"
                r" [A-Z\x80-\xff?][A-Za-z\x80-\xff?]{1,20}|[a-z]-[A-Z][a-z]{1,20}) ?\n{1,2}[0-9A-Z\x80-\xff?]",
                110,
                130,
            ),
        ),
        find_below,
    ),
    Recognizer(
        KIND,
        "Lines of a street, its number and a town above a telephone",
        "the line below is a telephone's; the lines hold words with capitals and numbers, nothing else",
        (
            Trigger(
                r"(?:, {1,2}[A-Z\x80-\xff?][^\n,0-9]{0,40}(?:\d[0-9A-Z -]{0,9})?| and [A-Z][^\n,0-9]{3,30})\n{1,2}"
                r"(?:(?:[Tt]el|[Pp]hone|[Ff]ax|[Mm]ob|[Cc]ell|[Ff]on|[Ee]-?[Mm]ail|[Dd]esk|[Oo]ffice)[a-z]{0,9}\.?\s?:"
                r"|[+(]?\d[0-9 ().x-]{6})",
                230,
                60,
            ),
        ),
        find_above,
    ),
)
