"""What an objection can forbid: labels of use that contain each other, and which mean that nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class UseLabel(StrEnum):
    """The uses a registry speaks of: AIPREF's and TDMRep's words, and what else a requester asks about."""

    ALL = "all"
    TDM = "tdm"
    TRAIN_AI = "train-ai"
    TRAIN_GENAI = "train-genai"
    SEARCH = "search"
    INFERENCE = "inference"
    ARCHIVE = "archive"
    REDISTRIBUTE = "redistribute"


# all ⊃ {tdm ⊃ {train-ai ⊃ train-genai}, search, inference, archive, redistribute}
PARENT: dict[UseLabel, UseLabel] = {
    UseLabel.TDM: UseLabel.ALL,
    UseLabel.TRAIN_AI: UseLabel.TDM,
    UseLabel.TRAIN_GENAI: UseLabel.TRAIN_AI,
    UseLabel.SEARCH: UseLabel.ALL,
    UseLabel.INFERENCE: UseLabel.ALL,
    UseLabel.ARCHIVE: UseLabel.ALL,
    UseLabel.REDISTRIBUTE: UseLabel.ALL,
}

# A corpus is for mining and training, and its pages are archived: who forbids one of these is not asked for the page.
_NOT_COLLECTED = frozenset({UseLabel.ALL, UseLabel.TDM, UseLabel.TRAIN_AI, UseLabel.TRAIN_GENAI, UseLabel.ARCHIVE})


_BY_WORD = {label.value: label for label in UseLabel}


def read_label(text: str) -> UseLabel:
    """The label that `text` means. A word that nobody knows was meant as a no to something: it is `all`."""
    word = text.strip().lower().replace("_", "-")
    return _BY_WORD.get(word, UseLabel.ALL)


def normal(labels: Iterable[UseLabel]) -> tuple[UseLabel, ...]:
    """The fewest labels that say the same, in the vocabulary's order; none at all is `all`."""
    given = set(labels) or {UseLabel.ALL}
    return tuple(label for label in UseLabel if label in given and not given & _containing(label))


def forbids(labels: Iterable[UseLabel], use: UseLabel) -> bool:
    """Whether a no to `labels` is a no to `use`: said of it, or of what contains it."""
    return bool(set(labels) & ({use} | _containing(use)))


def forbids_collection(labels: Iterable[UseLabel]) -> bool:
    """Whether a no to `labels` means that a crawl for corpora must not fetch. A no to search alone does not."""
    return not _NOT_COLLECTED.isdisjoint(normal(labels))


def _containing(label: UseLabel) -> set[UseLabel]:
    found: set[UseLabel] = set()
    parent = PARENT.get(label)
    while parent is not None:
        found.add(parent)
        parent = PARENT.get(parent)
    return found
