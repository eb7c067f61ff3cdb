"""`plus:DataMining` in XMP (PLUS LDF 2.0.1, IPTC Photo Metadata 2023.1): may an asset be mined or learnt from?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.xmp import Property

NAMESPACE = "http://ns.useplus.org/ldf/xmp/1.0/"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
PROPERTY = "DataMining"
_BESIDE = {  # where a value that points to further terms finds them
    NAMESPACE: frozenset(("OtherConstraints", "EmbdEncRightsExpr", "LinkedEncRightsExpr")),
    IPTC_EXTENSION: frozenset(("EmbdEncRightsExpr", "LinkedEncRightsExpr")),
}

_TRAINING = Uses.denying(Use.TRAIN)
_MINING = Uses.denying(Use.TDM, Use.TRAIN, Use.INPUT)
_VALUES: Mapping[str, Uses] = MappingProxyType(
    {
        "DMI-UNSPECIFIED": UNSTATED,
        "DMI-ALLOWED": Uses.allowing(Use.TDM, Use.TRAIN),
        "DMI-PROHIBITED": _MINING,
        "DMI-PROHIBITED-AIMLTRAINING": _TRAINING,
        "DMI-PROHIBITED-GENAIMLTRAINING": _TRAINING,
        "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": replace(_MINING, index=Permission.ALLOW),
        "DMI-PROHIBITED-SEECONSTRAINT": _MINING,
        "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": _MINING,
        "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": _MINING,
    }
)
# The vocabulary's own names for people, which tools write in the place of the keys.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "unspecified": "DMI-UNSPECIFIED",
        "allowed": "DMI-ALLOWED",
        "prohibited": "DMI-PROHIBITED",
        "prohibited for ai/ml training": "DMI-PROHIBITED-AIMLTRAINING",
        "prohibited for generative ai/ml training": "DMI-PROHIBITED-GENAIMLTRAINING",
        "prohibited except for search engine indexing": "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    }
)
_PLAINLY_NO = re.compile(r"prohibit|forbid|not[ _-]?allowed|disallow|\bno\b|\bdeny|denied", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DataMining:
    """One value of the property."""

    uses: Uses
    value: str  # as written
    malformed: bool = False  # no value of the vocabulary, but plainly meant as a no
    known: bool = True


def read_data_mining(properties: Iterable[Property]) -> tuple[DataMining, ...]:
    """Every value in the packets. Keys with or without the vocabulary's address, names as tools write them."""
    return tuple(_value(one.value) for one in properties if one.namespace == NAMESPACE and one.name == PROPERTY)


def terms_beside(properties: Iterable[Property]) -> tuple[Property, ...]:
    """The constraints and rights expressions that a value may point to: told, not understood."""
    return tuple(one for one in properties if one.name in _BESIDE.get(one.namespace, frozenset()))[:8]


def _value(written: str) -> DataMining:
    text = written.strip()
    key = text.rpartition("/")[2] if text.lower().startswith(("http:", "https:")) else text
    key = key.removeprefix("plus:").upper()
    if key not in _VALUES:
        key = _NAMES.get(text.lower().partition(",")[0].partition(" - ")[0].strip(), "")  # `Prohibited, see …`
    if key:
        return DataMining(_VALUES[key], text)
    if _PLAINLY_NO.search(text):
        return DataMining(_MINING, text, malformed=True)
    return DataMining(UNSTATED, text, known=False)
