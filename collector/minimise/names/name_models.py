"""Models that find persons' names in running text (`[minimise] ner`): ours in the extra `ner`, others as plug-ins.

They cost a hundred times what everything else costs together, so a policy has to name them, and each is asked for
texts in its own languages alone. What they find depends on the words around it, which minimising changes: they are
asked once, of the text as it came, and no scan of what was kept asks them again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, runtime_checkable

from collector.document.language import detect
from collector.minimise.engine.span import Span
from collector.minimise.names.author_field import is_person, normal
from collector.model.errors import PolicyError

GROUP = "collector.names"  # entry points; the name is what the policy names
# Ours, by module and object: none is imported before a policy names it.
OURS = {
    "spacy_en": ("collector.minimise.names.name_models_spacy", "ENGLISH"),
    "spacy_fr": ("collector.minimise.names.name_models_spacy", "FRENCH"),
    "slovnet_ru": ("collector.minimise.names.name_models_slovnet", "RUSSIAN"),
}
CHUNK = 20_000  # characters that a model sees at once
LONGEST = 80  # characters of a name
_WHERE = "[minimise] ner"


class NameFinder(Protocol):
    """A model that is loaded. Pure: the same text gives the same names, without network or disk."""

    name: str  # of the model, as the record of a page names it
    version: str

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        """Start and end of each person's name, in any order."""
        ...


@runtime_checkable
class NameModel(Protocol):
    """What an entry point in the group `collector.names` is."""

    languages: frozenset[str]  # ISO 639-1
    needs: tuple[str, ...]  # modules that must be installed; they are looked for when a policy is read, not imported
    extra: str  # what to install for them

    def load(self) -> NameFinder:
        """The model with its weights, from what is installed: nothing is ever fetched."""
        ...


def check(names: Sequence[str]) -> None:
    """Raise PolicyError unless every model that the policy names is installed. No weights are loaded."""
    for name in names:
        model = _model(name)
        missing = [module for module in model.needs if find_spec(module) is None]
        if missing:
            raise PolicyError(
                f"the model {name!r} needs {', '.join(missing)}, which is not installed",
                where=_WHERE,
                mend=f"pip install '{model.extra}'",
            )


def load(names: Sequence[str]) -> None:
    """Load the models now, so that the first document's time limit is not spent on it."""
    for name in names:
        _finder(name)


def find(text: str, names: Sequence[str]) -> tuple[list[Span], tuple[str, ...]]:
    """Spans of the persons' names in `text`, and the models that were asked, with their versions.

    Time is linear in the text: a model sees at most `CHUNK` characters at once, cut at the end of a line.
    """
    if not names:
        return [], ()
    language = detect(text).code
    spans: list[Span] = []
    asked = []
    for name in names:
        if language in _model(name).languages:
            finder = _finder(name)
            asked.append(f"{finder.name} {finder.version}")
            spans.extend(_spans(text, finder, f"person_{name}"))
    return spans, tuple(asked)


def _spans(text: str, finder: NameFinder, rule: str) -> Iterator[Span]:
    for start, end in _chunks(text):
        chunk = text[start:end]
        for first, last in finder.find(chunk):
            written = chunk[first:last]
            lead = len(written) - len(written.lstrip())
            name = written.strip()
            # what a model says is judged: it takes headings and our own placeholders for names
            if 1 < len(name) <= LONGEST and "[[" not in name and "]]" not in name and is_person(name):
                begin = start + first + lead
                yield Span(begin, begin + len(name), "person", rule, normal(name))


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(start + CHUNK, len(text))
        if end < len(text):
            line = text.rfind("\n", start + CHUNK // 2, end)
            space = text.rfind(" ", start + CHUNK // 2, end)
            end = line + 1 if line >= 0 else space + 1 if space >= 0 else end
        yield start, end
        start = end


@functools.cache
def _model(name: str) -> NameModel:
    if name in OURS:
        module, value = OURS[name]
        ours: object = getattr(import_module(module), value)
        assert isinstance(ours, NameModel)
        return ours
    from importlib.metadata import entry_points  # noqa: PLC0415  it loads sockets; only a policy that names one needs it

    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        there = ", ".join(sorted({*OURS, *found}))
        raise PolicyError(f"no model {name!r} of names", where=_WHERE, mend=f"install it; known: {there}")
    try:
        made: object = found[name].load()
    except Exception as exc:
        raise PolicyError(f"the model {name!r} does not load: {type(exc).__name__}: {exc}", where=_WHERE) from exc
    if not isinstance(made, NameModel):
        raise PolicyError(
            f"the entry point {name!r} is no model", where=_WHERE, mend="it needs languages, needs, extra and load()"
        )
    return made


@functools.cache
def _finder(name: str) -> NameFinder:
    return _model(name).load()
