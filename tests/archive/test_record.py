"""Records as bytes: ISO 28500 §5 and §6, and what the design promises on top."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from collector.archive.provenance import Provenance, provenance_record
from collector.archive.record import (
    Revisited,
    SiteAnswer,
    page_record,
    revisit_record,
    signal_record,
    text_record,
)
from collector.model.decision import Decision, Evidence, Finding, Gate, RetainUntil, Verdict
from collector.model.digest import Digest
from collector.model.headers import Headers
from collector.model.page import Candidate, Language, Redaction
from collector.model.url import parse_url
from collector.model.uses import Use, Uses

RECORD_ID = "urn:uuid:019abcde-1111-7000-8000-000000000000"


def opened(member):
    """Version line, fields and block of a member, by gzip and string methods alone."""
    raw = gzip.decompress(member.data)
    head, _, rest = raw.partition(b"\r\n\r\n")
    version, *lines = head.split(b"\r\n")
    fields = [tuple(line.decode().split(": ", 1)) for line in lines]
    assert rest.endswith(b"\r\n\r\n")
    block = rest[:-4]
    assert len(block) == int(dict(fields)["Content-Length"])
    return version, fields, block


def test_member_is_one_gzip_member_without_time(bench):
    data = page_record(bench.page(), bench.context()).data
    member = zlib.decompressobj(31)
    member.decompress(data)
    assert member.eof
    assert member.unused_data == b""
    assert data[:4] == b"\x1f\x8b\x08\x00"
    assert data[4:8] == b"\0\0\0\0"  # RFC 1952 §2.3.1: MTIME 0


def test_page_is_a_response_whose_digests_are_of_what_is_stored(bench):
    page = bench.page()
    member = page_record(page, bench.context(RECORD_ID))
    version, fields, block = opened(member)
    assert version == b"WARC/1.1"
    head, _, body = block.partition(b"\r\n\r\n")
    assert body == page.body
    assert dict(fields) == {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<{member.record_id}>",
        "WARC-Date": "2026-11-22T07:41:22.114807Z",
        "WARC-Target-URI": "https://www.example.org/page/0?b=2&a=1",
        "WARC-Warcinfo-ID": f"<{RECORD_ID}>",
        "WARC-IP-Address": "2001:db8::1",
        "WARC-Protocol": "http/1.1",
        "WARC-Payload-Digest": str(Digest.of(body)),
        "WARC-Identified-Payload-Type": "text/html",
        "WARC-JSON-Metadata": dict(fields)["WARC-JSON-Metadata"],
        "Content-Type": "application/http; msgtype=response",
        "WARC-Block-Digest": str(Digest.of(block)),
        "Content-Length": str(len(block)),
    }
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n")
    assert head.endswith(b"Content-Length: %d" % len(body))


def test_redaction_note_has_counts_and_nothing_of_the_original(bench):
    page = bench.page(redaction=Redaction("strict", {"phone": 2, "email": 8}))
    note = json.loads(dict(opened(page_record(page, bench.context()))[1])["WARC-JSON-Metadata"])
    assert note == {
        "redacted": True,
        "policy": "demo",
        "policy_sha256": bench.policy.digest.hex,
        "spans": 10,
        "types": {"EMAIL": 8, "PHONE": 2},
    }


def test_redirect_is_a_response_without_body_that_no_reader_takes_for_a_page(bench):
    redirect = bench.page(status=302, body=b"", media_type="", charset=None, headers=Headers([("Location", "/x")]))
    _, fields, block = opened(page_record(redirect, bench.context()))
    assert block == b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
    assert dict(fields)["WARC-Identified-Payload-Type"] == "application/x-empty"
    assert dict(fields)["WARC-Payload-Digest"] == str(Digest.of(b""))


def test_revisit_section_6_7_2(bench):
    page = bench.page()
    first = Revisited(RECORD_ID, "https://example.org/first", datetime(2026, 1, 2, tzinfo=UTC))
    _, fields, block = opened(revisit_record(page, first, bench.context()))
    named = dict(fields)
    assert named["WARC-Type"] == "revisit"
    assert named["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert named["WARC-Refers-To"] == f"<{RECORD_ID}>"
    assert named["WARC-Refers-To-Target-URI"] == "https://example.org/first"
    assert named["WARC-Refers-To-Date"] == "2026-01-02T00:00:00Z"
    assert named["WARC-Truncated"] == "length"
    assert named["WARC-Payload-Digest"] == str(page.payload_digest)
    assert block.endswith(b"\r\n\r\n")
    assert page.body not in block


def test_text_is_a_conversion_with_its_language_in_iso_639_3(bench):
    _, fields, block = opened(text_record(bench.page(), RECORD_ID, bench.context()))
    named = dict(fields)
    assert block.decode() == "Grüße 0"
    assert (named["WARC-Type"], named["WARC-Refers-To"]) == ("conversion", f"<{RECORD_ID}>")
    assert named["WARC-Identified-Content-Language"] == "deu"
    assert named["WARC-Identified-Payload-Type"] == "text/plain"
    undetermined = bench.page(language=Language("und", 0.0))
    assert "WARC-Identified-Content-Language" not in dict(
        opened(text_record(undetermined, RECORD_ID, bench.context()))[1]
    )
    with pytest.raises(ValueError, match="no extracted text"):
        text_record(bench.page(text=None), RECORD_ID, bench.context())


def test_site_file_keeps_its_status_and_bytes(bench):
    answer = SiteAnswer(
        url="https://example.org/robots.txt",
        status=404,
        headers=Headers([("Content-Type", "text/plain")]),
        body=b"User-agent: *\nDisallow: /\n",
        fetched_at=bench.start,
        redaction=Redaction("strict", {"org_contact": 0}),
        truncated="odd",
    )
    _, fields, block = opened(signal_record(answer, bench.context()))
    named = dict(fields)
    assert block.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert block.endswith(answer.body)
    assert named["WARC-Truncated"] == "unspecified"
    assert "WARC-Identified-Payload-Type" not in named  # only from a sniff of one's own (§5.19)


def decided(*findings):
    return (Decision(Gate.SITE, Verdict.ALLOW, Uses(), findings, None, datetime(2026, 11, 22, tzinfo=UTC)),)


def test_provenance_says_where_from_and_why_it_was_allowed(bench):
    robots = Finding(
        "robots_txt",
        Verdict.ALLOW,
        "line 12 allows",
        uses=Uses.allowing(Use.FETCH),
        evidence=(Evidence("https://example.org/robots.txt", Digest.of(b"r"), "line 12"),),
        obligations=(RetainUntil(date(2027, 1, 1)),),
    )
    candidate = Candidate(parse_url("https://example.org/a"), hops="LR", via="https://example.org/\r\nrobots: no")
    page = bench.page(candidate=candidate, decisions=decided(robots), extractor="trafilatura 2.3.1")
    provenance = Provenance("run-1", date(2027, 6, 1), "windows-1252", RECORD_ID, (RECORD_ID,))
    member = provenance_record(page, RECORD_ID, provenance, bench.context())
    _, fields, block = opened(member)
    named = dict(fields)
    assert named["Content-Type"] == "application/warc-fields"
    assert named["WARC-Concurrent-To"] == named["WARC-Refers-To"] == f"<{RECORD_ID}>"
    assert "WARC-Payload-Digest" not in named
    assert member.index is None
    lines = [tuple(line.split(": ", 1)) for line in block.decode().splitlines()]
    said = dict(lines)
    assert said["via"] == "https://example.org/  robots: no"
    assert (said["hopsFromSeed"], said["fetchTimeMs"], said["charset-detected"]) == ("LR", "250", "windows-1252")
    assert said["text-extractor"] == "trafilatura 2.3.1"
    assert said["robots-decision"] == "allow line 12 allows"
    assert said["robots-snapshot"] == said["signal-snapshot"] == f"<{RECORD_ID}>"
    assert said["retention-until"] == "2027-01-01"
    assert said["redaction-email"] == "1"
    assert json.loads(said["finding"]) == {
        "gate": "site",
        "rule": "robots_txt",
        "verdict": "allow",
        "basis": "spec",
        "reason": "line 12 allows",
        "uses": {"fetch": "allow"},
        "evidence": [f"https://example.org/robots.txt {Digest.of(b'r')} line 12"],
    }


@given(reason=st.text(), source=st.text(), locator=st.text(), kind=st.text(max_size=20), via=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_no_value_of_a_provenance_record_leaves_its_line(bench, reason, source, locator, kind, via):
    finding = Finding("ai_txt", Verdict.ALLOW, reason, evidence=(Evidence(source, None, locator),) * 9)
    candidate = Candidate(parse_url("https://example.org/"), via=via)
    page = bench.page(candidate=candidate, decisions=decided(finding), redaction=Redaction("strict", {kind: 1}))
    _, _, block = opened(provenance_record(page, RECORD_ID, Provenance("r"), bench.context()))
    lines = block.decode().split("\r\n")
    assert lines.pop() == ""
    assert all(line.isprintable() or " " not in line.partition(":")[0] for line in lines)
    assert {line.partition(":")[0] for line in lines} <= {
        "via", "fetchTimeMs", "visit", "attempt", "run", "charset-stored", "language-detected", "decision", "finding",
        "redaction-profile", "redaction-spans", "policy", next(n.partition(":")[0] for n in lines if n.startswith("redaction-") and n.partition(":")[0] not in ("redaction-profile", "redaction-spans")),
    }  # fmt: skip
    assert json.loads(next(line for line in lines if line.startswith("finding: ")).removeprefix("finding: "))


def test_the_longest_finding_is_still_whole_json(bench):
    wide = "\U0001f600" * 5000
    finding = Finding("rsl_licence", Verdict.ALLOW, wide, evidence=(Evidence(wide, Digest.of(b""), wide),) * 20)
    _, _, block = opened(
        provenance_record(bench.page(decisions=decided(finding)), RECORD_ID, Provenance("r"), bench.context())
    )
    line = next(line for line in block.decode().splitlines() if line.startswith("finding: "))
    assert json.loads(line.removeprefix("finding: "))["rule"] == "rsl_licence"


@given(
    body=st.binary(max_size=300),
    pairs=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), max_size=6),
    media=st.text(max_size=30),
    status=st.integers(100, 599),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_hostile_headers_and_bodies_stay_inside_their_record(bench, body, pairs, media, status):
    page = bench.page(body=body, headers=Headers(pairs), media_type=media, status=status)
    member = page_record(page, bench.context())
    _, fields, block = opened(member)
    assert len({name for name, _ in fields}) == len(fields)
    assert block.partition(b"\r\n\r\n")[2] == body
    (record,) = list(ArchiveIterator(io.BytesIO(member.data), check_digests="raise"))[:1] or [None]
    assert record.rec_headers.get_header("WARC-Target-URI") == page.candidate.url.href
    assert record.rec_type == "response"


def test_a_target_uri_that_would_need_escaping_is_refused(bench):
    answer = SiteAnswer("https://example.org/a b", 200, Headers(), b"", bench.start, Redaction("strict"))
    with pytest.raises(ValueError, match="WARC-Target-URI"):
        signal_record(answer, bench.context())
    answer = SiteAnswer("https://example.org/a\r\nx", 200, Headers(), b"", bench.start, Redaction("strict"))
    with pytest.raises(ValueError, match="control character"):
        signal_record(answer, bench.context())


@pytest.mark.parametrize(
    ("spoken", "field"),
    [("HTTP/1.1", "http/1.1"), ("h2", "h2"), ("HTTP/2", "h2"), ("HTTP/2.0", "h2"), ("gopher\r\n", None)],
)
def test_protocol_is_named_and_the_status_line_stays_http_1_1(bench, spoken, field):
    _, fields, block = opened(page_record(bench.page(protocol=spoken), bench.context()))
    assert dict(fields).get("WARC-Protocol") == field
    assert block.startswith(b"HTTP/1.1 ")


def test_an_address_that_is_none_is_left_out(bench):
    _, fields, _ = opened(page_record(bench.page(ip_address="example.org"), bench.context()))
    assert "WARC-IP-Address" not in dict(fields)


def test_warcinfo_says_what_holds_for_the_file(bench):
    member = bench.make_warcinfo("x.warc.gz", bench.start, bench.ids())
    _, fields, block = opened(member)
    named, said = dict(fields), dict(line.split(": ", 1) for line in block.decode().splitlines())
    assert (named["WARC-Type"], named["WARC-Filename"]) == ("warcinfo", "x.warc.gz")
    assert "WARC-Warcinfo-ID" not in named
    assert "redacted at ingestion" in said["description"]
    assert said["redaction-policy"] == f"demo {bench.policy.digest}"
    assert said["operator"] == "Example Org <crawl@example.org>"
    assert said["format"] == "WARC File Format 1.1"
    assert set(said) >= {"software", "conformsTo", "isPartOf", "robots", "http-header-user-agent", "hostname"}
