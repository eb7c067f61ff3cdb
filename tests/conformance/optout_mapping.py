"""From the opt-out vectors of the project's specification to lines for `explain --jsonl`, one function per signal.

Vectors whose rule is not in the catalogue yet wait: they are asked from the day it is.
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

# Signal → the rules that read it.
READ_BY = {
    "robots": {"robots_txt"},
    "robots-fetch": {"robots_txt"},
    "proxy": {"ai_tokens"},
    "xrobots": {"x_robots_tag"},
    "meta": {"meta_robots"},
    "aipref-robots": {"content_usage_robots"},
    "aipref-header": {"content_usage"},
    "aipref-dict": {"content_usage"},
    "canel": {"disallow_ai_training"},
    "content-signal": {"content_signal"},
    "tdmrep": {"tdmrep_file", "tdm_reservation", "meta_tdm_reservation"},
    "trust-txt": {"trust_txt"},
    "ai-txt": {"ai_txt"},
    "rsl": {"rsl_licence"},
}


def vectors() -> list[Vector]:
    """Every vector, in the order of the specification."""
    lines = Path(__file__).with_name("optout_vectors.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def needs(vector: Vector) -> set[str]:
    """The rules that a vector cannot do without."""
    if vector["signal"] != "combine":
        return READ_BY[vector["signal"]]
    # a permission that nobody reads yet changes nothing: it never cancels a denial
    denied = [name for name, said in vector["input"]["signals"] if said == "deny"]
    return set().union(*(READ_BY[_NAMES.get(name, name)] for name in denied))


def line_of(vector: Vector) -> Line:
    """The line that gives `explain --jsonl` the facts of this vector."""
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


def _ai_txt(given: Vector) -> Line:
    assert given["media"] == "text/html"  # the site gate, which asks, takes an address without a file type for a page
    return {"site_files": {"/ai.txt": given["body"]}}


def _trust_txt(given: Vector) -> Line:
    return {"site_files": {"/trust.txt": given["body"]}}


def _rsl(given: Vector) -> Line:
    """As it is met: named by robots.txt, and answered for the address that it names."""
    address = f"{ORIGIN}/licence.xml"
    return {"robots": f"License: {address}\n", "site_files": {address: given["xml"]}}


def _dictionary(given: Vector) -> Line:
    return {"headers": [["Content-Usage", given["value"]]]}


def _tdmrep(given: Vector) -> Line:
    line: Line = {}
    if "file" in given or "file_raw" in given:
        text = given["file_raw"] if "file_raw" in given else json.dumps(given["file"])
        line["site_files"] = {"/.well-known/tdmrep.json": text}
    if "headers" in given:
        line["headers"] = given["headers"]
    if "html" in given:
        line["html"] = given["html"]
    return line


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
    "aipref-robots": _robots,
    "aipref-header": _headers,
    "aipref-dict": _dictionary,
    "canel": _robots,
    "content-signal": _robots,
    "tdmrep": _tdmrep,
    "ai-txt": _ai_txt,
    "trust-txt": _trust_txt,
    "rsl": _rsl,
}
