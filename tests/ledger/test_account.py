"""Exactly one closing event for every candidate, with its evidence and without anything personal (design §2)."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from collector.ledger.account import (
    Actor,
    Attempt,
    Closing,
    RunStart,
    begin_run,
    close,
    close_all,
    end_run,
    is_closed,
    record_act,
    record_attempt,
    record_policy,
)
from collector.ledger.captures import capture_of, captures, payloads_seen
from collector.ledger.coarse import UNSAID
from collector.ledger.runs import acts, events_so_far, last_event_at, policy_texts, runs
from collector.ledger.segments import segment_committed, segment_sealed, segments
from collector.ledger.story import Closed, Queued, Tried, key_of, story
from collector.ledger.tally import counts, pages_on_host, reason_class
from collector.model.decision import Gate, Verdict
from collector.model.digest import Digest
from collector.model.errors import IntegrityError
from collector.model.event import ClosingEvent, Outcome
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.model.uses import Permission
from tests.ledger.sample_account import (
    NOW,
    OPERATOR,
    POLICY,
    SEGMENT,
    allowed,
    archived,
    begin,
    decided,
    failed,
    key,
    open_store,
    refused,
)

URL = "https://a.example.org/page"


@pytest.fixture
def run(tx):
    return begin(tx)


def test_one_closing_event(tx, run):
    """Design §2.2, conservation: a second close of (URL, visit) is refused, another visit is not."""
    close(tx, run, key(URL), refused(URL))
    assert is_closed(tx, key(URL))
    assert not is_closed(tx, key(URL), visit=2)
    again = refused(URL)
    second = dataclasses.replace(again, candidate=dataclasses.replace(again.candidate, visit=2))
    close(tx, run, key(URL), second)
    with pytest.raises(IntegrityError, match="closed twice") as said:
        close(tx, run, key(URL), refused(URL))
    assert said.value.exit_code == 3


def test_a_batch_is_closed_or_not_as_a_whole(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx)
        close(tx, run, key(URL), refused(URL))
    other = "https://a.example.org/other"
    with pytest.raises(IntegrityError), store.transaction() as tx:
        close_all(tx, run, [Closing(key(other), refused(other)), Closing(key(URL), refused(URL))])
    with store.snapshot() as tx:
        assert not is_closed(tx, key(other))
        assert counts(tx).events == 1


def _without_record(event):
    return dataclasses.replace(event, archived=None)


@pytest.mark.parametrize(
    "event",
    [
        _without_record(archived(URL, 1)),
        dataclasses.replace(archived(URL, 1), outcome=Outcome.REFUSED),
        dataclasses.replace(archived(URL, 1), keep_url=False),
        dataclasses.replace(archived(URL, 1), decisions=(decided(Gate.URL, Verdict.DENY),)),
        dataclasses.replace(archived(URL, 1), decisions=()),
        ClosingEvent(Candidate(parse_url(URL)), Outcome.REFUSED, "", (), NOW),
    ],
    ids=["no record", "a record", "personal URL", "denied", "undecided", "no reason"],
)
def test_events_that_contradict_themselves(tx, run, event):
    with pytest.raises(IntegrityError):
        close(tx, run, key(URL), event)
    assert events_so_far(tx) == 0


@pytest.mark.parametrize("path", ["/?email=jane.doe@mail.example", "/mail/jane.doe@mail.example"])
def test_the_kinds_that_a_url_was_refused_for_are_told_whatever_its_parameters_are_called(tx, run, path):
    """The kind is what an operator needs and the scrubbed form says anyway; what another rule says of it is not kept."""
    href = f"https://a.example.org{path}"
    said = "the URL itself carries personal data: email"
    decisions = tuple(decided(Gate.URL, Verdict.DENY, rule=rule, reason=said) for rule in ("personal_url", "in_scope"))
    event = ClosingEvent(Candidate(parse_url(href)), Outcome.REFUSED, said, decisions[:1], NOW, keep_url=False)
    close(tx, run, key(href), event, scrubbed="https://a.example.org/[[EMAIL_1]]")
    tried = Attempt(key(href + "2"), event.candidate, said, decisions, NOW, keep_url=False)
    record_attempt(tx, run, tried)
    (closed,), (attempt,) = ([c for c in story(tx, key(href + n)) if not isinstance(c, Queued)] for n in ("", "2"))
    assert closed.reason == closed.decisions[0].findings[0].reason == said
    assert not closed.decisions[0].findings[0].evidence
    assert [f.reason for d in attempt.decisions for f in d.findings] == [said, UNSAID]
    assert [stop.reason for stop in counts(tx).stops] == [said]


def test_a_personal_url_is_kept_nowhere(tmp_path):
    """Design §2.3: only its keyed HMAC and its scrubbed form; evidence and reasons that quote it go too."""
    href = "https://a.example.org/profile/jane.doe@mail.example?token=s3cr3t-value"
    store = open_store(tmp_path)
    denial = decided(Gate.URL, Verdict.DENY, rule="personal_url", reason="the path carries an e-mail")
    quoting = decided(Gate.SITE, Verdict.DENY, reason="/profile/jane.doe@mail.example is disallowed")
    event = ClosingEvent(
        Candidate(parse_url(href)), Outcome.REFUSED, quoting.findings[0].reason, (denial, quoting), NOW, keep_url=False
    )
    with store.transaction() as tx:
        run = begin(tx)
        tried = Attempt(key(href), event.candidate, event.reason, event.decisions, NOW, keep_url=False)
        record_attempt(tx, run, tried)
        close(tx, run, key(href), event, scrubbed="https://a.example.org/profile/[[EMAIL_1]]")
        _, chapter = story(tx, key(href))
    assert isinstance(chapter, Closed)
    assert chapter.shown == "https://a.example.org/profile/[[EMAIL_1]]"
    assert chapter.reason == UNSAID
    assert [f.reason for d in chapter.decisions for f in d.findings] == ["the path carries an e-mail", UNSAID]
    assert not any(f.evidence for d in chapter.decisions for f in d.findings)
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert b"jane.doe" not in data
        assert b"s3cr3t" not in data
    store.close()


def test_the_story_of_a_kept_page(tx, run):
    segment_committed(tx, SEGMENT, "archive", 5_000)
    record_attempt(
        tx,
        run,
        Attempt(
            key(URL),
            Candidate(parse_url(URL)),
            "robots.txt unreachable",
            (decided(Gate.SITE, Verdict.DEFER),),
            NOW - timedelta(hours=1),
            NOW - timedelta(minutes=5),
        ),
    )
    close(tx, run, key(URL), archived(URL, 3))
    tried, closed = story(tx, key(URL))
    assert isinstance(tried, Tried)
    assert tried.decisions[0].verdict is Verdict.DEFER
    assert tried.next_at == NOW - timedelta(minutes=5)
    assert isinstance(closed, Closed)
    assert closed.outcome is Outcome.ARCHIVED
    assert closed.decisions == allowed()
    kept = closed.capture
    assert kept is not None
    assert (kept.page.file, kept.page.offset, kept.page.length) == (SEGMENT, 3_000, 900)
    assert kept.redactions == {"EMAIL": 2, "PHONE": 1}
    assert kept.uses.fetch is Permission.ALLOW
    assert kept.uses.train is Permission.UNKNOWN  # design §2.5: never stored as allow
    assert kept.fetched_at == NOW
    assert key_of(tx, URL) == key(URL)
    assert story(tx, key("https://a.example.org/unmet")) == []


def test_a_waiting_url_has_a_story(tx, run):
    tx.exec_driver_sql(
        "INSERT INTO host VALUES (1, 'a.example.org', 'example.org', 0, 0, 0, 1, NULL, 0, 1, NULL, 1, 0, 0, 0)"
    )
    tx.exec_driver_sql(
        "INSERT INTO url (key, host, state, priority, depth, visit, attempt, hops, href, found_at)"
        " VALUES (?, 1, 0, 0, 2, 1, 1, 'LL', ?, 1700000000)",
        (key(URL), URL),
    )
    (queued,) = story(tx, key(URL))
    assert isinstance(queued, Queued)
    assert (queued.state, queued.depth, queued.hops) == ("waiting", 2, "LL")
    assert key_of(tx, URL) == key(URL)


def test_identical_content_is_found_once(tx, run):
    """WARC 1.1 §6.7.2: a revisit refers to the record that holds the payload, never to another revisit."""
    digest = Digest.of(b"<p>kept</p>")
    assert payloads_seen(tx, [digest]) == {}
    close(tx, run, key(URL), archived(URL, 1))
    first = payloads_seen(tx, [digest])[digest]
    assert first is not None
    assert first.url == URL
    copy = "https://a.example.org/copy"
    close(tx, run, key(copy), archived(copy, 2, revisit_of=first.record_id))
    assert payloads_seen(tx, [digest]) == {digest: first}
    seen = capture_of(tx, key(copy))
    assert seen is not None
    assert seen.revisit_of == first.record_id


def test_index_lines_come_by_offset(tx, run):
    for number in (5, 2, 9):
        href = f"https://a.example.org/{number}"
        close(tx, run, key(href), archived(href, number, body=b"%d" % number))
    assert [row.page.offset for row in captures(tx, SEGMENT)] == [2_000, 5_000, 9_000]
    assert list(captures(tx, "archive/other.warc.gz")) == []


def test_a_record_id_counts_once(tx, run):
    close(tx, run, key(URL), archived(URL, 1))
    other = "https://a.example.org/other"
    with pytest.raises(IntegrityError, match="counted twice"):
        close(tx, run, key(other), archived(other, 1))


def test_segments_only_grow(tx):
    segment_committed(tx, SEGMENT, "archive", 100)
    segment_committed(tx, SEGMENT, "archive", 250)
    with pytest.raises(IntegrityError, match="committed up to 250"):
        segment_committed(tx, SEGMENT, "archive", 249)
    segment_sealed(tx, SEGMENT, "ab" * 32)
    with pytest.raises(IntegrityError, match="sealed"):
        segment_committed(tx, SEGMENT, "archive", 300)
    with pytest.raises(IntegrityError, match="never committed"):
        segment_sealed(tx, "archive/other.warc.gz", "ab" * 32)
    (only,) = segments(tx)
    assert (only.committed_offset, only.sealed, only.sha256) == (250, True, "ab" * 32)


def test_totals(tx, run):
    for number in range(3):
        href = f"https://a.example.org/{number}"
        close(tx, run, key(href), archived(href, number, body=b"x" * 100))
    for number in range(4):
        href = f"https://a.example.org/no/{number}"
        close(tx, run, key(href), refused(href, reason=f"disallowed by line {number}"))
    close(tx, run, key("https://b.example.org/"), failed("https://b.example.org/"))
    total = counts(tx)
    assert (total.pages, total.bytes, total.events) == (3, 300, 8)
    assert counts(tx, run) == total
    assert counts(tx, run + 1).events == 0
    assert pages_on_host(tx, "a.example.org") == 3
    assert pages_on_host(tx, "b.example.org") == 0
    assert [(s.gate, s.rule, s.verdict, s.reason, s.decided) for s in total.stops] == [
        ("site", "robots_txt", "deny", "disallowed by line N", 4),
        ("", "", "failed", "timeout", 1),
    ]
    assert sum(r.answers for r in total.rules if r.verdict == "allow" and r.gate == "url") == 8


def test_a_site_cannot_make_endless_reasons(tx, run):
    for number in range(200):
        href = f"https://a.example.org/no/{number}"
        word = "".join(chr(97 + int(d)) for d in str(number))
        close(tx, run, key(href), refused(href, reason=f"because {word}"))
    rows = [r for r in counts(tx).rules if r.verdict == "deny"]
    assert len(rows) <= 65
    assert sum(r.decided for r in rows) == 200


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ('disallowed by line 12: "Disallow: /private"', "disallowed by line N: …"),
        ("the site's own https://a.example.org/x says no", "the site's own … says no"),
        ("body of 10,000,001 bytes", "body of N bytes"),
        ("robots.txt cannot be read (it answered 503)", "robots.txt cannot be read (it answered 503)"),
        ("http status 404 after 1,503 tries", "http status 404 after N tries"),
        ("", ""),
    ],
)
def test_reason_classes(reason, expected):
    assert reason_class(reason) == expected


def test_runs_policies_and_acts(tx):
    first = begin(tx)
    record_policy(tx, POLICY.id, str(POLICY.digest), "another text", NOW)  # known: stays as it was
    assert policy_texts(tx) == {str(POLICY.digest): "[collection]\n"}
    later = NOW + timedelta(hours=1)
    second = begin_run(tx, RunStart(str(POLICY.digest), "collector/0", OPERATOR, "here", 12, 2), later)
    assert [(r.id, r.exit_reason) for r in runs(tx)] == [(first, "killed"), (second, None)]
    end_run(tx, second, OPERATOR, "finished", later)
    with pytest.raises(IntegrityError, match="not open"):
        end_run(tx, second, OPERATOR, "finished", later)
    record_act(tx, Actor("kim", "keeper"), "host blocked", "a.example.org", later)
    assert [(a.actor, a.role, a.verb) for a in acts(tx)] == [
        ("ann", "operator", "crawl started"),
        ("ann", "operator", "crawl started"),
        ("ann", "operator", "crawl ended"),
        ("kim", "keeper", "host blocked"),
    ]
    assert last_event_at(tx) is None


def test_a_run_needs_its_policy(tmp_path):
    with pytest.raises(IntegrityError), open_store(tmp_path).transaction() as tx:
        begin_run(tx, RunStart("sha256:00", "collector/0", OPERATOR, "here", 1), NOW)


def test_hostile_text_reaches_the_disk_harmless(tx, run):
    """Lone surrogates and NUL, as a broken page may give them in a reason or detail."""
    event = dataclasses.replace(failed(URL), reason="\ud800 and \x00", detail="\udfff")
    close(tx, run, key(URL), event)
    (chapter,) = story(tx, key(URL))
    assert isinstance(chapter, Closed)
    assert chapter.reason == "\\ud800 and \\x00"
