"""RSL licence documents as findings: what the rules share that find them in robots.txt, a header field or a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collector.model.decision import Basis, Evidence, Finding, Obligation, Verdict, no_objection
from collector.model.digest import Digest
from collector.model.url import Url
from collector.model.uses import UNSTATED, Permission, Use, Uses, combine_uses
from collector.policy.policy import Policy
from collector.rules.layered import denials
from collector.rules.rule import Needed, NoSettings
from collector.signals.rsl import MAX_BYTES, RslDocument, lifetime_of, read_rsl
from collector.signals.rsl_associations import MAX_ASSOCIATIONS, Association, askable
from collector.signals.rsl_terms import Client, Statement, statement_for
from collector.signals.site_file import UNNEEDED, Reach, SiteFile
from collector.signals.site_files import answer_for

UNLICENSED = Uses.denying(Use.TRAIN, Use.INPUT, Use.INDEX)
_MOST_QUOTED = 8
_MOST_EVIDENCE = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.rsl_licence]`; `link_licence` and `inline_rsl` judge by the same."""

    users: tuple[str, ...] = ()  # classes of RSL §3.4.1.2 that we belong to; none: no such restriction is met
    geo: tuple[str, ...] = ()  # countries (ISO 3166-1) or `EU` that we work from; none: no such restriction is met
    accept_attribution: bool = True  # a licence that asks for credit permits, with that obligation
    https_only: bool = True  # what came over http may refuse and not permit (RSL §8)
    deed_hosts: tuple[str, ...] = ("creativecommons.org",)  # their pages are no RSL and mean no refusal


@dataclass(frozen=True, slots=True)
class Judged:
    """One document, judged for one page."""

    uses: Uses
    told: str
    evidence: tuple[Evidence, ...]
    obligations: tuple[Obligation, ...] = ()
    malformed: bool = False  # it denies, and the denial rests on what is not as the specification wants it


def settings_from(policy: Policy, _: NoSettings) -> Settings:
    """The settings of `rsl_licence`, for the rules that have none of their own."""
    settings = policy.rules.get("rsl_licence")
    return settings if isinstance(settings, Settings) else Settings()


def documents_named(associations: Sequence[Association], settings: Settings) -> tuple[Needed, ...]:
    """The licence documents that must be at hand before `judge_named` (RSL §4.3; §8: over https)."""
    addresses = askable(associations, https_only=settings.https_only)
    return tuple(Needed(address, max_bytes=MAX_BYTES, lifetime=lifetime_of) for address in addresses)


def judge_named(
    associations: Sequence[Association],
    files: Mapping[str, SiteFile],
    page: Url,
    settings: Settings,
    *,
    carrier: Evidence,
    now: datetime,
) -> tuple[Judged, ...]:
    """What each named document means for `page`. `carrier` is where they were named, without the place in it.

    RSL §4.3: one that cannot be obtained, or is no conformant document, licenses nothing.
    """
    judged = []
    for association in associations[:MAX_ASSOCIATIONS]:
        digest = carrier.digest or Digest.of(association.raw.encode("utf-8", "surrogatepass"))
        named = replace(carrier, digest=digest, locator=association.quoted)
        judged.append(_judge(association, files, page, settings, named, now))
    if len(associations) > MAX_ASSOCIATIONS:
        told = f"{len(associations)} licence documents are named, {MAX_ASSOCIATIONS} are read: not licensed"
        judged.append(Judged(UNLICENSED, told, (carrier,)))
    return tuple(judged)


def judge_document(document: RslDocument, page: Url, settings: Settings, evidence: Evidence) -> Judged:
    """What a document at hand means for `page`; `evidence` is the document, the deciding line is added to it."""
    if document.fault:
        return _unlicensed(f"is not conformant ({document.fault})", evidence)
    client = Client(settings.users, settings.geo, settings.accept_attribution)
    said = statement_for(document, page, client, source=evidence.source)
    return Judged(said.uses, _told(said), _lines(said, evidence), said.obligations, said.malformed)


def finding_of(rule: str, where: str, judged: Iterable[Judged], silent: str) -> Finding:
    """One finding of all documents; RSL §4.9: where they differ, the most restrictive combination."""
    every = tuple(judged)
    if not every:
        return no_objection(rule, silent)
    denying = [one for one in every if _denies(one)]
    malformed = bool(denying) and all(one.malformed for one in denying)
    told = sorted((one for one in every if one.uses != UNSTATED), key=lambda one: not _denies(one)) or list(every)
    texts = list(dict.fromkeys(one.told for one in told))
    more = f"; and {len(texts) - _MOST_QUOTED} more" if len(texts) > _MOST_QUOTED else ""
    return Finding(
        rule,
        Verdict.ALLOW,
        f"{where}: {'; '.join(texts[:_MOST_QUOTED])}{more}",
        combine_uses(one.uses for one in every),
        Basis.MALFORMED_RESTRICTIVE if malformed else Basis.POLICY,
        tuple(dict.fromkeys(evidence for one in told for evidence in one.evidence))[:_MOST_EVIDENCE],
        tuple(dict.fromkeys(obligation for one in every for obligation in one.obligations)),
    )


def without_permission(judged: Judged) -> Judged:
    """The same, with what it permits unsaid."""
    return replace(judged, uses=denials(judged.uses))


def _judge(
    association: Association,
    files: Mapping[str, SiteFile],
    page: Url,
    settings: Settings,
    named: Evidence,
    now: datetime,
) -> Judged:
    url = association.url
    if not association.is_address:
        return Judged(UNSTATED, "a licence is named that is no RSL document", (named,))
    if url is None:
        judged = _unlicensed("has an address that cannot be asked", named)
        return replace(judged, malformed=association.malformed)
    file = answer_for(files, url, page)
    document = read_rsl(file.body) if file is not None and file.reach is Reach.AVAILABLE else None
    if (document is None or document.fault) and _on(url.host, settings.deed_hosts):
        return Judged(UNSTATED, f"the licence text {url.href[:200]} is named, no RSL document", (named,))
    if file is not None and file.error == UNNEEDED:
        return Judged(UNSTATED, f"{url.href[:200]} was not asked for: the page is refused without it", (named,))
    if file is None or document is None:
        return _unlicensed(f"{url.href[:200]} is {_why_absent(file)}", named)
    record = f"record {file.record_id}" if file.record_id is not None else ""
    judged = judge_document(document, page, settings, Evidence(url.href, file.digest, record))
    expired = file.valid_until is not None and now > file.valid_until
    if association.restricts_only or expired or (settings.https_only and not _secure(url, file)):
        judged = without_permission(judged)
    malformed = judged.malformed or association.malformed
    return replace(judged, evidence=(named, *judged.evidence), malformed=malformed)


def _secure(url: Url, file: SiteFile) -> bool:
    """RSL §8: https from the first request to the last redirect."""
    return url.scheme == "https" and all(hop.startswith("https:") for hop in file.redirects)


def _unlicensed(why: str, evidence: Evidence) -> Judged:
    return Judged(UNLICENSED, f"not licensed: the RSL document {why}", (evidence,))


def _why_absent(file: SiteFile | None) -> str:
    if file is None:
        return "not at hand"
    if file.error:
        return f"not to be had ({file.error})"
    return f"not to be had (it answered {file.status})"


def _told(said: Statement) -> str:
    words = {Permission.DENY: "denied", Permission.ALLOW: "allowed"}
    parts = [
        f"{', '.join(use.value for use in ground.uses)} {words[ground.permission]}: line {ground.line} {ground.text}"
        for ground in sorted(said.grounds, key=lambda ground: ground.permission is not Permission.DENY)
    ]
    return "; ".join(parts) or "the RSL document says nothing of this page and our uses"


def _lines(said: Statement, document: Evidence) -> tuple[Evidence, ...]:
    if not said.grounds:
        return (document,)
    record = f"; {document.locator}" if document.locator else ""
    return tuple(replace(document, locator=f"line {g.line}: {g.text}{record}") for g in said.grounds)


def _denies(judged: Judged) -> bool:
    return any(permission is Permission.DENY for _, permission in judged.uses)


def _on(host: str, hosts: Iterable[str]) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in hosts)
