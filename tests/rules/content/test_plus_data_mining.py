"""Rule plus_data_mining: PLUS LDF 2.0.1, IPTC Photo Metadata 2023.1; opt-out signals §12."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.document.facts import PageFacts
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.content.plus_data_mining import Settings, plus_data_mining
from collector.rules.facts import ContentFacts
from collector.signals.asset import embedded_in
from tests.support import assets

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"


def ask(packet: bytes, settings: Settings | None = None):
    embedded = embedded_in(assets.jpeg(packet), "image/jpeg")
    facts = ContentFacts(parse_url("https://site.test/a.jpg"), "bot", PageFacts("image/jpeg"), NOW, embedded=embedded)
    finding = plus_data_mining(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def value(written: str) -> bytes:
    return assets.xmp(f"<plus:DataMining>{written}</plus:DataMining>")


@pytest.mark.parametrize(
    ("written", "tdm", "train", "index"),
    [
        ("DMI-PROHIBITED", "deny", "deny", "unknown"),
        ("DMI-PROHIBITED-AIMLTRAINING", "unknown", "deny", "unknown"),
        ("DMI-PROHIBITED-GENAIMLTRAINING", "unknown", "deny", "unknown"),
        ("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "deny", "deny", "allow"),
        ("DMI-PROHIBITED-SEECONSTRAINT", "deny", "deny", "unknown"),
        ("DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "deny", "deny", "unknown"),
        ("DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "deny", "deny", "unknown"),
        ("DMI-ALLOWED", "allow", "allow", "unknown"),
        ("DMI-UNSPECIFIED", "unknown", "unknown", "unknown"),
    ],
)
def test_the_vocabulary(written, tdm, train, index):
    for spelling in (written, VOCABULARY + written, f"plus:{written}", written.lower()):
        finding = ask(value(spelling))
        assert (finding.uses.tdm, finding.uses.train, finding.uses.index) == (tdm, train, index), spelling
        assert finding.basis is Basis.SPEC


@pytest.mark.parametrize(
    ("written", "train"),
    [
        ("Prohibited", "deny"),
        ("Prohibited for AI/ML training", "deny"),
        ("Prohibited for Generative AI/ML training", "deny"),
        ("Prohibited except for search engine indexing", "deny"),
        ("Prohibited, see plus:OtherConstraints", "deny"),
        ("Allowed", "allow"),
        ("Unspecified - no prohibition defined", "unknown"),
    ],
)
def test_the_names_that_tools_write(written, train):
    finding = ask(value(written))
    assert (finding.uses.train, finding.basis) == (train, Basis.SPEC)


@pytest.mark.parametrize("written", ["DMI-PROHIBITED-SOMETHINGNEW", "not allowed", "No mining", "disallowed"])
def test_a_plain_no_of_another_spelling(written):
    finding = ask(value(written))
    assert (finding.uses.train, finding.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)
    assert ask(value(written), Settings(malformed=False)).uses == UNSTATED


@pytest.mark.parametrize("written", ["", "yes", "42"])
def test_what_is_no_value_says_nothing(written):
    assert ask(value(written)).uses == UNSTATED


def test_one_no_among_several_counts():
    packet = assets.xmp(
        "<plus:DataMining>DMI-ALLOWED</plus:DataMining><plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
    )
    assert ask(packet).uses.train is Permission.DENY


def test_the_terms_beside_it_are_told():
    packet = assets.xmp(
        "<plus:DataMining>DMI-PROHIBITED-SEECONSTRAINT</plus:DataMining>"
        "<plus:OtherConstraints>Ask us</plus:OtherConstraints>"
        "<ext:LinkedEncRightsExpr>https://site.test/r</ext:LinkedEncRightsExpr>"
    )
    locators = [one.locator for one in ask(packet).evidence]
    assert locators == [
        "plus:DataMining: DMI-PROHIBITED-SEECONSTRAINT",
        "plus:OtherConstraints: Ask us",
        "Iptc4xmpExt:LinkedEncRightsExpr: https://site.test/r",
    ]


def test_another_namespace_is_another_property():
    packet = assets.xmp(attributes='plus:DataMining="DMI-PROHIBITED"').replace(
        assets.PLUS.encode(), b"https://other.test/"
    )
    assert ask(packet).uses == UNSTATED
