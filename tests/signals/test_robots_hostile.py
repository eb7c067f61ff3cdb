"""Half a megabyte written to be slow: bounded time and memory, whatever its shape (RFC 9309 §3: untrusted content)."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from collector.signals.robots_txt import parse

LIMIT = 512_000
TARGET = "/aaaa/aaab?x=aaa:/y"
# Thirty times what a quiet machine takes (benchmarks/robots.py), and a tenth of what Protego takes on a fifth of
# the octets: a quadratic step is caught, a busy machine is not.
SECONDS = 2.0


def many(line: bytes, head: bytes = b"User-agent: *\n") -> bytes:
    lines = b"".join(line % n for n in range(LIMIT // len(line) + 1))
    return (head + lines)[:LIMIT].rpartition(b"\n")[0] + b"\n"


AGENTS = b"".join(b"User-agent: b%d\n" % n for n in range(5_000))
SHAPES = {
    "agents by rules": AGENTS + b"".join(b"Disallow: /p%d/\n" % n for n in range(5_000)),
    "agents, ours among them": many(b"Disallow: /p%d/\n", b"User-agent: corpusbot\n" + AGENTS),
    "one group for each rule": many(b"user-agent:*\nallow:/%d\n"),
    "one group for each name": many(b"user-agent:a%d\nallow:/\n"),
    "wildcards": many(b"Disallow: /*a*%d*a*a\n"),
    "wildcards, many a rule": many(b"Disallow: /" + b"*a" * 99 + b"%d\n"),
    "wildcards, too many a rule": many(b"Disallow: /b" + b"*a" * 5_000 + b"%d\n"),
    "anchors": many(b"disallow:/%d$\n"),
    "delimiters in queries": many(b"disallow:/?%d=:/\n"),
    "escapes": many(b"Disallow: /" + b"%%41" * 1_000 + b"%d\n"),
    "shortest rules": b"User-agent: *\n" + b"allow:/\n" * 62_000,
    "no rules": b"a:\n" * 170_000,
    "blank lines": b"\r\n" * 256_000,
    "one line": b"User-agent: *\nDisallow: /" + b"*a" * 240_000 + b"\n",
    "slips": many(b"dissallow:/%d\n", b"useragent: *\n"),
    "comma lists": many(b"User-agent: a,b,c,d,e,f,g,h,%d\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time(shape):
    start = time.perf_counter()
    robots = parse(SHAPES[shape])
    for token in ("corpusbot", "GPTBot"):
        robots.match(token, TARGET)
        robots.match(token, TARGET * 100)
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize("shape", ["agents by rules", "one group for each name", "wildcards", "shortest rules"])
def test_memory_is_bounded_by_the_rules(shape):
    tracemalloc.start()
    robots = parse(SHAPES[shape])
    robots.match("corpusbot", TARGET)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 30 * len(SHAPES[shape])


def test_every_rule_of_a_large_group_still_counts():
    robots = parse(many(b"Disallow: /p%d/\n"))
    assert robots.match("corpusbot", "/p27000/x").denied
    assert not robots.match("corpusbot", "/q/").denied


def test_two_megabytes_are_cut():
    robots = parse(b"User-agent: *\nDisallow: /first\n" + b"Disallow: /x\n" * 160_000 + b"Disallow: /last\n")
    assert robots.match("corpusbot", "/first").denied
    assert not robots.match("corpusbot", "/last").denied
    assert "were read" in robots.remarks[0]
