"""The verifier beside `warcio check`: each broken file is refused here, whatever warcio says of it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import random
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.checker import Checker

from collector.archive.header_rules import check_fields
from collector.archive.naming import OPEN, index_path
from collector.archive.problem import Contract, Severity
from collector.archive.record import SiteAnswer, signal_record, text_record
from collector.archive.scan import scan
from collector.archive.verify import verify_collection, verify_file
from collector.model.headers import Headers
from collector.model.page import Redaction
from tests.support.growth import assert_linear

ID = "<urn:uuid:019abcde-0000-7000-8000-00000000000%d>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(kind="response", block=HTTP, *, drop=(), add=(), number=1, version=b"WARC/1.1", end=b"\r\n\r\n", **changes):
    """One record, valid but for what the arguments break. Keys of `changes` have `_` for `-`."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": ID % number,
        "WARC-Date": "2026-11-22T07:41:22Z",
        "WARC-Target-URI": "https://example.org/",
        "Content-Type": "application/http; msgtype=response",
        "WARC-Block-Digest": sha(block),
        "Content-Length": str(len(block)),
    }
    if kind in ("response", "revisit"):
        fields["WARC-Payload-Digest"] = sha(block.partition(b"\r\n\r\n")[2])
    if kind in ("warcinfo", "metadata"):
        fields["Content-Type"] = "application/warc-fields"
    if kind == "warcinfo":
        del fields["WARC-Target-URI"]
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in fields.items() if name not in drop] + list(add)
    return version + b"\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + block + end


INFO = gzip.compress(record("warcinfo", b"software: x\r\n", number=0), mtime=0)


def packed(*records, info=INFO):
    return info + b"".join(gzip.compress(r, mtime=0) for r in records)


class Cmd:
    verbose = False

    def __init__(self, *inputs):
        self.inputs = [str(path) for path in inputs]


def warcio_verdict(path):
    """True: accepted. Also when it crashes, it has not accepted."""
    try:
        return Checker(Cmd(path)).process_all() == 0
    except Exception:  # noqa: BLE001 - whatever it raises is no acceptance
        return False


def rules(path, contract=Contract.STANDARD, severity=Severity.ERROR):
    return {p.rule for p in verify_file(path, None, contract) if p.severity is severity}


@pytest.fixture
def broken(tmp_path):
    def write(data):
        path = tmp_path / "x.warc.gz"
        path.write_bytes(data)
        return path

    return write


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
SOUND = {
    "plain page": packed(record()),
    "sha1 in base32": packed(
        record(
            WARC_Block_Digest="sha1:" + base64.b32encode(hashlib.sha1(HTTP).digest()).decode(),
            drop=["WARC-Payload-Digest"],
        )
    ),
    "WARC 1.0 with angle brackets": packed(record(version=b"WARC/1.0", WARC_Target_URI="<https://example.org/>")),
    "metadata": packed(record("metadata", b"via: x\r\n", WARC_Refers_To=ID % 5)),
    "revisit": packed(
        record(
            "revisit",
            HTTP[:-5],
            WARC_Payload_Digest=sha(b"hello"),
            WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            WARC_Truncated="length",
            WARC_Refers_To=ID % 5,
        )
    ),
    "chunked, digest without chunks": packed(record(block=CHUNKED, WARC_Payload_Digest=sha(b"hello"))),
    "chunked, digest with chunks": packed(record(block=CHUNKED)),
    "two concurrent records": packed(record(add=[f"WARC-Concurrent-To: {ID % 7}", f"WARC-Concurrent-To: {ID % 8}"])),
    "unknown field": packed(record(add=["X-Ours: 1"])),
    "truncated capture": packed(record(block=HTTP[:-2], WARC_Truncated="length")),
    "dns": packed(
        record(
            block=b"20261122\n1.2.3.4",
            Content_Type="text/dns",
            WARC_Target_URI="dns:example.org",
            WARC_Payload_Digest=sha(b"20261122\n1.2.3.4"),
        )
    ),
    "date with nanoseconds": packed(record(WARC_Date="2026-11-22T07:41:22.123456789Z")),
    "empty block": packed(record("resource", b"", WARC_Payload_Digest=sha(b""))),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_files_pass(broken, name):
    path = broken(SOUND[name])
    assert rules(path) == set()
    if "without chunks" not in name:  # warcio #74: it digests the chunks too
        assert warcio_verdict(path)


def test_plain_files_are_read_too(broken):
    path = broken(gzip.decompress(INFO) + record() + record("metadata", b"a: b\r\n", number=2))
    assert rules(path) == set()
    assert [(r.offset > 0, r.length > 0) for r in scan(io.BytesIO(path.read_bytes()))] == [
        (False, True),
        (True, True),
        (True, True),
    ]


# name: (file, our rule, warcio's verdict). True: `warcio check` accepts it.
BROKEN = {
    "no Record-ID §5.2": (packed(record(drop=["WARC-Record-ID"])), "mandatory_field", True),
    "no Date §5.4": (packed(record(drop=["WARC-Date"])), "mandatory_field", True),
    "no Type §5.5": (packed(record(drop=["WARC-Type"])), "mandatory_field", False),
    "no Target-URI §5.14": (packed(record("conversion", b"x", Content_Type="text/plain", drop=["WARC-Target-URI"])), "mandatory_field", True),
    "revisit without profile §6.7": (packed(record("revisit", HTTP)), "mandatory_field", True),
    "identical payload without digest §6.7.2": (
        packed(record("revisit", HTTP, drop=["WARC-Payload-Digest"], WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")),
        "mandatory_field",
        True,
    ),
    "field twice §4": (packed(record(add=["WARC-Date: 2026-11-22T07:41:23Z"])), "repeated_field", True),
    "length twice §4": (packed(record(add=[f"Content-Length: {len(HTTP)}"])), "repeated_field", True),
    "Refers-To on response §5.11": (packed(record(WARC_Refers_To=ID % 5)), "forbidden_field", True),
    "Refers-To-Date on metadata §5.13": (packed(record("metadata", b"a: b\r\n", WARC_Refers_To_Date="2026-01-01T00:00:00Z")), "forbidden_field", True),
    "payload digest on metadata §5.9": (packed(record("metadata", b"a: b\r\n", WARC_Payload_Digest=sha(b"a: b\r\n"))), "forbidden_field", True),
    "payload digest on warcinfo §5.9": (packed(info=gzip.compress(record("warcinfo", b"a: b\r\n", WARC_Payload_Digest=sha(b"a: b\r\n")))), "forbidden_field", True),
    "Target-URI on warcinfo §5.14": (packed(info=gzip.compress(record("warcinfo", b"a: b\r\n", add=["WARC-Target-URI: https://x.test/"]))), "forbidden_field", True),
    "Filename on response §5.17": (packed(record(WARC_Filename="x")), "forbidden_field", True),
    "Warcinfo-ID on warcinfo §5.16": (packed(info=gzip.compress(record("warcinfo", b"a: b\r\n", WARC_Warcinfo_ID=ID % 3))), "forbidden_field", True),
    "Concurrent-To on conversion §5.7": (packed(record("conversion", b"x", Content_Type="text/plain", WARC_Concurrent_To=ID % 3)), "forbidden_field", True),
    "Profile on response §5.18": (packed(record(WARC_Profile="http://x.test/")), "forbidden_field", True),
    "14 digit date §5.4": (packed(record(WARC_Date="20261122074122")), "field_syntax", True),
    "13th month §5.4": (packed(record(WARC_Date="2026-13-22T07:41:22Z")), "field_syntax", True),
    "30 February §5.4": (packed(record(WARC_Date="2026-02-30T07:41:22Z")), "field_syntax", True),
    "local time §5.4": (packed(record(WARC_Date="2026-11-22T07:41:22+01:00")), "field_syntax", True),
    "no brackets §5.2": (packed(record(WARC_Record_ID="urn:uuid:019abcde-0000-7000-8000-000000000001")), "field_syntax", True),
    "id that is no URI §5.2": (packed(record(WARC_Record_ID="<1>")), "field_syntax", True),
    "relative URI §5.14": (packed(record("resource", b"x", Content_Type="text/plain", WARC_Target_URI="/a")), "field_syntax", True),
    "URI with a space §5.14": (packed(record(WARC_Target_URI="https://example.org/a b")), "field_syntax", True),
    "digest without label §5.8": (packed(record(WARC_Block_Digest="abcdefgh")), "field_syntax", False),
    "digest too short §5.8": (packed(record(WARC_Block_Digest="sha256:abcd")), "field_syntax", False),
    "host for an address §5.10": (packed(record(WARC_IP_Address="example.org")), "field_syntax", True),
    "media type §5.6": (packed(record(Content_Type="html")), "field_syntax", True),
    "same id twice §5.2": (packed(record(), record()), "record_id_unique", True),
    "block digest": (packed(record(WARC_Block_Digest=sha(b"other"))), "block_digest", False),
    "payload digest": (packed(record(WARC_Payload_Digest=sha(b"other"))), "payload_digest", False),
    "payload digest of nothing": (packed(record(block=HTTP[:-5].replace(b"5", b"0"), WARC_Payload_Digest=sha(b"other"))), "payload_digest", False),
    "HTTP length too long": (packed(record(block=HTTP.replace(b": 5", b": 6"))), "http_length", True),
    "HTTP length too short": (packed(record(block=HTTP.replace(b": 5", b": 4"))), "http_length", True),
    "HTTP lengths that differ": (packed(record(block=HTTP.replace(b"\r\n\r\n", b"\r\nContent-Length: 6\r\n\r\n"))), "http_length", True),
    "no status line": (packed(record(block=b"hello\r\n\r\nworld")), "http_grammar", True),
    "HTTP header without end": (packed(record(block=b"HTTP/1.1 200 OK\r\nA: b", drop=["WARC-Payload-Digest"])), "http_grammar", True),
    "two records in a member": (packed(record() + record(number=2)), "one_record_per_member", False),
    "bytes after the record": (packed(record() + b"more"), "one_record_per_member", False),
    "length too short §5.3": (packed(record(Content_Length=str(len(HTTP) - 1), drop=["WARC-Block-Digest", "WARC-Payload-Digest"])), "record_end", True),
    "length too long §5.3": (packed(record(Content_Length=str(len(HTTP) + 40), drop=["WARC-Block-Digest", "WARC-Payload-Digest"])), "record_end", True),
    "length missing §5.3": (packed(record(drop=["Content-Length", "WARC-Block-Digest", "WARC-Payload-Digest"])), "mandatory_field", True),
    "length no number §5.3": (packed(record(Content_Length="0x10", drop=["WARC-Block-Digest", "WARC-Payload-Digest"])), "field_syntax", False),
    "no empty lines after it §4": (packed(record(end=b"")), "record_end", True),
    "one empty line after it §4": (packed(record(end=b"\r\n")), "record_end", True),
    "line feeds alone §4": (packed(record().replace(b"\r\n", b"\n", 12)), "record_grammar", False),
    "field without colon §4": (packed(record(add=["no colon here"])), "record_grammar", True),
    "space in a field name §4": (packed(record(add=["X Y: z"])), "record_grammar", True),
    "control character §4": (packed(record(add=["X-Y: a\x01b"])), "record_grammar", True),
    "version of the future §4": (packed(record(version=b"WARC/9.9")), "record_grammar", False),
    "one line of garbage": (b"this is no archive, only a line that somebody renamed\n", "record_grammar", True),
    "one line of garbage, packed": (gzip.compress(b"garbage garbage garbage garbage garbage garbage garbage\n"), "record_grammar", True),
    "one line of five words": (b"http://example.org/ 127.0.0.1 20261122 text/html 0\n", "record_grammar", True),
    "bytes after the last member": (packed(record()) + b"trailing garbage", "gzip_member", False),
    "zeros after the last member": (packed(record()) + bytes(512), "gzip_member", False),
    "cut inside the last member": (packed(record())[:-9], "gzip_member", True),
    "cut inside the header": (packed(record())[: len(INFO) + 60], "gzip_member", True),
    "wrong checksum": (packed(record())[:-8] + bytes(4) + packed(record())[-4:], "gzip_member", False),
    "wrong size": (packed(record())[:-4] + bytes(4), "gzip_member", False),
    "empty member": (packed(b""), "record_grammar", True),
    "empty file": (b"", "empty_file", True),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused(broken, name):
    data, rule, accepted_by_warcio = BROKEN[name]
    path = broken(data)
    assert rule in rules(path)
    assert warcio_verdict(path) is accepted_by_warcio


def test_most_of_them_pass_the_check_of_warcio():
    assert sum(accepted for _, _, accepted in BROKEN.values()) > 35


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (packed(record(), info=b""), "warcinfo_first"),
        (packed(record(WARC_Type="tombstone")), "unknown_type"),
        (packed(record(WARC_Block_Digest="blake9:abcdef")), "digest_unknown"),
        (packed(record(drop=["Content-Type", "WARC-Payload-Digest"])), "content_type"),
        (packed(record("revisit", HTTP, WARC_Profile="http://x.test/other")), "unknown_profile"),
        (packed(record().replace(b"msgtype", b"\r\n msgtype")), "folded_field"),
        (packed(record(WARC_Target_URI="<https://example.org/>")), "field_syntax"),
    ],
)
def test_what_the_standard_only_advises_is_a_note(broken, data, rule):
    path = broken(data)
    assert rule in rules(path, severity=Severity.NOTE)
    assert rules(path) == set()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(record(), info=b""), "not warcinfo"),
        (packed(record(version=b"WARC/1.0")), "not WARC/1.1"),
        (packed(record()), "without WARC-Warcinfo-ID"),
        (packed(record(WARC_Block_Digest="sha1:" + hashlib.sha1(HTTP).hexdigest())), "not sha256"),
        (packed(record(drop=["WARC-Block-Digest"])), "without WARC-Block-Digest"),
        (packed(record(drop=["WARC-Payload-Digest"])), "without WARC-Payload-Digest"),
        (packed(record("metadata", b"{}", Content_Type="application/json")), "as the page"),
        (packed(record(block=CHUNKED)), "Transfer-Encoding"),
        (packed(record(block=HTTP.replace(b"Content-Type", b"Content-Encoding"))), "Content-Encoding"),
        (gzip.decompress(INFO) + record(), "does not start with a gzip member"),
    ],
)
def test_our_own_contract_is_stricter(broken, data, message):
    path = broken(data)
    assert any(message in p.message for p in verify_file(path, None, Contract.OURS) if p.severity is Severity.ERROR)


def test_a_ruin_in_the_middle_does_not_hide_what_comes_after(broken):
    path = broken(packed(record(drop=["Content-Length"]), record(number=2, WARC_Date="x")))
    assert {p.rule for p in verify_file(path)} >= {"mandatory_field", "field_syntax"}


def test_collection_that_we_wrote_has_no_problem(bench):
    bench.filled(4, limit_bytes=1500)
    bench.filled(2, "signals")
    assert list(verify_collection(bench.root)) == []


def test_site_files_and_text_keep_the_contract_too(bench):
    signals, text = bench.writer("signals"), bench.writer("text")
    for status, body in ((200, b"User-agent: *\nDisallow:\n"), (503, b"")):
        answer = SiteAnswer(
            "https://example.org/robots.txt", status, Headers(), body, bench.start, Redaction("strict"), "text/plain"
        )
        signals.append([signal_record(answer, bench.context(signals.warcinfo_id))])
    text.append([text_record(bench.page(), "urn:uuid:x", bench.context(text.warcinfo_id))])
    for writer in (signals, text):
        writer.flush()
        writer.committed()
        (sealed,) = writer.close()
        assert warcio_verdict(bench.root / sealed.file)
    assert list(verify_collection(bench.root)) == []


def damage_index(index, file):
    lines = index.read_bytes().splitlines(keepends=True)
    yield "cdxj_record", b"".join(lines[1:])
    yield "cdxj_line", b"".join(lines) + lines[-1].replace(b'"offset": "', b'"offset": "9')
    yield "cdxj_line", lines[0].replace(b"text/html", b"text/plai") + b"".join(lines[1:])
    yield "cdxj_line", b"".join(lines) + b"zzz\n"
    yield "cdxj_line", b"".join(lines) + lines[-1]
    yield "cdxj_order", b"".join(reversed(lines))


def test_index_and_archive_are_compared_both_ways(bench):
    (file,) = bench.filled(3)
    index = index_path(bench.root, file)
    sound = index.read_bytes()
    for rule, data in damage_index(index, file):
        index.write_bytes(data)
        assert rule in {p.rule for p in verify_collection(bench.root)}
        index.write_bytes(sound)
    index.rename(index.with_name("other.cdxj"))
    assert {p.rule for p in verify_collection(bench.root)} == {"cdxj_missing", "cdxj_orphan"}


def test_what_is_not_sealed_or_not_ours_is_reported(bench):
    (file,) = bench.filled(2)
    path = bench.root / file
    path.with_name("note.txt").write_text("x")
    path.rename(path.with_name(path.name + OPEN))
    index_path(bench.root, file).unlink()
    found = list(verify_collection(bench.root))
    assert {(p.rule, p.severity) for p in found} == {("unsealed", Severity.NOTE), ("foreign_file", Severity.NOTE)}


@given(st.binary(max_size=400), st.integers(0, 2**32))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_any_damage_to_a_file_is_noticed_and_none_ends_the_verifier(bench, noise, seed):
    if not list((bench.root / "archive").glob("*")):
        bench.filled(2)
    (path,) = (bench.root / "archive").glob("*.warc.gz")
    data = bytearray(path.read_bytes())
    generator = random.Random(seed)
    at = generator.randrange(len(data))
    damaged = bytes(data[:at] + noise + data[at + generator.randrange(40) :])
    found = list(scan(io.BytesIO(damaged)))
    if damaged != bytes(data):
        sound = list(scan(io.BytesIO(bytes(data))))
        faults = [fault for r in found for fault in r.faults]
        # A change that spares every record can only stand in bytes of the gzip header that mean nothing.
        assert faults or len(found) != len(sound) or _only_gzip_header_bytes(data, damaged, sound)


def _only_gzip_header_bytes(data, damaged, sound):
    free = {r.offset + n for r in sound for n in (4, 5, 6, 7, 8, 9)}  # MTIME, XFL, OS: RFC 1952 §2.3.1
    return len(data) == len(damaged) and all(
        a == b or n in free for n, (a, b) in enumerate(zip(data, damaged, strict=True))
    )


@given(st.binary(max_size=3000))
@settings(max_examples=200)
def test_arbitrary_bytes_end_in_faults_never_in_an_exception(data):
    for opened in (data, b"\x1f\x8b" + data, b"WARC/1.1\r\n" + data, gzip.compress(b"WARC/1.1\r\n" + data)):
        assert all(r.faults or list(check_fields(r.version, r.fields)) for r in scan(io.BytesIO(opened)))


@pytest.mark.parametrize(
    "shape",
    [
        lambda n: record(block=b"HTTP/1.1 200 OK\r\n" + b"a" * n),
        lambda n: record(block=b"HTTP/1.1 200 OK\r\n" + b"\r" * n),
        lambda n: record(block=CHUNKED[:-10] + b"1\r\nx\r\n" * (n // 6)),
        lambda n: b"WARC/1.1\r\n" + b"a: b\r\n" * (n // 6),
        bytes,
    ],
)
def test_time_stays_in_proportion(shape):
    assert_linear(lambda data: list(scan(io.BytesIO(data))), lambda size: packed(shape(size)), 500_000)


def test_memory_does_not_grow_with_what_a_member_unpacks_to():
    bomb = packed(record(block=HTTP[:-5].replace(b": 5", b": 50000000") + bytes(50_000_000)))
    tracemalloc.start()
    list(scan(io.BytesIO(bomb)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
