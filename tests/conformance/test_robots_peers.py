"""Our reader of robots.txt beside two that others wrote: where they disagree, a paragraph says who is right.

The files are made from seeds, of what sites write and of what goes wrong in it. The classes of disagreement and
their cures are in tests/support/robots_peers.py, the paragraphs in docs/robots-peers.md. What no class explains fails.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.support.robots_peers import CURES, Case, explain, google, ours, protego

SEEDS = 400
PEERS = {"jwm.robotstxt": google, "Protego": protego}
NAMES = (
    "*", "*", "corpusbot", "CorpusBot", "corpus", "corpusbot-news", "corpusbot/1.0", "Corpusbot News", "otherbot", "other",
    "AI2Bot", "a", "c*", "", "* x", "*bot", "corpusbot, otherbot",
)  # fmt: skip
ASKED = ("corpusbot", "otherbot", "AI2Bot")
PIECES = (
    "/", "/", "a", "b", "*", "$", "?", "%7E", "~", "%2F", "%2f", "%3F", "&", "=", ":", "%C3%A9", "%c3%a9", "%FF", "%FE",
    ".html", "index.html", "/index.html", "%", "%20", "(", "+", "robots.txt",
)  # fmt: skip
IN_FILES = (*PIECES, "\u00e9", " ", "\x0b", "\u2028", "\x85")
PLAIN = (
    "/",
    "",
    "/a",
    "/b",
    "*",
    "a",
    "$",
    "/a/b",
    "*.html$",
    "/*a",
    "/a$",
    "/robots.txt",
    "/a\u2028Allow: /",
    "/a/index.html",
    "/a?u=http://b",
)
OTHER_LINES = (
    "Sitemap: /s.xml", "Crawl-delay: 1", "Content-Signal: ai-train=no", "Content-Usage: train-ai=n", "DisallowAITraining: /a",
    "License: /l", "Host: h", "x: y", "x", "", "# c", "useragent: corpusbot", "Dissallow: /a", "Disallow /b", "Disallow",
    "User-agent corpusbot", "User-agent", "USER-AGENT:", "DISALLOW:", "Allow /a",
)  # fmt: skip
SPELLINGS = (
    ("%7E", "~"), ("%2F", "/"), ("%2f", "%2F"), ("%3F", "?"), ("%c3%a9", "%C3%A9"), ("a", "%61"), ("%FF", "%FE"),
    ("index.html", ""), (":", "%3A"), ("*", "b"), ("$", ""), ("=", "%3D"), ("/robots.txt", "/robots.txt?a"), ("://", "%3A%2F%2F"),
)  # fmt: skip


def _path(dice: random.Random, pieces: tuple[str, ...]) -> str:
    return "/" + "".join(dice.choice(pieces) for _ in range(dice.randrange(5)))


def _line(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.3:
        return f"User-agent: {dice.choice(NAMES)}"
    if kind < 0.75:
        value = _path(dice, IN_FILES) if dice.random() < 0.5 else dice.choice(PLAIN)
        field = dice.choice(("Allow", "Disallow", "disallow", "ALLOW "))
        return f"{field}:{dice.choice(('', ' ', '  '))}{value}{dice.choice(('', '', '', ' # x'))}"
    return dice.choice(OTHER_LINES)


def _near(dice: random.Random, lines: tuple[str, ...]) -> str:
    """A path like one that the file speaks of, spelt as a crawler would send it."""
    values = [line.partition(":")[2].partition("#")[0].strip() for line in lines if "allow" in line.lower()]
    path = dice.choice(values or ["/"]) or "/"
    for _ in range(dice.randrange(4)):
        one, other = dice.choice(SPELLINGS)
        if dice.random() < 0.5:
            one, other = other, one
        path = path.replace(one, other, 1) if one else path
    path = re.sub(r"[^!-~]|#", lambda found: "".join(f"%{octet:02X}" for octet in found[0].encode()), path)
    return "/" * (path[:1] != "/") + path + dice.choice(("", "", "a", "/", "?a", "b.html"))


def cases(seeds: range) -> list[Case]:
    made = []
    for seed in seeds:
        dice = random.Random(seed)
        lines = tuple(_line(dice) for _ in range(dice.randrange(1, 12)))
        paths = [*(_near(dice, lines) for _ in range(4)), _path(dice, PIECES), "/robots.txt"]
        made += [Case(lines, token, path) for token in ASKED for path in paths]
    return made


def compare(seeds: range) -> tuple[int, Counter[tuple[str, str]], list[tuple[str, Case]]]:
    """(cases asked, how often each class was needed, what no class explains)."""
    classes: Counter[tuple[str, str]] = Counter()
    unexplained = []
    asked = cases(seeds)
    for case in asked:
        answer = ours(case)
        for name, peer in PEERS.items():
            if peer(case) is answer:
                continue
            found = explain(case, peer)
            if found is None:
                unexplained.append((name, case))
            else:
                classes.update((name, one) for one in found)
    return len(asked), classes, unexplained


@cache
def _compared():
    return compare(range(SEEDS))


def test_every_disagreement_is_explained():
    asked, classes, unexplained = _compared()
    assert asked == SEEDS * len(ASKED) * 6
    assert unexplained == []
    assert classes.total() > 300, "files that nobody disagrees about prove nothing"


@pytest.mark.slow
def test_every_disagreement_of_many_more_files_is_explained():
    _, classes, unexplained = compare(range(SEEDS, 6_000))
    assert unexplained == []
    assert {name for _, name in classes} == set(CURES), "a class that nothing falls into has lost its reason"


# (class, file, token, path, who is contradicted): one plain case of each
ONE_OF_EACH = [
    ("line ends", ("User-agent: *", "Disallow: /a\u2028Allow: /"), "/a\u2028x", "Protego"),
    ("other records", ("User-agent: corpusbot", "Crawl-delay: 1", "User-agent: b", "Disallow: /"), "/", "Protego"),
    ("draft rules", ("User-agent: corpusbot", "Content-Usage: train-ai=n", "User-agent: b", "Disallow: /"), "/", "jwm.robotstxt"),
    ("slips refuse", ("User-agent: b, corpusbot", "Disallow: /"), "/", "jwm.robotstxt"),
    ("slips permit nothing", ("User-agent: *", "Disallow: /", "useragent: corpusbot", "Allow: /x"), "/", "Protego"),
    ("whole tokens", ("User-agent: corpus", "Disallow: /"), "/", "Protego"),
    ("index page", ("User-agent: *", "Disallow: /", "Allow: /d/index.html"), "/d/", "Protego"),
    ("robots.txt itself", ("User-agent: *", "Disallow: /"), "/robots.txt", "jwm.robotstxt"),
    ("one spelling", ("User-agent: *", "Disallow: /%7Ea"), "/~a", "jwm.robotstxt"),
    ("delimiters in queries", ("User-agent: *", "Disallow: /?u=https://a"), "/?u=https%3A%2F%2Fa", "jwm.robotstxt"),
    ("octets are counted and kept apart", ("User-agent: *", "Disallow: /a%3Fb"), "/a?b", "Protego"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "path", "contradicted"), ONE_OF_EACH, ids=[name for name, *_ in ONE_OF_EACH])
def test_the_plainest_case_of_a_class(name, lines, path, contradicted):
    case = Case(lines, "corpusbot", path.replace("\u2028", "%E2%80%A8"))
    peer = PEERS[contradicted]
    assert peer(case) is not ours(case)
    found = explain(case, peer)
    assert found is not None
    assert name in found


def test_the_table_is_whole():
    """docs/robots-peers.md has one line for each class, and for no other."""
    table = (Path(__file__).parents[2] / "docs" / "robots-peers.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \*\*(.+?)\*\* \|", table, re.MULTILINE) == list(CURES)
    assert [name for name, *_ in ONE_OF_EACH] == list(CURES)
