"""personal-data §4 "Organisation vs person": contacts of organisations are a class of their own, masked by default."""

from __future__ import annotations

import json

import pytest

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.names.organisations import Organisations, is_an_organisations
from collector.minimise.replacing.plan import plan_of
from collector.minimise.replacing.rendering import Style, render
from collector.minimise.structure.owners import ORGANISATION, OTHER, PART, PERSON, owner_of
from collector.minimise.text import minimise_text
from collector.model.url import parse_url
from collector.policy.policy import Minimise, Treatment

URL = parse_url("https://www.verein.example.de/")
STANDARD = Minimise(profile="standard")
BAKERY = {
    "@context": "https://schema.org",
    "@type": ["Bakery", "LocalBusiness"],
    "name": "Bäckerei Korn",
    "telephone": ["+49 30 9018200", "110"],
    "email": "mailto:laden@korn.example",
    "address": {"@type": "PostalAddress", "streetAddress": "Musterstraße 12", "addressLocality": "Berlin"},
    "contactPoint": {"@type": "ContactPoint", "email": "jana.korn@korn.example"},
    "founder": {"@type": "Person", "name": "Jana Korn", "telephone": "+49 171 7654321"},
}
TEXT = "Ruf 030 9018200 oder 0171 7654321, schreib an laden@korn.example, jana.korn@korn.example, Musterstraße 12."


def page(html, settings=None):
    document = read(html.encode(), content_type="text/html; charset=utf-8", url=URL)
    result = minimise_document(document, URL, plan_of(settings or Minimise()))
    assert not result.withhold
    return result


def bakery(settings=None):
    return page(f'<script type="application/ld+json">{json.dumps(BAKERY)}</script><p>{TEXT}</p>', settings)


def test_json_ld_contacts_are_masked_by_default_everywhere_and_counted_as_a_class():
    result = bakery()
    body = result.body.decode()
    for gone in ("9018200", "7654321", "@korn.example", "Musterstra", '"110"'):
        assert gone not in body
    assert "Bäckerei Korn" in body
    assert result.visible.strip() == (
        "Ruf [[ORG_PHONE_1]] oder [[PHONE_1]], schreib an [[ORG_CONTACT_1]], [[EMAIL_1]], [[ORG_ADDRESS_1]]."
    )
    assert result.redaction.counts == {"email": 2, "org_contact": 7, "person": 1, "phone": 2}
    assert [span.kind for span in result.spans] == ["phone", "phone", "email", "email", "address"]


def test_a_policy_that_keeps_them_keeps_nothing_of_the_persons_beside_them():
    result = bakery(STANDARD)
    body = result.body.decode()
    assert result.visible.strip() == (
        "Ruf 030 9018200 oder [[PHONE_1]], schreib an laden@korn.example, [[EMAIL_1]], Musterstraße 12."
    )
    assert '"telephone":["+49 30 9018200","110"]' in body
    assert "Jana" not in body
    assert "jana.korn" not in body
    assert set(result.redaction.counts) == {"email", "person", "phone"}


MARKED = {
    "hCard": """<div class="vcard"><b class="fn org">Verein</b> <i class=tel>+49 40 1230456</i></div>
        -> Verein [[ORG_PHONE_1]]""",
    "hCard of a person": """<div class="vcard"><b class=fn>Otto Linde</b> <i class=tel>+49 40 1230456</i></div>
        -> [[PERSON_1]] [[PHONE_1]]""",
    "h-card": """<div class=h-card><b class="p-name p-org">Verein</b> <a class=u-email href="mailto:wir@v.example">Post</a>
        wir@v.example</div> -> Verein Post [[ORG_CONTACT_1]]""",
    "h-card, two elements": """<div class=h-card><b class=p-name>Amsel e.V.</b> <i class=p-org>Amsel e.V.</i>
        <i class=p-tel>+49 40 1230456</i></div> -> Amsel e.V. Amsel e.V. [[ORG_PHONE_1]]""",
    "microdata": """<div itemscope itemtype="https://schema.org/NGO"><i itemprop=telephone>+49 89 5550234</i>
        <i itemprop=email>wir@v.example</i>
        <b itemprop=address itemscope itemtype="https://schema.org/PostalAddress"><i itemprop=streetAddress>Amselweg 3</i>
        </b></div> -> [[ORG_PHONE_1]] [[ORG_CONTACT_1]] [[ORG_ADDRESS_1]]""",
    "RDFa": """<div typeof="foaf:Organization"><i property="foaf:name">Verein</i>
        <i property="schema:telephone">+49 89 5550234</i></div> -> Verein [[ORG_PHONE_1]]""",
    "one person's practice": """<div itemscope itemtype="https://schema.org/Attorney">
        <i itemprop=telephone>+49 89 5550234</i></div> -> [[PHONE_1]]""",
}


@pytest.mark.parametrize("vocabulary", MARKED)
def test_each_vocabulary_says_whose_a_contact_is(vocabulary):
    html, _, visible = MARKED[vocabulary].partition("->")
    assert " ".join(page(html).visible.split()) == visible.strip()


ACCOUNT = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        (f"Spendenkonto: {ACCOUNT}", True),
        (f"You can donate by transfer to {ACCOUNT}.", True),
        (f"Faire un don : IBAN {ACCOUNT}", True),
        (f"Donativos: cuenta {ACCOUNT}", True),
        (f"Per donazioni: {ACCOUNT}", True),
        (f"Darowizny na cele statutowe: {ACCOUNT}", True),
        (f"Doneer op {ACCOUNT} t.n.v. Stichting Dierenhulp", True),
        (f"Bankverbindung: Muster GmbH, IBAN {ACCOUNT}", True),
        (f"Kontoinhaber: Gartenfreunde e. V., IBAN {ACCOUNT}", True),
        (f"Kontoinhaber: Otto Linde, IBAN {ACCOUNT}, Spende für die Reise", False),
        (f"Account holder: Jane Roe; IBAN {ACCOUNT}. Sold by Widgets Ltd", False),
        (f"Bitte überweisen auf {ACCOUNT}", False),
        (f"Die Spende ging an viele.\n\nMeine Nummer ist {ACCOUNT}.", False),
    ],
)
def test_an_account_is_an_organisations_by_what_stands_beside_it(text, theirs):
    at = text.index(ACCOUNT)
    assert is_an_organisations(text, at, at + len(ACCOUNT)) is theirs
    strict = minimise_text(text, plan_of(Minimise(names="off")), url=None, lang=None)
    assert ("[[ORG_IBAN_1]]" in strict.text) is theirs
    assert ("[[IBAN_1]]" in strict.text) is not theirs
    kept = minimise_text(text, plan_of(Minimise(profile="standard", names="off")), url=None, lang=None)
    assert (ACCOUNT in kept.text) is theirs


def test_a_treatment_of_their_own():
    dropped = bakery(Minimise(kinds={"org_contact": Treatment.DROP})).visible
    assert dropped.strip() == "Ruf  oder [[PHONE_1]], schreib an , [[EMAIL_1]], ."


def test_placeholders_of_theirs_render_as_what_they_are():
    assert render("[[ORG_PHONE_1]] [[ORG_CONTACT_1]]", Style.DOLMA) == "|||PHONE_NUMBER||| |||EMAIL_ADDRESS|||"
    assert render("[[ORG_IBAN_1]]", Style.APERTUS) == "<iban-pii>"


def test_types():
    assert owner_of(["restaurant"]) == owner_of(["place", "museum"]) == ORGANISATION
    assert owner_of(["organization", "person"]) == PERSON
    assert owner_of([]) == owner_of(["postaladdress"]) == PART
    assert owner_of(["newsarticle"]) == owner_of(["physician"]) == OTHER


def test_what_a_person_gives_as_well_is_the_persons():
    contacts = Organisations()
    contacts.add("phone", "+49 30 9018200")
    assert contacts.hold("phone", "0309018200")
    contacts.add_personal("phone", "030/9018200")
    assert not contacts.hold("phone", "4930 9018200")
    assert contacts.hold("email", "press@example.org")
    contacts.add_personal("email", "press@example.org")
    assert not contacts.hold("email", "press@example.org")
