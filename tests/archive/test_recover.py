"""Design §2, invariants 7 and 8: WARC first, ledger second; kill it anywhere."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collector.archive.naming import OPEN, index_path
from collector.archive.reader import read_at, records
from collector.archive.record import page_record
from collector.archive.recover import recover
from collector.archive.verify import verify_collection
from collector.model.errors import IntegrityError

CRASHING = """
import json, os, sys
from pathlib import Path
from collector.archive.record import page_record
sys.path.insert(0, sys.argv[2])
import conftest
bench = conftest.Bench(Path(sys.argv[1]))
ledger = os.open(Path(sys.argv[1]) / "ledger", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
writer = bench.writer(limit_bytes=20_000)
print("ready", flush=True)
pending = []
for n in range(10**9):
    body = os.urandom(n % 3000)
    pending += writer.append([page_record(bench.page(n, body=body), bench.context(writer.warcinfo_id))])
    if n % 3 == 2:
        writer.flush()
        rows = [[p.record_id, p.file, p.offset, p.length] for p in pending]
        os.write(ledger, (json.dumps(rows) + "\\n").encode())  # the ledger's transaction: one write, whole or not at all
        writer.committed()
        pending = []
"""


def ledger_rows(root: Path):
    """What was committed; a last line that a kill cut short was not."""
    rows = []
    for line in (root / "ledger").read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            rows += json.loads(line)
    return rows


def committed_offsets(rows):
    ends = {}
    for _, file, offset, length in rows:
        ends[file] = max(ends.get(file, 0), offset + length)
    return ends


@pytest.mark.parametrize("round_", range(5))
def test_killed_at_a_random_instant_nothing_committed_is_lost_and_nothing_else_is_there(bench, round_):
    process = subprocess.Popen(
        [sys.executable, "-c", CRASHING, str(bench.root), str(Path(__file__).parent)], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(random.Random().uniform(0.02, 0.5))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    rows = ledger_rows(bench.root)
    # Every second round the ledger had not yet been told which files were sealed.
    offsets = committed_offsets(rows)
    if round_ % 2:
        offsets = {f: end for f, end in offsets.items() if not (bench.root / f).exists()}
    recover(bench.root, offsets, bench.files)
    assert list(verify_collection(bench.root)) == []
    there = {
        (r.record_id, f"archive/{path.name}", r.offset, r.length)
        for path in (bench.root / "archive").glob("*.warc.gz")
        for r in records(path)
        if r.kind != "warcinfo"
    }
    assert there == {tuple(row) for row in rows}
    before = {p: p.read_bytes() for p in bench.root.rglob("*") if p.is_file()}
    recover(bench.root, offsets, bench.files)
    assert {p: p.read_bytes() for p in bench.root.rglob("*") if p.is_file()} == before


def open_segment(bench, committed=2, uncommitted=2):
    writer = bench.writer()
    placed = []
    for n in range(committed + uncommitted):
        placed += writer.append([page_record(bench.page(n), bench.context(writer.warcinfo_id))])
        if n + 1 == committed:
            writer.flush()
            writer.committed()
    writer.flush()
    writer.abandon()
    return placed


def test_an_open_segment_is_cut_back_and_sealed_with_its_index(bench):
    placed = open_segment(bench)
    end = placed[1].offset + placed[1].length
    (cut,) = recover(bench.root, {placed[0].file: end}, bench.files)
    assert (cut.file, cut.kept, cut.found) == (placed[0].file, end, placed[3].offset + placed[3].length)
    assert cut.sealed.size == end
    assert read_at(bench.root / placed[1].file, placed[1].offset, placed[1].length).record_id == placed[1].record_id
    assert list(verify_collection(bench.root)) == []


def test_a_segment_the_ledger_does_not_know_is_removed(bench):
    placed = open_segment(bench)
    index_path(bench.root, placed[0].file).parent.mkdir()
    index_path(bench.root, placed[0].file).write_bytes(b"")  # the crash came between index and name
    (cut,) = recover(bench.root, {}, bench.files)
    assert (cut.kept, cut.sealed) == (0, None)
    assert [p for p in bench.root.rglob("*") if p.is_file()] == []


def test_half_a_record_at_the_end_is_cut_off(bench):
    placed = open_segment(bench, uncommitted=0)
    path = bench.root / (placed[0].file + OPEN)
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08\x00half")
    end = placed[1].offset + placed[1].length
    recover(bench.root, {placed[0].file: end}, bench.files)
    assert (bench.root / placed[0].file).stat().st_size == end


def test_a_row_without_a_record_stops_everything(bench):
    placed = open_segment(bench)
    with pytest.raises(IntegrityError, match="the file ends at"):
        recover(bench.root, {placed[0].file: 10**6}, bench.files)
    assert (bench.root / (placed[0].file + OPEN)).exists()
    with pytest.raises(IntegrityError, match="gone"):
        recover(bench.root, {placed[0].file: placed[0].offset + placed[0].length, "archive/x.warc.gz": 5}, bench.files)


def test_a_commit_that_ends_inside_a_record_is_no_commit(bench):
    placed = open_segment(bench)
    with pytest.raises(IntegrityError):
        recover(bench.root, {placed[0].file: placed[1].offset + 20}, bench.files)


def test_a_segment_sealed_just_before_the_crash_is_reported(bench):
    (file,) = bench.filled(2)
    size = (bench.root / file).stat().st_size
    (cut,) = recover(bench.root, {file: size}, bench.files)
    assert (cut.sealed.size, cut.found, cut.kept) == (size, size, size)
    with pytest.raises(IntegrityError, match="sealed file ends at"):
        recover(bench.root, {file: size - 1}, bench.files)


def test_left_over_temporary_indexes_go(bench):
    bench.filled(1)
    (bench.root / "indexes" / "x.cdxj.tmp").write_bytes(b"half")
    assert recover(bench.root, {}, bench.files) == []
    assert not (bench.root / "indexes" / "x.cdxj.tmp").exists()
