"""What a recognizer may know beside the text: where telephone numbers without a country code are at home."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phonenumbers import SUPPORTED_REGIONS

from collector.model.url import Url

# Top-level domains whose letters are not the region's.
_TLD_REGIONS = {"uk": "GB", "eu": "", "su": "RU", "ac": "", "io": "", "tv": "", "me": "", "co": "", "ai": "", "cc": ""}
_LANGUAGE_REGIONS = {
    "ar": ("EG", "SA"), "bg": ("BG",), "ca": ("ES",), "cs": ("CZ",), "da": ("DK",), "de": ("DE", "AT", "CH"),
    "el": ("GR",), "en": ("US", "GB"), "es": ("ES", "MX"), "et": ("EE",), "fa": ("IR",), "fi": ("FI",),
    "fr": ("FR", "BE", "CH"), "he": ("IL",), "hi": ("IN",), "hr": ("HR",), "hu": ("HU",), "id": ("ID",),
    "it": ("IT",), "ja": ("JP",), "ko": ("KR",), "lt": ("LT",), "lv": ("LV",), "nb": ("NO",), "nl": ("NL", "BE"),
    "no": ("NO",), "pl": ("PL",), "pt": ("PT", "BR"), "ro": ("RO",), "ru": ("RU",), "sk": ("SK",), "sl": ("SI",),
    "sv": ("SE",), "th": ("TH",), "tr": ("TR",), "uk": ("UA",), "vi": ("VN",), "zh": ("CN", "TW"),
}  # fmt: skip
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}))?\b")
MAX_REGIONS = 3


@dataclass(frozen=True, slots=True)
class Context:
    """`regions` are ISO 3166 codes, likeliest first, at most three."""

    regions: tuple[str, ...] = ()


NO_CONTEXT = Context()


def context_of(url: Url | None, lang: str | None) -> Context:
    """Country-code domain first, then the region of the language tag, then where the language is spoken."""
    regions: list[str] = []
    if url is not None:
        tld = url.host.rpartition(".")[2]
        region = _TLD_REGIONS.get(tld, tld.upper())
        if region in SUPPORTED_REGIONS:
            regions.append(region)
    tag = _TAG.match(lang or "")
    if tag:
        if tag[2] and tag[2].upper() in SUPPORTED_REGIONS:
            regions.append(tag[2].upper())
        regions.extend(_LANGUAGE_REGIONS.get(tag[1].lower(), ()))
    return Context(tuple(dict.fromkeys(regions))[:MAX_REGIONS])
