"""ISO 639."""

from __future__ import annotations

import pytest

from collector.archive.languages import ISO_639_3, iso_639_3


@pytest.mark.parametrize(
    ("code", "three"), [("de", "deu"), ("zh-cn", "zho"), ("zh-TW", "zho"), ("und", None), ("xx", None), ("gsw", "gsw")]
)
def test_code(code, three):
    assert iso_639_3(code) == three


def test_every_language_that_langdetect_knows_has_a_code():
    detected = [
        "af",
        "ar",
        "bg",
        "bn",
        "ca",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fa",
        "fi",
        "fr",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "kn",
        "ko",
        "lt",
        "lv",
        "mk",
        "ml",
        "mr",
        "ne",
        "nl",
        "no",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "so",
        "sq",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tl",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh-cn",
        "zh-tw",
    ]
    assert all(iso_639_3(code) for code in detected)
    assert all((len(two), len(three)) == (2, 3) for two, three in ISO_639_3.items())
    assert len(set(ISO_639_3.values())) == len(ISO_639_3)
