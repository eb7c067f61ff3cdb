"""Rule personal_page: personal data §4 step 7 and §6, lists and registry §3.2: pages that are mostly about persons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.rules.content.personal_page import COUNTED, Settings, kind_told, personal_page
from tests.rules.content.pages import ask, flags, ld, quoted
from tests.support.growth import assert_linear

GIVEN = (
    "Anna Peter Laura Thomas Maria Julia Stefan Martin Katarzyna Piotr Giulia Marco Carmen Javier Emma David".split()
)
FAMILY = "Bennett Collins Schmidt Wagner Nowak Kowalski Rossi Bianchi Lopez Martin Visser Bakker".split()
PEOPLE = [f"{given} {family}" for given in GIVEN for family in FAMILY[:3]]
ARTICLE = "<p>" + "The council spoke of the library and of the roof, which is old and lets in the rain. " * 30 + "</p>"


def lines(*each: str) -> str:
    return "".join(f"<p>{line}</p>" for line in each)


OBITUARY_EN = lines("Laura Bennett, 1931 - 2026", "She passed away peacefully and is survived by two sons.",
                    "The funeral service is on Friday. Leave a condolence.")  # fmt: skip
CV_EN = lines("Thomas Bennett", "Personal details", "+44 20 7946 0018", "Work experience", "2015 - 2019 Baker, Hull",
              "2019 - 2024 Baker, Leeds", "Education", "Skills", "References")  # fmt: skip
CV_DE = lines("Stefan Wagner", "Persönliche Daten", "stefan@example.org", "Berufserfahrung", "2015 – 2019 Bäcker",
              "2019 – 2024 Bäcker", "Ausbildung", "Sprachkenntnisse", "Hobbys")  # fmt: skip
SEARCH = lines("Peter Collins", "Age 54", "Lives in Hull", "Phone numbers: (020) 7946 0018", "Possible relatives",
               "Previous addresses")  # fmt: skip
DIRECTORY = lines(
    *(f"{name}, +49 30 9876{number:04d}, {number}@example.org" for number, name in enumerate(PEOPLE[:20]))
)
TREE = lines("Family tree and descendants", "Spouse of the second generation",
             *(f"{name} * 12.03.{1900 + n} † 1.5.{1960 + n}" for n, name in enumerate(PEOPLE[:20])))  # fmt: skip

REFUSED = {
    "obituary": (OBITUARY_EN, "obituaries"),
    "obituary, French": (
        lines("Claire Martin", "Ses enfants ont la douleur de vous faire part de son décès. Les obsèques auront lieu "
              "lundi. Ni fleurs ni couronnes. Condoléances sur le site."), "obituaries"),
    "obituary, German": (
        lines("Traueranzeige", "In stiller Trauer nehmen wir Abschied von Anna Schmidt. Die Trauerfeier ist am Freitag."),
        "obituaries"),
    "obituary, Polish": (
        lines("Nekrolog", "Z głębokim żalem: zmarł Piotr Nowak. Msza żałobna w piątek. Zapal znicz."), "obituaries"),
    "declared death and a phrase": (
        ld({"@type": "Person", "name": "x", "deathDate": "2026-01-01"}) + lines("Sign the guestbook", "Condolences",
                                                                                "In lieu of flowers"), "obituaries"),
    "CV": (CV_EN, "jobs.cv"),
    "CV, German": (CV_DE, "jobs.cv"),
    "people search": (SEARCH, "people_search"),
    "directory": (DIRECTORY, "people_search"),
    "family tree": (TREE, "genealogy"),
}  # fmt: skip


@pytest.mark.parametrize("page", REFUSED)
def test_pages_mostly_about_persons_are_withheld(page):
    html, category = REFUSED[page]
    finding = ask(personal_page, Settings(), html)
    assert finding.verdict is Verdict.DENY
    assert category in finding.reason


@pytest.mark.parametrize("page", REFUSED)
def test_the_reason_is_coarse(page):
    said = quoted(ask(personal_page, Settings(), REFUSED[page][0]))
    assert not any(name in said for name in (*GIVEN, *FAMILY, "Claire"))
    assert "@" not in said
    assert len(said) < 200


FLAGGED = {
    "painters with dates": (
        lines(*(f"{name} ({1900 + n}–{1960 + n})" for n, name in enumerate(PEOPLE[:20]))), "genealogy"),
    "switchboards": (
        lines(*(f"Department {n}: +49 30 98760{n:03d}" for n in range(20))), "people_search"),
    "an article on people search": (
        ARTICLE + lines("Background report, public records and possible relatives are what a people search sells."),
        "people_search"),
}  # fmt: skip


@pytest.mark.parametrize("page", FLAGGED)
def test_one_kind_of_evidence_flags(page):
    html, category = FLAGGED[page]
    finding = ask(personal_page, Settings(), html)
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, [category])


PASSED = {
    "article": ARTICLE,
    "biography": ARTICLE * 8 + lines("Laura Bennett passed away in 1931, survived by two sons. Her obituary ran here."),
    "how to write a CV": ARTICLE + lines("Put work experience first, then education, skills and references."),
    "contact page": lines("Press: press@example.org, +49 30 98760001", "Sales: sales@example.org"),
    "bibliography": ARTICLE + lines(*(f"{name}: On roofs, 1998, pp. 12-40" for name in PEOPLE[:20])),
    "news with names": ARTICLE + lines(*(f"{name} spoke of the roof and of the rain." for name in PEOPLE[:12])),
}


@pytest.mark.parametrize("page", PASSED)
def test_ordinary_pages_pass_unmarked(page):
    finding = ask(personal_page, Settings(), PASSED[page])
    assert (finding.verdict, finding.obligations) == (Verdict.ALLOW, ()), finding.reason


def test_an_address_for_obituaries_needs_one_phrase_only():
    html = lines("Laura Bennett", "The funeral service is on Friday.")
    assert ask(personal_page, Settings(), html).verdict is Verdict.ALLOW
    assert ask(personal_page, Settings(), html, "https://paper.test/obituaries/1").verdict is Verdict.DENY


def test_an_address_for_curricula_stands_for_one_heading():
    dated = ("+44 20 7946 0018", "Work experience", "2015 - 2019 Baker, Hull", "2019 - 2024 Baker, Leeds")
    html = lines("Thomas Bennett", *dated, "Education", "Languages")
    assert flags(ask(personal_page, Settings(), html)) == ["jobs.cv"]
    assert ask(personal_page, Settings(), html, "https://bennett.test/lebenslauf").verdict is Verdict.DENY
    advice = ARTICLE + lines("Work experience", "Put it first.", "Education", "Then this.", "Languages", "And these.")
    assert ask(personal_page, Settings(), advice, "https://advice.test/resume").obligations == ()


def test_settings():
    assert ask(personal_page, Settings(persons=100), DIRECTORY).verdict is Verdict.ALLOW
    assert ask(personal_page, Settings(cues=9), SEARCH).verdict is Verdict.ALLOW


@given(st.text(alphabet="Anna Bo12.,-+@()*†\n", max_size=500))
def test_it_always_answers(text):
    assert ask(personal_page, Settings(), f"<pre>{text}</pre>").verdict in (Verdict.ALLOW, Verdict.DENY)


@pytest.mark.parametrize("part", ["a@", "1 ", "+1 2", "* 1.1.", "Anna ", "1999 -", "b. ", "(0", "18 U.S.C "])
def test_time_grows_with_the_page_and_no_faster(part):
    def scan(text: str) -> None:
        for pattern in COUNTED:
            sum(1 for _ in pattern.finditer(text))

    assert_linear(scan, lambda size: part * size, 8_000)


def test_a_reason_names_its_kind_without_figures():
    assert kind_told(ask(personal_page, Settings(), OBITUARY_EN).reason) == "an obituary"
    assert (
        kind_told(ask(personal_page, Settings(), DIRECTORY).reason) == "a directory of some persons with contact data"
    )
    assert kind_told("not kept: it would name the page") == "not said"
