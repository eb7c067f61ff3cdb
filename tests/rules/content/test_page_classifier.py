"""Rule page_classifier: lists and registry §3.2: a plug-in point, with score and version in the finding."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from collector.model.decision import Verdict
from collector.model.errors import PolicyError
from collector.rules.content import page_classifier as module
from collector.rules.content.page_classifier import Bound, Score, Settings, page_classifier, settings_from
from tests.rules.content.pages import ask, flags


class Counting:
    """Scores gambling by how often the page says `bet`."""

    name = "counting"
    version = "1.2"

    def classify(self, page):
        yield Score("gambling", min(page.text.lower().count("bet") / 10, 1.0))
        yield Score("quality.spam", 0.1)


class Broken(Counting):
    def __init__(self, *scores):
        self.scores = scores

    def classify(self, page):
        return self.scores


POLICY = SimpleNamespace(lists=SimpleNamespace(sensitive=("gambling",)))


def bound(classifier=None, **settings):
    return Bound(Settings(name="counting", **settings), classifier or Counting(), frozenset(("gambling",)))


def test_score_and_version_stand_in_the_finding():
    finding = ask(page_classifier, bound(), "<p>" + "bet " * 10)
    assert finding.verdict is Verdict.DENY
    assert finding.reason == "counting 1.2: gambling with score 1.000"
    assert (finding.evidence[0].source, finding.evidence[0].locator) == ("classifier:counting 1.2", "gambling 1.000")


def test_a_middling_score_flags_and_a_low_one_is_told():
    finding = ask(page_classifier, bound(), "<p>" + "bet " * 6)
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["gambling"])
    low = ask(page_classifier, bound(), "<p>bet")
    assert (low.obligations, low.reason) == (
        (), "counting 1.2 finds nothing; the highest score is gambling 0.100",
    )  # fmt: skip


def test_a_category_that_the_policy_does_not_refuse_only_flags():
    finding = ask(page_classifier, Bound(Settings(name="counting"), Counting()), "<p>" + "bet " * 10)
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["gambling"])


def test_without_a_name_nobody_is_asked():
    finding = ask(page_classifier, settings_from(POLICY, Settings()), "<p>bet")
    assert (finding.verdict, finding.reason) == (Verdict.ALLOW, "no classifier is plugged in")


@pytest.mark.parametrize("score", [Score("gambling", float("nan")), Score("gambling", 1.5), Score("nonsense", 0.5)])
def test_what_is_no_score_raises_and_so_becomes_a_defer(score):
    with pytest.raises(ValueError, match=r"score|category"):
        ask(page_classifier, bound(Broken(score)), "<p>bet")


def plugged(monkeypatch, target):
    point = EntryPoint("counting", target, module.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point] if group == module.GROUP else [])


def test_the_entry_point_is_loaded_by_name(monkeypatch):
    plugged(monkeypatch, f"{__name__}:Counting")
    made = settings_from(POLICY, Settings(name="counting", version="1.2"))
    assert (made.classifier.version, made.refused) == ("1.2", {"gambling"})


@pytest.mark.parametrize(
    ("target", "settings", "message"),
    [
        (f"{__name__}:Counting", {"name": "other"}, "no classifier 'other' is installed"),
        (f"{__name__}:Counting", {"name": "counting", "version": "2"}, "version 1.2 is installed"),
        ("no.such.module:x", {"name": "counting"}, "does not load"),
        ("collections:OrderedDict", {"name": "counting"}, "makes no classifier"),
    ],
)
def test_a_policy_that_names_what_is_not_there_is_refused_at_the_start(monkeypatch, target, settings, message):
    plugged(monkeypatch, target)
    with pytest.raises(PolicyError) as caught:
        settings_from(POLICY, Settings(**settings))
    assert message in str(caught.value)
