"""The segment writer: names, rotation, the order of a commit, and a disk that refuses at any step."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.checker import Checker

from collector.archive.cdxj import sorted_lines
from collector.archive.files import PosixFiles
from collector.archive.naming import OPEN, index_path, locate, segment_name
from collector.archive.problem import Contract
from collector.archive.provenance import Provenance, provenance_record
from collector.archive.reader import index_file, read_at, records
from collector.archive.record import Revisited, page_record, revisit_record
from collector.archive.verify import verify_collection, verify_file
from collector.model.errors import IntegrityError, StorageError


class Refusing:
    """A disk that takes so many bytes and no more; what fits of the last write stays, as on a real one."""

    def __init__(self, stream, disk):
        self.stream, self.disk = stream, disk

    def write(self, data):
        fits = data[: max(0, self.disk.room)]
        self.stream.write(fits)
        self.disk.room -= len(fits)
        if len(fits) < len(data):
            raise StorageError("No space left on device", where="disk", mend="free some space")

    def sync(self):
        if self.disk.sync_fails:
            raise StorageError("Input/output error", where="disk", mend="check it")
        self.stream.sync()

    def truncate(self, size):
        if self.disk.truncate_fails:
            raise StorageError("Input/output error", where="disk", mend="check it")
        self.stream.truncate(size)

    def close(self):
        self.stream.close()


class FullDisk(PosixFiles):
    room = 10**9
    sync_fails = truncate_fails = False

    def create(self, path):
        return Refusing(super().create(path), self)


class ReadOnly(PosixFiles):
    def create(self, path):
        raise StorageError("Read-only file system", where=str(path), mend="mount it for writing")


class Cmd:
    verbose = True

    def __init__(self, *inputs):
        self.inputs = [str(path) for path in inputs]


def warcio_accepts(*paths):
    return Checker(Cmd(*paths)).process_all() == 0


def capture(bench, writer, n):
    context = bench.context(writer.warcinfo_id)
    page = page_record(bench.page(n), context)
    return [page, provenance_record(bench.page(n), page.record_id, Provenance("run"), context)]


def test_name_is_prefix_timestamp_serial_host(bench):
    assert (
        segment_name("my-corpus", bench.start, 7, "h-1.example") == "my-corpus-20261122074122-00007-h_1.example.warc.gz"
    )
    assert "/" not in segment_name("../x", bench.start, 0, "a/b")


def test_open_while_writing_sealed_with_its_index_after_the_commit(bench):
    writer = bench.writer()
    placed = writer.append(capture(bench, writer, 0))
    path = bench.root / placed[0].file
    assert not path.exists()
    assert path.with_name(path.name + OPEN).exists()
    assert locate(bench.root, placed[0].file).name.endswith(OPEN)
    position = writer.position
    assert writer.flush() == (position,)
    assert writer.committed() == ()
    (sealed,) = writer.close()
    assert locate(bench.root, placed[0].file) == path
    assert (sealed.file, sealed.size) == (placed[0].file, path.stat().st_size)
    assert sealed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert index_path(bench.root, sealed.file).read_bytes() == sorted_lines(e.line() for e in index_file(path))
    assert list(verify_collection(bench.root)) == []
    assert warcio_accepts(path)


def test_every_placement_is_exactly_one_member(bench):
    writer = bench.writer()
    placed = [p for n in range(5) for p in writer.append(capture(bench, writer, n))]
    writer.flush()
    data = locate(bench.root, placed[0].file).read_bytes()
    for p in placed:
        assert gzip.decompress(data[p.offset : p.offset + p.length]).startswith(b"WARC/1.1\r\n")
        assert read_at(locate(bench.root, p.file), p.offset, p.length).record_id == p.record_id
    writer.abandon()


def test_rotation_never_splits_a_capture_and_waits_for_the_commit(bench):
    writer = bench.writer(limit_bytes=3000)
    placed = []
    for n in range(12):
        members = capture(bench, writer, n)
        here = writer.append(members)
        assert len({p.file for p in here}) == 1
        placed += here
    files = sorted({p.file for p in placed})
    assert len(files) > 2
    assert not any((bench.root / file).exists() for file in files)
    positions = writer.flush()
    assert [p.file for p in positions] == files
    assert [s.file for s in writer.committed()] == files[:-1]
    writer.close()
    assert list(verify_collection(bench.root)) == []
    for file in files:
        own = {r.record_id for r in records(bench.root / file) if r.kind == "warcinfo"}
        named = {
            r.fields.first("WARC-Warcinfo-ID").strip("<>") for r in records(bench.root / file) if r.kind != "warcinfo"
        }
        assert named == own


def test_commit_before_flush_and_close_before_commit_are_refused(bench):
    writer = bench.writer()
    writer.append(capture(bench, writer, 0))
    with pytest.raises(ValueError, match="without flush"):
        writer.committed()
    writer.flush()
    with pytest.raises(ValueError, match="not committed"):
        writer.close()


def test_records_of_another_writer_are_refused(bench):
    writer = bench.writer()
    with pytest.raises(ValueError, match="another writer"):
        writer.append([page_record(bench.page(), bench.context())])


@given(
    steps=st.lists(st.sampled_from(["append", "append", "append", "commit", "rollback"]), max_size=25),
    limit=st.integers(600, 6000),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_only_what_was_committed_is_there_whatever_was_rolled_back(tmp_path_factory, bench_in, steps, limit):
    bench = bench_in(tmp_path_factory.mktemp("w"))
    writer = bench.writer(limit_bytes=limit)
    safe, pending = [], []
    for n, step in enumerate(steps):
        if step == "append":
            pending += writer.append(capture(bench, writer, n))
        elif step == "commit":
            writer.flush()
            writer.committed()
            safe, pending = safe + pending, []
        else:
            writer.rollback()
            pending = []
    writer.rollback()
    sealed = writer.close()
    assert all(hashlib.sha256((bench.root / s.file).read_bytes()).hexdigest() == s.sha256 for s in sealed)
    assert list(verify_collection(bench.root)) == []
    there = [
        (r.record_id, f"archive/{path.name}", r.offset, r.length)
        for path in sorted((bench.root / "archive").glob("*"))
        for r in records(path)
        if r.kind != "warcinfo"
    ]
    assert sorted(there) == sorted((p.record_id, p.file, p.offset, p.length) for p in safe)


def test_rolled_back_records_can_be_appended_again(bench):
    writer = bench.writer(limit_bytes=1500)
    kept, dropped = capture(bench, writer, 0), capture(bench, writer, 1)
    later = None
    for members in (dropped, kept):
        writer.append(members)
    later = capture(bench, writer, 2)  # built for a segment that was opened since the commit
    writer.append(later)
    writer.rollback()
    writer.append(kept)
    placed = writer.append(later)
    writer.flush()
    writer.committed()
    writer.close()
    assert list(verify_collection(bench.root)) == []
    ids = {r.record_id for path in (bench.root / "archive").glob("*") for r in records(path)}
    assert {m.record_id for m in kept + later} <= ids
    assert not {m.record_id for m in dropped} & ids
    assert placed


@pytest.mark.parametrize("room", [0, 1, 300, 700, 1200, 2000, 2600])
def test_full_disk_leaves_no_half_record_and_nothing_committed_is_lost(bench, room):
    disk = FullDisk()
    writer = bench.writer(files=disk)
    disk.room = room
    placed = []

    def fill():
        for n in range(20):
            placed.extend(writer.append(capture(bench, writer, n)))
            writer.flush()
            writer.committed()

    with pytest.raises(StorageError):
        fill()
    disk.room = 10**9
    writer.append(capture(bench, writer, 99))  # space was freed: it goes on
    writer.flush()
    writer.committed()
    writer.close()
    assert list(verify_collection(bench.root)) == []
    there = {r.record_id for path in (bench.root / "archive").glob("*") for r in records(path)}
    assert {p.record_id for p in placed} <= there


def test_half_a_record_that_cannot_be_cut_off_stops_the_writer(bench):
    disk = FullDisk()
    writer = bench.writer(files=disk)
    writer.append(capture(bench, writer, 0))
    disk.room, disk.truncate_fails = 10, True
    members = capture(bench, writer, 1)
    with pytest.raises(StorageError):
        writer.append(members)
    disk.room = 10**9
    with pytest.raises(StorageError, match="half a record"):
        writer.append(members)
    with pytest.raises(StorageError, match="half a record"):
        writer.flush()
    disk.truncate_fails = False
    writer.rollback()
    writer.append(capture(bench, writer, 2))
    writer.flush()
    writer.committed()
    writer.close()
    assert list(verify_collection(bench.root)) == []


def test_after_a_failed_fdatasync_it_is_not_asked_again(bench):
    disk = FullDisk()
    writer = bench.writer(files=disk)
    writer.append(capture(bench, writer, 0))
    disk.sync_fails = True
    with pytest.raises(StorageError):
        writer.flush()
    disk.sync_fails = False
    with pytest.raises(StorageError, match="durable"):
        writer.flush()
    writer.abandon()


def test_read_only_folder_is_said_at_once(bench):
    writer = bench.writer(files=ReadOnly())
    with pytest.raises(StorageError, match="Read-only"):
        _ = writer.warcinfo_id


def test_two_workers_in_one_second_do_not_share_a_name(bench):
    first, second = bench.writer(), bench.writer(shard=1)
    second._now = first._now = lambda: bench.start
    third = bench.writer()
    third._now = first._now
    for writer in (first, second, third):
        writer.append(capture(bench, writer, 0))
        writer.flush()
        writer.committed()
        writer.close()
    assert len(list((bench.root / "archive").glob("*.warc.gz"))) == 3


def test_a_writer_that_wrote_nothing_leaves_nothing(bench):
    writer = bench.writer()
    assert writer.close() == ()
    _ = writer.warcinfo_id
    assert writer.close() == ()
    assert list((bench.root / "archive").iterdir()) == []


def test_revisits_are_indexed_and_verified(bench):
    writer = bench.writer()
    context = bench.context(writer.warcinfo_id)
    page = page_record(bench.page(0), context)
    again = bench.page(0, fetched_at=bench.now())
    revisit = revisit_record(
        again, Revisited(page.record_id, again.candidate.url.href, bench.page(0).fetched_at), context
    )
    writer.append([page])
    writer.append([revisit])
    writer.flush()
    writer.committed()
    (sealed,) = writer.close()
    assert list(verify_file(bench.root / sealed.file, index_path(bench.root, sealed.file), Contract.OURS)) == []
    assert [e.mime for e in index_file(bench.root / sealed.file)] == ["text/html", "warc/revisit"]
    assert warcio_accepts(bench.root / sealed.file)


def test_a_file_that_is_gone_is_an_integrity_error(bench):
    with pytest.raises(IntegrityError, match="gone"):
        locate(bench.root, "archive/none.warc.gz")
    assert isinstance(Path(bench.root), Path)


def test_a_segment_deleted_behind_our_back_stops_the_writer(bench):
    """Before the ledger is told of what went into it; leaving it is still possible."""
    writer = bench.writer()
    placed = writer.append(capture(bench, writer, 0))
    writer.flush()
    writer.committed()
    locate(bench.root, placed[0].file).unlink()
    writer.append(capture(bench, writer, 1))
    with pytest.raises(IntegrityError, match="deleted, moved or changed"):
        writer.flush()
    with pytest.raises(StorageError, match="could not be made durable"):
        writer.append(capture(bench, writer, 2))
    writer.abandon()
