"""National identifiers of persons: alone where the check digits are worth it, else behind the word that names them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.checksum import is_valid
from collector.minimise.recognizers.national_id_label import labelled
from collector.minimise.recognizers.national_id_listing import is_figure, is_long, is_telephone, neighbours
from collector.minimise.recognizers.national_id_table import GENERIC, IDENTIFIERS, Identifier
from collector.minimise.recognizers.phone_words import NAMED, NAMED_WEAKLY

KIND = "national_id"

_LOOK_BACK = 48
_LONGEST = 28  # the longest shape, and what must not stand behind it
_LOOK_AHEAD = 24  # behind the longest shape: the next column of a table
_DIGITS = re.compile(r"\d(?:[ .\-/]?[0-9A-Za-z]){4}")  # without it there is nothing, and `re` finds a digit fast
_SHAPES = "|".join(dict.fromkeys(row.shape.replace("([. ]?)", "[. ]?").replace(r"\1", "[. ]?") for row in IDENTIFIERS))
_CANDIDATE = re.compile(rf"(?<![\w+])(?<!\w[.\-/])(?:[A-Z]{{2}}[ -]?)?(?:{_SHAPES})(?!\w|[-/.]\d)")
# Where a candidate can begin: at a word that comes to a digit soon, told by a first character that `re` finds fast.
_BEGINNING = re.compile(r"[\dA-Za-z\xd1\xf1&](?<![\w+].)(?<!\w[.\-/].)(?=(?<=\d)|[A-Z]?[ -]?[\w&]{0,9}[ -]?\d)")
_GENERIC = re.compile(rf"\b(?:{GENERIC})")
_NAMES = re.compile(rf"\b(?:{GENERIC}|{'|'.join(dict.fromkeys(row.names for row in IDENTIFIERS))})")
_NAMES_OF = tuple((row, re.compile(rf"\b(?:{row.names})")) for row in IDENTIFIERS)
# Of these a number without a word of its own is one, more often than it is a person's.
_OTHER = re.compile(
    r"(?:\+(?:\d{1,3}[ (-])?|tel|fon\b|phone|fax|mobil|card|isbn|nummer|number|numéro|número|numero|numer|nomer"
    r"|issn|\bean\b|gtin|upc|imei|order|invoice|serial|track|\bid=|[/=_#]|\d[-.:])"
    r"(?:\s(?:is|ist|est|es|è|jest))?[^\w\n]{0,12}\Z",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:medline|pubmed|info|ncbi|uniprot|locus|observation|obs|object|target|source|star|catalog(?:ue)?|dataset"
    r"|data|product|item|order|article|record"
    r"|entry|row"
    r"|file|document|page|image|photo|video|channel|playlist|track|album|disc|film|movie|title|node|element|key|sample"
    r"|sequence|gene|protein|taxon(?:omy)?|accession|species|process|thread|task|job|build|commit|revision|change|bug"
    r"|issue|ticket|case|test|event|session|request|response|message|mail|msg|transaction|trace|span|device|host|server"
    r"|station|sensor|port|vlan|vendor|model|hardware|serial|app|application|project|group|room|meeting|query|plan|form"
    r"|game|map|way|relation|exposure|proposal|chunk|block|batch|run|cell|layer|tile|route|trip|stop)s?[ _-]\Z"
)
_DIALLED = re.compile(r"country (?:calling )?code\b[^\n]{0,20}\s\Z|international number\b[^\n]{0,20}\s\Z")
_ARITHMETIC = re.compile(r"\d{10,14}\s?(?:<<|>>|[*^%&|])")
_IN_CODE = re.compile(r"(?:\w\(|[-\u2212])\Z")  # `f(16187170377)`, and what has a sign
_LABELLED_OTHERWISE = re.compile(r"\w\s?[:=]\s?\Z")  # of the eleven digits of an OIB one in ten passes
_BOOK = re.compile(r"97[89]\d{10}(?!\d)")  # ISO 2108: one in ten of them passes somebody's check digits
# The country of a firm's number for value added tax.
_VAT = re.compile(r"(?<!\w)(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[ -]\Z")
_ALONE = tuple(row for row in IDENTIFIERS if row.alone)
_ANY = tuple(row for row in IDENTIFIERS if not row.own)
# Of these python-stdnum has no module: the structure is all there is to check.
_STRUCTURES = frozenset(("gb.nino", "sg.nric", "de.perso", "it.carta", "pl.dowod"))
_MEDICARE = (1, 3, 7, 9, 1, 3, 7, 9)  # nor of this one, which has a check digit: the weights of Services Australia
_SSN_UNDASHED = re.compile(
    r"(?:\bssn|social security (?:number|no\.?|#))(?:\s(?:is|was))?[\s:#=]{0,3}\Z", re.IGNORECASE
)
_NINE = re.compile(r"\d{9}(?!\w|[-/.]\d)")


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of numbers whose shape, check digits and neighbourhood agree."""
    if not _DIGITS.search(text, start, end):
        return
    for begin, stop in labelled(text, start, end):
        yield Span(begin, stop, KIND, "national_id_labelled", _value(text[begin:stop]))
    position = start
    for beginning in _BEGINNING.finditer(text, start, end):
        candidate = _CANDIDATE.match(text, beginning.start(), end) if beginning.start() >= position else None
        if candidate is None:
            continue
        # and the character before that, so that a word cut in two is none
        before = text[max(0, candidate.start() - _LOOK_BACK - 1) : candidate.start()].rjust(_LOOK_BACK + 1)
        rule, length = _judged(text[candidate.start() : candidate.start() + _LONGEST + _LOOK_AHEAD], before)
        if rule:
            position = candidate.start() + length
            yield Span(candidate.start(), position, KIND, rule, _value(text[candidate.start() : position]))


def _value(written: str) -> str:
    return re.sub(r"[ .\-/]", "", written).upper()


@functools.lru_cache(maxsize=4_096)
def _judged(tail: str, before: str) -> tuple[str, int]:
    """The rule, and the length of the longest number at the beginning of `tail` that it holds for."""
    named = _named(before.lower())
    alone = not named
    rule, length = "", 0
    for row in (*named, *_ALONE) if named else _alone(tail, before):
        match = row.pattern.match(tail) or (tail.startswith(row.country) and row.pattern.match(tail, _behind(tail)))
        if match and match.end() > length and _holds(row, match[0]) and not (alone and _is_listed(row, match, before)):
            rule, length = row.rule, match.end()
    if not rule and _SSN_UNDASHED.search(before):
        nine = _NINE.match(tail)
        if nine and is_valid("us.ssn", nine[0]):
            return "national_id_us_ssn", len(nine[0])
    return rule, length


def _alone(tail: str, before: str) -> tuple[Identifier, ...]:
    """The rows that hold without a word: none beside a word of another number, in arithmetic, or for a book."""
    if _OTHER.search(before) or _IN_CODE.search(before) or _ARITHMETIC.match(tail) or _BOOK.match(tail):
        return ()
    firm = _VAT.search(before)
    return _ALONE if firm is None else tuple(row for row in _ALONE if row.country == firm[1])


def _is_listed(row: Identifier, match: re.Match[str], before: str) -> bool:
    """Whether a number that nothing names is of a series of figures, of which one in ten or three hundred fits."""
    after = match.string[match.end() :]
    if is_telephone(after) or (row.module == "hr.oib" and _LABELLED_OTHERWISE.search(before)):
        return True
    if not match[0].isdecimal():
        return False
    said = before.lower()
    if NAMED.search(said) or NAMED_WEAKLY.search(said):
        return True  # of a telephone, then
    beside = neighbours(before, after)
    return any(is_figure(other) or (is_long(other) and not _fits(row, other)) for other in beside)


def _fits(row: Identifier, written: str) -> bool:
    return row.pattern.fullmatch(written) is not None and _holds(row, written)


def _behind(tail: str) -> int:
    """Where the number begins behind the two letters of its country."""
    return 3 if tail[2:3] in (" ", "-") else 2


def _named(before: str) -> tuple[Identifier, ...]:
    """The rows whose words stand before, first theirs; all of them behind a word that fits any."""
    if not _NAMES.search(before, 1):
        return ()
    own = [row for row, names in _NAMES_OF if names.search(before, 1)]
    return tuple(dict.fromkeys((*own, *_ANY) if _is_of_any(before) else own))


def _is_of_any(before: str) -> bool:
    """Whether a word that fits any number of a person stands before, and not of a thing or of a telephone."""
    for word in _GENERIC.finditer(before, 1):
        if word[0] == "id:" and _THING.search(before, 0, word.start()):
            continue
        if word[0] == "national number" and _DIALLED.search(before, 0, word.start()):
            continue
        return True
    return False


def _holds(row: Identifier, written: str) -> bool:
    if len(set(written) - set(" .-/")) < 3:
        return False
    if row.module in _STRUCTURES:
        return any(map(str.isdigit, written))
    if row.module == "au.medicare":
        digits = [int(digit) for digit in written if digit.isdigit()]
        return sum(a * b for a, b in zip(digits, _MEDICARE, strict=False)) % 10 == digits[8] and 2 <= digits[0] <= 6
    return is_valid(row.module, re.sub(r"[ .]", "", written)) or is_valid(row.module, written)


RECOGNIZER = Recognizer(
    KIND,
    "National identifiers of persons in some eighty countries",
    "check digits (python-stdnum), with a word unless under 0.5 % of random numbers pass; or a word of nothing else",
    (
        Trigger(r"\b\d{11}", 60, 40),
        Trigger(r"\b\d{6}[ +-]\d{4}", 60, 40),
        Trigger(r"\b\d\d\.\d\d\.\d\d[- ]\d{3}\.\d\d", 60, 40),
        Trigger(r"\b\d\d \d{3} \d{3} \d{3}", 60, 40),
        Trigger(r"\b\d \d\d \d\d [0-9AB]{2} \d{3} \d{3} \d\d", 70, 40),
        Trigger(r"\b756\.\d{4}\.\d{4}\.\d\d", 60, 40),
        Trigger(r"\b\d{6}[A-FU-Y]\d{3}[0-9A-Z]", 60, 40),
        # The six letters before them are left out: every word would be the beginning of one.
        Trigger(r"(?i)\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", 60, 40),
        words(
            r"(?:identi(?:fi[ck]|t|d)|identyf|individual (?:tax|num|id)|\bni n|\bid\b|\bid:|\btin\b|\btax"
            r"|\bsocial|\bssn|\bsoc\.? sec"
            r"|personal|\bcitizen|ausweis|steuer"
            r"|\bst\.?-?nr|fiscal|burgerservice|personnummer|\bahv|\bavs|\boib|\bnif|\bspi\b|\bnir\b"
            r"|curit[?\xe9] sociale|insee|\bnss\b|hetu|kennitala|\bkt\b|\bcnp|isikukood|amka|em[s?]o|jmbg|\bc\.f\."
            r"|\bcpf|cadastro|kimlik|tckn|\bt\.?c\.? ?no|\bcui[tl]?\b|\begn|asmens|\bpps|pesel|c[e?\xe9]dula"
            r"|itin\b|\bcpr|nric|mykad|pengenalan|\bdni|documento nacional|\bnie\b|extranjero|\bird\b|te tari"
            r"|inland revenue|rodn|\br[c?][^a-z]|\br\.[c?]|insurance|assurance sociale|\bnas\b|thai|aadha"
            r"|\buid|\brut\b|tributari|\bbsn|\bsofi|\btfn|medicare|\binn\b|\bnhs|national |\butr\b"
            r"|taxpayer|teudat|zehut|rntrc|\bcurp|registro|cidad|contribu[iye]|svnr|versicherungs|\bvs?nr|\bsv-n|szem"
            r"|\bm[?\xe3] s\?|\bmst\b|\bmy number|kojin|\batin|\bcnic|\bpan\b|permanent acc|\bnino?\b|\bn\.i\."
            r"|\bperso\b|dow[o?\xf3]d|\bidnr|south african|rijksregister|registre (?:nat|trib)|insz|\bniss\b|\bnn\b"
            r"|\bbis\b"
            r"|f\xf8dselsn|henkil|nipt|nuis|tatuesh|\bnrt\b|abgabenkonto|\beid\b|\bpnf\b|foreigner|\bphn\b|\bnit\b"
            r"|ciudadan|residencia|dimex|de identidad|veronumero|\bupn\b|pupil|\bnik\b|\bktp\b|kependudukan"
            r"|\bepic\b|voter|\bvid\b|\bkra\b|peid|personas kod|\bpvn\b|\bnid\b|\bruc\b|\bnip\b"
            r"|numer ident|dav[c?]na|\bddv\b|\bvkn\b|vergi|ptin\b|preparer|\brif\b|onderwijsn|birth n"
            r"|resident|\bvat\b|\biva\b|\btva\b|\bmoms|\bdi[c?]\b)",
            before=30,
            after=80,
        ),
        # words of much else: with a digit behind them only
        Trigger(r"(?i)\b(?:run|cc|rfc|pin|sin|fin|ci)\b[^0-9]{0,30}\d", 60, 60),
        # words in other scripts are question marks here: a number beside them has at least seven digits. Two marks
        # would spare few windows, and cost every text a tenth of its scan
        Trigger(r"\?[^0-9A-Za-z]{0,12}(?:[Nn]o?[^0-9A-Za-z]{1,3})?[A-Z]?\d(?:[ .-]?\d){6}", 70, 60),
    ),
    find,
)
