"""personal-data §0.6: no page makes the search for names slow; the work grows with the page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.names import attributions, gazetteer
from collector.minimise.names.persons import MAX_NAMES, Names
from collector.minimise.replacing.plan import STRICT
from collector.minimise.structure import json_state, person_classes, profile_links, zone_text
from collector.model.url import parse_url
from tests.support.growth import assert_linear

URL = parse_url("https://site.test/")
SHAPES = {
    "by": "by ", "by name": "By Jane Doe, ", "line": "By Jane Doe\n", "capitals": "Jane ", "dots": "J. ", "upper": "A",
    "colon": "text: ", "copyright": "© 2014 ", "says": "x says ", "state": '"author":"', "braces": '"author":{', "slash": "/author/",
    "spaces": " ", "words": "a", "hyphen": "A-", "apostrophe": "A'",
    "thanks": "thanks to Jane Doe, ", "thank": "thank ", "credits": "(Jane Doe)\n", "brackets": "(Jane\n ",
    "years": "© 2014, 2015", "made": "written by Jane Doe, ",
}  # fmt: skip


def work(text):
    list(attributions.find(text))
    list(gazetteer.find(text))
    list(json_state.names(text))
    zone_text.names_in(text)
    profile_links.slug_of(text)
    profile_links.social_slug(text)
    person_classes.meaning(text)
    names = Names()
    names.add(["Jane Doe", "Max de la Muster"])
    names.settle(text)
    list(names.find(text, NO_CONTEXT))
    list(names.find_spelled(text))


@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_linear(shape):
    assert_linear(work, lambda size: SHAPES[shape] * (size // len(SHAPES[shape])), 20_000)


@pytest.mark.parametrize(
    "piece", ["<a class=author href=/author/jane-doe>Jane Doe</a>", "<div class=author>", "<div class=vcard><b class=p-name>A B</b>",
              "<meta name=author content='Jane Doe'>", "<p itemprop=author>", "<address>"]
)  # fmt: skip
def test_many_zones_are_bounded(piece):
    document = read((piece * 3_000).encode(), content_type="text/html", url=URL)
    assert not minimise_document(document, URL, STRICT).withhold


def test_a_document_has_only_so_many_names():
    names = Names()
    names.add(f"Jane Doe{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(1_000))
    assert len(names) == MAX_NAMES


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Jane", "Doe", "jane", "doe", "J.", ",", " ", "-", "%20", "İ", "ß", "\n", "van", "DOE"])
    ).map("".join)
)
def test_spans_of_names_lie_in_the_text_and_apart_from_letters(text):
    names = Names()
    names.add(["Jane Doe", "Jane van Doe"])
    names.settle(text)
    for span in [*names.find(text, NO_CONTEXT), *names.find_spelled(text)]:
        assert 0 <= span.start < span.end <= len(text)
        assert not (text[span.end - 1].isalnum() and text[span.end : span.end + 1].isalnum())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jane Doe said. Doe, Jane. J. Doe! JANE DOE, Jane\nDoe", ["Jane Doe", "Doe, Jane", "J. Doe", "JANE DOE", "Jane\nDoe"]),
        ("Janet Doeful, jane doer", []),
        ("Jane left.", ["Jane"]),
        ("Jane left; a jane is a coin.", []),
    ],
)  # fmt: skip
def test_forms_of_a_name(text, masked):
    names = Names()
    names.add(["Jane Doe"])
    names.settle(text)
    found = sorted(names.find(text, NO_CONTEXT), key=lambda s: (s.start, -s.end))
    whole = [s for n, s in enumerate(found) if not any(o.start <= s.start and s.end <= o.end for o in found[:n])]
    assert [text[s.start : s.end] for s in whole] == masked
