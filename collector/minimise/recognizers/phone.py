"""Telephone numbers: with a country code always; national ones where shape, place or a word before them says so.

Google's own matcher (`phonenumbers.PhoneNumberMatcher`) costs three quarters of a whole scan when it is run
over text; here it is asked only to judge single runs of digits, once each.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import phonenumbers

from collector.minimise.context import Context
from collector.minimise.span import Span

KIND = "phone"

_GAP = r"[ ./()\-]{0,3}"
_INTERNATIONAL = re.compile(rf"(?<![\w+])\(?(?:\+|00(?=[ ]?[1-9]\d))[ ]?\(?[1-9](?:{_GAP}\d){{6,16}}")
_NATIONAL = re.compile(
    rf"(?<![\w+,=&#@%$€£/])(?<![\w]-)(?<!\d[.:])\(?\d(?:{_GAP}\d){{4,16}}(?![\w%€$£°]|[,:]\d|\.\d{{3}})"
)
_EXTENSION = re.compile(r",?\s{0,2}(?:ext|extension|durchwahl|poste|int|x)\.?\s{0,2}\d{1,6}\b", re.IGNORECASE)

# A word before the number, with at most 24 characters of anything but digits between.
_NAMED = re.compile(
    r"(?:\btel\b|telef|teleph|téléph|tél\b|telemó|\bphone|\bfon\b|\bfax|\bmobil|\bmob\b|\bcell\b|celular"
    r"|cellulare|cellphone"
    r"|\bhandy\b|\bcall\b|call us|\bring\b|\bdial\b|\btext me|\bsms\b|whatsapp|whats app|\bsignal\b|\bviber\b"
    r"|hotline|helpline"
    r"|portable\b|móvil|movil|komórk|\btlf\b|\bpuh\b|rufnummer|anruf|gsm\b|numéro|landline|switchboard|тел|факс|моб"
    r"|电话|電話|手机|手機|携帯|전화|휴대폰|هاتف|फ़ोन|☎|☏|📞|📱|✆|(?<![A-Za-z])[TFMP]\s?[:.])[^\d\n]{0,24}\n?[^\d\n]{0,4}\Z",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?:isbn|issn|\bdoi|pmid|oclc|\bvat\b|ust|hrb|siret|siren|\babn\b|order|invoice|ticket|\bid\b|\bids\b"
    r"|\bref\b|\bsku\b|\bean\b|gtin"
    r"|version|build|\brfc|\biso\b|patent|serial|konto|\bblz|\bkto|iban|\bbic\b|\bplz|\bzip\b|\blat|\blon|§"
    r"|\bpage|\bpp?\.|\bvol"
    r"|article|artikel|bug|issue|commit|revision|model|\btotal|sum|population|price|usd|eur"
    r"|\bkg\b|number of)[^\d\n]{0,12}\Z",
    re.IGNORECASE,
)
_FOLLOWS_ANOTHER = re.compile(
    r"[\s,;/|&]{1,4}(?:(?:or|and|oder|und|ou|et|y|o|fax|mobile?)[\s:.]{1,3})?\(?\Z", re.IGNORECASE
)
_NANP = re.compile(r"(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}")
_TRUNK = re.compile(r"\(?0[1-9]\d{0,4}\)?(?:[ /-]{1,3}\d{2,9}){1,5}|0[1-9](?:[ .-]\d{2}){4}")
_THOUSANDS = re.compile(r"\d{1,3}(?:([ .])\d{3})(?:\1\d{3})*")
_DATE = re.compile(
    r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d{2}(?!\d)"
    r"|(?<![\d.])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d{2}(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2}([./-])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<![\d./-])(?:0?[1-9]|[12]\d|3[01])([./])(?:0?[1-9]|1[0-2])\4\d{2}(?![\d./-])"
    r"|(?<!\d)(?:19|20)\d{2} ?[/-] ?(?:19|20)?\d{2}(?!\d)"
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
)
_RUN = re.compile(r"\d[\d ./():\-]{3,}\d")  # where a number can lie at all
_DOTTED_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NO_SPACE = re.compile(r"[^ ]{7,}")
_MOST_DIGITS = 15
_LOOK_BACK = 48


def find(text: str, context: Context) -> Iterator[Span]:
    """Spans of telephone numbers in `text`; national ones judged by `context.regions`."""
    last_end = -100
    for run in _RUN.finditer(text):
        if sum(map(str.isdigit, run[0])) < 5:
            continue
        # what may stand before the first digit and what must not stand behind the last one
        first = max(0, run.start() - 5)
        local = _DATE.sub(lambda date: "x" * len(date[0]), text[first : run.end() + 4])
        for match in _INTERNATIONAL.finditer(local):
            if end := _international_end(match[0]):
                last_end = first + match.start() + end
                yield _span(text, first + match.start(), last_end, "phone_international")
        for offset, written in _candidates(local):
            start = first + offset
            digits = _digits(written)
            before = text[max(0, start - _LOOK_BACK) : start]
            follows = 0 <= start - last_end <= 10 and bool(_FOLLOWS_ANOTHER.fullmatch(text[last_end:start]))
            rule = _judge(written, digits, before, context, follows=follows)
            if rule:
                last_end = start + len(written)
                yield _span(text, start, last_end, rule)


def _candidates(local: str) -> Iterator[tuple[int, str]]:
    """Runs that could be one national number; longer ones (ITU-T E.164 §6.2.1) are several side by side."""
    for match in _NATIONAL.finditer(local):
        written = match[0].rstrip(" ./()-")
        if len(_digits(written)) <= _MOST_DIGITS:
            if not _DOTTED_QUAD.fullmatch(written):
                yield match.start(), written
            continue
        for part in _NO_SPACE.finditer(written):
            if len(_digits(part[0])) <= _MOST_DIGITS:
                yield match.start() + part.start(), part[0].rstrip("./()-")


def _span(text: str, start: int, end: int, rule: str) -> Span:
    extension = _EXTENSION.match(text, end)
    value = _digits(text[start:end])
    return Span(start, extension.end() if extension else end, KIND, rule, value.removeprefix("00"))


def _judge(written: str, digits: str, before: str, context: Context, *, follows: bool) -> str:
    """The rule by which this run of digits is a telephone number, or nothing."""
    if follows and len(digits) >= 5:
        return "phone_named"
    if _NAMED.search(before):
        return "phone_named" if len(digits) >= 5 else ""
    if len(digits) < 7 or _OTHER_NUMBER.search(before):
        return ""
    if _NANP.fullmatch(written):
        return "phone_shape"
    if len(digits) >= 9 and len(digits) <= 13 and _TRUNK.fullmatch(written):
        return "phone_shape"
    if digits == written and not (digits.startswith("0") and len(digits) >= 9):
        return ""  # a bare number: an identifier, more often than not
    thousands = _THOUSANDS.fullmatch(written)
    if thousands and (thousands[1] == "." or len(digits) != 9):
        return ""
    return "phone_region" if any(_is_valid(written, region) for region in context.regions) else ""


def _international_end(written: str) -> int:
    """How much of a run that starts with a country code is the number: the longest valid part, else all of it."""
    if not re.search(r"[ ()/\-]", written) and written.count(".") == 1 and not _is_valid(written, None):
        return 0  # a signed decimal number
    ends = [match.end() for match in re.finditer(r"\d+\)?", written)]
    for end in reversed(ends):
        count = len(_digits(written[:end]))
        if 8 <= count <= 17 and _is_valid(_plus(written[:end]), None):
            return end
    if written.startswith(("00", "(00")):
        return 0
    for end in reversed(ends):
        if 8 <= len(_digits(written[:end])) <= 15:
            return end
    return 0


def _plus(written: str) -> str:
    bare = written.lstrip("( ")
    return "+" + bare[2:] if bare.startswith("00") else bare


def _digits(written: str) -> str:
    return "".join(filter(str.isdigit, written))


@functools.lru_cache(maxsize=8_192)
def _is_valid(written: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except Exception:  # noqa: BLE001  NumberParseException, and whatever else strange digits bring
        return False
