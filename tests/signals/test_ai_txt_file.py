"""ai.txt: opt-out signals §10."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.model.url import parse_url
from collector.signals.ai_txt import MAX_BYTES, read_ai_txt
from tests.support.growth import assert_linear

# In the shape in which Spawning's generator writes it: kinds of files one by one.
NO_TEXT = "User-Agent: *\nDisallow: *.txt\nDisallow: *.pdf\nDisallow: *.html\nAllow: *.jpg\nAllow: *.mp3\n"


def verdict(text: str, target: str = "/a", token: str = "corpusbot") -> str | None:
    found = read_ai_txt(text.encode(), token).match(parse_url("https://www.example.org" + target))
    return found.verdict.value if found.verdict is not None else None


class TestKinds:
    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("/a", "deny"),
            ("/", "deny"),
            ("/a/", "deny"),
            ("/a.html", "deny"),
            ("/a.HTML", "deny"),
            ("/a.php", "deny"),  # what it makes is HTML
            ("/v1.2", "deny"),  # no kind of file
            ("/a.pdf", "deny"),
            ("/a.txt", "deny"),
            ("/a.jpg", "allow"),
            ("/a.JPG", "allow"),
            ("/a.mp3", "allow"),
            ("/a.png", None),
            ("/a.json", None),
        ],
    )
    def test_by_address(self, target, said):
        assert verdict(NO_TEXT, target) == said

    @pytest.mark.parametrize(
        "rule", ["/", "*", "/*", "*.html", "*.htm", "*.php", "*.txt", "*.md", "*.HTML", "/a", "*.html$"]
    )
    def test_what_refuses_a_page_without_a_kind(self, rule):
        assert verdict(f"User-Agent: *\nDisallow: {rule}\n") == "deny"

    @pytest.mark.parametrize("rule", ["*.jpg", "/b", "*.pdf", "*.json"])
    def test_what_does_not(self, rule):
        assert verdict(f"User-Agent: *\nDisallow: {rule}\n") is None


class TestPrecedence:
    @pytest.mark.parametrize(
        ("rules", "said"),
        [
            ("Allow: /\n", "allow"),
            ("Disallow: /\nAllow: *.html\n", "allow"),
            ("Disallow: *.html\nAllow: /\n", "deny"),
            ("Disallow: /\nAllow: /\n", "deny"),  # in robots.txt Allow would win
            ("Disallow: *.html\nAllow: *.html\n", "deny"),
            ("Disallow: *.txt\nAllow: *.html\n", "allow"),
            ("Disallow: *.html\nAllow: *.txt\n", "deny"),
            ("Disallow: /\nAllow: *.txt\n", "deny"),  # text may refuse a page, and not permit it
            ("Allow: *.txt\n", None),
            ("Disallow:\n", None),
        ],
    )
    def test_longest_match_and_disallow_where_two_are_equal(self, rules, said):
        assert verdict("User-Agent: *\n" + rules) == said

    def test_a_group_that_names_us_stands_alone(self):
        text = "User-Agent: *\nDisallow: /\n\nUser-Agent: CorpusBot\nAllow: /\n"
        assert verdict(text) == "allow"
        assert verdict(text, token="other") == "deny"
        assert verdict("User-Agent: GPTBot\nDisallow: /\n") is None


class TestForm:
    def test_the_star_of_a_kind_may_be_missing_where_it_refuses(self):
        read = read_ai_txt(b"User-Agent: *\nDisallow: .html\nAllow: .htm\n", "corpusbot")
        found = read.match(parse_url("https://www.example.org/a"))
        assert (found.verdict, found.malformed, found.line) == (Verdict.DENY, True, 2)

    @pytest.mark.parametrize("text", ["", "<html></html>", "# AI policy\nWe welcome crawlers.", "Disallow: /\n",
                                      "User-Agent: *\n", "User-Agent: *\nDisallow:\n"])  # fmt: skip
    def test_another_format_of_the_name(self, text):
        assert not read_ai_txt(text.encode(), "corpusbot").groups

    def test_marks_and_line_ends(self):
        assert verdict("\ufeffUser-Agent: *\rDisallow: / # all of it\r") == "deny"

    def test_what_decided_is_told(self):
        found = read_ai_txt(NO_TEXT.encode(), "corpusbot").match(parse_url("https://www.example.org/a"))
        assert (found.line, found.text, found.reads_as) == (4, "Disallow: *.html", "html")


class TestHostile:
    @given(st.binary(max_size=200), st.sampled_from(["/", "/a.b", "/.", "/a./", "/%2e%2e?x=.html"]))
    def test_no_exception_on_any_bytes(self, body, target):
        url = parse_url("https://www.example.org" + target)
        for text in (body, b"User-Agent: *\nDisallow: " + body):
            found = read_ai_txt(text, "corpusbot").match(url)
            assert (found.verdict is None) == (found.line is None)

    def test_64_kilobytes_are_read(self):
        assert read_ai_txt(b"#" * MAX_BYTES + b"\nUser-Agent: *\nDisallow: /\n", "corpusbot").groups is False

    @pytest.mark.parametrize("line", ["Disallow: /*a*b*c\n", "User-Agent: *\nDisallow: *.a\n", "Allow: *.html\n"])
    def test_time_is_linear(self, line):
        url = parse_url("https://www.example.org/" + "ab" * 100)

        def run(body: bytes) -> None:
            read_ai_txt.cache_clear()
            read_ai_txt(body, "corpusbot").match(url)

        assert_linear(run, lambda n: b"User-Agent: *\n" + line.encode() * (n // len(line)), 30_000)
