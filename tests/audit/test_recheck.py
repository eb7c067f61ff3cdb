"""Whether what was kept is still permitted, without sockets: the gates asked again about one capture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from collector.audit.recheck import Again, Change, Rechecked
from collector.audit.stored import StoredSignals
from collector.ledger.captures import CaptureRow
from collector.model.decision import Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.leaving import Restriction
from collector.model.page import Candidate, Placement
from collector.model.url import Url, parse_url
from collector.model.uses import Permission, Use, Uses
from collector.pipeline import Pipeline, pipeline_of
from collector.policy.load import load_policy
from collector.policy.policy import OnUnknown, UsesPolicy
from collector.policy.ready import ready_policies
from collector.rules.catalogue import fragments
from collector.rules.facts import UrlFacts
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = parse_url("https://a.example.org/page")
ROW = CaptureRow(
    url=URL.href,
    visit=1,
    status=200,
    media_type="text/html",
    charset="utf-8",
    language=None,
    payload_digest=Digest.of(b"x"),
    size=1,
    fetched_at=datetime(2025, 1, 1, tzinfo=UTC),
    page=Placement("urn:uuid:00000000-0000-7000-8000-000000000001", "archive/x.warc.gz", 0, 1),
    text=None,
    provenance=None,
    revisit_of=None,
    uses=Uses.allowing(Use.FETCH),
    restriction=Restriction.NONE,
    source="",
    redaction_profile="strict",
    redactions={},
)


@lru_cache
def pipeline(unknown: OnUnknown = OnUnknown.KEEP) -> Pipeline:
    policy = load_policy(ready_policies()["strict-eu"], fragments())
    return pipeline_of(replace(policy, uses=UsesPolicy(policy.uses.need, unknown)))


def again(
    files: dict[str, str | None], *, row: CaptureRow = ROW, unknown: OnUnknown = OnUnknown.KEEP, opted_out: bool = False
) -> Rechecked:
    """`files`: body by path; None is unreachable."""
    line = pipeline(unknown)
    stored = {
        path: SiteFile(f"{URL.origin}{path}", Reach.UNREACHABLE, 503)
        if body is None
        else SiteFile(f"{URL.origin}{path}", Reach.AVAILABLE, 200, body.encode(), fetched_at=NOW, valid_until=NOW)
        for path, body in files.items()
    }
    signals = StoredSignals(line, lambda origin: stored if origin == str(URL.origin) else {})

    def consider(url: Url):
        facts = UrlFacts(Candidate(url), registered_domain="example.org", scope_domains=("example.org",))
        decision = line.consider(facts, NOW)
        if not opted_out:
            return decision
        denial = Finding("opted_out", Verdict.DENY, "objection", Uses.denying(Use.FETCH))
        return combine(
            Gate.URL, (*decision.findings, denial), need=line.policy.uses.need, policy=line.policy.ref, now=NOW
        )

    return Again(line, consider, NOW).recheck(URL, row, (), signals.facts(URL, NOW), lambda: ())


@pytest.mark.parametrize(
    ("files", "change", "rule"),
    [
        ({"/robots.txt": "User-agent: *\nAllow: /\n"}, Change.STANDS, None),
        ({"/robots.txt": "User-agent: *\nDisallow: /page\n"}, Change.WITHDRAWN, "robots_txt"),
        ({"/robots.txt": None}, Change.UNDECIDED, "robots_txt"),
        ({"/robots.txt": "", "/ai.txt": "User-Agent: *\nDisallow: /\n"}, Change.WITHDRAWN, "ai_txt"),
        ({"/robots.txt": "User-agent: *\nContent-Signal: search=no\n"}, Change.NARROWED, "content_signal"),
        ({}, Change.STANDS, None),  # of an imported page whose site was never asked: unknown, as it was
    ],
)
def test_what_the_site_says_now(files, change, rule):
    """Copies do not expire here: what was said, was said (the crawl asks again; RFC 9309 §2.4 is about fetching)."""
    found = again(files)
    assert (found.change, found.finding.rule if found.finding else None) == (change, rule)


def test_an_objection_withdraws_whatever_the_site_says():
    found = again({"/robots.txt": "User-agent: *\nAllow: /\n"}, opted_out=True)
    assert (found.change, found.gate, found.finding.rule) == (Change.WITHDRAWN, Gate.URL, "opted_out")
    assert found.uses == Uses.denying(*Use)


def test_silence_withdraws_under_an_opt_in_policy():
    """`[uses] unknown = "drop"`: a use that nobody speaks of any more is not permitted any more."""
    found = again({"/robots.txt": ""}, unknown=OnUnknown.DROP)
    assert (found.change, found.finding.rule) == (Change.WITHDRAWN, "unknown_use")


def test_a_use_that_was_denied_before_is_nothing_new():
    row = replace(ROW, uses=replace(ROW.uses, index=Permission.DENY))
    assert again({"/robots.txt": "User-agent: *\nContent-Signal: search=no\n"}, row=row).change is Change.STANDS


def test_decisions_on_the_page_itself_stand_under_the_same_policy_only():
    """Header fields and meta tags are as of the capture; another policy judges them again from the archive."""
    line = pipeline()
    denial = Finding("meta_robots", Verdict.ALLOW, "noarchive", Uses.denying(Use.INDEX))
    facts = StoredSignals(line, lambda _: {}).facts(URL, NOW)

    def recheck(policy: PolicyRef) -> tuple[Change, int]:
        asked: list[int] = []
        kept = combine(Gate.CONTENT, [denial], need=line.policy.uses.need, policy=policy, now=NOW)
        open_gate = combine(
            Gate.CONTENT, [Finding("meta_robots", Verdict.ALLOW, "")], need=frozenset(), policy=line.policy.ref, now=NOW
        )
        considered = combine(
            Gate.URL, [Finding("opted_out", Verdict.ALLOW, "")], need=frozenset(), policy=line.policy.ref, now=NOW
        )
        judged = Again(line, lambda _: considered, NOW).recheck(
            URL, ROW, (kept,), facts, lambda: (asked.append(1), (open_gate,))[1]
        )
        return judged.change, len(asked)

    assert recheck(line.policy.ref) == (Change.NARROWED, 0)
    assert recheck(PolicyRef("other", Digest.of(b"other"))) == (Change.STANDS, 1)
