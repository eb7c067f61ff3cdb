"""Rule adult_signals: lists and registry §3.1 (host words only flag) and §3.2 (page signals)."""

from __future__ import annotations

import pytest

from collector.model.decision import Verdict
from collector.rules.content.adult_signals import CATEGORY, Settings, adult_signals
from tests.rules.content.pages import ask, flags, ld

TEXT = "<p>" + "The town council met to speak of the library and of its opening hours. " * 5 + "</p>"
VOCABULARY = "<p>Free porn, camgirls and hentai in thousands of sex videos</p>"
NOTICE = "<a href=/2257>18 U.S.C. 2257 Record-Keeping Requirements Compliance Statement</a>"
GATE = "<div id=age-gate><p>You must be 18 or older to enter.</p></div>"

REFUSED = {
    "isFamilyFriendly JSON-LD": ld({"@type": "WebPage", "isFamilyFriendly": False}) + TEXT,
    "isFamilyFriendly as a word": ld({"@graph": [{"@type": "VideoObject", "isFamilyFriendly": "False"}]}),
    "isFamilyFriendly microdata": '<div itemscope><meta itemprop=isFamilyFriendly content="false"></div>',
    "audience from 18": ld({"@type": "WebPage", "audience": {"@type": "PeopleAudience", "suggestedMinAge": 18}}),
    "content rating": ld({"@type": "Movie", "contentRating": "Adults only"}),
    "notice and gate": NOTICE + GATE,
    "notice and vocabulary": NOTICE + VOCABULARY,
    "gate and vocabulary": GATE + VOCABULARY,
    "gate by script and vocabulary": "<script src=https://cdn.agechecked.test/a.js></script>" + VOCABULARY,
    "German gate and vocabulary": "<p>Nur für Erwachsene</p><p>Sexvideos, Pornofilme und Livecams</p>",
    "Polish gate and vocabulary": "<p>Mam ukończone 18 lat</p><p>Darmowe porno, filmy porno, sex kamerki</p>",
}


@pytest.mark.parametrize("page", REFUSED)
def test_declared_or_doubly_evidenced_pages_are_refused(page):
    assert ask(adult_signals, Settings(), REFUSED[page]).verdict is Verdict.DENY


FLAGGED = {
    "a wine merchant's gate": GATE + TEXT,
    "a notice alone": NOTICE + TEXT,
    "a study of pornography": TEXT + "<p>The study covers free porn, camgirls and hentai.</p>",
    "PICS": '<meta http-equiv=PICS-Label content="(PICS-1.1 l gen true r (n 3 s 4 v 0 l 0))">' + TEXT,
}


@pytest.mark.parametrize("page", FLAGGED)
def test_one_mark_alone_flags(page):
    finding = ask(adult_signals, Settings(), FLAGGED[page])
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, [CATEGORY])


@pytest.mark.parametrize("host", ["free-porn.test", "cams.example.xxx", "peta.xxx", "sexy-tools.example.org"])
def test_host_words_only_ever_flag(host):
    assert flags(ask(adult_signals, Settings(), TEXT, f"https://{host}/")) == [CATEGORY]
    gated = ask(adult_signals, Settings(), GATE + TEXT, f"https://{host}/")
    assert gated.verdict is Verdict.ALLOW  # a word in the name is not the second mark


@pytest.mark.parametrize("host", ["middlesexbank.test", "www.essex.test", "teachertube.test", "sussex.example.org"])
def test_words_inside_words_are_no_words(host):
    assert ask(adult_signals, Settings(), TEXT, f"https://{host}/").obligations == ()


PASSED = {
    "ordinary": TEXT,
    "family friendly": ld({"@type": "WebPage", "isFamilyFriendly": True}) + TEXT,
    "audience from 3": ld({"audience": {"suggestedMinAge": "3"}}) + TEXT,
    "rating for all": ld({"@type": "Movie", "contentRating": "PG-13"}) + TEXT,
    "the number 2257": TEXT + "<p>2257 people came.</p>",
    "broken JSON-LD": "<script type=application/ld+json>{isFamilyFriendly: false</script>" + TEXT,
}


@pytest.mark.parametrize("page", PASSED)
def test_ordinary_pages_pass_unmarked(page):
    finding = ask(adult_signals, Settings(), PASSED[page])
    assert (finding.verdict, finding.obligations) == (Verdict.ALLOW, ())


def test_a_guarded_source_is_flagged_and_its_own_declaration_still_counts():
    guarded = "https://www.scarleteen.com/article"
    assert flags(ask(adult_signals, Settings(), GATE + VOCABULARY, guarded)) == [CATEGORY]
    assert ask(adult_signals, Settings(), REFUSED["isFamilyFriendly JSON-LD"], guarded).verdict is Verdict.DENY


def test_settings():
    page = REFUSED["isFamilyFriendly JSON-LD"]
    assert ask(adult_signals, Settings(family_friendly=False), page).verdict is Verdict.ALLOW
    assert ask(adult_signals, Settings(words=9), REFUSED["gate and vocabulary"]).verdict is Verdict.ALLOW
