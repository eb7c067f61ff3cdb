"""Rule `plus_data_mining`: what `plus:DataMining` in the XMP of an asset prohibits (PLUS, IPTC)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.model.uses import UNSTATED, combine_uses
from collector.rules.facts import ContentFacts
from collector.rules.layered import layered, told
from collector.signals.excerpt import excerpt
from collector.signals.plus import PROPERTY, read_data_mining, terms_beside
from collector.signals.xmp import Property

RULE = "plus_data_mining"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.plus_data_mining]`."""

    malformed: bool = True  # a value that is none of the vocabulary, but plainly meant as a no


def plus_data_mining(facts: ContentFacts, settings: Settings) -> Finding:
    """What the `DataMining` property of PLUS says of mining and of training with this image, PDF or book.

    PLUS LDF 2.0.1 and IPTC Photo Metadata 2023.1: every `DMI-PROHIBITED…` denies training; those that are not
    about training alone deny mining and input too. Values that point to further terms deny: the terms are told
    and not understood. `DMI-ALLOWED` allows within PLUS, absence and `DMI-UNSPECIFIED` say nothing.
    """
    properties = facts.embedded.properties
    values = read_data_mining(properties)
    if not values:
        return Finding(RULE, Verdict.ALLOW, "no plus:DataMining in the metadata")
    meant = combine_uses(value.uses for value in values if value.malformed) if settings.malformed else UNSTATED
    uses, basis = layered(combine_uses(value.uses for value in values if not value.malformed), malformed=meant)
    shown = ", ".join(dict.fromkeys(excerpt(value.value, 80) for value in values[:8]))
    evidence = tuple(_evidence(f"plus:{PROPERTY}", value.value) for value in values[:8])
    beside = tuple(_evidence(_named(one), one.value) for one in terms_beside(properties))
    reason = f"{told(uses, f'plus:{PROPERTY}')}: {shown}"
    return Finding(RULE, Verdict.ALLOW, reason, uses, basis, evidence + beside)


def _named(one: Property) -> str:
    return f"{'plus' if 'useplus' in one.namespace else 'Iptc4xmpExt'}:{one.name}"


def _evidence(name: str, value: str) -> Evidence:
    return Evidence("metadata", Digest.of(value.encode("utf-8", "surrogatepass")), f"{name}: {excerpt(value)}")
