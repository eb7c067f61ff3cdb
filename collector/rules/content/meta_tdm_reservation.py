"""Rule `meta_tdm_reservation`: the reservation of text and data mining in the page's meta elements (TDMRep)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.document.facts import Meta
from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.rules.facts import ContentFacts
from collector.rules.layered import MEANT
from collector.rules.rule import Needed
from collector.rules.tdm_policies import policies_needed, policies_told
from collector.signals.excerpt import excerpt
from collector.signals.tdmrep import FIELD, MAX_VALUES, POLICY, RELEASED, RESERVED, Reservation, read_values

RULE = "meta_tdm_reservation"
SUPERSEDES = ("tdm_reservation", "tdmrep_file")
_KIN = (FIELD, "tdm:reservation")  # as `property` or `http-equiv`: what EPUB and header fields call it


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.meta_tdm_reservation]`."""

    malformed: bool = True  # `true`, `"1"`, a 1 among several elements, `property` for `name`: reserved all the same
    fetch_policy: bool = True  # the document with the conditions of a reservation is asked for and stored


def needs(facts: ContentFacts, settings: Settings) -> tuple[Needed, ...]:
    """The policy document that `<meta name="tdm-policy">` names, where the page reserves."""
    named = [meta.content for meta in facts.page.metas if meta.name == FIELD][:MAX_VALUES]
    reserving = read_values(named) in (Reservation.RESERVED, Reservation.MEANT_RESERVED)
    if not reserving or not settings.fetch_policy:
        return ()
    return policies_needed([meta.content for meta in facts.page.metas if meta.name == POLICY][:1], facts.url)


def meta_tdm_reservation(facts: ContentFacts, settings: Settings) -> Finding:
    """Whether `<meta name="tdm-reservation">` in the page reserves text and data mining (TDMRep).

    `1` denies tdm, and with it train and input; `0`, in the head, allows within TDMRep. Either supersedes the
    header field and tdmrep.json. Any other value is unset, and resets nothing that those said.
    """
    metas = facts.page.metas
    named = [meta for meta in metas if meta.name == FIELD][:MAX_VALUES]
    kin = [meta for meta in metas if meta.name != FIELD and (meta.property in _KIN or meta.http_equiv in _KIN)]
    if not named and not kin:
        return Finding(RULE, Verdict.ALLOW, "no meta element named tdm-reservation")
    said = read_values(meta.content for meta in named)
    if said is Reservation.NOT_RESERVED and not all(meta.in_head for meta in named):
        said = Reservation.UNSET  # whoever may write into the body of a page does not speak for it
    if said is not Reservation.RESERVED:
        more = read_values(meta.content for meta in kin[:MAX_VALUES])
        if more in (Reservation.RESERVED, Reservation.MEANT_RESERVED):
            said = Reservation.MEANT_RESERVED
    policies = [meta for meta in metas if meta.name == POLICY]
    evidence = tuple(_evidence(meta) for meta in (*named[:4], *kin[:2], *policies[:1]))
    terms = policies_told((meta.content for meta in policies[:1]), facts.files, facts.url)
    match said:
        case Reservation.RESERVED:
            reason = "text and data mining is reserved by the page"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.SPEC, evidence + terms, supersedes=SUPERSEDES)
        case Reservation.NOT_RESERVED:
            reason = "text and data mining is not reserved by the page"
            return Finding(RULE, Verdict.ALLOW, reason, RELEASED, Basis.SPEC, evidence, supersedes=SUPERSEDES)
        case Reservation.MEANT_RESERVED if settings.malformed:
            reason = f"text and data mining is reserved by the page{MEANT}"
            return Finding(RULE, Verdict.ALLOW, reason, RESERVED, Basis.MALFORMED_RESTRICTIVE, evidence + terms)
        case Reservation.MEANT_RESERVED | Reservation.UNSET:
            return Finding(
                RULE, Verdict.ALLOW, "tdm-reservation has no value of the protocol: unset", evidence=evidence
            )


def _evidence(meta: Meta) -> Evidence:
    name, value = next(
        (n, v) for n, v in (("name", meta.name), ("property", meta.property), ("http-equiv", meta.http_equiv)) if v
    )
    shown = f'<meta {name}="{excerpt(value, 64)}" content="{excerpt(meta.content)}">'
    return Evidence("meta", Digest.of(meta.content.encode("utf-8", "surrogatepass")), shown)
