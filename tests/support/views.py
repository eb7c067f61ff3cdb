"""Every way to read a file: its bytes, what is compressed inside, the values of a database; and every way to spell."""

from __future__ import annotations

import base64
import html
import json
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

MAX_DEPTH = 3  # compressed inside compressed inside compressed
MAX_INFLATED = 512 * 2**20  # bytes of one stream

_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def views(path: Path) -> Iterator[tuple[str, bytes]]:
    """(where, bytes): the file as it lies, then everything found inside it."""
    raw = path.read_bytes()
    yield from _inside("raw", raw, 0)
    if raw.startswith(b"SQLite format 3\x00"):
        yield from _rows(path)


def _inside(label: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    yield label, data
    if depth == MAX_DEPTH:
        return
    joined: list[bytes] = []
    for head, bits, name in ((b"\x1f\x8b\x08", 31, "gzip"), *((h, 15, "zlib") for h in _ZLIB_HEADS)):
        at = data.find(head)
        while at >= 0:
            content, used = _inflate(data[at:] if at else data, bits)
            if content:
                joined.append(content)
            at = data.find(head, at + max(used, 1))
        if joined:
            # joined without a gap: a datum that straddles two members is found too
            yield from _inside(f"{label} > {name}", b"".join(joined), depth + 1)
            joined = []


def _inflate(data: bytes, bits: int) -> tuple[bytes, int]:
    """What comes out, also of a stream that was cut off, and how many bytes it took; a false alarm gives (b"", 0)."""
    stream = zlib.decompressobj(bits)
    parts: list[bytes] = []
    size, at = 0, 0
    try:
        while at < len(data) and not stream.eof and size < MAX_INFLATED:
            parts.append(stream.decompress(data[at : at + 65_536]))
            size += len(parts[-1])
            at += 65_536
    except zlib.error:
        if size < 8:
            return b"", 0
    return b"".join(parts), min(at, len(data)) - len(stream.unused_data)


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table: long ones are split over pages in the file, and compressed ones are opened."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy.db"
        for suffix in ("", "-wal", "-shm"):
            source = path.with_name(path.name + suffix)
            if source.exists():
                shutil.copy(source, copy.with_name(copy.name + suffix))
        with closing(sqlite3.connect(copy)) as connection:
            connection.text_factory = bytes
            tables = [
                row[0].decode() for row in connection.execute("select name from sqlite_master where type='table'")
            ]
            for table in tables:
                for row in connection.execute(f'select * from "{table}"'):
                    for value in row:
                        if isinstance(value, bytes) and len(value) > 3:
                            yield from _inside(f"table {table}", value, 1)


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """(encoding, bytes in lower case where case does not carry meaning): every spelling in which `text` may lie."""
    utf8 = text.encode()
    yield "utf-8", utf8.lower()
    yield "utf-16-le", text.lower().encode("utf-16-le")
    yield "utf-16-be", text.lower().encode("utf-16-be")
    yield "utf-8 backwards", utf8[::-1].lower()
    yield "hex", utf8.hex().encode()
    seen = {utf8.lower()}
    for name, spelled in (
        ("latin-1", text.encode("latin-1", "replace")),
        ("percent", quote(text, safe="").encode()),
        ("percent, twice", quote(quote(text, safe=""), safe="").encode()),
        ("percent, every octet", "".join(f"%{octet:02x}" for octet in utf8).encode()),
        ("references", html.escape(text).encode()),
        ("decimal references", "".join(f"&#{ord(c)};" for c in text).encode()),
        ("hexadecimal references", "".join(f"&#x{ord(c):x};" for c in text).encode()),
        ("JSON", json.dumps(text)[1:-1].encode()),
        ("JSON, every character", "".join(f"\\u{ord(c):04x}" for c in text).encode()),
        ("plus for space", text.replace(" ", "+").encode()),
    ):
        if spelled.lower() not in seen:
            seen.add(spelled.lower())
            yield name, spelled.lower()


def base64_spellings(text: str) -> Iterator[bytes]:
    """The three alignments in which `text` may stand inside base64, without the letters that neighbours decide."""
    utf8 = text.encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + utf8)
        start = -(-shift * 8 // 6)
        end = (shift + len(utf8)) * 8 // 6
        yield encoded[start:end]
