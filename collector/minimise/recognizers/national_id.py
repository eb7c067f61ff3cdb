"""National identifiers of persons: alone where the check digits are worth it, else behind the word that names them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.recognizer import END, Recognizer, Trigger, words
from collector.minimise.recognizers.checksum import is_valid
from collector.minimise.recognizers.national_id_table import GENERIC, IDENTIFIERS, Identifier
from collector.minimise.span import Span

KIND = "national_id"

_LOOK_BACK = 40
_LONGEST = 28  # the longest shape, and what must not stand behind it
_DIGITS = re.compile(r"\d(?:[ .\-/]?[0-9A-Za-z]){5}")  # without it there is nothing, and `re` finds a digit fast
_CANDIDATE = re.compile(rf"(?<![\w+])(?<!\w[.\-/])(?:{'|'.join(row.shape for row in IDENTIFIERS)})(?!\w|[-/.]\d)")
_NAMES = re.compile(
    rf"\b(?:(?P<generic>{GENERIC})|" + "|".join(f"(?P<r{i}>{row.names})" for i, row in enumerate(IDENTIFIERS)) + ")"
)
# Of these a number without a word of its own is one, more often than it is a person's.
_OTHER = re.compile(
    r"(?:\+(?:\d{1,3}[ (-])?|tel|fon\b|phone|fax|mobil|card|isbn|nummer|number|numéro|número|numero|numer|nomer"
    r"|issn|\bean\b|gtin|upc|imei|order|invoice|serial|track|\bid=|[/=_#]|\d[-.:])"
    r"(?:\s(?:is|ist|est|es|è|jest))?[^\w\n]{0,12}\Z",
    re.IGNORECASE,
)
_ALONE = tuple(row for row in IDENTIFIERS if row.alone)
# Of these python-stdnum has no module: the structure is all there is to check.
_STRUCTURES = frozenset(("gb.nino", "sg.nric", "de.perso", "it.carta", "pl.dowod"))
_SSN_UNDASHED = re.compile(
    r"(?:\bssn|social security (?:number|no\.?|#))(?:\s(?:is|was))?[\s:#=]{0,3}\Z", re.IGNORECASE
)
_NINE = re.compile(r"\d{9}(?!\w|[-/.]\d)")


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of numbers whose shape, check digits and neighbourhood agree."""
    if not _DIGITS.search(text, start, end):
        return
    position = start
    while candidate := _CANDIDATE.search(text, position, end):
        position = candidate.start() + 1
        before = text[max(0, candidate.start() - _LOOK_BACK) : candidate.start()]
        rule, length = _judged(text[candidate.start() : candidate.start() + _LONGEST], before)
        if rule:
            position = candidate.start() + length
            value = re.sub(r"[ .\-/]", "", text[candidate.start() : position]).upper()
            yield Span(candidate.start(), position, KIND, rule, value)


@functools.lru_cache(maxsize=4_096)
def _judged(tail: str, before: str) -> tuple[str, int]:
    """The rule, and the length of the longest number at the beginning of `tail` that it holds for."""
    named = _named(before.lower())
    alone = () if not named and _OTHER.search(before) else _ALONE
    rule, length = "", 0
    for row in (*named, *alone):
        match = row.pattern.match(tail)
        if match and len(match[0]) > length and _holds(row, match[0]):
            rule, length = row.rule, len(match[0])
    if not rule and _SSN_UNDASHED.search(before):
        nine = _NINE.match(tail)
        if nine and is_valid("us.ssn", nine[0]):
            return "national_id_us_ssn", len(nine[0])
    return rule, length


def _named(before: str) -> tuple[Identifier, ...]:
    """The rows whose words stand before, first theirs; all of them behind a word that fits any."""
    groups = [match.lastgroup or "" for match in _NAMES.finditer(before)]
    own = [IDENTIFIERS[int(group[1:])] for group in groups if group != "generic"]
    return tuple(dict.fromkeys((*own, *IDENTIFIERS))) if "generic" in groups else tuple(dict.fromkeys(own))


def _holds(row: Identifier, written: str) -> bool:
    if len(set(written) - set(" .-/")) < 3:
        return False
    if row.module in _STRUCTURES:
        return any(map(str.isdigit, written))
    return is_valid(row.module, re.sub(r"[ .]", "", written)) or is_valid(row.module, written)


RECOGNIZER = Recognizer(
    KIND,
    "National identifiers of persons in some sixty countries",
    "shape and check digits (python-stdnum); its word before it unless fewer than 0.5 % of random numbers pass",
    (
        Trigger(r"\b\d{11}", 60, 40),
        Trigger(r"\b\d{6}[ +-]\d{4}", 60, 40),
        Trigger(r"\b\d\d\.\d\d\.\d\d[- ]\d{3}\.\d\d", 60, 40),
        Trigger(r"\b\d\d \d{3} \d{3} \d{3}", 60, 40),
        Trigger(r"\b\d \d\d \d\d [0-9AB]{2} \d{3} \d{3} \d\d", 70, 40),
        Trigger(r"\b756\.\d{4}\.\d{4}\.\d\d", 60, 40),
        Trigger(r"\b\d{6}[A-FU-Y]\d{3}[0-9A-Z]", 60, 40),
        Trigger(r"(?i)\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", 60, 40),
        words(
            r"(?:identi|\bid\b|\btin\b|\btax|\bsocial|\bssn|\bsoc\.? sec|personal|\bcitizen|ausweis|steuer"
            r"|\bst\.?-?nr|fiscal|burgerservice"
            r"|personnummer|\bahv|\bavs|\boib|\bnif|\bspi\b|\bnir\b|curit[?\xe9] sociale|insee|hetu|kennitala"
            r"|\bkt\b|\bcnp|isikukood"
            r"|amka|em[s?]o|jmbg|\bc\.f\.|\bcpf|cadastro|kimlik|tckn|\bt\.?c\.? ?no|\bcui[tl]|\begn|asmens|\bpps"
            r"|pesel|c[e?\xe9]dula"
            r"|itin\b|\bcpr|nric|mykad|pengenalan|\bdni|documento nacional|\bnie\b|extranjero|\bird\b|rodn"
            r"|\br[c?]\b|\br\.[c?]"
            r"|\bsin\b|insurance|assurance sociale|\bnas\b|thai|aadha|\buid|\brut\b|\brun\b|\bbsn|\bsofi|\btfn"
            r"|medicare|\binn\b"
            r"|\bnhs|\butr\b|taxpayer|teudat|zehut|rntrc|\bcurp|cidad|contribuinte|svnr|sozialvers|\bsv-n|szem"
            r"|\bm\? s\?"
            r"|\bmy number|\batin|\bcnic|\bpan\b|permanent acc|\bnino?\b|\bn\.i\.|\bfin\b|\bperso\b|dow[o?\xf3]d"
            r"|\bidnr|south african"
            r"|rijksregister|registre national|insz|f\xf8dselsn|henkil)",
            before=30,
            after=80,
        ),
        # words in other scripts are question marks here: a number beside them has at least seven digits
        Trigger(r"\?\?[^0-9A-Za-z]{0,12}\d{7}", 60, 60),
    ),
    find,
)
