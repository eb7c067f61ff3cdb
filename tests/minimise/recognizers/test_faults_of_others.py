"""personal-data §1.2: what other tools get wrong, each as a test; and secrets, which no sentence should hold."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import NO_CONTEXT, Context
from collector.minimise.engine.span import KINDS
from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.recognize import recognize
from collector.minimise.text import minimise_text

ALL = frozenset(KINDS)
# Put together here, so that no scanner of repositories takes them for real ones.
KEY_BODY = "MIIEowIBAAKCAQEA" + "b0rT5x" * 8
AWS = "AKIA" + "Z7Q2M4N8P6R3T5V1"
GITHUB = "ghp_" + "a1B2c3D4e5F6" * 3
TOKEN = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N"


def found(text, context=NO_CONTEXT):
    return [(span.kind, text[span.start : span.end]) for span in recognize(text, context, ALL)]


def test_one_person_keeps_one_placeholder_and_runs_do_not_differ():
    """datatrove rotates its replacements with every match, and by worker."""
    text = "a.roe@mail.example.org, b.doe@mail.example.org, A.Roe@mail.example.org"
    results = {minimise_text(text, STRICT, url=None, lang=None).text for _ in range(3)}
    assert results == {"[[EMAIL_1]], [[EMAIL_2]], [[EMAIL_1]]"}


def test_nobody_elses_address_stands_in():
    """datatrove puts real public addresses in the place of others."""
    assert minimise_text("from 91.198.174.192", STRICT, url=None, lang=None).text == "from [[IP_1]]"


def test_punctuation_beside_an_address_stays():
    """Dolma eats what stands around its match, and misses an address at the end of the text."""
    result = minimise_text("(jane@mail.example.org), jane@mail.example.org", STRICT, url=None, lang=None)
    assert result.text == "([[EMAIL_1]]), [[EMAIL_1]]"


def test_ten_digits_are_no_telephone_number_and_digits_in_urls_stay():
    """Dolma fires on any ten digits and masks parts of addresses."""
    assert found("item 3015551234 at https://www.example.org/p/3015551234/2021/12/05") == []


def test_an_account_number_in_any_grouping():
    """Apertus wants groups of four digits and single spaces."""
    for written in ("NO9386011117947", "NO93 8601 1117 947", "NO93-8601-1117-947", "IBAN:no9386011117947."):
        assert [kind for kind, _ in found(written)] == ["iban"]


def test_private_addresses_stay():
    """Apertus has the switch and does not use it."""
    assert found("10.1.2.3, 192.168.1.1, fe80::1, 2001:db8::1 and 127.0.0.1") == []


@pytest.mark.parametrize("text", ["INTRODUCTORY", "a duplicate licence of 12345678 pages", "policy D1234567"])
def test_context_is_a_word_and_no_part_of_one(text):
    """Presidio finds `lic` in `duplicate` and licences in capitals."""
    assert [kind for kind, _ in found(text) if kind == "driving_licence"] == []


def test_numbers_of_the_united_kingdom_are_known():
    """Presidio asks for the region `UK`, which is called GB."""
    assert found("020 7946 0958", Context(("GB",))) == [("phone", "020 7946 0958")]


def test_rare_kinds_need_more_than_a_checksum():
    """personal-data §0.8: cards that are telephone numbers, SSNs that are dates, coordinates that are verses."""
    assert found("4111111111111111 and 219-09-9999 and Gen 22.17, 24.60 and 12345678901") == []


@pytest.mark.parametrize("secret", [AWS, GITHUB, TOKEN], ids=["aws", "github", "jwt"])
def test_secrets(secret):
    assert found(f"export it as {secret}, then run") == [("secret", secret)]
    assert found(f"x{secret}") == []


@pytest.mark.parametrize("end", ["\n-----END RSA PRIVATE KEY-----", ""], ids=["whole", "cut"])
def test_a_private_key_goes_as_a_block(end):
    block = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY}\n{KEY_BODY}{end}"
    assert found(f"my key:\n{block}\n\n(yours?)") == [("secret", block)]


def test_a_key_behind_its_name():
    assert found('api_key = "q7Zk29LmX4bT81PvRc6Y"') == [("secret", "q7Zk29LmX4bT81PvRc6Y")]
    assert found("api_key = your_api_key_goes_here_please") == []


def test_plates_where_asked_for():
    assert found("Kennzeichen B-AB 1234 am Wagen") == [("plate", "B-AB 1234")]
