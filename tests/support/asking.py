"""Asks the gates about one line of facts, in this process: what `collector explain --jsonl` answers to the same line."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from collector.cli.explain import open_door
from collector.cli.explain_lines import Door

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORIGIN = "https://site.example.org"


@cache
def door(policy: str = "strict-eu") -> Door:
    """The gates of a ready policy, with no registry of anybody's."""
    return open_door(policy, Path("no-such-folder"), NOW)


def ask(path: str = "/a/x", *, policy: str = "strict-eu", token: str = "corpusbot", **facts: Any) -> dict[str, Any]:
    """The answer for `path` of one site; `facts` are keys of a line: robots, site_files, status, headers, html …"""
    url = path if path.startswith("http") else ORIGIN + path
    return door(policy).answer({"url": url, "product_token": token, **facts})


def finding(answer: dict[str, Any], rule: str) -> dict[str, Any]:
    """The one finding of `rule`."""
    (found,) = (one for one in answer["findings"] if one["rule"] == rule)
    return found
