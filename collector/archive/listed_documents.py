"""Documents that were never crawled, one JSON object a line: what a publisher delivers or somebody contributes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from collector.archive.files import storage_errors
from collector.archive.foreign import Foreign, Unread
from collector.model.headers import Headers

KEYS = frozenset({"url", "id", "text", "html", "date"})
LINE = 64 << 20  # octets


def listed_documents(path: Path, *, below: str, delivered: datetime, max_body: int) -> Iterator[Foreign | Unread]:
    """`{"url" or "id", "text" or "html", "date"?}` each. One without a URL is named `below`/id, the source's own place.

    `delivered` is the date of those that have none. Raises StorageError where the file cannot be opened.
    """
    with storage_errors(path), path.open("rb") as stream:
        offset = 0
        while line := stream.readline(LINE):
            at, offset = offset, offset + len(line)
            if len(line) == LINE and not line.endswith(b"\n"):
                yield Unread(path.name, at, f"a line of more than {LINE:,} octets", last=True)
                return
            if line.strip():
                yield _document(line, path.name, at, below, delivered, max_body)


def _document(line: bytes, name: str, at: int, below: str, delivered: datetime, max_body: int) -> Foreign | Unread:
    try:
        given: Any = json.loads(line)
    except (ValueError, RecursionError):
        return Unread(name, at, "a line that is no JSON")
    if not isinstance(given, dict) or not set(given) <= KEYS:
        return Unread(name, at, f"a line is an object with {', '.join(sorted(KEYS))}")
    html = given.get("html")
    content = html if html is not None else given.get("text")
    url = _named(given, below)
    if url is None or not isinstance(content, str):
        return Unread(name, at, "a line needs `url` or `id`, and `text` or `html`, as texts")
    body = content.encode("utf-8", "replace")
    date = _instant(given.get("date"))
    return Foreign(
        kind="resource",
        url=url,
        date=delivered if date is None else date,
        record_id="",
        status=None,
        headers=Headers([("Content-Type", f"{'text/html' if html is not None else 'text/plain'}; charset=utf-8")]),
        body=body[: max_body + 1],
        truncated=None,
        ip_address=None,
        file=name,
        offset=at,
    )


def _named(given: dict[str, Any], below: str) -> str | None:
    url, identifier = given.get("url"), given.get("id")
    if isinstance(url, str) and url:
        return url
    return f"{below.rstrip('/')}/{quote(identifier, safe='')}" if isinstance(identifier, str) and identifier else None


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if at is None or not 1000 <= at.year <= 9000:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
