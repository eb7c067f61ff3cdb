"""Rule `trust_txt`: what the site's trust.txt says of training."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.rule import Needed, NoSettings
from collector.signals.site_file import Reach, SiteFile
from collector.signals.site_files import at_path, is_markup
from collector.signals.trust_txt import PATHS, TrustStatement, read_trust_txt

RULE = "trust_txt"
MAX_BYTES = 64_000


def needs(facts: SiteFacts, settings: NoSettings) -> tuple[Needed, ...]:
    """Both places, of the site's own domain."""
    del facts, settings
    return tuple(Needed(path, MAX_BYTES, own_domain=True) for path in PATHS)


def trust_txt(facts: SiteFacts, settings: NoSettings) -> Finding:
    """Whether `datatrainingallowed=` in trust.txt (JournalList) allows or denies training on this site.

    /trust.txt and /.well-known/trust.txt both count, and every line of them: one `no` denies. Other spellings
    of a no count as one, other spellings of a yes say nothing. A page of HTML counts as no file.
    """
    del settings
    said: list[tuple[SiteFile, TrustStatement]] = []
    unread: list[SiteFile] = []
    for path in PATHS:
        file = at_path(facts.files, path, facts.url)
        if file is None or file.reach is Reach.UNAVAILABLE or is_markup(file):
            continue
        if file.reach is Reach.UNREACHABLE:
            unread.append(file)
        else:
            said += [(file, statement) for statement in read_trust_txt(file.body)]
    against = [(file, statement) for file, statement in said if statement.permission is Permission.DENY]
    if against:
        malformed = all(statement.malformed for _, statement in against)
        return _finding(
            f"training denied by trust.txt line {against[0][1].line} `{against[0][1].text}`",
            Uses.denying(Use.TRAIN),
            against,
            Basis.MALFORMED_RESTRICTIVE if malformed else Basis.POLICY,
        )
    granting = [(file, statement) for file, statement in said if statement.permission is Permission.ALLOW]
    if granting:
        reason = f"training allowed by trust.txt line {granting[0][1].line} `{granting[0][1].text}`"
        return _finding(reason, Uses.allowing(Use.TRAIN), granting)
    if said:
        return _finding("trust.txt speaks of training in a way it does not define", UNSTATED, said)
    if unread:
        why = unread[0].error or unread[0].status
        evidence = tuple(Evidence(file.url) for file in unread)
        reason = f"trust.txt could not be read ({why}): unknown"
        return Finding(RULE, Verdict.ALLOW, reason, UNSTATED, Basis.POLICY, evidence)
    return no_objection(RULE, "no trust.txt speaks of training")


def _finding(
    reason: str, uses: Uses, said: list[tuple[SiteFile, TrustStatement]], basis: Basis = Basis.POLICY
) -> Finding:
    evidence = tuple(_evidence(file, f"line {statement.line}: {statement.text}") for file, statement in said[:8])
    return Finding(RULE, Verdict.ALLOW, reason, uses, basis, evidence)


def _evidence(file: SiteFile, locator: str) -> Evidence:
    record = f"; record {file.record_id}" if file.record_id is not None else ""
    return Evidence(file.url, file.digest, f"{locator}{record}")
