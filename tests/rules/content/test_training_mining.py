"""Rule training_mining: CAWG Training and Data Mining 1.1 §3; opt-out signals §12."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.document.facts import PageFacts
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED
from collector.rules.content.training_mining import Settings, training_mining
from collector.rules.facts import ContentFacts
from collector.signals.asset import embedded_in
from tests.support import assets

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ask(*manifests: bytes, settings: Settings | None = None):
    embedded = embedded_in(assets.png(c2pa=assets.store(*manifests)), "image/png")
    facts = ContentFacts(parse_url("https://site.test/a.png"), "bot", PageFacts("image/png"), NOW, embedded=embedded)
    finding = training_mining(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def says(**entries: object) -> bytes:
    return assets.manifest(assets.assertion({f"cawg.{name}": use for name, use in entries.items()}))


@pytest.mark.parametrize("use", ["notAllowed", "constrained", {"use": "constrained", "constraint_info": "Ask us"}])
@pytest.mark.parametrize(
    ("entry", "denied"),
    [
        ("data_mining", {"tdm", "train", "input"}),
        ("ai_inference", {"input"}),
        ("ai_training", {"train"}),
        ("ai_generative_training", {"train"}),
    ],
)
def test_entries(entry, denied, use):
    finding = ask(says(**{entry: use}))
    assert {each.value for each, said in finding.uses.closed() if said == "deny"} == denied
    assert finding.basis is Basis.SPEC
    (evidence,) = finding.evidence
    assert evidence.locator.startswith(f"cawg.training-mining: {entry} ")


def test_allowed_stays_unknown_because_nobody_verified_the_signature():
    finding = ask(says(ai_training="allowed", data_mining="allowed"))
    assert finding.uses == UNSTATED
    assert "ai_training allowed" in finding.reason


def test_another_use_is_a_no_that_is_meant():
    finding = ask(says(ai_training="never"))
    assert (finding.uses.train, finding.basis) == ("deny", Basis.MALFORMED_RESTRICTIVE)
    assert ask(says(ai_training="never"), settings=Settings(malformed=False)).uses == UNSTATED


def test_an_ingredient_restricts_by_policy():
    before, active = says(ai_training="notAllowed"), says(ai_training="allowed")
    finding = ask(before, active)
    assert (finding.uses.train, finding.basis) == ("deny", Basis.POLICY)
    assert finding.evidence[0].locator.endswith(", of an ingredient")
    assert ask(before, active, settings=Settings(ingredients=False)).uses == UNSTATED


def test_other_entries_and_other_assertions_say_nothing():
    assert ask(says(something_else="notAllowed")).uses == UNSTATED
    assert ask(assets.manifest(assets.assertion({"cawg.ai_training": "notAllowed"}, "c2pa.actions"))).uses == UNSTATED
    assert ask().uses == UNSTATED


def test_an_assertion_that_cannot_be_read_is_told():
    finding = ask(assets.manifest(assets.superbox("cawg.training-mining", assets.box(b"cbor", b"\xff"))))
    assert finding.uses == UNSTATED
    assert finding.reason == "the assertion cawg.training-mining cannot be read"
