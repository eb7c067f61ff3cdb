"""personal-data §6: what a span becomes, by kind and policy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.engine.span import is_placeholder
from collector.minimise.replacing import becoming
from collector.minimise.replacing.plan import needs_key, plan_of
from collector.minimise.replacing.rendering import Style, render
from collector.minimise.text import minimise_text
from collector.model.errors import PolicyError
from collector.model.url import parse_url
from collector.policy.policy import Minimise, Treatment

KEY = bytes(range(32))


def treated(kinds, text, url="https://www.site.test/a", key=KEY):
    plan = plan_of(Minimise(kinds=kinds), key)
    return minimise_text(text, plan, url=parse_url(url), lang=None)


def test_a_pseudonym_holds_within_a_domain_and_nowhere_else():
    kinds = {"email": Treatment.PSEUDONYM}
    here = treated(kinds, "from a@b.example to c@d.example, a@b.example").text
    first, second, third = re.findall(r"\[\[EMAIL_[A-Z]{14}_0\]\]", here)
    assert first == third != second
    assert first in treated(kinds, "a@b.example", "https://other.site.test/b").text  # same registrable domain
    assert first not in treated(kinds, "a@b.example", "https://site.example/").text
    assert first not in treated(kinds, "a@b.example", key=bytes(32)).text
    assert is_placeholder(first)


def test_a_pseudonym_is_stable_under_a_second_run_and_a_forged_one_is_escaped():
    kinds = {"email": Treatment.PSEUDONYM}
    once = treated(kinds, "a@b.example").text
    assert treated(kinds, once).text == once
    assert treated(kinds, f"{once} a@b.example").text.count(r"[\[EMAIL_") == 1


def test_a_page_uses_the_key_of_its_own_domain():
    plan = plan_of(Minimise(kinds={"person": Treatment.PSEUDONYM}), KEY)

    def page(url):
        url = parse_url(url)
        document = read(b"<meta name=author content='Jane Doe'><p>Jane Doe", content_type="text/html", url=url)
        return set(re.findall(r"\[\[PERSON_[A-Z]{14}_0\]\]", minimise_document(document, url, plan).body.decode()))

    assert len(page("https://a.site.test/")) == 1
    assert page("https://a.site.test/") == page("https://b.site.test/x")
    assert page("https://a.site.test/").isdisjoint(page("https://a.site.example/"))


@pytest.mark.parametrize("treatment", [Treatment.PSEUDONYM, Treatment.RANDOMISE])
def test_what_needs_a_key_is_refused_without_one(treatment):
    settings = Minimise(kinds={"email": Treatment.PSEUDONYM})
    assert needs_key(settings)
    with pytest.raises(PolicyError, match="needs a key"):
        plan_of(settings)
    assert not needs_key(Minimise(kinds={"email": Treatment.DROP}))
    with pytest.raises(PolicyError):
        plan_of(Minimise(kinds={"email": Treatment.RANDOMISE, "phone": treatment}), KEY)


@given(st.text(max_size=60), st.sampled_from(["email", "person", "driving_licence", "national_id"]))
def test_every_pseudonym_is_a_placeholder(value, kind):
    assert is_placeholder(becoming.pseudonym(KEY, kind, value))


@pytest.mark.parametrize(
    ("kind", "value", "coarse"),
    [
        ("ip", "203.0.113.77", "203.0.113.x"),
        ("ip", "2001:db8:12:34::1", "2001:0db8:0012:x"),
        ("ip", "nonsense", None),
        ("birth_date", "3 May 1980", "1980"),
        ("birth_date", "1980-05-03", "1980"),
        ("birth_date", "03.05.80", "1980"),
        ("birth_date", "May", None),
        ("coordinates", "52.5200, 13.4050", "near 52.5 N 13.4 E"),
        ("coordinates", "-33.8688, 151.2093", "near 33.9 S 151.2 E"),
        ("coordinates", "52°31′12″ N, 13°24′18″ W", "near 52.5 N 13.4 W"),
        ("coordinates", "here", None),
        ("email", "a@b.example", None),
    ],
)
def test_generalised(kind, value, coarse):
    assert becoming.generalised(kind, value) == coarse


@given(st.text(max_size=40), st.sampled_from(sorted(becoming.GENERALISED)))
def test_no_value_breaks_generalising_or_noise(value, kind):
    becoming.generalised(kind, value)
    becoming.randomised(kind, value, KEY, "record")


def test_noise_repeats_within_a_record_and_differs_between_records():
    def noisy(record, value="52.5200, 13.4050"):
        return becoming.randomised("coordinates", value, KEY, record)

    assert noisy("a") == noisy("a")
    assert len({noisy(str(n)) for n in range(50)}) > 3
    years = {int(becoming.randomised("birth_date", "3 May 1980", KEY, str(n)) or 0) for n in range(100)}
    assert years == {1978, 1979, 1980, 1981, 1982}


MIXED = "[[PERSON_1]] wrote [[EMAIL_1]] and [[EMAIL_2]] from [[IP_1]], [[PHONE_1]]; \\ [\\[EMAIL_1]]"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style.TYPED, MIXED),
        (Style.FINEWEB, "[[PERSON_1]] wrote email@example.com and firstname.lastname@example.org from 192.0.2.1, [[PHONE_1]]; \\ [[EMAIL_1]]"),
        (Style.DOLMA, "[[PERSON_1]] wrote |||EMAIL_ADDRESS||| and |||EMAIL_ADDRESS||| from |||IP_ADDRESS|||, |||PHONE_NUMBER|||; \\ [[EMAIL_1]]"),
        (Style.STARCODER, "<NAME> wrote <EMAIL> and <EMAIL> from 10.0.0.1, [[PHONE_1]]; \\ [[EMAIL_1]]"),
        (Style.APERTUS, "[[PERSON_1]] wrote <email-pii> and <email-pii> from <ip-pii>, [[PHONE_1]]; \\ [[EMAIL_1]]"),
        (Style.DROP, "wrote and from,; \\ [[EMAIL_1]]"),
    ],
)  # fmt: skip
def test_rendering(style, expected):
    assert render(MIXED, style).lstrip() == expected


def test_a_pseudonym_renders_as_its_kind():
    token = becoming.pseudonym(KEY, "email", "a@b.example")
    assert render(token, Style.DOLMA) == "|||EMAIL_ADDRESS|||"
    assert render(token, Style.FINEWEB) in ("email@example.com", "firstname.lastname@example.org")


@given(st.text(alphabet="[]\\_EMAIL1 a", max_size=80), st.sampled_from(list(Style)))
def test_rendering_never_raises(text, style):
    assert isinstance(render(text, style), str)
