"""Slovnet's model of Russian news (MIT), with the weights that natasha's wheel ships.

natasha itself is not imported: it loads a morphology that the model does without, and that Python 3.11 has left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_EMBEDDING = "emb/navec_news_v1_1B_250K_300d_100q.tar"
_WEIGHTS = "model/slovnet_ner_news_v1.tar"


@dataclass(frozen=True, slots=True)
class SlovnetModel:
    """See `name_models.NameModel`."""

    languages: frozenset[str] = frozenset(("ru",))
    needs: tuple[str, ...] = ("slovnet", "navec", "natasha")
    extra: str = "collector[ner]"

    def load(self) -> SlovnetFinder:
        """See `name_models.NameModel`. Less than a second, 200 MB."""
        found = find_spec("natasha")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("natasha")
        data = Path(found.origin).parent / "data"
        model = import_module("slovnet").NER.load(str(data / _WEIGHTS))
        model.navec(import_module("navec").Navec.load(str(data / _EMBEDDING)))
        return SlovnetFinder("slovnet_ner_news_v1", metadata.version("natasha"), model)


@dataclass(slots=True)
class SlovnetFinder:
    """See `name_models.NameFinder`."""

    name: str
    version: str
    model: Any

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """See `name_models.NameFinder`."""
        for span in self.model(text).spans:
            if span.type == "PER":
                yield span.start, span.stop


RUSSIAN = SlovnetModel()
