"""Names of persons that a document declares, and every place of its text where they stand again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from collector.minimise.context import Context
from collector.minimise.span import Span

KIND = "person"
MAX_NAMES = 200  # of one document
_MAX_LENGTH = 80

_BYLINE = re.compile(
    r"\s*(?:(?:written|posted|published|story|text|words|report|reported|edited|article)\s+)?"
    r"(?:by|von|par|por|di|door|af|av|von:|by:|author:|autor:|autorin:|auteur:|text:|foto:|photo:)\s+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[;|•·\n]|\s/\s|\s&\s|,?\s(?:and|und|et|y|e|og|och|en|i|with|mit)\s)\s*", re.IGNORECASE)
_TITLES = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|mx|herr|frau|sir|dame|dipl|ing|mag|phd|md|rev|hon|m|mme|mlle)\.?\s+)+", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W\d_][\w'\u2019.\-]*", re.UNICODE)
_ORGANISATION = re.compile(
    r"\b(?:gmbh|ag|inc|ltd|llc|corp|co|kg|sa|srl|bv|plc|e\.?v|team|staff|redaktion|editorial|editors?|newsroom"
    r"|desk|news|press|presse|agency"
    r"|agentur|redazione|redacción|rédaction|admin|administrator|webmaster|verlag|university|universität"
    r"|institute?|foundation|stiftung|society"
    r"|association|verein|group|company|department|ministry|museum|library|online|magazine|magazin|zeitung"
    r"|journal|times|post|blog|contributors?"
    r"|developers?|project|committee|council|office|media|studio|authors?|community|wikipedia|reuters|dpa|afp|ap"
    r"|guest|anonymous|unknown)\b"
    r"|https?:|www\.|\.(?:com|org|net|de)\b",
    re.IGNORECASE,
)
_GERMAN = {
    ord("ä"): "ae",
    ord("ö"): "oe",
    ord("ü"): "ue",
    ord("ß"): "ss",
    ord("ø"): "oe",
    ord("å"): "aa",
    ord("æ"): "ae",
}


def split_names(text: str) -> list[str]:
    """The names in an author field: bylines and titles off, lists divided, `Doe, Jane` turned round."""
    text = " ".join(text[:2_000].split())
    byline = _BYLINE.match(text)
    if byline:
        text = text[byline.end() :]
    names: list[str] = []
    for part in _BETWEEN.split(text):
        pieces = [piece.strip(' .\u200b"“”()[]') for piece in part.split(",")]
        pieces = [piece for piece in pieces if piece]
        if len(pieces) == 2 and all(len(_TOKEN.findall(piece)) == 1 for piece in pieces):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        names.extend(pieces)
    return [name for name in names if len(name) <= _MAX_LENGTH]


def is_person(name: str) -> bool:
    """Whether an author's name can be a person's: not an organisation's, an address or a number."""
    return bool(_TOKEN.search(name)) and not any(c.isdigit() for c in name) and not _ORGANISATION.search(name)


def normal(name: str) -> str:
    """One spelling for alike names: no titles, lower case, single spaces, `doe, jane` as `jane doe`."""
    name = _TITLES.sub("", " ".join(name.split()), count=1) or name
    first, comma, rest = name.partition(",")
    return (f"{rest.strip()} {first.strip()}" if comma else name).casefold()


class Names:
    """The full names a document declares. `find` is a recognizer for running text, `find_spelled` for addresses."""

    __slots__ = ("_anywhere", "_known", "_probes", "_running")

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._probes: tuple[str, ...] = ()
        self._running: re.Pattern[str] | None = None
        self._anywhere: re.Pattern[str] | None = None

    def __bool__(self) -> bool:
        return bool(self._known)

    def add(self, names: Iterable[str]) -> None:
        """Take up full names: two to five words. A single word would be found in too many places."""
        for name in names:
            tokens = tuple(_TOKEN.findall(_TITLES.sub("", name, count=1)))
            if 2 <= len(tokens) <= 5 and sum(map(len, tokens)) >= 5 and len(self._known) < MAX_NAMES:
                self._known.setdefault(normal(" ".join(tokens)), tokens)
        self._running = self._anywhere = None
        self._probes = ()

    def find(self, text: str, context: Context) -> Iterator[Span]:  # noqa: ARG002  the port of all recognizers
        """Spans of the names in running text: any case, `Jane Doe` and `Doe, Jane`."""
        if self._known and self.possible(text):
            if self._running is None:
                self._running = _pattern(self._known.values(), r"[\s\-]{1,4}", turned=True)
            for match in self._running.finditer(text):
                yield Span(match.start(), match.end(), KIND, "person_named", normal(match[0]))

    def find_spelled(self, text: str) -> Iterator[Span]:
        """Spans of the names as addresses and identifiers spell them: `jane-doe`, `JaneDoe`, `jane%20doe`."""
        if self._known and self.possible(text):
            if self._anywhere is None:
                spelled = {form for tokens in self._known.values() for form in _spellings(tokens)}
                self._anywhere = _pattern(sorted(spelled), r"(?:[\s._+\-]|%20){0,3}", turned=False)
            for match in self._anywhere.finditer(text):
                yield Span(
                    match.start(), match.end(), KIND, "person_spelled", normal(re.sub(r"%20|[._+\-\s]+", " ", match[0]))
                )

    def possible(self, text: str) -> bool:
        """A cheap look before the pattern: is any first word there at all?"""
        if not self._probes:
            spelled = {form[0].casefold() for tokens in self._known.values() for form in _spellings(tokens)}
            self._probes = tuple(sorted(spelled))
        folded = text.casefold()
        return any(probe in folded for probe in self._probes)


def _spellings(tokens: tuple[str, ...]) -> set[tuple[str, ...]]:
    lower = tuple(token.lower() for token in tokens)
    german = tuple(token.translate(_GERMAN) for token in lower)
    bare = tuple(
        "".join(c for c in unicodedata.normalize("NFKD", token) if not unicodedata.combining(c)) for token in lower
    )
    return {lower, german, bare}


def _pattern(names: Iterable[tuple[str, ...]], gap: str, *, turned: bool) -> re.Pattern[str]:
    forms = []
    for tokens in names:
        forms.append(gap.join(map(re.escape, tokens)))
        if turned:
            rest = gap.join(map(re.escape, tokens[:-1]))
            forms.append(rf"{re.escape(tokens[-1])},\s{{0,2}}{rest}")
    forms.sort(key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])", re.IGNORECASE)
