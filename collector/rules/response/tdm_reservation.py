"""Rule `tdm_reservation`: the reservation of text and data mining in the header fields of the answer (TDMRep)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.rules.facts import ResponseFacts
from collector.rules.layered import MEANT
from collector.rules.rule import Needed
from collector.rules.tdm_policies import policies_needed, policies_told
from collector.signals.excerpt import excerpt
from collector.signals.tdmrep import FIELD, POLICY, RELEASED, RESERVED, Reservation, read_values

RULE = "tdm_reservation"
SUPERSEDES = ("tdmrep_file",)


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.tdm_reservation]`."""

    malformed: bool = True  # `true`, `"1"`, `1; policy=…`, and a 1 among several values: reserved all the same
    fetch_policy: bool = True  # the document with the conditions of a reservation is asked for and stored


def needs(facts: ResponseFacts, settings: Settings) -> tuple[Needed, ...]:
    """The policy document that `tdm-policy` names, where the field reserves what was answered."""
    if not settings.fetch_policy or not 200 <= facts.status < 300:
        return ()
    if read_values(facts.headers.all(FIELD)) not in (Reservation.RESERVED, Reservation.MEANT_RESERVED):
        return ()
    return policies_needed(facts.headers.all(POLICY)[:1], facts.url)


def tdm_reservation(facts: ResponseFacts, settings: Settings) -> Finding:
    """Whether the `tdm-reservation` header field reserves text and data mining (TDMRep).

    `1` denies tdm, and with it train and input; `0` allows within TDMRep. Either supersedes tdmrep.json. Any
    other value is unset, and resets nothing that the file said. `tdm-policy` is recorded; it permits nothing.
    """
    values = facts.headers.all(FIELD)
    if not values:
        return no_objection(RULE, "no tdm-reservation field", Basis.SPEC)
    policies = facts.headers.all(POLICY)
    evidence = tuple(
        Evidence("header", Digest.of(value.encode("utf-8", "surrogatepass")), f"{name}: {excerpt(value)}")
        for name, given in ((FIELD, values[:4]), (POLICY, policies[:1]))
        for value in given
    )
    terms = policies_told(policies[:1], facts.files, facts.url)
    shown = f"{FIELD}: {excerpt(', '.join(values[:4]), 80)}"
    match read_values(values):
        case Reservation.RESERVED:
            reason = f"text and data mining is reserved: {shown}"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.SPEC, evidence + terms, supersedes=SUPERSEDES)
        case Reservation.NOT_RESERVED:
            reason = f"text and data mining is not reserved: {shown}"
            return Finding(RULE, Verdict.ALLOW, reason, RELEASED, Basis.SPEC, evidence, supersedes=SUPERSEDES)
        case Reservation.MEANT_RESERVED if settings.malformed:
            reason = f"text and data mining is reserved: {shown}{MEANT}"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.MALFORMED_RESTRICTIVE, evidence + terms)
        case Reservation.MEANT_RESERVED | Reservation.UNSET:
            return Finding(RULE, Verdict.ALLOW, f"no value of the protocol, so unset: {shown}", evidence=evidence)
