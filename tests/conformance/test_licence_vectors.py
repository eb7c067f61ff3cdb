"""RSL by every channel, ai.txt, trust.txt and self labels, asked through `explain --jsonl`: opt-out signals §9 to §11.

The vectors of the specification itself stand in `test_optout_vectors`; these are our own, for what those leave out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from collector.signals.rsl import NAMESPACE

ORIGIN = "https://site.example.org"
ELSEWHERE = "https://licences.example.net/collective.xml"
HERE = f"{ORIGIN}/licence.xml"
TYPE = "application/rsl+xml"


def rsl(*licences: str, url: str = "/", attributes: str = "") -> str:
    inside = "".join(f"<license>{licence}</license>" for licence in licences)
    return f'<rsl xmlns="{NAMESPACE}"><content url="{url}" {attributes}>{inside}</content></rsl>'


def permits(tokens: str) -> str:
    return f'<permits type="usage">{tokens}</permits>'


def prohibits(tokens: str) -> str:
    return f'<prohibits type="usage">{tokens}</prohibits>'


def robots(document: str | None, line: str = f"License: {HERE}", name: str = HERE) -> dict[str, Any]:
    return {"robots": line + "\n", "site_files": {} if document is None else {name: document}}


def link(href: str = HERE) -> dict[str, Any]:
    return {"headers": [["link", f'<{href}>; rel="license"; type="{TYPE}"']]}


def page(*inside: str) -> dict[str, Any]:
    return {"html": f"<!doctype html><html><head>{''.join(inside)}</head><body><p>text</p></body></html>"}


def inline(document: str) -> str:
    return f'<script type="{TYPE}">{document}</script>'


FREE, NONE = permits("ai-all"), prohibits("ai-all")
SOLD = permits("ai-train") + '<payment type="training"><amount currency="USD">1</amount></payment>'
GUARDED = permits("ai-train ai-input") + prohibits("all")  # both at once, as a large newspaper publishes it

# (name, the line, what is expected of training, of the gate that stops the page)
CASES: list[tuple[str, dict[str, Any], str, str | None]] = [
    # robots.txt, RSL §4.4
    ("robots: prohibited", robots(rsl(NONE)), "deny", "site"),
    ("robots: permitted", robots(rsl(FREE)), "allow", None),
    ("robots: answer kept by path", robots(rsl(FREE), name="/licence.xml"), "allow", None),
    ("robots: on another server", robots(rsl(FREE), f"License: {ELSEWHERE}", ELSEWHERE), "allow", None),
    ("robots: not at hand", robots(None), "deny", "site"),
    ("robots: 404", {"robots": f"License: {HERE}\n", "site_files": {HERE: {"status": 404}}}, "deny", "site"),
    ("robots: a page", robots("<!doctype html><p>not found"), "deny", "site"),
    ("robots: a deed", robots(None, "License: https://creativecommons.org/licenses/by/4.0/"), "unknown", None),
    ("robots: a word", robots(None, "License: MIT"), "unknown", None),
    ("robots: content without licence", robots(rsl()), "deny", "site"),
    ("robots: of another group", robots(rsl(NONE), f"User-agent: otherbot\nLicense: {HERE}"), "unknown", None),
    ("robots: in our group", robots(rsl(NONE), f"User-agent: corpusbot\nLicense: {HERE}"), "deny", "site"),
    # one document, RSL §3
    ("both permitted and prohibited", robots(rsl(GUARDED)), "deny", "site"),
    ("two licences, one free", robots(rsl(SOLD, FREE)), "allow", None),
    ("two licences, both conditional", robots(rsl(SOLD, permits("search"))), "deny", "site"),
    ("free payment", robots(rsl(FREE + '<payment type="free"/>')), "allow", None),
    ("attribution", robots(rsl(FREE + '<payment type="attribution"/>')), "allow", None),
    ("a licence server", robots(rsl(FREE, attributes='server="https://l.example.net"')), "deny", "site"),
    ("users", robots(rsl(FREE + '<permits type="user">education</permits>')), "deny", "site"),
    ("places", robots(rsl(FREE + '<prohibits type="geo">EU</prohibits>')), "deny", "site"),
    ("reports", robots(rsl(FREE + f'<reporting type="audit" profile="{ORIGIN}/p"/>')), "deny", "site"),
    ("older tokens", robots(rsl(permits("train-ai"))), "allow", None),
    ("commas of 0.9", robots(rsl(prohibits("ai-input, ai-train"))), "deny", "site"),
    ("search alone is prohibited", robots(rsl(prohibits("search"))), "unknown", None),
    ("another path", robots(rsl(NONE, url="/shop/")), "unknown", None),
    ("another server", robots(rsl(NONE, url="https://other.example.net/")), "unknown", None),
    (
        "the narrower scope",
        robots(rsl(permits("all")).replace("</rsl>", f'<content url="/a/"><license>{NONE}</license></content></rsl>')),
        "deny",
        "site",
    ),
    # Link, <link> and inline, RSL §4.5 and §4.6
    ("header: prohibited", {**link(), "site_files": {HERE: rsl(NONE)}}, "deny", "response"),
    ("header: permitted", {**link(), "site_files": {HERE: rsl(FREE)}}, "allow", None),
    ("header: not at hand", link(), "deny", "response"),
    ("element: prohibited", {**page(f'<link rel="license" type="{TYPE}" href="{HERE}">'),
                             "site_files": {HERE: rsl(NONE)}}, "deny", "content"),
    ("element: not at hand", page(f'<link rel="license" type="{TYPE}" href="{HERE}">'), "deny", "content"),
    ("inline: prohibited", page(inline(rsl(NONE, url=""))), "deny", "content"),
    ("inline: permitted", page(inline(rsl(FREE, url=""))), "allow", None),
    ("inline: not conformant", page(inline("{}")), "deny", "content"),
    # across channels and mechanisms: the most restrictive (RSL §4.9, opt-out signals §0)
    ("robots permits, page prohibits", {**robots(rsl(FREE)), **page(inline(rsl(NONE, url="")))}, "deny", "content"),
    ("robots prohibits, page permits", {**robots(rsl(NONE)), **page(inline(rsl(FREE, url="")))}, "deny", "site"),
    (
        "a licence permits, an AI crawler is shut out",
        robots(rsl(FREE), f"License: {HERE}\nUser-agent: GPTBot\nDisallow: /"),
        "deny",
        "site",
    ),
    ("a licence permits, the header says noai",
     {**robots(rsl(FREE)), "headers": [["X-Robots-Tag", "noai"]]}, "deny", "response"),
    # ai.txt and trust.txt
    ("ai.txt: everything", {"site_files": {"/ai.txt": "User-Agent: *\nDisallow: /\n"}}, "deny", "site"),
    ("ai.txt: by address", {"site_files": {f"{ORIGIN}/ai.txt": "User-Agent: *\nDisallow: *.txt\n"}}, "deny", "site"),
    ("ai.txt: a tie", {"site_files": {"/ai.txt": "User-Agent: *\nAllow: /\nDisallow: /\n"}}, "deny", "site"),
    ("ai.txt: allowed", {"site_files": {"/ai.txt": "User-Agent: *\nAllow: /\n"}}, "allow", None),
    ("ai.txt: a page", {"site_files": {"/ai.txt": "<html>User-Agent: *\nDisallow: /\n"}}, "unknown", None),
    ("ai.txt: another format", {"site_files": {"/ai.txt": "# Our policy\nDisallow: /\n"}}, "unknown", None),
    ("ai.txt: 503", {"site_files": {"/ai.txt": {"status": 503}}}, "unknown", None),
    ("trust.txt: no", {"site_files": {"/trust.txt": "datatrainingallowed=no\n"}}, "deny", "site"),
    ("trust.txt: yes", {"site_files": {"/trust.txt": "datatrainingallowed=yes\n"}}, "allow", None),
    ("trust.txt: well known", {"site_files": {"/.well-known/trust.txt": "datatrainingallowed=NO #\n"}}, "deny", "site"),
    ("trust.txt: a page", {"site_files": {"/trust.txt": "<p>datatrainingallowed=no\n"}}, "unknown", None),
    ("trust.txt yes, ai.txt no",
     {"site_files": {"/trust.txt": "datatrainingallowed=yes\n", "/ai.txt": "User-Agent: *\nDisallow: /\n"}},
     "deny", "site"),
    # a label refuses the page and denies no use
    ("label: adult", page('<meta name="rating" content="adult">'), "unknown", "content"),
    ("label: RTA", page('<meta name="rating" content="RTA-5042-1996-1400-1577-RTA">'), "unknown", "content"),
    ("label: mature", page('<meta name="rating" content="mature">'), "unknown", None),
]  # fmt: skip


@cache
def _answers() -> dict[str, Any]:
    lines = "".join(
        json.dumps({"id": name, "url": f"{ORIGIN}/a/x", "product_token": "corpusbot", **line}) + "\n"
        for name, line, _, _ in CASES
    )
    command = [sys.executable, "-m", "collector.cli", "explain", "--jsonl", "--policy", "strict-eu", "--now"]
    command.append("2026-11-22T12:00:00Z")
    answer = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    return {line["id"]: line for line in map(json.loads, answer.stdout.splitlines())}


def test_names_are_unique():
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "line", "train", "gate"), CASES, ids=[name for name, *_ in CASES])
def test_case(name, line, train, gate):
    answer = _answers()[name]
    assert (answer["uses"]["train"], answer["gate"]) == (train, gate), answer["findings"]
    assert answer["verdict"] == ("allow" if gate is None else "deny")
    assert answer["uses"]["fetch"] != "deny"


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, line, train, gate in CASES if gate is not None], ids=lambda value: ""
)
def test_every_refusal_has_its_evidence(name, line):
    answer = _answers()[name]
    denying = [f for f in answer["findings"] if f["verdict"] == "deny" and f["gate"] == answer["gate"]]
    assert denying
    assert all(finding["evidence"] for finding in denying)


def test_an_attribution_is_told_as_an_obligation():
    assert {"obligation": "Attribute", "licence": HERE} in _answers()["attribution"]["obligations"]
