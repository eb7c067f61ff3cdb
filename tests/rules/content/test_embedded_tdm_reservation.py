"""Rule embedded_tdm_reservation: TDMRep §6.4 (EPUB) and §6.5 (PDF)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from collector.document.facts import PageFacts
from collector.document.sniff import sniff
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.content.embedded_tdm_reservation import SUPERSEDES, Settings, embedded_tdm_reservation, needs
from collector.rules.facts import ContentFacts
from collector.signals.asset import embedded_in
from collector.signals.site_file import Reach, SiteFile
from tests.support import assets

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://site.test/a")
POLICY = "https://rights.test/p.json"
BOOK_1 = '<meta property="tdm:reservation">1</meta>'
BOOK_0 = '<meta name="tdm:reservation" content="0"/>'


def facts(body: bytes, **files: SiteFile) -> ContentFacts:
    kind = sniff(body)
    return ContentFacts(URL, "bot", PageFacts(kind), NOW, files=files, embedded=embedded_in(body, kind))


def ask(body: bytes, settings: Settings | None = None):
    finding = embedded_tdm_reservation(facts(body), settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


@pytest.mark.parametrize(
    "body",
    [
        assets.epub(BOOK_1),
        assets.pdf(assets.xmp("<tdm:reservation>1</tdm:reservation>")),
        assets.pdf(assets.xmp(attributes='tdm:reservation="1"'), compressed=True),
    ],
)
def test_reserved(body):
    finding = ask(body)
    assert (finding.uses.tdm, finding.uses.train, finding.uses.input) == (Permission.DENY,) * 3
    assert (finding.basis, finding.supersedes) == (Basis.SPEC, SUPERSEDES)
    assert finding.evidence[0].locator.endswith(": 1")


@pytest.mark.parametrize("body", [assets.epub(BOOK_0), assets.pdf(assets.xmp(attributes='tdm:reservation="0"'))])
def test_not_reserved_supersedes_every_other_carrier(body):
    finding = ask(body)
    assert (finding.uses.tdm, finding.uses.train) == (Permission.ALLOW,) * 2
    assert finding.supersedes == SUPERSEDES


@pytest.mark.parametrize(
    "body",
    [
        assets.jpeg(assets.xmp(attributes='tdm:reservation="1"')),
        assets.pdf(info="/tdm#3Areservation 1"),
        assets.pdf(assets.xmp(attributes='tdm:reservation="true"')),
        assets.epub(BOOK_0 + BOOK_1),
    ],
    ids="image info true both".split(),
)
def test_meant_as_a_reservation(body):
    finding = ask(body)
    assert (finding.uses.tdm, finding.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)
    assert finding.supersedes == ()
    assert ask(body, Settings(malformed=False)).uses == UNSTATED


@pytest.mark.parametrize(
    "body",
    [
        assets.jpeg(assets.xmp(attributes='tdm:reservation="0"')),
        assets.pdf(info="/tdm-reservation 0"),
        assets.pdf(assets.xmp(attributes='tdm:reservation="2"')),
        assets.pdf(),
        assets.epub(),
        b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip",
    ],
    ids="image info two none no-meta broken".split(),
)
def test_no_release_and_no_value(body):
    finding = ask(body)
    assert finding.uses == UNSTATED
    assert finding.supersedes == ()


def test_the_policy_is_asked_for_told_and_permits_nothing():
    """TDMRep §7: the document tells how a licence can be had."""
    body = assets.epub(f'{BOOK_1}<meta property="tdm:policy">{POLICY}</meta>')
    assert [one.address for one in needs(facts(body), Settings())] == [POLICY]
    assert needs(facts(body), Settings(fetch_policy=False)) == ()
    offer = {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": POLICY,
        "permission": [{"action": "tdm:mine"}],
    }
    file = SiteFile(POLICY, Reach.AVAILABLE, 200, json.dumps(offer).encode(), record_id="urn:uuid:1")
    finding = embedded_tdm_reservation(facts(body, **{POLICY: file}), Settings())
    assert finding.uses.tdm is Permission.DENY
    (evidence,) = [one for one in finding.evidence if one.source == POLICY]
    assert evidence.digest == file.digest
    assert evidence.locator == f"TDMRep policy {POLICY} offers tdm:mine; record urn:uuid:1"
