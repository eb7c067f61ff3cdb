"""Events, decisions and stores for the tests of ledger and frontier."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from collector.frontier.frontier import Found
from collector.ledger.account import Actor, RunStart, begin_run, record_policy
from collector.ledger.keys import url_key
from collector.ledger.store import Store
from collector.model.decision import Decision, Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.event import ClosingEvent, Outcome
from collector.model.headers import Headers
from collector.model.page import Archived, Candidate, Language, Minimised, Placement, Redaction
from collector.model.url import parse_url
from collector.model.uses import Use, Uses

KEY = b"k" * 32
NOW = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
POLICY = PolicyRef("corpus", Digest.of(b"the policy"))
OPERATOR = Actor("ann", "operator")
SEGMENT = "archive/corpus-20260304050607-00001-here.warc.gz"


def open_store(folder: Path) -> Store:
    return Store.open(folder / "collection.db", write=True, busy_seconds=0.2)


def begin(tx: Connection, now: datetime = NOW) -> int:
    record_policy(tx, POLICY.id, str(POLICY.digest), "[collection]\n", now)
    return begin_run(tx, RunStart(str(POLICY.digest), "collector/0", OPERATOR, "here", 4711), now)


def key(href: str) -> bytes:
    return url_key(KEY, parse_url(href).href)


def found(hrefs: Iterable[str], **settings: object) -> list[Found]:
    out = []
    for href in hrefs:
        url = parse_url(href)
        out.append(Found(url_key(KEY, url.href), url, ".".join(url.host.split(".")[-2:]), **settings))
    return out


def decided(gate: Gate, verdict: Verdict = Verdict.ALLOW, *, rule: str = "robots_txt", reason: str = "") -> Decision:
    evidence = Evidence("https://a.example.org/robots.txt", Digest.of(b"User-agent: *"), "line 12")
    finding = Finding(
        rule, verdict, reason or f"{verdict.value} by line 12", Uses.allowing(Use.FETCH), evidence=(evidence,)
    )
    return combine(gate, [finding], need=frozenset({Use.FETCH}), policy=POLICY, now=NOW)


def allowed() -> tuple[Decision, ...]:
    return tuple(decided(gate) for gate in Gate)


def archived(
    href: str, number: int, *, body: bytes = b"<p>kept</p>", revisit_of: str | None = None, at: datetime = NOW
) -> ClosingEvent:
    candidate = Candidate(parse_url(href), depth=1, hops="L", via="https://a.example.org/")
    page = Minimised(
        candidate=candidate,
        decisions=allowed(),
        status=200,
        headers=Headers([("Content-Type", "text/html")]),
        body=body,
        media_type="text/html",
        charset="utf-8",
        redaction=Redaction("strict", {"EMAIL": 2, "PHONE": 1}),
        fetched_at=at,
        duration=0.25,
        language=Language("en", 0.98),
    )
    place = Placement(UUID(int=number + 1).urn, SEGMENT, number * 1_000, 900)
    outcome = Outcome.DUPLICATE if revisit_of else Outcome.ARCHIVED
    kept = Archived(page, place, page.payload_digest, revisit_of=revisit_of)
    return ClosingEvent(candidate, outcome, "", page.decisions, at + timedelta(seconds=1), kept)


def refused(href: str, *, reason: str = "disallowed by line 12", keep_url: bool = True) -> ClosingEvent:
    denial = decided(Gate.SITE, Verdict.DENY, reason=reason)
    return ClosingEvent(
        Candidate(parse_url(href)), Outcome.REFUSED, reason, (decided(Gate.URL), denial), NOW, keep_url=keep_url
    )


def failed(href: str, reason: str = "timeout") -> ClosingEvent:
    return ClosingEvent(Candidate(parse_url(href)), Outcome.FAILED, reason, (decided(Gate.URL),), NOW, detail="timeout")
