"""The training and data mining assertion of C2PA manifests (CAWG 1.1, and the names it had before).

Nobody's signature is verified: an assertion may restrict us, and permits nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import cbor2

from collector.model.uses import Use
from collector.signals.excerpt import excerpt
from collector.signals.jumbf import Assertion, Store

MAX_PAYLOAD = 65_536
MAX_ENTRIES = 64

LABELS = frozenset(
    f"{who}.{what}" for who in ("cawg", "c2pa") for what in ("training-mining", "training-and-data-mining")
)
# CAWG §3.2: what each entry is about. Mining includes training, as everywhere here.
ENTRIES: Mapping[str, Use] = MappingProxyType(
    {
        "data_mining": Use.TDM,
        "ai_inference": Use.INPUT,
        "ai_training": Use.TRAIN,
        "ai_generative_training": Use.TRAIN,
    }
)


class Said(StrEnum):
    """§3.3, the values of `use`. OTHER is none of them."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "notAllowed"
    CONSTRAINED = "constrained"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one assertion."""

    label: str  # of the assertion, as written
    name: str  # `ai_training`
    use: Use
    said: Said
    raw: bytes  # the assertion, for its digest
    constraint: str = ""
    active: bool = True  # in the manifest that speaks for the asset; otherwise in that of an ingredient

    @property
    def shown(self) -> str:
        """`cawg.training-mining: ai_training notAllowed`."""
        return f"{self.label}: {self.name} {self.said.value}" + (f" ({self.constraint})" if self.constraint else "")


@dataclass(frozen=True, slots=True)
class TrainingMining:
    """All entries of one store; `fault` where an assertion of that label cannot be read."""

    entries: tuple[Entry, ...] = ()
    fault: str = ""


def read_training_mining(store: Store) -> TrainingMining:
    """The assertions of every manifest, the active one marked. Never raises; at most 64 entries."""
    entries: list[Entry] = []
    fault = ""
    for assertion in store.assertions:
        label = assertion.label.partition("__")[0]  # C2PA §6.4: `__1` numbers further assertions of the label
        if label.rpartition(".v")[0] in LABELS and label.rpartition(".v")[2].isdigit():
            label = label.rpartition(".v")[0]
        if label not in LABELS:
            continue
        given = _decoded(assertion)
        found = given.get("entries") if isinstance(given, dict) else None
        if not isinstance(found, dict):
            fault = f"the assertion {excerpt(assertion.label, 80)} cannot be read"
            continue
        active = assertion.manifest == store.manifests - 1
        entries += _entries(found, assertion, active=active)
    return TrainingMining(tuple(entries[:MAX_ENTRIES]), fault)


def _decoded(assertion: Assertion) -> object:
    if len(assertion.payload) > MAX_PAYLOAD:
        return None
    try:
        if assertion.kind == "json":
            return json.loads(assertion.payload)
        return cbor2.loads(assertion.payload, max_depth=16, allow_duplicate_keys=False, strict_hashable_types=True)
    except (cbor2.CBORError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError):
        return None


def _entries(found: Mapping[object, object], assertion: Assertion, *, active: bool) -> Iterable[Entry]:
    for key, value in list(found.items())[:MAX_ENTRIES]:
        name = key.rpartition(".")[2] if isinstance(key, str) else ""
        if name not in ENTRIES:
            continue
        given = value.get("use") if isinstance(value, dict) else value
        info = value.get("constraint_info", value.get("constraints_info", "")) if isinstance(value, dict) else ""
        yield Entry(
            excerpt(assertion.label, 80),
            name,
            ENTRIES[name],
            _said(given),
            assertion.payload,
            excerpt(info, 200) if isinstance(info, str) else "",
            active,
        )


def _said(given: object) -> Said:
    word = "".join(char for char in given.lower() if char.isalpha()) if isinstance(given, str) else ""
    return {"allowed": Said.ALLOWED, "notallowed": Said.NOT_ALLOWED, "constrained": Said.CONSTRAINED}.get(
        word, Said.OTHER
    )
