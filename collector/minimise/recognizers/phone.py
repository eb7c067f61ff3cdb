"""Telephone numbers: with a country code always; national ones where shape, place or a word beside them says so.

Google's own matcher (`phonenumbers.PhoneNumberMatcher`) costs three quarters of a whole scan when it is run
over text; here it is asked only to judge single runs of digits, once each.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import phonenumbers

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.phone_figures import is_figure
from collector.minimise.recognizers.phone_words import (
    FOLLOWS_ANOTHER,
    LABELLED_LINE,
    NAMED,
    NAMED_AFTER,
    NAMED_FAR,
    NAMED_LINE_AFTER,
    NAMED_WEAKLY,
    OTHER_NUMBER,
    TRIGGER_WORDS,
)

KIND = "phone"

_GAP = r"[ ./()\-]{0,3}"
_INTERNATIONAL = re.compile(rf"(?<![\w+])\(?(?:\+|00(?=[ .-]?[1-9]\d))[ .-]?\(?[1-9](?:{_GAP}\d){{6,16}}")
_NATIONAL = re.compile(
    rf"(?<![\w+=&#@%$€£/])(?<!\d,)(?<![\w]-)(?<![\dx][.:])\(?\d(?:{_GAP}\d){{4,16}}(?![^\W_xX]|_|[xX]\D|[%€$£°]|[,:]\d"
    rf"|\.\d{{3}})"
)
_EXTENSION = re.compile(
    r",?\s{0,2}[(]?(?:ext|extension|durchwahl|poste|anexo|interno|wew|toestel|int|x|#)\.?:?\s{0,2}\d{1,6}\b",
    re.IGNORECASE,
)
_NANP = re.compile(
    r"\(?(?:(?:00)?1\)?[ .-])?(?:\(\d{3}\)(?: ?-? ?)|[2-9]\d{2}(?:[ ./-]| - |\) ?))\d{3}[ .-]{1,2}\d{4}"
    r"|\d{3}([.-])\d{3}\1\d{4}"
)
_TRUNK = re.compile(
    r"\(?0[1-9]\d{0,4}\)?(?:[ /-]{1,3}\d{2,9}){1,5}|0[1-9](?:[ .-]\d{2}){4}|\(0\d{1,4}\)\d{5,9}"
    r"|\(0\)[1-9]\d{0,4}(?:[ -]\d{2,9}){1,4}"
)
_ABROAD = re.compile(r"\(?00[1-9]\d{0,2}[ .()-]{1,2}\d[\d ./()-]{6,20}")
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
_GROUP_END = re.compile(r"\d+\)?")
_NO_DIGITS = re.compile(r"\D*")
_ONLY_DIGITS = str.maketrans("", "", " ./():-+")
_GROUP = re.compile(r"\d+")
_ZIP, _STATE = re.compile(r"\d{5}-\d{4}"), re.compile(r"[A-Z]{2}[,\"'\s]{0,5}\Z")
_NORTH_AMERICA = frozenset(("US", "CA"))
_PAIRS = re.compile(r"\d{2,3}(?:\.\d{2}){2}")
_FEW_GROUPED = re.compile(r"\d{2,3}([ -])\d{2}\1\d{2}|\d{3}[ -]\d{3}")
_RIGHT_BEFORE = re.compile(
    r"(?:\b(?:tel|fon|handy|gsm|mob)|telefon|phone|téléphone|tel[eé]fono|tél|fax|mobile?|call (?:me|us)(?: on| at)?)"
    r"(?: (?:number|no|nr)\.?)?(?: is)?[.:]{0,2} ?(?:: )?\Z"
)
_WORD_BEHIND = re.compile(r" [A-Z][a-z]")
_FEWEST, _MOST = 5, 15  # digits; ITU-T E.164 §6.2.1 ends at fifteen
_LOOK_BACK = 48


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:
    """Spans of telephone numbers in `text`; national ones judged by `context.regions`."""
    last_end = -100
    for run in _RUN.finditer(text, start, end):
        written = run[0]
        if len(written.translate(_ONLY_DIGITS)) < _FEWEST:
            continue
        dated = (date := _DATE.match(text, run.start())) is not None and date.end() == run.end()
        if dated and not _is_paired(text, run.start(), written):
            continue  # most runs of digits in most texts
        # what may stand before the first digit and what must not stand behind the last one
        first = max(0, run.start() - 5)
        local = text[first : run.end() + 4]
        if not dated and ("20" in written or "19" in written or ":" in written or "/" in written or "." in written):
            local = _DATE.sub(lambda date: "x" * len(date[0]), local)
        if "+" in local or "00" in local:
            whole = text[first : run.end() + 4]
            for match in _international(whole, local):
                begin, length = first + match.start(), _international_end(match[0])
                if length and not is_figure(text, begin, begin + length, "phone_international"):
                    last_end = begin + length
                    yield _span(text, begin, last_end, "phone_international")
        for offset, number in _candidates(local):
            begin = first + offset
            follows = 0 <= begin - last_end <= 10 and bool(FOLLOWS_ANOTHER.fullmatch(text, last_end, begin))
            rule = _judge(text, begin, number, context, follows=follows)
            if rule and not is_figure(text, begin, begin + len(number), rule):
                last_end = begin + len(number)
                yield _span(text, begin, last_end, rule)


def _is_paired(text: str, start: int, written: str) -> bool:
    """Whether what could be a date is three pairs right behind a word of telephones: `Tel. 20.12.34`."""
    return len(written) == 8 and _PAIRS.fullmatch(written) is not None and _is_right_behind(text, start)


def _is_right_behind(text: str, start: int) -> bool:
    return _RIGHT_BEFORE.search(text[max(0, start - 24) : start].lower()) is not None


def _international(whole: str, undated: str) -> Iterator[re.Match[str]]:
    """Runs behind a country code; where what looks like a date stands right behind one, it is of the number."""
    for match in _INTERNATIONAL.finditer(whole):
        yield _INTERNATIONAL.match(undated, match.start()) or match


def _candidates(local: str) -> Iterator[tuple[int, str]]:
    """Runs that could be one national number; longer ones are several side by side."""
    for match in _NATIONAL.finditer(local):
        written = match[0].rstrip(" ./()-")
        if len(_digits(written)) <= _MOST:
            if not _DOTTED_QUAD.fullmatch(written):
                yield match.start(), written
            continue
        for part in _NO_SPACE.finditer(written):
            if len(_digits(part[0])) <= _MOST:
                yield match.start() + part.start(), part[0].rstrip("./()-")


def _span(text: str, start: int, end: int, rule: str) -> Span:
    extension = _EXTENSION.match(text, end)
    value = _digits(text[start:end])
    return Span(start, extension.end() if extension else end, KIND, rule, value.removeprefix("00"))


def _judge(text: str, start: int, written: str, context: Context, *, follows: bool) -> str:
    """The rule by which this run of digits is a telephone number, or nothing."""
    shape = _shape(written)
    if follows:
        return "phone_named"
    before = _since_last_digit(text[max(0, start - _LOOK_BACK) : start]).lower()
    if before.isascii() and not before.islower():
        before = ""  # no letter: no word of any number, as between the figures of a table
    if NAMED.search(before):
        return "" if shape == "few" and _is_no_number(text, start, written, before) else "phone_named"
    if shape == "few":
        return "phone_named" if _is_few_named(text, start, written, before) else ""
    if OTHER_NUMBER.search(before):
        return ""
    if shape == "phone":
        return "" if _ZIP.fullmatch(written) and _STATE.search(text, max(0, start - 7), start) else "phone_shape"
    if NAMED_AFTER.match(text, start + len(written)) or NAMED_WEAKLY.search(before):
        return "phone_named"
    if NAMED_FAR.search(before):
        return "phone_named"
    # most runs of digits have no shape and no region: then only a word can say so
    regional = shape == "grouped" and any(_is_regional(written, region) for region in context.regions)
    return "phone_region" if regional else ""


def _is_few_named(text: str, start: int, written: str, before: str) -> bool:
    """Whether six digits in groups have a line of their own with a word, or a verb of calling right before them."""
    if not _FEW_GROUPED.fullmatch(written):
        return False
    begins = start == 0 or text[start - 1] in "\n,"
    return bool(
        (begins and NAMED_LINE_AFTER.match(text, start + len(written)))
        or LABELLED_LINE.search(before)
        or (NAMED_WEAKLY.search(before) and not OTHER_NUMBER.search(before))
    )


def _is_no_number(text: str, start: int, written: str, before: str) -> bool:
    """Whether few digits behind a word of telephones are a version, or of a street: `call a taxi to 19790 Penny …`."""
    if "." in written:
        return not (_PAIRS.fullmatch(written) and _is_right_behind(text, start))
    return before.endswith(" ") and _WORD_BEHIND.match(text, start + len(written)) is not None


def _since_last_digit(before: str) -> str:
    """The end of `before` from its last digit on: no word of a number, and nothing behind it, has one."""
    without = _NO_DIGITS.match(before[::-1])
    return before[-without.end() - 1 :] if without else before


@functools.lru_cache(maxsize=8_192)
def _shape(written: str) -> str:
    """`phone`: written as only telephone numbers are. `few`: too few digits to say. `bare`: a number of any kind."""
    digits = _digits(written)
    if len(digits) < 7:
        return "few"
    if _NANP.fullmatch(written) or (9 <= len(digits) <= 13 and _TRUNK.fullmatch(written)):
        return "phone"
    if 10 <= len(digits) <= _MOST and _ABROAD.fullmatch(written):
        return "phone"
    if digits == written and not (digits.startswith("0") and len(digits) >= 9):
        return "bare"  # an identifier, more often than not
    thousands = _THOUSANDS.fullmatch(written)
    if thousands and (thousands[1] == "." or len(digits) != 9):
        return "bare"
    return "grouped"


@functools.lru_cache(maxsize=8_192)
def _international_end(written: str) -> int:
    """How much of a run that starts with a country code is the number: the longest valid part, else all of it."""
    if not any(sign in written for sign in " ()/-") and written.count(".") == 1 and not _is_valid(written, None):
        return 0  # a signed decimal number
    ends = [match.end() for match in _GROUP_END.finditer(written)]
    for end in reversed(ends):
        count = len(_digits(written[:end]))
        if 7 <= count <= 17 and _is_valid(_plus(written[:end]), None):
            return end
    if written.startswith(("00", "(00")):
        return 0
    for end in reversed(ends):
        if 8 <= len(_digits(written[:end])) <= _MOST:
            return end
    return 0


@functools.lru_cache(maxsize=8_192)
def _is_regional(written: str, region: str) -> bool:
    """Whether a number without a word is grouped as people group, and valid there (North America has one shape)."""
    groups = _GROUP.findall(written)
    return (
        region not in _NORTH_AMERICA
        and (_trunk_prefix(region) != "0" or groups[0].startswith("0"))
        and len(groups) <= 6
        and all(len(group) > 1 for group in groups[1:])
        and "  " not in written
        and written.count("(") == written.count(")")
        and _is_valid(written, region)
    )


@functools.cache
def _trunk_prefix(region: str) -> str:
    """What is dialled before a number within its country; where it is a zero, it is written too."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return (metadata and metadata.national_prefix) or ""


def _plus(written: str) -> str:
    bare = written.lstrip("( ")
    return "+" + bare[2:] if bare.startswith("00") else bare


def _digits(written: str) -> str:
    return written.translate(_ONLY_DIGITS)


@functools.lru_cache(maxsize=8_192)
def _is_valid(written: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except Exception:  # noqa: BLE001  NumberParseException, and whatever else strange digits bring
        return False


RECOGNIZER = Recognizer(
    KIND,
    "Telephone numbers of all regions, with their extensions",
    "a country code; or a shape that nothing else has; or a word beside it; or libphonenumber for the page's regions",
    (
        # at the end of a group only: a page of nothing but digits calls nobody
        Trigger(r"\d(?:[ ./():-]{0,3}\d){6}(?:[^0-9]|$)", 90, 64),
        words(TRIGGER_WORDS, before=48, after=100),
    ),
    find,
)
