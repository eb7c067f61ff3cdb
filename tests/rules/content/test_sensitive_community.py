"""Rule sensitive_community: lists and registry §3.2, user content and a sensitive type or vocabulary together."""

from __future__ import annotations

import pytest

from collector.model.decision import Verdict
from collector.rules.content.sensitive_community import Settings, sensitive_community
from tests.rules.content.pages import ask, flags, ld

PHPBB = '<head><meta name=generator content="phpBB"></head>'
THREAD = ld({"@type": "DiscussionForumPosting", "headline": "x"})
FILLER = "We met in the evening and spoke about it for a long time with the others in the group. "
HEALTH = f"<p>{FILLER}Chemo was hard. The cancer came back. Depression, diabetes and epilepsy run in the family.</p>"
GERMAN = (
    "<p>Wir sprachen lange darüber und es tat uns gut, dass auch die anderen in der Gruppe es kennen. Die Chemo war "
    "hart. Der Krebs kam wieder. Depressionen, Diabetes und Epilepsie liegen bei uns in der Familie.</p>"
)
FAITH = (
    f"<p>{FILLER}The Catholic and Protestant princes, the Jewish towns and Muslim traders: Islam, Christianity and "
    "Judaism met here in the middle ages, as the history of the town shows in detail.</p>"
)

MEDICAL = "<div itemscope itemtype=https://schema.org/MedicalWebPage></div>"
REFUSED = {
    "phpBB on health": (PHPBB + HEALTH, "health.forum"),
    "posting on health": (THREAD + HEALTH, "health.forum"),
    "posting of a medical page": (ld([{"@type": "QAPage"}, {"@type": "MedicalCondition"}]) + FILLER, "health.forum"),
    "German forum": (PHPBB + GERMAN, "health.forum"),
    "microdata": (
        "<div itemscope itemtype=https://schema.org/DiscussionForumPosting></div>" + MEDICAL,
        "health.forum",
    ),
    "faith of a member": (PHPBB + FAITH + "<p>I am a Muslim and I pray at home.</p>", "religion.community"),
}


@pytest.mark.parametrize("page", REFUSED)
def test_users_and_subject_together_refuse(page):
    html, category = REFUSED[page]
    finding = ask(sensitive_community, Settings(), html)
    assert finding.verdict is Verdict.DENY
    assert category in finding.reason


def test_an_encyclopaedia_is_no_community():
    html = ld({"@type": "MedicalWebPage"}) + HEALTH * 20
    assert ask(sensitive_community, Settings(), html).obligations == ()


@pytest.mark.parametrize(
    "html", [PHPBB + f"<p>{FILLER * 5}</p>", THREAD + "<p>How do I sort a list?</p>", PHPBB + FAITH]
)
def test_a_forum_on_something_else_is_flagged_as_a_forum(html):
    finding = ask(sensitive_community, Settings(), html)
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["social.forums"])


@pytest.mark.parametrize("path", ["/viewtopic.php?t=1", "/forum/topic/12", "/threads/x.1/"])
def test_addresses_of_forums(path):
    finding = ask(sensitive_community, Settings(), HEALTH, f"https://board.test{path}")
    assert finding.verdict is Verdict.DENY


def test_a_guarded_source_is_flagged():
    finding = ask(sensitive_community, Settings(), THREAD + HEALTH, "https://www.nhs.uk/conditions")
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["health.forum"])


def test_settings():
    assert ask(sensitive_community, Settings(terms=50), PHPBB + HEALTH).verdict is Verdict.ALLOW
    assert ask(sensitive_community, Settings(categories=("religion",)), PHPBB + HEALTH).verdict is Verdict.ALLOW


def test_nothing_of_the_page_is_quoted():
    finding = ask(sensitive_community, Settings(), PHPBB + HEALTH)
    assert "epilepsy" not in str(finding).lower()
