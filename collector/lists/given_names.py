"""Given names, by which a run of capitalised words is told to be a person: Faker's lists, MIT, gathered by hand."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

# The languages of the lexicons and their neighbours, in the countries where they are spoken.
LOCALES = (
    "en_US", "en_GB", "fr_FR", "de_DE", "de_AT", "es_ES", "es_MX", "it_IT", "pl_PL", "nl_NL", "nl_BE", "pt_PT", "pt_BR",
    "sv_SE", "da_DK", "no_NO", "fi_FI", "cs_CZ", "ro_RO", "hu_HU", "tr_TR",
)  # fmt: skip
# Given names that are ordinary words, days or places more often than not.
_WORDS = frozenset(
    """angel april august art bill bishop black brown chance chase christian church city destiny dusty earnest east
    england faith france france grace green guy holy hope iris jade january joy june king lake law london long love
    major mark may mercy mission north old page paris pope prince price queen reed rich rose royal ruby sandy sky
    south star state street summer sunday sunny union virginia west white will winter young la le el der die das
    don santa san saint""".split()
)


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Given names in lower case, some ten thousand. Loaded on first use, in about a fifth of a second."""
    found: set[str] = set()
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in ("first_names", "first_names_male", "first_names_female"):
            values = getattr(provider, attribute, ())
            if isinstance(values, dict | tuple | list | set):
                found.update(str(name).lower() for name in values)
    return frozenset(name for name in found if len(name) > 2 and " " not in name) - _WORDS
