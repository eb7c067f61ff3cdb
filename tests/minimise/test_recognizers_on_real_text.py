"""What real pages taught the recognizers: sentences that are no addresses, file names that are."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.recognizers import email


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in email.find(text, NO_CONTEXT)]


@pytest.mark.parametrize(
    "text",
    [
        "It will match at some point in the future.",
        "an exception at the point where it was raised",
        "deprecated at some point in 3.4",
        "fetch package@1.2.min.js or logo@2x.png and app@main.bundle.js",
    ],
)
def test_ordinary_text_holds_no_address(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jean at exemple point fr", "jean at exemple point fr"),
        ("piet at voorbeeld punt nl", "piet at voorbeeld punt nl"),
        ("jane at example dot org", "jane at example dot org"),
        ("jean (at) exemple point be", "jean (at) exemple point be"),
        ("/i/jane.roe@mail.example.org.png 2x", "jane.roe@mail.example.org"),
    ],
)
def test_disguised_addresses_are_found(text, address):
    assert address in found(text)
