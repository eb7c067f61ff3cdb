"""Archive against account, read by another library than ours: no record without a row, no row without a record."""

from __future__ import annotations

import sqlite3
import uuid
from collections import Counter
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

Place = tuple[str, int]  # file relative to the collection, offset of the record

# Every record of these types has a row; a hop of a redirected robots.txt has a record and no row of its own.
_ROWS = """
SELECT record_id, s.file, c."offset" FROM capture c JOIN segment s ON s.id = c.segment
UNION ALL SELECT provenance_record_id, s.file, provenance_offset FROM capture c JOIN segment s
          ON s.id = c.provenance_segment
UNION ALL SELECT text_record_id, s.file, text_offset FROM capture c JOIN segment s ON s.id = c.text_segment
"""
_SIGNALS = 'SELECT g.record_id, s.file, g."offset" FROM signal g JOIN segment s ON s.id = g.segment'


def disagreements(collection: Path) -> list[str]:
    """Everything in which the WARC files of a collection and its database differ; empty where they agree."""
    with sqlite3.connect(f"file:{collection / 'collection.db'}?mode=ro", uri=True) as connection:
        rows = {str(uuid.UUID(bytes=r)): (file, offset) for r, file, offset in connection.execute(_ROWS)}
        signals = {str(uuid.UUID(bytes=r)): (file, offset) for r, file, offset in connection.execute(_SIGNALS)}
        segments = dict(connection.execute("SELECT file, committed_offset FROM segment WHERE committed_offset > 0"))
        kept = connection.execute("SELECT COUNT(*) FROM event WHERE outcome IN ('archived', 'duplicate')").fetchone()
        twice = connection.execute("SELECT url_key FROM capture GROUP BY url_key HAVING COUNT(*) > 1").fetchall()
    records = _records(collection)
    faults = [f"{path.name} is still open" for path in sorted(collection.rglob("*.open"))]
    faults += [f"{path.name} is left over" for path in sorted(collection.rglob("*.tmp"))]
    faults += [f"URL {key.hex()} was captured twice" for (key,) in twice]
    pages = {name: place for name, place in records.items() if not place[0].startswith("signals/")}
    faults += [f"record {name} at {pages[name]} has no row" for name in pages.keys() - rows.keys()]
    for name, place in {**rows, **signals}.items():
        if records.get(name) != place:
            faults.append(f"the row of {name} names {place}; its record lies at {records.get(name)}")
    sizes = {str(path.relative_to(collection)): path.stat().st_size for path in collection.glob("*/*.warc.gz")}
    if sizes != segments:
        faults.append(f"files {sizes}, committed {segments}")
    captures = sum(1 for name in rows if name in pages and pages[name][0].startswith("archive/"))
    if captures != 2 * kept[0]:  # a page and its provenance
        faults.append(f"{captures} records of {kept[0]} pages")
    return faults


def _records(collection: Path) -> dict[str, Place]:
    found: dict[str, Place] = {}
    types: Counter[str] = Counter()
    for path in sorted(collection.glob("*/*.warc.gz")):
        with path.open("rb") as stream:
            iterator = ArchiveIterator(stream)
            for record in iterator:
                types[record.rec_type] += 1
                record.content_stream().read()
                if record.rec_type == "warcinfo":
                    continue
                name = record.rec_headers.get_header("WARC-Record-ID").strip("<>").removeprefix("urn:uuid:")
                assert name not in found, f"{name} stands twice"
                found[name] = (str(path.relative_to(collection)), iterator.get_record_offset())
    assert types["warcinfo"], "no WARC file at all"
    return found
