"""The persons a document names, and every place where they stand again: `Jane Doe`, `Doe, Jane`, `J. Doe`, `Doe`.

Names are looked for by their last word with `str.find` and then compared word by word: an alternation of all
forms as one regular expression costs thirty times as much to compile and to run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from collector.minimise.engine.context import Context
from collector.minimise.engine.span import Span
from collector.minimise.engine.words_of import NONE, WordsOf
from collector.minimise.names import gazetteer
from collector.minimise.names.author_field import is_person, normal, without_titles
from collector.minimise.names.name_shapes import Byline

KIND = "person"
MAX_NAMES = 200  # of one document
MAX_ALONE = 60  # places where a single word is masked; more, and it is no name on this page
MAX_GIVEN = 1_000  # likewise, of a given name that is hardly anything else
MAX_GAP = 24  # characters between two words of a name
MANY = 40  # words to look for, from which on the text's own words are listed first

_CHUNK = re.compile(r"[^\W\d_]+")
_GAP_BEFORE = re.compile(r"(?:(?:[\s._+\-'\u2019]|%20){0,3}|\s{0,24})\Z")
_FAMILY = re.compile(r"[ \u00a0]([^\W\d_a-z][^\W\d_]{2,30})(?![\w'\u2019])")
_TURNED = re.compile(r"\s{0,2},\s{0,2}")
_COMMON = frozenset(
    """admin author autor blog editor guest gast home user team news redaktion anonymous anonym unknown member staff
    webmaster moderator administrator support contact info the and for with von der die das und mit les des una los
    reader visitor host owner writer reporter post page site online web test me you him her his she they kommentar
    comment comments kommentare mehr more about today heute photo foto text welcome name date""".split()
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


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of a name, in folded words; `value` stands for the person."""

    words: tuple[str, ...]
    value: str


class Names:
    """The persons of one document. `find` is a recognizer for running text, `find_spelled` for addresses."""

    __slots__ = ("_alone", "_forms", "_known", "_seen", "_spelled", "_wanted", "everywhere")

    def __init__(self) -> None:
        self.everywhere = False  # listed names count in all of the text, not only where a name is to be expected
        self._known: dict[str, tuple[str, ...]] = {}
        self._forms: dict[str, list[Form]] = {}
        self._spelled: dict[str, list[Form]] = {}
        self._wanted: dict[str, str] = {}
        self._seen = NONE
        self._alone: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._known or self._alone or self.everywhere)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, names: Iterable[str]) -> None:
        """Take up full names of two to five words. One word, or part of a name, counts once `settle` found it safe."""
        for name in names:
            plain = without_titles(name)
            words = tuple(_CHUNK.findall(plain))
            if len(words) == 1 or " " not in plain.strip():
                self.add_alone(plain.strip())
            elif 2 <= len(words) <= 6 and sum(map(len, words)) >= 5:
                self._add(words, normal(plain))

    def take(self, bylines: Iterable[Byline]) -> None:
        """Take up what running text gives as somebody's name, to be found wherever it stands again."""
        for byline in bylines:
            if byline.guessed:
                self._add(tuple(_CHUNK.findall(byline.name)), normal(byline.name), guessed=True)
            elif byline.sure or " " in byline.name:
                self.add((byline.name,))

    def add_alone(self, word: str) -> None:
        """Take up a single word that the document says is somebody's name."""
        if 3 <= len(word) <= 40 and len(self._wanted) < MAX_NAMES and word.casefold() not in _COMMON:
            self._wanted.setdefault(word, normal(word))

    def _add(self, words: tuple[str, ...], value: str, *, guessed: bool = False) -> None:
        if value in self._known or len(self._known) >= MAX_NAMES:
            return
        self._known[value] = words
        plain = tuple(folded(word) for word in words)
        self._forms.setdefault(plain[-1], []).append(Form(plain, value))
        if guessed:
            return
        for form in _spellings(plain):
            self._spelled.setdefault(form[-1], []).append(Form(form, value))
        for part in (words[0], words[-1]):
            if len(part) >= 4 and part[:1].isupper() and part[1:].islower() and part.casefold() not in _COMMON:
                self._wanted.setdefault(part, value)

    def settle(self, text: str) -> bool:
        """Decide by the document's own text which single words are names in it: never ones it also writes small.

        Whether there are more of them than before.
        """
        before = len(self._alone)
        seen = self._seen = WordsOf(text)
        for word, value in self._wanted.items():
            chunks = _CHUNK.findall(word)
            if not chunks or not all(chunk in seen for chunk in chunks):
                continue
            small = word.casefold()
            if word != small and small in seen:
                continue
            limit = 12 if word == small else MAX_GIVEN if gazetteer.is_given(word) else MAX_ALONE
            if text.count(word) <= limit:
                self._alone[word] = value
                if limit == MAX_GIVEN and len(word) >= 4 and word.upper() in seen:
                    self._alone[word.upper()] = value
        return len(self._alone) > before

    def find(self, text: str, context: Context) -> Iterator[Span]:  # noqa: ARG002  the port of all recognizers
        """Spans of the names in running text: in any case where whole; a part alone only as it was written."""
        if self._forms:
            low = folded(text)
            anchors: Iterable[str] = self._forms
            if len(self._forms) > MANY:
                anchors = self._forms.keys() & set(_CHUNK.findall(low))
            for anchor in anchors:
                if anchor not in low:
                    continue  # most names are not in most texts: a generator less for each
                for start in _places(low, anchor):
                    for form in self._forms[anchor]:
                        if span := _running(text, low, start, form):
                            yield span
                            break
        if self.everywhere:
            for start, end in gazetteer.find(text):
                if is_person(text[start:end]):
                    yield Span(start, end, KIND, "person_listed", normal(text[start:end]))
        for word, value in self._alone.items():
            if word not in text:
                continue
            for start in _places(text, word):
                end = start + len(word)
                if _bounded(text, start, end):
                    yield Span(start, self._with_family(text, end), KIND, "person_part", value)

    def _with_family(self, text: str, end: int) -> int:
        """The end of the name: behind a capitalised word, too, that the text never writes small."""
        following = _FAMILY.match(text, end)
        if following is None or gazetteer.is_other(following[1]) or following[1].casefold() in _COMMON:
            return end
        return following.end() if following[1].lower() not in self._seen else end

    def find_spelled(self, text: str) -> Iterator[Span]:
        """Spans of the names as addresses and identifiers spell them: `jane-doe`, `JaneDoe`, `jane%20doe`."""
        low = folded(text)
        for anchor, forms in self._spelled.items():
            if anchor not in low:
                continue
            for start in _places(low, anchor):
                for form in forms:
                    begin = _backwards(low, start, form.words[:-1], least=0)
                    end = start + len(anchor)
                    if begin >= 0 and _bounded(low, begin, end):
                        yield Span(begin, end, KIND, "person_spelled", form.value)
                        break

    def possible(self, text: str) -> bool:
        """A cheap look: is any last word there at all?"""
        low = folded(text)
        for anchor in self._spelled:  # `any` takes twice as long, for each attribute of a page
            if anchor in low:
                return True
        for word in self._alone:  # noqa: SIM110
            if word in text:
                return True
        return False


def folded(text: str) -> str:
    """Lower case with every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _places(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + len(word))


def _bounded(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isalnum() and text[start - 3 : start] != "%20"
    return not before and not (end < len(text) and text[end].isalnum())


def _backwards(low: str, position: int, words: tuple[str, ...], *, least: int) -> int:
    """Where `words`, written one after the other, begin if they end before `position`; -1 if they do not."""
    for word in reversed(words):
        # What stands before most places is told without the pattern: a letter, or nothing of the name.
        if low[position - 1 : position].isalpha():
            if least:
                return -1
        elif low.rfind(word, max(0, position - len(word) - MAX_GAP), position) < 0:
            return -1
        else:
            gap = _GAP_BEFORE.search(low, max(0, position - MAX_GAP), position)
            position = gap.start() if gap and position - gap.start() >= least else -1
        if position < len(word) or low[position - len(word) : position] != word:
            return -1
        position -= len(word)
    return position


def _running(text: str, low: str, start: int, form: Form) -> Span | None:
    """The name whose last word stands at `start`: whole, turned round, or with initials."""
    end = start + len(form.words[-1])
    first = form.words[0]
    begin = _backwards(low, start, form.words[:-1], least=1)
    if begin >= 0 and _bounded(low, begin, end):
        return Span(begin, end, KIND, "person_named", form.value)
    if not _bounded(low, start, end):
        return None
    if comma := _TURNED.match(low, end):
        rest = comma.end()
        if low.startswith(first, rest) and _bounded(low, rest, rest + len(first)):
            return Span(start, rest + len(first), KIND, "person_named", form.value)
        if text[rest : rest + 2] == f"{first[0].upper()}.":
            return Span(start, rest + 2, KIND, "person_named", form.value)
    if "." not in text[max(0, start - 10) : start]:
        return None
    initial = re.compile(rf"(?<!\w){re.escape(first[0].upper())}\.\s?(?:[^\W\d_]\.\s?){{0,2}}\Z")
    if found := initial.search(text, max(0, start - 10), start):
        return Span(found.start(), end, KIND, "person_named", form.value)
    return None


def _spellings(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    german = tuple(word.translate(_GERMAN) for word in words)
    bare = tuple(
        "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) for word in words
    )
    return {words, german, bare, tuple(quote(word).lower() for word in words)}
