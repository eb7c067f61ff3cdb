"""Rule `training_mining`: the training and data mining assertion in the C2PA manifest of an asset (CAWG)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.model.uses import Uses, combine_uses
from collector.rules.facts import ContentFacts
from collector.rules.layered import layered, told
from collector.signals.excerpt import excerpt
from collector.signals.jumbf import read_store
from collector.signals.training_mining import Entry, Said, read_training_mining

RULE = "training_mining"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.training_mining]`."""

    ingredients: bool = True  # what is asserted of an asset that went into this one restricts this one
    malformed: bool = True  # a `use` that is none of the three values denies


def training_mining(facts: ContentFacts, settings: Settings) -> Finding:
    """What the assertion `cawg.training-mining` says of mining, training and inference with this asset.

    CAWG Training and Data Mining 1.1, and the older labels of C2PA: `notAllowed` denies, and so does `constrained`,
    whose conditions are for people to read. Signatures are not verified here, so `allowed` stays unknown: nothing
    is permitted on the word of bytes that anybody may have written.
    """
    read = [read_training_mining(read_store(store)) for store in facts.embedded.manifests]
    entries = [entry for one in read for entry in one.entries if entry.active or settings.ingredients]
    if not entries:
        fault = next((one.fault for one in read if one.fault), "")
        return Finding(RULE, Verdict.ALLOW, fault or "no training-mining assertion in the metadata")
    spec = combine_uses(Uses.denying(entry.use) for entry in entries if _denies(entry) and entry.active)
    policy = combine_uses(Uses.denying(entry.use) for entry in entries if _denies(entry) and not entry.active)
    malformed = combine_uses(
        Uses.denying(entry.use) for entry in entries if entry.said is Said.OTHER and settings.malformed
    )
    uses, basis = layered(spec, policy, malformed)
    speaking = [entry for entry in entries if entry.said is not Said.ALLOWED] or entries
    shown = "; ".join(dict.fromkeys(excerpt(entry.shown, 120) for entry in speaking[:8]))
    reason = f"{told(uses, 'the C2PA manifest')}: {shown}"
    return Finding(RULE, Verdict.ALLOW, reason, uses, basis, tuple(_evidence(entry) for entry in speaking[:8]))


def _denies(entry: Entry) -> bool:
    return entry.said in (Said.NOT_ALLOWED, Said.CONSTRAINED)


def _evidence(entry: Entry) -> Evidence:
    whose = "" if entry.active else ", of an ingredient"
    return Evidence("C2PA manifest", Digest.of(entry.raw), f"{entry.shown}{whose}")
