"""The Link header field: RFC 8288 §3, §3.5 and Appendix B.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.link_header import MAX_FIELDS, MAX_LINKS, MAX_TOTAL, read_links
from tests.support.growth import assert_linear


def one(text: str):
    (link,) = read_links([text])
    return link


def targets(*fields: str) -> list[str]:
    return [link.target for link in read_links(fields)]


class TestPrintedExamples:
    """RFC 8288 §3.5."""

    def test_a_relation_with_a_title(self):
        link = one('<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"')
        assert (link.target, link.relations) == ("http://example.com/TheBook/chapter2", {"previous"})

    def test_an_extension_relation(self):
        assert one('</>; rel="http://example.net/foo"').relations == {"http://example.net/foo"}

    def test_another_context(self):
        assert one('</terms>; rel="copyright"; anchor="#foo"').anchor == "#foo"

    def test_several_languages(self):
        assert targets(
            """</TheBook/chapter2>; rel="previous"; title*=UTF-8'de'letztes%20Kapitel,"""
            """ </TheBook/chapter4>; rel="next"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel"""
        ) == ["/TheBook/chapter2", "/TheBook/chapter4"]

    def test_several_relations(self):
        link = one('<http://example.org/>; rel="start http://example.net/relation/other"')
        assert link.relations == {"start", "http://example.net/relation/other"}

    def test_two_links_in_a_field_are_two_in_two_fields(self):
        first, second = "<https://example.org/>; rel=start", "<https://example.org/index>; rel=index"
        assert [link.relations for link in read_links([f"{first}, {second}"])] == [{"start"}, {"index"}]
        assert targets(first, second) == targets(f"{first},{second}")


class TestSyntax:
    @pytest.mark.parametrize(
        "text",
        [
            '<https://x.test/l>; rel="license"; type="application/rsl+xml"',
            "<https://x.test/l>;rel=license;type=application/rsl+xml",
            "< https://x.test/l >  ;  REL = LICENSE  ;  Type = APPLICATION/RSL+XML",
            '<https://x.test/l>; title="a, b; c"; rel="license"; type="application/rsl+xml; charset=utf-8"',
            '<https://x.test/l>; title="\\", <"; rel="other license"; type="application/rsl+xml',
            "<https://x.test/l>;; crossorigin ; rel=license; type=application/rsl+xml; rel=next",
        ],
    )
    def test_one_way_or_another(self, text):
        (link,) = read_links([text])
        assert (link.target, link.media_type) == ("https://x.test/l", "application/rsl+xml")
        assert "license" in link.relations

    def test_3_3_the_first_rel_counts(self):
        assert one("<a>; rel=next; rel=license").relations == {"next"}

    @pytest.mark.parametrize("text", ["", ",", "a; rel=license", "<a", "rel=license>", '"<"'])
    def test_no_link(self, text):
        assert read_links([text]) == ()

    def test_a_missing_comma_still_ends_a_link(self):
        assert targets("<a>; rel=x <b>; rel=y") == ["a", "b"]


class TestHostile:
    def test_limits(self):
        assert len(read_links(["<a>"] * 1_000)) == MAX_FIELDS
        assert len(read_links([",".join(["<a>"] * 1_000)])) == MAX_LINKS
        assert targets("x" * MAX_TOTAL, "<a>") == []

    @given(st.lists(st.text(alphabet='<>;,="\\ ara\t\x00é', max_size=60), max_size=4))
    def test_no_exception(self, fields):
        for link in read_links(fields):
            assert link.field in fields

    @pytest.mark.parametrize("part", ['<a>; b="', "<a>;", "<", ";", '"', "<a>,", "<a> x", '\\"', "a=", " "])
    def test_time_is_linear(self, part):
        assert_linear(lambda text: read_links([text]), lambda n: "<x>; " + part * (n // len(part)), 30_000)
