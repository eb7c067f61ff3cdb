"""RFC 9309, Robots Exclusion Protocol: every example that it prints, and each MUST that has none, by section."""

from __future__ import annotations

import pytest

from collector.signals.percent import normalise, normalise_target
from collector.signals.robots_txt import parse
from tests.support.asking import ask


def allowed(text: str, path: str, token: str = "ExampleBot") -> bool:
    return not parse(text.encode()).match(token, path).denied


class TestSection2_1Protocol:
    def test_rules_before_any_user_agent_line_belong_to_nobody(self):
        assert allowed("Disallow: /\n\nUser-agent: other\nDisallow: /x\n", "/x")

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_the_three_line_ends(self, end):
        """§2.2, EOL = *WS [comment] NL; NL = %x0D / %x0A / %x0D.0A."""
        text = end.join(["user-agent: ExampleBot # us", "", "disallow: /foo\t# not this", ""])
        assert not allowed(text, "/foo")
        assert allowed(text, "/bar")

    def test_field_names_without_case_and_blanks_around_the_colon(self):
        """§2.2, the grammar: *WS "user-agent" *WS ":" *WS, and ABNF strings have no case."""
        assert not allowed(" \tUSER-AGENT\t : ExampleBot\n  DisAllow  :\t/foo\n", "/foo")


class TestSection2_2_1UserAgentLine:
    def test_figure_1_a_product_token_out_of_the_user_agent_header(self):
        """`Mozilla/5.0 (compatible; ExampleBot/0.1; …)` is found by `user-agent: ExampleBot`."""
        text = "user-agent: ExampleBot\ndisallow: /foo\n"
        assert not allowed(text, "/foo", "ExampleBot")
        assert not allowed(text, "/foo", "examplebot")

    @pytest.mark.parametrize("path", ["/foo", "/bar", "/baz"])
    def test_figure_2_groups_of_one_token_are_one_group(self, path):
        parted = "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz\n"
        together = "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\ndisallow: /baz\n"
        assert not allowed(parted, path)
        assert not allowed(together, path)

    @pytest.mark.parametrize(
        ("token", "path", "expected"),
        [
            ("ExampleBot", "/foo", False),
            ("ExampleBot", "/bar", True),
            ("BazBot", "/foo", True),
            ("BazBot", "/bar", False),
            ("QuxBot", "/foo", True),
            ("QuxBot", "/bar", True),
        ],
    )
    def test_figure_3_without_a_match_the_group_for_everybody_if_there_is_one(self, token, path, expected):
        text = "user-agent: ExampleBot\ndisallow: /foo\n\nuser-agent: BazBot\ndisallow: /bar\n"
        assert allowed(text, path, token) is expected
        closed = "user-agent: *\ndisallow: /\n\n" + text
        assert allowed(closed, path, token) is (expected and token != "QuxBot")


class TestSection2_2_2AllowAndDisallow:
    @pytest.mark.parametrize(
        ("path", "encoded", "to_match"),
        [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            (
                "/foo/bar?baz=https://foo.bar",
                "/foo/bar?baz=https%3A%2F%2Ffoo.bar",
                "/foo/bar?baz=https%3A%2F%2Ffoo.bar",
            ),
            ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%62%61%7A", "/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ],
    )
    def test_figure_4_whichever_way_a_path_is_spelt(self, path, encoded, to_match):
        """The table has the path, the same encoded, and what is compared: all three match each other as rules."""
        for written in (path, encoded, to_match):
            for asked in (path, encoded, to_match):
                assert not allowed(f"user-agent: *\ndisallow: {written}\n", asked), (written, asked)
                assert allowed(f"user-agent: *\ndisallow: {written}/more\n", asked), (written, asked)

    def test_reserved_characters_keep_their_spelling_outside_the_query(self):
        assert allowed("user-agent: *\ndisallow: /a%2Fb\n", "/a/b")
        assert normalise(b"/a%2fb%7e") == b"/a%2Fb~"

    def test_the_most_specific_match_is_that_with_the_most_octets(self):
        text = "user-agent: *\nallow: /a/b\ndisallow: /a\ndisallow: /a/b/c\n"
        assert [allowed(text, path) for path in ("/a", "/a/b", "/a/b/c")] == [False, True, False]

    def test_allow_should_be_used_where_equal(self):
        assert allowed("user-agent: *\ndisallow: /a\nallow: /a\n", "/a")

    def test_no_match_is_allowed_and_so_is_the_file_itself(self):
        assert allowed("user-agent: *\ndisallow: /a\n", "/b")
        assert allowed("user-agent: *\ndisallow: /\n", "/robots.txt")

    def test_case_sensitive_from_the_first_octet(self):
        text = "user-agent: *\ndisallow: /Foo\n"
        assert [allowed(text, path) for path in ("/Foo/x", "/foo/x", "/x/Foo")] == [False, True, True]


class TestSection2_2_3SpecialCharacters:
    @pytest.mark.parametrize(
        ("line", "path", "expected"),
        [
            ("allow: / # comment in line", "/x", True),
            ("# comment on its own line", "/x", False),
            ("allow: /this/path/exactly$", "/this/path/exactly", True),
            ("allow: /this/path/exactly$", "/this/path/exactly/not", False),
            ("allow: /this/*/exactly", "/this/a/b/exactly", True),
            ("allow: /this/*/exactly", "/this//exactly", True),
            ("allow: /this/*/exactly", "/this/exactly", False),
        ],
    )
    def test_figure_5_the_three_characters(self, line, path, expected):
        """Each read over a `disallow: *` that closes the rest."""
        assert allowed(f"user-agent: *\ndisallow: *\n{line}\n", path) is expected

    @pytest.mark.parametrize(
        ("pattern", "uri"),
        [("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"), ("/path/foo-%24", "/path/foo-$")],
    )
    def test_figure_6_special_characters_as_themselves(self, pattern, uri):
        text = f"user-agent: *\ndisallow: {pattern}\n"
        assert not allowed(text, uri)
        assert not allowed(text, pattern)
        assert allowed(text, uri.replace("*", "b").replace("$", "b"))
        assert normalise_target(uri).decode() == pattern


class TestSection2_2_4OtherRecords:
    def test_a_sitemap_line_ends_no_group(self):
        text = "user-agent: ExampleBot\nSitemap: https://www.example.com/sitemap.xml\ndisallow: /foo\n"
        assert not allowed(text, "/foo")
        assert parse(text.encode()).sitemaps == ("https://www.example.com/sitemap.xml",)

    @pytest.mark.parametrize("record", ["Sitemap: /s.xml", "Crawl-delay: 1", "Content-Signal: search=yes", "x: y", "x"])
    def test_nor_the_list_of_user_agents(self, record):
        text = f"user-agent: ExampleBot\n{record}\nuser-agent: OtherBot\ndisallow: /foo\n"
        assert not allowed(text, "/foo", "ExampleBot")
        assert not allowed(text, "/foo", "OtherBot")


class TestSection2_3AccessMethod:
    """Asked through the gates, since more than the reader is in it."""

    @pytest.mark.parametrize("status", [400, 404, 410, 418])
    def test_2_3_1_3_unavailable_may_be_accessed(self, status):
        assert ask(robots={"status": status, "body": "User-agent: *\nDisallow: /\n"})["uses"]["fetch"] != "deny"

    @pytest.mark.parametrize("robots", [{"status": 500}, {"status": 503}, {"status": 599}, {"error": "timeout"}])
    def test_2_3_1_4_unreachable_must_be_taken_for_complete_disallow(self, robots):
        answer = ask(robots=robots)
        assert (answer["verdict"], answer["gate"], answer["uses"]["fetch"]) == ("defer", "site", "deny")

    @pytest.mark.parametrize(("hops", "denied"), [(1, "site"), (5, "site"), (6, "site")])
    def test_2_3_1_2_five_redirects_are_followed_also_to_other_authorities(self, hops, denied):
        """The rules of the file in the end bind the authority first asked; a sixth hop is unreachable with us."""
        chain = [{"url": f"https://r{n}.example.net/robots.txt", "status": 301} for n in range(hops)]
        chain[-1] |= {"status": 200, "body": "User-agent: *\nDisallow: /a\n"}
        answer = ask("/a", robots={"status": 301, "redirects": chain})
        assert answer["gate"] == denied
        assert answer["verdict"] == ("deny" if hops <= 5 else "defer")
        if hops <= 5:
            assert ask("/b", robots={"status": 301, "redirects": chain})["verdict"] == "allow"


class TestSection2_5Limits:
    def test_a_rule_within_500_kibibytes_counts(self):
        padding = "# 345678901234567890123456789012\n" * (500 * 1024 // 33 - 2)
        text = f"user-agent: *\n{padding}disallow: /last\n"
        assert 500 * 1024 - 60 < len(text) <= 500 * 1024
        assert not allowed(text, "/last")


class TestSection5Examples:
    SIMPLE = (
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
        "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
        "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n"
        "User-Agent: quxbot\n\nEOF\n"
    )

    @pytest.mark.parametrize(
        ("token", "path", "expected"),
        [
            ("otherbot", "/picture.gif", False),
            ("otherbot", "/picture.gif?x", True),
            ("otherbot", "/example/x", False),
            ("otherbot", "/publications/x", True),
            ("otherbot", "/elsewhere", True),
            ("foobot", "/elsewhere", False),
            ("foobot", "/publications/x", False),
            ("foobot", "/example/page.html", True),
            ("foobot", "/example/allowed.gif", True),
            ("foobot", "/example/other.gif", False),
            ("barbot", "/example/page.html", False),
            ("bazbot", "/example/page.html", False),
            ("barbot", "/example/x", True),
            ("bazbot", "/picture.gif", True),
            ("quxbot", "/example/page.html", True),
            ("quxbot", "/picture.gif", True),
        ],
    )
    def test_5_1_simple(self, token, path, expected):
        assert allowed(self.SIMPLE, path, token) is expected

    def test_5_2_longest_match(self):
        text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
        assert not allowed(text, "/example/page/disallowed.gif", "foobot")
        assert allowed(text, "/example/page/allowed.gif", "foobot")
