"""Where RSL documents are named: RSL §4.4 to §4.6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.signals.robots_txt import parse
from collector.signals.rsl_associations import MAX_ASSOCIATIONS, advertised, in_elements, in_headers, in_robots

PAGE = parse_url("https://www.example.org/a/b")
TYPE = "application/rsl+xml"
# RSL §4.4.2
GROUPS = """User-agent: ExampleBot
Allow: /
License: https://example.com/examplebot-license.xml

User-agent: *
Allow: /
License: https://example.com/default-license.xml
"""


def urls(text: str, token: str = "corpusbot") -> tuple[str, ...]:
    return advertised(parse(text.encode()), token, PAGE)


class TestRobots:
    def test_4_4_2_the_printed_example(self):
        assert urls(GROUPS, "ExampleBot") == ("https://example.com/examplebot-license.xml",)
        assert urls(GROUPS) == ("https://example.com/default-license.xml",)

    def test_4_4_3_a_group_with_a_licence_hides_the_global_one(self):
        text = "License: https://x.test/all.xml\n" + GROUPS
        assert urls(text) == ("https://example.com/default-license.xml",)
        assert urls("License: https://x.test/all.xml\nUser-agent: *\nDisallow:\n") == ("https://x.test/all.xml",)

    def test_it_may_repeat(self):
        assert urls("License: https://x.test/1\nLICENSE:https://x.test/2\nLicense: https://x.test/1\n") == (
            "https://x.test/1",
            "https://x.test/2",
        )

    def test_2_2_4_of_rfc_9309_it_does_not_end_a_list_of_agents(self):
        text = "User-agent: corpusbot\nLicense: https://x.test/1\nUser-agent: other\nDisallow: /\n"
        assert urls(text) == ("https://x.test/1",)
        assert parse(text.encode()).match("corpusbot", "/").denied

    def test_that_of_everybody_may_refuse_us_where_our_group_has_none(self):
        text = "User-agent: corpusbot\nAllow: /\n\n" + GROUPS
        (found,) = in_robots(parse(text.encode()), "corpusbot", PAGE)
        assert (found.url.href, found.restricts_only) == ("https://example.com/default-license.xml", True)

    def test_the_line_is_quoted(self):
        (found,) = in_robots(parse(GROUPS.encode()), "corpusbot", PAGE)
        assert found.quoted == "line 7: License: https://example.com/default-license.xml"
        assert not found.restricts_only

    @pytest.mark.parametrize("value", ["/licence.xml", "licence.xml", "//www.example.org/licence.xml"])
    def test_a_relative_address_may_only_restrict(self, value):
        (found,) = in_robots(parse(f"License: {value}\n".encode()), "corpusbot", PAGE)
        assert found.restricts_only
        assert found.url.href.startswith("https://www.example.org/")

    @pytest.mark.parametrize("value", ["CC-BY-4.0", "MIT", "All rights reserved", "ftp://x.test/l", "mailto:a@x.test"])
    def test_a_word_is_no_address(self, value):
        (found,) = in_robots(parse(f"License: {value}\n".encode()), "corpusbot", PAGE)
        assert not found.is_address
        assert urls(f"License: {value}\n") == ()

    @pytest.mark.parametrize("value", ["https://", "https://user:pass@x.test/l.xml", "http://[::1", "/l.xml\x7f:"])
    def test_an_address_that_cannot_be_asked(self, value):
        (found,) = in_robots(parse(f"License: {value}\n".encode()), "corpusbot")
        assert (found.url, found.is_address) == (None, True)

    def test_8_https_alone_is_asked(self):
        robots = parse(b"License: http://x.test/1\nLicense: https://x.test/2\n")
        assert advertised(robots, "corpusbot") == ("https://x.test/2",)
        assert advertised(robots, "corpusbot", https_only=False) == ("http://x.test/1", "https://x.test/2")

    def test_no_more_than_sixteen(self):
        assert len(urls("".join(f"License: https://x.test/{n}\n" for n in range(1_000)))) == MAX_ASSOCIATIONS

    @given(st.lists(st.binary(max_size=40), max_size=4))
    def test_no_exception_on_any_bytes(self, values):
        robots = parse(b"".join(b"License: " + value + b"\n" for value in values))
        for href in advertised(robots, "corpusbot", PAGE):
            assert parse_url(href).scheme == "https"


class TestHeaders:
    @pytest.mark.parametrize(
        ("field", "named"),
        [
            (f'<https://x.test/l.xml>; rel="license"; type="{TYPE}"', True),
            (f'<https://x.test/l.xml>; type={TYPE}; rel="alternate license"', True),
            ('<https://x.test/l.xml>; rel="license"', False),
            ('<https://creativecommons.org/licenses/by/4.0/>; rel="license"; type="text/html"', False),
            (f'<https://x.test/l.xml>; rel="alternate"; type="{TYPE}"', False),
            (f'<https://x.test/l.xml>; rel="license"; type="{TYPE}"; anchor="/elsewhere"', False),
            (f'<https://x.test/l.xml>; rel="license"; type="{TYPE}"; anchor="http://[x"', False),
            (f'<https://x.test/l.xml>; rel="license"; type="{TYPE}"; anchor="#top"', True),
        ],
    )
    def test_4_5(self, field, named):
        assert bool(in_headers(Headers([("link", field)]), PAGE)) is named

    def test_the_target_must_be_absolute(self):
        (found,) = in_headers(Headers([("Link", f'</l.xml>; rel="license"; type="{TYPE}"')]), PAGE)
        assert (found.url.href, found.restricts_only) == ("https://www.example.org/l.xml", True)

    def test_repeated_fields(self):
        fields = [("Link", f"<https://x.test/{n}>; rel=license; type={TYPE}") for n in (1, 2, 1)]
        assert [found.target for found in in_headers(Headers(fields), PAGE)] == ["https://x.test/1", "https://x.test/2"]


class TestElements:
    @pytest.mark.parametrize(
        ("element", "named"),
        [
            (("license", TYPE, "https://x.test/l"), True),
            (("nofollow license", f"{TYPE}; charset=utf-8", "https://x.test/l"), True),
            (("license", "", "https://creativecommons.org/licenses/by/4.0/"), False),
            (("stylesheet", TYPE, "https://x.test/l"), False),
        ],
    )
    def test_4_6_1(self, element, named):
        assert bool(in_elements([element], PAGE)) is named

    def test_an_element_without_address_names_a_document_all_the_same(self):
        (found,) = in_elements([("license", TYPE, "")], PAGE)
        assert (found.url, found.is_address) == (None, True)
