"""Reading back: what was written comes out, what is broken is said with its offset."""

from __future__ import annotations

import contextlib
import io
import random
from types import SimpleNamespace

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.archive.cdxj import sorted_lines
from collector.archive.lookup import entries_of, find_captures
from collector.archive.naming import index_path, locate
from collector.archive.reader import index_file, read_at, record_from, records
from collector.archive.record import page_record, text_record
from collector.archive.surt import surt
from collector.model.errors import IntegrityError, StorageError
from collector.model.headers import Headers


def archived(bench, pages):
    writer = bench.writer()
    placed = []
    for page in pages:
        placed += writer.append([page_record(page, bench.context(writer.warcinfo_id))])
    writer.flush()
    writer.committed()
    (sealed,) = writer.close()
    return bench.root / sealed.file, placed


@given(
    st.lists(
        st.tuples(st.binary(max_size=200), st.lists(st.tuples(st.text(max_size=15), st.text(max_size=30)), max_size=4)),
        min_size=1,
        max_size=4,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_what_is_written_is_read_and_the_index_made_again_is_the_one_written(tmp_path_factory, bench_in, contents):
    bench = bench_in(tmp_path_factory.mktemp("r"))
    types = [("Content-Type", value) for _, pairs in contents for _, value in pairs]
    pages = [bench.page(n, body=body, headers=Headers(pairs + types)) for n, (body, pairs) in enumerate(contents)]
    path, placed = archived(bench, pages)
    found = [r for r in records(path) if r.kind != "warcinfo"]
    assert [(r.record_id, r.offset, r.length) for r in found] == [(p.record_id, p.offset, p.length) for p in placed]
    assert [r.body for r in found] == [p.body for p in pages]
    assert [r.http_status for r in found] == [200] * len(pages)
    assert [read_at(path, p.offset, p.length).body for p in placed] == [p.body for p in pages]
    made = sorted_lines(entry.line() for entry in index_file(path))
    assert made == index_path(bench.root, f"archive/{path.name}").read_bytes()


def test_large_bodies_come_back_whole_and_the_limit_holds(bench):
    body = random.Random(1).randbytes(3_000_000)
    path, (placed,) = archived(bench, [bench.page(body=body)])
    assert read_at(path, placed.offset, placed.length).body == body
    assert list(records(path))[-1].body == body
    assert list(records(path, bodies=False))[-1].body == b""
    with pytest.raises(IntegrityError, match="more than 1,000 bytes"):
        read_at(path, placed.offset, placed.length, max_body=1000)


def test_fastwarc_reads_the_same(bench):
    pages = [bench.page(n) for n in range(5)]
    path, placed = archived(bench, pages)
    with path.open("rb") as stream:
        found = list(ArchiveIterator(stream, parse_http=True, verify_digests=True))
    with path.open("rb") as stream:
        bodies = [r.reader.read() for r in ArchiveIterator(stream, record_types=WarcRecordType.response)]
    assert [r.record_id for r in found[1:]] == [f"<{p.record_id}>" for p in placed]
    assert [r.stream_pos for r in found[1:]] == [p.offset for p in placed]
    assert bodies == [p.body for p in pages]


def test_bytes_that_are_not_exactly_one_record_are_refused(bench):
    path, (one, two) = archived(bench, [bench.page(0), bench.page(1)])
    for offset, length in [
        (one.offset + 1, one.length),
        (one.offset, one.length - 1),
        (one.offset, one.length + two.length),
        (two.offset, two.length + 1),
        (10**7, 5),
        (one.offset, 0),
    ]:
        with pytest.raises(IntegrityError):
            read_at(path, offset, length)
    with pytest.raises(StorageError):
        read_at(path.with_name("none"), 0, 1)
    assert record_from(path, two.offset).record_id == two.record_id
    with pytest.raises(IntegrityError):
        record_from(path, two.offset + 3)
    with pytest.raises(IntegrityError, match="no record"):
        record_from(path, two.offset + two.length)


def test_a_changed_byte_of_the_body_is_noticed_when_read_by_offset(bench):
    path, (one,) = archived(bench, [bench.page(body=b"stored, not compressed" * 3)])
    data = bytearray(path.read_bytes())
    data[one.offset + one.length // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(IntegrityError):
        read_at(path, one.offset, one.length)


def test_a_file_cut_in_its_last_record_does_not_end_quietly(bench):
    body = random.Random(2).randbytes(90_000)
    path, (_, last) = archived(bench, [bench.page(0), bench.page(1, body=body)])
    path.write_bytes(path.read_bytes()[: last.offset + last.length // 2])
    with pytest.raises(IntegrityError, match=str(last.offset)):
        list(records(path))


@pytest.mark.parametrize(
    "data", [b"garbage", b"a line of five words\n", b"\x1f\x8bgarbage", b"WARC/1.1\r\nContent-Length: x"]
)
def test_garbage_never_gives_a_body(tmp_path, data):
    path = tmp_path / "x"
    path.write_bytes(data)
    bodies = []
    with contextlib.suppress(IntegrityError):
        bodies += [r.body for r in records(path)]
    assert not any(bodies)
    with pytest.raises(IntegrityError, match=str(path)):
        read_at(path, 0, len(data))


def test_captures_of_a_url_are_found_through_the_index(bench):
    pages = [bench.page(n % 40, fetched_at=bench.now(), body=b"%d" % n) for n in range(100)]
    archived(bench, pages)
    url = pages[7].candidate.url.href
    assert [r.body for r in find_captures(bench.root, url)] == [b"7", b"47", b"87"]
    assert find_captures(bench.root, "https://www.example.org/page/nowhere") == []


@given(st.sets(st.integers(0, 500), max_size=40), st.integers(0, 500))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_binary_search_finds_what_a_scan_finds(tmp_path, numbers, wanted):
    lines = sorted_lines(
        f'k{n} 20260101000000 {{"url":"{n}","mime":"","status":"","digest":"","length":"1","offset":"1","filename":""}}\n'.encode()
        for n in numbers
    )
    (tmp_path / "x.cdxj").write_bytes(lines)
    assert [e.url for e in entries_of(tmp_path / "x.cdxj", f"k{wanted}")] == [str(wanted)] * (wanted in numbers)


class Counted(io.FileIO):
    """A file that knows how many octets were read from it."""

    octets = 0

    def readinto(self, buffer):
        count = super().readinto(buffer)
        self.octets += count
        return count


@pytest.mark.parametrize("number", [0, 123_456, 299_999])
def test_a_look_up_reads_little_of_a_large_index(tmp_path, number):
    path = tmp_path / "x.cdxj"
    line = 'k{:08d} 20260101000000 {{"url":"u","mime":"","status":"","digest":"","length":"1","offset":"1","filename":""}}\n'
    path.write_text("".join(line.format(n) for n in range(300_000)))
    file = Counted(path)
    watched = SimpleNamespace(open=lambda mode: io.BufferedReader(file))
    assert len(list(entries_of(watched, f"k{number:08d}"))) == 1
    assert 0 < file.octets < path.stat().st_size / 50


def test_a_line_of_an_index_that_is_none_is_refused(tmp_path):
    path = tmp_path / "x.cdxj"
    path.write_text("k1 not a line\n")
    with pytest.raises(IntegrityError, match="CDXJ"):
        list(entries_of(path, "k1"))


def test_text_files_are_indexed_apart(bench):
    writer = bench.writer("text")
    placed = writer.append([text_record(bench.page(), "urn:uuid:x", bench.context(writer.warcinfo_id))])
    writer.flush()
    writer.committed()
    (sealed,) = writer.close()
    assert index_path(bench.root, sealed.file).parent == bench.root / "indexes" / "text"
    (entry,) = index_file(locate(bench.root, sealed.file))
    assert (entry.mime, entry.status, entry.key) == ("text/plain", "-", surt(entry.url))
    assert read_at(bench.root / sealed.file, placed[0].offset, placed[0].length).body.decode() == "Grüße 0"
