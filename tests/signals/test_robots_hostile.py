"""Half a megabyte written to be slow: linear time and bounded memory, whatever its shape (RFC 9309 §3: untrusted content)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from collector.signals.robots_txt import parse
from tests.support.growth import assert_linear

LIMIT = 512_000
TARGET = "/aaaa/aaab?x=aaa:/y"
ANYBODY = b"User-agent: *\n"
AGENT, RULE = b"User-agent: b%d\n", b"Disallow: /p%d/\n"


def many(line: bytes, size: int, head: bytes = ANYBODY) -> bytes:
    """`size` octets at most: `head` and as many numbered lines as fit behind it."""
    lines = b"".join(line % n for n in range(size // len(line) + 1))
    return (head + lines)[:size].rpartition(b"\n")[0] + b"\n"


SHAPES: dict[str, Callable[[int], bytes]] = {
    "agents by rules": lambda size: many(RULE, size, many(AGENT, size // 2, b"")),
    "agents, ours among them": lambda size: many(RULE, size, many(AGENT, size // 5, b"User-agent: corpusbot\n")),
    "one group for each rule": lambda size: many(b"user-agent:*\nallow:/%d\n", size),
    "one group for each name": lambda size: many(b"user-agent:a%d\nallow:/\n", size),
    "wildcards": lambda size: many(b"Disallow: /*a*%d*a*a\n", size),
    "wildcards, many a rule": lambda size: many(b"Disallow: /" + b"*a" * 99 + b"%d\n", size),
    "wildcards, too many a rule": lambda size: many(b"Disallow: /b" + b"*a" * 5_000 + b"%d\n", size),
    "anchors": lambda size: many(b"disallow:/%d$\n", size),
    "delimiters in queries": lambda size: many(b"disallow:/?%d=:/\n", size),
    "anchors behind delimiters": lambda size: many(b"disallow:/?%d=:$\n", size),
    "escaped delimiters": lambda size: many(b"disallow:/?%d=%%3a\n", size),
    "octets that are no ASCII": lambda size: many(b"Disallow: /" + b"\xff" * 1_500 + b"%d\n", size),
    "escapes": lambda size: many(b"Disallow: /" + b"%%41" * 1_000 + b"%d\n", size),
    "shortest rules": lambda size: ANYBODY + b"allow:/\n" * (size // 8 - 2),
    "no rules": lambda size: b"a:\n" * (size // 3),
    "blank lines": lambda size: b"\r\n" * (size // 2),
    "one line": lambda size: ANYBODY + b"Disallow: /" + b"*a" * (size // 2 - 13) + b"\n",
    "slips": lambda size: many(b"dissallow:/%d\n", size, b"useragent: *\n"),
    "comma lists": lambda size: many(b"User-agent: a,b,c,d,e,f,g,h,%d\n", size),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear(shape):
    """The milliseconds that half a megabyte takes are printed by benchmarks/robots.py."""

    def ask(body):
        robots = parse(body)
        for token in ("corpusbot", "GPTBot"):
            robots.match(token, TARGET)
            robots.match(token, TARGET * 100)

    assert_linear(ask, SHAPES[shape], LIMIT // 8)


@pytest.mark.parametrize("shape", ["agents by rules", "one group for each name", "wildcards", "shortest rules"])
def test_memory_is_bounded_by_the_rules(shape):
    body = SHAPES[shape](LIMIT)
    tracemalloc.start()
    robots = parse(body)
    robots.match("corpusbot", TARGET)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 30 * len(body)


def test_every_rule_of_a_large_group_still_counts():
    robots = parse(many(RULE, LIMIT))
    assert robots.match("corpusbot", "/p27000/x").denied
    assert not robots.match("corpusbot", "/q/").denied


def test_two_megabytes_are_cut():
    robots = parse(b"User-agent: *\nDisallow: /first\n" + b"Disallow: /x\n" * 160_000 + b"Disallow: /last\n")
    assert robots.match("corpusbot", "/first").denied
    assert not robots.match("corpusbot", "/last").denied
    assert "were read" in robots.remarks[0]
