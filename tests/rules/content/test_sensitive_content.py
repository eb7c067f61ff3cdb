"""Rule sensitive_content: personal data §6 (act on linkage alone); GDPR Art. 9, 10, recital 38."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.rules.content.sensitive_content import Settings, categories_told, sensitive_content
from tests.rules.content.pages import ask, flags, quoted

ENCYCLOPAEDIA = (
    "<p>Epilepsy is a disease of the brain. Cancer, diabetes and hepatitis are treated in hospitals. Many people live "
    "with depression. Patients with schizophrenia need support. Studies of HIV began in 1981.</p>" * 30
)
PLAIN = "<p>" + "The council spoke of the library and of the roof, which is old and lets in the rain. " * 60 + "</p>"


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("I was diagnosed with HIV in 2011.", "health"),
        ("Mein Sohn hat Epilepsie.", "health"),
        ("Katarzyna Nowak choruje na depresję.", "health"),
        ("Ik ben 13 jaar en woon in Breda.", "minors"),
        ("J'ai été condamné pour vol.", "offence"),
        ("Soy gay.", "orientation"),
    ],
)
def test_a_short_page_that_speaks_of_a_person_is_withheld(sentence, category):
    finding = ask(sensitive_content, Settings(), f"<p>{sentence}</p>")
    assert finding.verdict is Verdict.DENY
    assert category in finding.reason


def test_categories_are_counted_and_never_quoted():
    html = "<p>Laura Bennett was diagnosed with leukaemia. I am a lesbian. My son has epilepsy.</p>"
    said = quoted(ask(sensitive_content, Settings(), html)).lower()
    assert "health 2, orientation 1" in said
    assert not any(word in said for word in ("laura", "bennett", "leukaemia", "lesbian", "epilepsy", "my son"))


def test_a_medical_encyclopaedia_passes_whatever_its_length():
    finding = ask(sensitive_content, Settings(), ENCYCLOPAEDIA)
    assert (finding.verdict, finding.obligations) == (Verdict.ALLOW, ())


def test_a_long_article_with_one_named_person_is_flagged():
    finding = ask(sensitive_content, Settings(), PLAIN + "<p>Peter Collins died of lung cancer.</p>")
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["health.forum"])


def test_a_comment_at_the_end_of_a_page_is_seen():
    short = PLAIN[: len(PLAIN) // 3]
    assert ask(sensitive_content, Settings(), short + "<p>I have been living with HIV.</p>").verdict is Verdict.DENY
    beyond = f"<p>{'word ' * 4_000}</p>" + "<p>I was diagnosed with HIV.</p>" * 6
    assert ask(sensitive_content, Settings(), beyond).verdict is Verdict.DENY


def test_settings():
    html = "<p>I am gay. I was diagnosed with HIV.</p>"
    assert ask(sensitive_content, Settings(categories=("politics",)), html).verdict is Verdict.ALLOW
    strict = Settings(named_per_thousand=0.5)
    assert ask(sensitive_content, strict, PLAIN + "<p>Peter Collins died of lung cancer.</p>").verdict is Verdict.DENY


def test_a_guarded_source_is_flagged():
    html = "<p>Sarah Mitchell is a lesbian and lives in Hull.</p>"
    assert ask(sensitive_content, Settings(), html).verdict is Verdict.DENY
    guarded = ask(sensitive_content, Settings(), html, "https://www.advocate.com/people")
    assert (guarded.verdict, flags(guarded)) == (Verdict.ALLOW, ["sexuality.community"])


@given(st.text(max_size=400))
def test_it_always_answers(text):
    finding = ask(sensitive_content, Settings(), text)
    assert finding.verdict in (Verdict.ALLOW, Verdict.DENY)


@pytest.mark.parametrize(
    "page",
    [
        "<p>I was diagnosed with HIV in 2011. I joined the union at the plant.</p>",
        PLAIN + "<p>Laura Bennett has epilepsy.</p>",
    ],
)
def test_a_reason_can_be_counted_again(page):
    """The CNIL's pilot study asks for categories: they are read from the account, which holds no sentence."""
    finding = ask(sensitive_content, Settings(), page)
    told = categories_told(finding.reason)
    assert told == ({"health": 1, "union": 1} if "HIV" in page else {"health": 1})
    assert categories_told("no sentence ties a special category to a person; 3 of 4 health 1.5") == {}
