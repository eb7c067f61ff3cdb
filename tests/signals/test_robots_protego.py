"""Protego is the matcher where it is right; every case in which version 0.7 is not, one test each."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from protego import Protego

from collector.signals import robots_txt
from collector.signals.path_pattern import Rule, compile_rules
from collector.signals.percent import normalise_target
from collector.signals.robots_txt import parse

PIECES = st.sampled_from(
    [
        "/",
        "a",
        "b",
        "-",
        "*",
        "?",
        "&",
        "=",
        ":",
        "%20",
        "%C3%A9",
        "é",
        "~",
        ".html",
        "index.html",
        "$",
        "%2F",
        "(",
        "+",
    ]
)
PATTERNS = st.lists(PIECES, max_size=6).map(lambda pieces: "/" + "".join(pieces))
RULES = st.lists(st.tuples(st.booleans(), PATTERNS), min_size=1, max_size=6)
TARGETS = st.lists(PIECES, max_size=7).map(lambda pieces: "/" + "".join(pieces))


def body(*lines: str) -> bytes:
    return "\n".join(["User-agent: *", *lines, ""]).encode()


class TestSoundDomain:
    @pytest.mark.parametrize(
        "lines",
        [
            ("Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"),
            ("Disallow: /*?s=", "Disallow: /search", "Allow: /search/about"),
            ("Disallow: /*.pdf$", "Disallow: /caf%C3%A9/"),
            ("Disallow: /a b/", "Disallow: //x"),
        ],
    )
    def test_protego_decides_in_files_as_they_come(self, lines):
        assert parse(body(*lines)).match("corpusbot", "/search/x.pdf?q=1").matcher == "protego"

    @given(RULES, TARGETS)
    def test_there_the_two_agree(self, rules, target):
        compiled = compile_rules([[Rule(n, allow, p.encode()) for n, (allow, p) in enumerate(rules, 2)]])
        protego = robots_txt._protego_for(compiled)
        path = normalise_target(target)
        assume(protego is not None and robots_txt._sound_target(path))
        hit = compiled.best(path)
        assert protego.can_fetch("http://h" + path.decode(), "h") is (hit is None or hit.allow)

    def test_should_they_ever_not_agree_the_stricter_rules(self):
        robots = parse(body("Disallow: /x"))
        assert not robots.match("corpusbot", "/z").denied
        selected = next(iter(robots._ready.values()))
        selected.protego = Protego.parse("User-agent: *\nDisallow: /\n")
        match = robots.match("corpusbot", "/y")
        assert (match.denied, match.matcher) == (True, "disagreement")
        selected.protego = Protego.parse("User-agent: *\nAllow: /\n")
        match = robots.match("corpusbot", "/x")
        assert (match.denied, match.matcher) == (True, "disagreement")


class TestFaultsOfMatching:
    """(rules, target, what RFC 9309 §2.2.2 says); Protego alone says the contrary."""

    CASES: ClassVar = [
        pytest.param(("Disallow: /q%3Fx",), "/q?x", True, id="escaped question mark taken for a plain one"),
        pytest.param(("Disallow: /a%26b",), "/a&b", True, id="escaped ampersand taken for a plain one"),
        pytest.param(("Disallow: /a%3Db",), "/a=b", True, id="escaped equals sign taken for a plain one"),
        pytest.param(("Disallow: /caf%FF",), "/caf%FE", True, id="octets that are no UTF-8 fall together"),
        pytest.param(("Disallow: /", "Allow: /dir/index.html"), "/dir/", False, id="index.html opens its folder"),
        pytest.param(("Disallow: /a*??", "Allow: /a/bcd"), "/a/bcd??", True, id="escaped octets are counted"),
        pytest.param(("Disallow: /",), "/robots.txt?x=1", False, id="robots.txt with a query"),
        pytest.param(("Disallow: /",), "/robots.txt;x", False, id="robots.txt with parameters"),
        pytest.param(("Disallow: /x$",), "/x$y", True, id="an anchor taken for the character as well"),
        pytest.param(("Disallow: /foo?u=https%3A%2F%2Fe",), "/foo?u=https://e", False, id="delimiters in a query"),
    ]

    @pytest.mark.parametrize(("lines", "target", "allowed"), CASES)
    def test_our_own_matcher_decides(self, lines, target, allowed):
        match = parse(body(*lines)).match("corpusbot", target)
        assert (not match.denied, match.matcher) == (allowed, "own")

    @pytest.mark.parametrize(("lines", "target", "allowed"), CASES)
    def test_protego_alone_errs(self, lines, target, allowed):
        """Should this fail with a new Protego, the exception has lost its reason."""
        assert Protego.parse(body(*lines).decode()).can_fetch("http://h" + target, "corpusbot") is not allowed

    def test_a_large_group_costs_protego_too_much(self):
        robots = parse(body(*(f"Disallow: /{n}/" for n in range(robots_txt.MAX_PROTEGO_RULES + 1))))
        match = robots.match("corpusbot", "/7/")
        assert (match.denied, match.matcher) == (True, "own")


class TestFaultsOfReading:
    """(file, path, what RFC 9309 says); Protego alone says the contrary."""

    CASES: ClassVar = [
        pytest.param(
            "User-agent: corpusbot\nX: y\nUser-agent: z\nDisallow: /\n",
            "/",
            False,
            id="§2.2.4 an unknown line ends the group",
        ),
        pytest.param(
            "User-agent: corpusbot\nCrawl-delay: 1\nUser-agent: z\nDisallow: /\n",
            "/",
            False,
            id="§2.2.4 so does Crawl-delay",
        ),
        pytest.param("User-agent: corpus\nDisallow: /\n", "/", True, id="§2.2.1 a shorter token captures ours"),
        pytest.param("User-agent: corpusbot/1.0\nDisallow: /\n", "/", False, id="§2.2.1 a version after the token"),
        pytest.param("User-agent: corpusbot news\nDisallow: /\n", "/", False, id="§2.2.1 a word after the token"),
        pytest.param("User-agent: *\nDisallow: /x\u2028Allow: /\n", "/x", True, id="§2.2 U+2028 is no line end"),
        pytest.param("User-agent: *\nDisallow: /a\x0bDisallow: /b\n", "/b", True, id="§2.2 nor is a vertical tab"),
    ]

    @pytest.mark.parametrize(("text", "path", "allowed"), CASES)
    def test_ours(self, text, path, allowed):
        assert parse(text.encode()).match("corpusbot", path).denied is not allowed

    @pytest.mark.parametrize(("text", "path", "allowed"), CASES)
    def test_protego_alone_errs(self, text, path, allowed):
        assert Protego.parse(text).can_fetch("http://h" + path, "corpusbot") is not allowed
