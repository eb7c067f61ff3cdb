"""The language rule: a collection criterion (opt-out-signals L8), judged with its probability."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import PageFacts
from collector.model.decision import Basis, Verdict
from collector.model.page import Language
from collector.model.url import parse_url
from collector.rules.content.language import Settings, language, settings_from
from collector.rules.facts import ContentFacts

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def facts(found):
    return ContentFacts(parse_url("https://site.test/"), "bot", PageFacts("text/html", language=found), NOW)


@pytest.mark.parametrize(
    ("found", "settings", "verdict"),
    [
        (Language("de", 0.99), Settings(), Verdict.ALLOW),
        (None, Settings(), Verdict.ALLOW),
        (Language("de", 0.99), Settings(("de", "en")), Verdict.ALLOW),
        (Language("de", 0.99), Settings(("de-AT",)), Verdict.ALLOW),
        (Language("fr", 0.99), Settings(("de",)), Verdict.DENY),
        (Language("fr", 0.69), Settings(("de",)), Verdict.ALLOW),
        (Language("fr", 0.69), Settings(("de",), unknown="drop"), Verdict.DENY),
        (Language("fr", 0.69), Settings(("de",), min_probability=0.5), Verdict.DENY),
        (Language("und", 0.0), Settings(("de",)), Verdict.ALLOW),
        (Language("und", 0.0), Settings(("de",), min_probability=0.0, unknown="drop"), Verdict.DENY),
        (None, Settings(("de",), unknown="drop"), Verdict.DENY),
        (Language("fr", float("nan")), Settings(("de",), unknown="drop"), Verdict.DENY),
    ],
)
def test_verdicts(found, settings, verdict):
    finding = language(facts(found), settings)
    assert (finding.rule, finding.verdict, finding.basis) == ("language", verdict, Basis.POLICY)


def test_the_reason_names_language_and_probability():
    assert language(facts(Language("fr", 0.987)), Settings(("de", "en"))).reason == (
        "language fr with probability 0.99; the policy collects de, en"
    )
    assert "0.30" in language(facts(Language("fr", 0.3)), Settings(("de",))).reason
    assert language(facts(Language("fr", 0.987)), Settings()).evidence[0].locator == "language fr with probability 0.99"


def test_the_scope_gives_the_languages_unless_the_rule_does():
    class Scope:
        languages = ("de",)

    class Policy:
        scope = Scope()

    assert settings_from(Policy(), Settings()).languages == ("de",)
    assert settings_from(Policy(), Settings(("en",))).languages == ("en",)


LANGUAGES = st.sampled_from(["de", "en", "fr", "und"])


@given(LANGUAGES, st.floats(), st.sets(LANGUAGES, min_size=1), LANGUAGES)
def test_asking_for_fewer_languages_never_admits_more(code, probability, wanted, extra):
    wide = language(facts(Language(code, probability)), Settings(tuple(wanted | {extra})))
    narrow = language(facts(Language(code, probability)), Settings(tuple(wanted)))
    assert not (wide.verdict is Verdict.DENY and narrow.verdict is Verdict.ALLOW)
