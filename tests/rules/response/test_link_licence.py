"""Rule link_licence: RSL §4.3 and §4.5."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.facts import ResponseFacts
from collector.rules.licensed import UNLICENSED, Settings
from collector.rules.response.link_licence import link_licence
from collector.signals.rsl import NAMESPACE
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PAGE = parse_url("https://www.example.org/a")
HERE = "https://www.example.org/licence.xml"
FIELD = f'<{HERE}>; rel="license"; type="application/rsl+xml"'


def document(inside: str, url: str = "/") -> bytes:
    return f'<rsl xmlns="{NAMESPACE}"><content url="{url}"><license>{inside}</license></content></rsl>'.encode()


def ask(*fields: str, body: bytes | None = None):
    files = {HERE: SiteFile(HERE, Reach.AVAILABLE, 200, body)} if body is not None else {}
    headers = Headers([("Link", field) for field in fields])
    return link_licence(ResponseFacts(PAGE, "corpusbot", 200, headers, NOW, files=files), Settings())


@pytest.mark.parametrize("url", ["/", "", "/a", HERE.replace("licence.xml", "a")])
def test_the_document_decides(url):
    """§4.6: an empty `url` is the scope of the association."""
    assert ask(FIELD, body=document('<permits type="usage">ai-all</permits>', url)).uses.train is Permission.ALLOW
    assert ask(FIELD, body=document('<prohibits type="usage">ai-all</prohibits>', url)).uses.train is Permission.DENY


def test_named_and_not_at_hand_licenses_nothing():
    finding = ask("</style.css>; rel=preload", FIELD)
    assert (finding.verdict, finding.uses, finding.basis) == (Verdict.ALLOW, UNLICENSED, Basis.POLICY)
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.locator) == ("header", f"Link: {FIELD}")
    assert evidence.digest is not None


def test_two_documents_differ_in_the_digest_of_their_fields():
    other = FIELD.replace("licence.xml", "other.xml")
    first, second = ask(FIELD, other).evidence
    assert first.digest != second.digest


@pytest.mark.parametrize(
    "field",
    ["<https://creativecommons.org/licenses/by/4.0/>; rel=license", f"<{HERE}>; rel=license; type=text/html", "", "<"],
)
def test_no_rsl(field):
    finding = ask(field)
    assert (finding.uses, finding.reason) == (UNSTATED, "no Link field names an RSL licence")


@given(st.lists(st.text(max_size=60), max_size=3), st.binary(max_size=60))
def test_always_answers_and_never_permits_without_a_document(fields, body):
    finding = ask(*fields, FIELD, body=body)
    assert finding.uses == UNLICENSED
    assert finding.verdict is Verdict.ALLOW
