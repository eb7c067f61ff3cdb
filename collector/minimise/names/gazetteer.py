"""Given and family names of some seventy languages: what makes two capitalised words a person's name.

The lists are Faker's (MIT, collected by hand for each language); they are read when a page first asks, in about
a quarter of a second, and are not copied here. The rule around them is our own: a list alone calls half of a
page a name.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator

from collector.minimise.engine.words_of import NONE, WordsOf

_UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
_WORD = rf"[{_UPPER}](?:[^\W\d_]|['\u2019\-](?=[^\W\d_])){{1,30}}"
PARTICLE = "von|van|der|den|de|del|della|di|da|dos|du|la|le|zu|zur|ter|ten|bin|ibn|al|el|y"
_RUN = re.compile(
    rf"(?<![\w@#/.])(?:{_WORD})(?:[ \u00a0](?:(?:{PARTICLE})[ \u00a0]){{0,2}}(?:{_WORD}|[{_UPPER}]\.)){{0,4}}"
)
_TOKEN = re.compile(r"[^ \u00a0]+")
_TITLE = re.compile(
    r"\b(?:Herrn?|Frau|Dr|Prof|Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Sr|Sra|Señora?|Pan|Pani|Dhr|Mevr)\.?[ \u00a0]\Z"
)
# Titles as a part of the run: those that are hardly another word where no full stop is behind them.
_TITLED = frozenset("dr prof mr mrs herr herrn frau mme mlle".split())
_SMALL = re.compile(r"[a-zß-öø-ÿ][^\W\d_]+")
_POSSESSIVE = re.compile(r"['\u2019]s?\Z")

# Given or family names somewhere that mostly are other words: they count only beside a family name that is listed.
_AMBIGUOUS = frozenset(
    """april may june august summer autumn art will mark grant rich page love joy hope faith grace rose lily ivy olive
    iris jade amber ruby pearl star sky dawn eve angel christian guy chase chance hunter mason porter carter taylor
    sage rain storm river forest brook lake dale glen heath cliff stone wood field king prince duke earl baron major
    general justice patience pleasant sunny happy merry bill bob rob drew pat sue max wolf bear bird fox lion victor
    san santa los las el la le de da do el al an in is it so no my you he she we be am as at by do go if of on or to up
    us my new old big best good great free real true first last next more most all any each every other some such
    by von van der den del di da dos du par por door od af av text foto bild post autor author
    das der die den dem ein eine von mit zum zur und oder aber wenn nach bei für auf aus über unter vor neu neue
    mai marie-luise ernst frank mir uns sie ihr wir ist hat war wie was wer wo so da nur noch schon sehr mehr
    paris london berlin sydney florence vienna victoria georgia virginia carolina dakota austin dallas houston
    charlotte madison jackson lincoln washington jordan israel chad kenya india china asia america europa
    monday tuesday wednesday thursday friday saturday sunday january february march july september october november
    december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz juni juli oktober
    dezember lundi mardi mercredi jeudi vendredi samedi dimanche mars avril juin juillet août domingo lunes martes
    red blue green white black brown gray grey silver gold golden
    web site home blog post news date time page map data test demo web google apple windows mac linux java ruby
    python swift kotlin julia go delphi pascal ada eclipse firefox android opera""".split()
)
_NEVER_FIRST = frozenset(
    "by von van der den del di da dos du par por door od af av the das die dem ein eine von san santa los las".split()
)
# A run with one of these is a place, a day, an institution or a heading.
_OTHER = frozenset(
    """street road avenue lane square park bridge island islands river lake mountain mountains valley beach bay city
    town county state states university college school institute museum library church hospital airport station
    straße platz allee weg brücke insel see berg universität schule kirche bahnhof hochschule stadt kreis land
    rue place boulevard université école église calle plaza avenida universidad iglesia via piazza università chiesa
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday chronicle times daily januar februar märz mai juni juli oktober dezember montag
    dienstag
    mittwoch     donnerstag freitag samstag sonntag uhr north south east west northern southern eastern western new
    old national
    international united kingdom republic war world day night week year award prize cup league club party act law
    court press house hall theatre theater cinema hotel restaurant cafe market store shop bank inc ltd llc gmbh ag
    corp linux source case study server printer level devices programming configuration printing size
    company foundation stiftung verein group team project software system server version edition book books
    magazine zeitung journal review guide manual documentation index contents chapter section figure table copyright
    license public general reserved rights policy privacy terms cookie cookies login contact kontakt impressum
    newsletter home blog search suche menu menü comments kommentare read continue mehr weiter""".split()
)


@functools.cache
def given_and_family() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and family names, case-folded single words of two letters and more."""
    from faker.providers import person  # noqa: PLC0415  seventy modules: only for who asks

    given: set[str] = set()
    family: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            target = given if "first_name" in attribute else family if "last_name" in attribute else None
            values = getattr(provider, attribute) if target is not None else None
            if target is not None and isinstance(values, (tuple, list, dict)):
                target.update(v.casefold() for v in values if isinstance(v, str) and len(v) > 1 and " " not in v)
    return frozenset(given), frozenset(family)


def is_given(word: str) -> bool:
    """Whether the word is a given name that is hardly anything else."""
    folded = word.casefold()
    return folded in given_and_family()[0] and folded not in _AMBIGUOUS


def may_be_given(word: str) -> bool:
    """Whether the word is a listed given name, whatever else it is: `Will`, `Mark`; an initial may be one, too."""
    return len(word) == 1 or word.casefold() in given_and_family()[0]


def is_family(word: str) -> bool:
    """Whether the word is a listed family name."""
    return word.casefold() in given_and_family()[1]


def find(text: str, words: WordsOf = NONE) -> Iterator[tuple[int, int]]:
    """Half-open offsets of what looks like a person's full name: `Jane Doe`, `Dr. Doe`. Linear in the text.

    `words` are the document's: what it also writes with a small letter is hardly a name in it, unless both are listed.
    """
    given, family = given_and_family()
    for run in _RUN.finditer(text):
        titled = _TITLE.search(text, max(0, run.start() - 12), run.start()) is not None
        if not titled and " " not in run[0] and "\u00a0" not in run[0]:
            continue  # a word by itself
        tokens = [(t.start() + run.start(), t.end() + run.start(), t[0]) for t in _TOKEN.finditer(run[0])]
        while len(tokens) > 1 and tokens[0][2].casefold() in _TITLED and not tokens[0][2].isupper():
            titled = True
            tokens.pop(0)
        if titled and not is_other(tokens[0][2]):
            kept = _without_others(tokens[:3])
            yield tokens[0][0], _end(kept[-1])
            continue
        for index, (start, _, word) in enumerate(tokens[:-1]):
            folded = _folded(word)
            if folded not in given or folded in _NEVER_FIRST:
                continue
            following = _without_others(tokens[index : index + 4])[1:]
            if not following:
                continue
            last = _folded(following[-1][2])
            doubtful = folded in _AMBIGUOUS or _is_small(folded, words)
            if doubtful and (last not in family or last in _AMBIGUOUS or _is_small(last, words)):
                continue
            if _is_small(last, words) and last not in family:
                continue
            if word.isupper() and len(word) > 1 and last not in family and last not in given:
                continue
            yield start, _end(following[-1])
            break


def _is_small(word: str, words: WordsOf) -> bool:
    return _SMALL.fullmatch(word) is not None and word in words


def _folded(word: str) -> str:
    return _POSSESSIVE.sub("", word).casefold()


def _end(token: tuple[int, int, str]) -> int:
    return token[1] - (len(token[2]) - len(_POSSESSIVE.sub("", token[2])))


def is_other(word: str) -> bool:
    """Whether a run of capitalised words with this one in it is a place, a day, an institution or a heading."""
    return word.casefold() in _OTHER


def _without_others(tokens: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The tokens up to the first that no name has, without particles at the end."""
    kept: list[tuple[int, int, str]] = []
    for token in tokens:
        if kept and is_other(token[2]):
            break
        kept.append(token)
    while len(kept) > 1 and kept[-1][2].islower():
        kept.pop()
    return kept
