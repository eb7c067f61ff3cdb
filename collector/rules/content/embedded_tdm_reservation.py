"""Rule `embedded_tdm_reservation`: the reservation of text and data mining that a PDF or a book carries (TDMRep)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.rules.facts import ContentFacts
from collector.rules.layered import MEANT
from collector.rules.rule import Needed
from collector.rules.tdm_policies import policies_needed, policies_told
from collector.signals.excerpt import excerpt
from collector.signals.tdmrep import RELEASED, RESERVED, Carried, Reservation, carried_by

RULE = "embedded_tdm_reservation"
SUPERSEDES = ("meta_tdm_reservation", "tdm_reservation", "tdmrep_file")
_RESERVING = (Reservation.RESERVED, Reservation.MEANT_RESERVED)


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.embedded_tdm_reservation]`."""

    malformed: bool = True  # other values that mean 1, and other places than TDMRep names: reserved all the same
    fetch_policy: bool = True  # the document with the conditions of a reservation is asked for and stored


def needs(facts: ContentFacts, settings: Settings) -> tuple[Needed, ...]:
    """The policy document that a reservation in the metadata names."""
    carried = carried_by(facts.embedded, facts.page.media_type)
    if carried.reservation not in _RESERVING or not settings.fetch_policy:
        return ()
    return policies_needed(carried.policies, facts.url)


def embedded_tdm_reservation(facts: ContentFacts, settings: Settings) -> Finding:
    """Whether `tdm:reservation` in the metadata of a PDF, a book or an image reserves text and data mining.

    TDMRep §6.4 and §6.5: the XMP of a PDF, the package document of an EPUB. `1` denies tdm, and with it train and
    input; `0` allows within TDMRep; either supersedes every other carrier. In other places (the Info dictionary,
    the XMP of an image) it may reserve and not release. What cannot be opened states nothing.
    """
    carried = carried_by(facts.embedded, facts.page.media_type)
    evidence = tuple(_evidence(name, value) for name, value in carried.quoted[:8])
    terms = policies_told(carried.policies, facts.files, facts.url)
    match carried.reservation:
        case Reservation.RESERVED:
            reason = "text and data mining is reserved by the asset's own metadata"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.SPEC, evidence + terms, supersedes=SUPERSEDES)
        case Reservation.NOT_RESERVED:
            reason = "text and data mining is not reserved by the asset's own metadata"
            return Finding(RULE, Verdict.ALLOW, reason, RELEASED, Basis.SPEC, evidence, supersedes=SUPERSEDES)
        case Reservation.MEANT_RESERVED if settings.malformed:
            reason = f"text and data mining is reserved by the asset's own metadata{MEANT}"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.MALFORMED_RESTRICTIVE, evidence + terms)
        case Reservation.MEANT_RESERVED | Reservation.UNSET:
            return Finding(RULE, Verdict.ALLOW, _silent(carried, facts), evidence=evidence)


def _silent(carried: Carried, facts: ContentFacts) -> str:
    if carried.quoted:
        return "tdm:reservation in the metadata has no value of the protocol: unset"
    if facts.embedded.faults:
        return f"no tdm:reservation can be read: {excerpt(facts.embedded.faults[0], 80)}"
    return "no tdm:reservation in the metadata"


def _evidence(name: str, value: str) -> Evidence:
    return Evidence("metadata", Digest.of(value.encode("utf-8", "surrogatepass")), f"{name}: {excerpt(value, 200)}")
