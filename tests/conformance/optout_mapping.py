"""From the opt-out vectors of the project's specification to lines for `explain --jsonl`.

One function per signal. A signal that no rule reads yet stands in `LATER` with the rule that will read it; whoever
writes that rule moves the line up here, and the vectors wait in `optout_vectors.jsonl` already.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ORIGIN = "https://site.example.org"
OURS = "corpusbot"  # who the vectors speak to where they name nobody
DISALLOW = "User-agent: *\nDisallow: /\n"

Vector = Mapping[str, Any]
Line = dict[str, Any]

# Signal → the rule of docs/rules that is to read it.
LATER = {
    "aipref-robots": "content_usage_robots",
    "aipref-header": "content_usage",
    "aipref-dict": "content_usage",
    "canel": "disallow_ai_training",
    "content-signal": "content_signal",
    "tdmrep": "tdmrep_file",
    "trust-txt": "trust_txt",
    "ai-txt": "ai_txt",
    "rsl": "rsl_licence",
}


def vectors() -> list[Vector]:
    """Every vector, in the order of the specification."""
    lines = Path(__file__).with_name("optout_vectors.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def needs(vector: Vector) -> set[str]:
    """The rules of `LATER` that a vector cannot do without."""
    signals = {vector["signal"]}
    if vector["signal"] == "combine":
        # a permission nobody reads yet changes nothing: it never cancels a denial
        signals = {_NAMES.get(name, name) for name, said in vector["input"]["signals"] if said == "deny"}
    return {LATER[signal] for signal in signals if signal in LATER}


def line_of(vector: Vector) -> Line:
    """The line that gives `explain --jsonl` the facts of this vector. Raises KeyError for a signal of `LATER`."""
    given = vector["input"]
    line = {"id": vector["id"], "url": ORIGIN + given.get("path", "/a/x"), "product_token": given.get("agent", OURS)}
    return {**line, **_MAPPED[vector["signal"]](given)}


def _robots(given: Vector) -> Line:
    return {"robots": given["robots"]}


def _answer(status: int, body: str = "", **more: object) -> Line:
    return {"status": status, "body_base64": base64.b64encode(body.encode()).decode(), **more}


def _redirected(to: str, status: int, body: str) -> Line:
    return {"status": 301, "redirects": [{"url": to, **_answer(status, body)}]}


_RESPONSES: Mapping[str, object] = {
    "404-with-disallow-body": _answer(404, DISALLOW),
    "timeout": {"error": "timeout"},
    "dns-failure": {"error": "dns"},
    "redirect-1-to-disallow": _redirected(f"{ORIGIN}/moved/robots.txt", 200, DISALLOW),
    "redirect-offsite-to-disallow": _redirected("https://other.example.net/robots.txt", 200, DISALLOW),
    "redirect-to-500": _redirected(f"{ORIGIN}/broken", 500, ""),
    "503-503-200-disallow": [_answer(503), _answer(503), _answer(200, DISALLOW)],
}


def _robots_fetch(given: Vector) -> Line:
    name = given["robots_response"]
    return {"robots": _RESPONSES[name] if name in _RESPONSES else _answer(int(name))}


def _headers(given: Vector) -> Line:
    return {"headers": given["headers"]}


def _html(given: Vector) -> Line:
    return {"html": given["html"]}


_NAMES = {"content-usage": "aipref-robots"}  # what the combining vectors call a signal
_SAID: Mapping[tuple[str, str], str] = {
    ("robots", "allow"): "User-agent: *\nAllow: /\n",
    ("proxy", "deny"): "User-agent: GPTBot\nDisallow: /\n",
    ("content-usage", "deny"): "User-agent: *\nContent-Usage: train-ai=n\nAllow: /\n",
    ("content-signal", "allow"): "User-agent: *\nContent-Signal: ai-train=yes\nAllow: /\n",
    ("rsl", "allow"): f"License: {ORIGIN}/licence.xml\n",
}
_LICENCE = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><permits type="usage">ai-all</permits></license>'
    "</content></rsl>"
)


def _combined(given: Vector) -> Line:
    return {
        "robots": "\n".join(_SAID[name, said] for name, said in given["signals"]),
        "site_files": {"/licence.xml": _LICENCE},
    }


_MAPPED: Mapping[str, Callable[[Vector], Line]] = {
    "robots": _robots,
    "robots-fetch": _robots_fetch,
    "proxy": _robots,
    "xrobots": _headers,
    "meta": _html,
    "combine": _combined,
}
