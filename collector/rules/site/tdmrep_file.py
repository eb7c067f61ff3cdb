"""Rule `tdmrep_file`: the site's reservation of text and data mining in `/.well-known/tdmrep.json` (TDMRep)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import UNSTATED, Uses
from collector.rules.facts import SiteFacts
from collector.rules.layered import MEANT
from collector.rules.rule import Needed
from collector.rules.tdm_policies import policies_needed, policies_told
from collector.signals.excerpt import excerpt
from collector.signals.site_file import Reach, SiteFile
from collector.signals.site_files import at_path
from collector.signals.tdmrep import MAX_BYTES, RELEASED, RESERVED, WELL_KNOWN, Reservation, TdmFile, TdmRule, read_file

RULE = "tdmrep_file"
_RESERVING = (Reservation.RESERVED, Reservation.MEANT_RESERVED)


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.tdmrep_file]`."""

    malformed: bool = True  # an object instead of the array, `"1"`, `true`, a broken location: reserved all the same
    fetch_policy: bool = True  # the document with the conditions of a reservation is asked for and stored


def needs(facts: SiteFacts, settings: Settings) -> tuple[Needed, ...]:
    """The file; once it is at hand and reserves this URL, the policy document that it names for it."""
    wanted = (Needed(WELL_KNOWN, MAX_BYTES),)
    file = at_path(facts.files, WELL_KNOWN, facts.url)
    if file is None or file.reach is not Reach.AVAILABLE or not settings.fetch_policy:
        return wanted
    rule = _rule_for(facts, read_file(file.body), settings)
    if rule is None or rule.reservation not in _RESERVING:
        return wanted
    return (*wanted, *policies_needed((rule.policy,), facts.url))


def tdmrep_file(facts: SiteFacts, settings: Settings) -> Finding:
    """Whether the first rule of tdmrep.json that covers this URL reserves text and data mining (TDMRep).

    `1` denies tdm, and with it train and input, whatever a policy beside it offers; `0` allows within TDMRep.
    A file that is missing, is a page, or cannot be read states nothing. The header field and the meta element
    of the page, where they have a value, supersede what stands here.
    """
    file = at_path(facts.files, WELL_KNOWN, facts.url)
    if file is None:
        return no_objection(RULE, "no tdmrep.json was asked for", Basis.SPEC)
    match file.reach:
        case Reach.UNAVAILABLE:
            return Finding(RULE, Verdict.ALLOW, "the site has no tdmrep.json", evidence=(_evidence(file),))
        case Reach.UNREACHABLE:
            why = file.error or f"it answered {file.status}"
            reason = f"tdmrep.json cannot be read now ({excerpt(why, 40)}): unknown"
            return Finding(RULE, Verdict.ALLOW, reason, evidence=(_evidence(file),))
        case Reach.UNKNOWN:
            return no_objection(RULE, "tdmrep.json is not at hand: unknown", Basis.SPEC)
        case Reach.AVAILABLE:
            return _judged(facts, file, settings)


def _judged(facts: SiteFacts, file: SiteFile, settings: Settings) -> Finding:
    read = read_file(file.body)
    note = f" ({read.remark})" if read.remark else ""
    rule = _rule_for(facts, read, settings)
    if rule is None:
        what = "no rule of tdmrep.json covers this path" if read.rules else f"tdmrep.json states nothing{note}"
        return Finding(RULE, Verdict.ALLOW, what, evidence=(_evidence(file),))
    where = f"tdmrep.json, rule {rule.number} for {excerpt(rule.location, 200)}{note}"
    uses: Uses = UNSTATED
    basis = Basis.SPEC
    match rule.reservation:
        case Reservation.RESERVED:
            uses, said = RESERVED, f"text and data mining is reserved: {where}"
        case Reservation.MEANT_RESERVED:
            uses, basis = RESERVED, Basis.MALFORMED_RESTRICTIVE
            said = f"text and data mining is reserved: {where}{MEANT}"
        case Reservation.NOT_RESERVED:
            uses, said = RELEASED, f"text and data mining is not reserved: {where}"
        case Reservation.UNSET:
            said = f"no value: {where}"
    terms = policies_told((rule.policy,), facts.files, facts.url) if rule.reservation in _RESERVING else ()
    return Finding(RULE, Verdict.ALLOW, said, uses, basis, (_evidence(file, rule), *terms))


def _rule_for(facts: SiteFacts, read: TdmFile, settings: Settings) -> TdmRule | None:
    rule = read.match(facts.url.target)
    while rule is not None and rule.reservation is Reservation.MEANT_RESERVED and not settings.malformed:
        rule = read.match(facts.url.target, after=rule.number)
    return rule


def _evidence(file: SiteFile, rule: TdmRule | None = None) -> Evidence:
    parts = []
    if rule is not None:
        parts.append(f"rule {rule.number}: location {excerpt(rule.location, 200)}, {rule.reservation.value}")
        if rule.policy:
            parts.append(f"tdm-policy {excerpt(rule.policy)}")
    elif file.reach is not Reach.AVAILABLE:
        parts.append(f"status {file.status}" if file.status is not None else f"error {excerpt(file.error, 40)}")
    if file.redirects:
        parts.append(f"read at {file.redirects[-1][:1_024]}")
    if file.record_id is not None:
        parts.append(f"record {file.record_id}")
    return Evidence(file.url, file.digest if file.reach is Reach.AVAILABLE else None, "; ".join(parts))
