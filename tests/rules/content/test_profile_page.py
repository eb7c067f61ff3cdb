"""Rule profile_page: lists and registry §3.2, social.profiles."""

from __future__ import annotations

import pytest

from collector.model.decision import Verdict
from collector.rules.content.profile_page import profile_page
from collector.rules.rule import NoSettings
from tests.rules.content.pages import ask, flags, ld

OG = "<meta property=og:type content=profile>"
REFUSED = {
    "og:type and profile:*": OG + "<meta property=profile:username content=jane>",
    "og:type and actor": OG + "<link rel=alternate type=application/activity+json href=/users/1>",
    "og:type and rel=me": OG + "<link rel=me href=https://elsewhere.test/>",
    "og:type and hCard": OG + "<body><div class='vcard h-card'>Jane</div>",
    "ProfilePage and Person": ld({"@type": "ProfilePage", "mainEntity": {"@type": "Person", "name": "Jane"}}),
}
FLAGGED = {
    "og:type alone": OG,
    "home page with a card": "<body><div class=h-card>Jane</div>",
    "home page with rel=me": "<link rel=me href=https://elsewhere.test/>",
    "ProfilePage of an organisation": ld({"@type": "ProfilePage", "mainEntity": {"@type": "Organization"}}),
}


@pytest.mark.parametrize("page", REFUSED)
def test_a_declared_profile_with_a_second_mark_is_refused(page):
    finding = ask(profile_page, NoSettings(), REFUSED[page])
    assert finding.verdict is Verdict.DENY
    assert len(finding.evidence) == 2
    assert "jane" not in str(finding).lower()


@pytest.mark.parametrize("page", FLAGGED)
def test_one_mark_flags(page):
    finding = ask(profile_page, NoSettings(), FLAGGED[page])
    assert (finding.verdict, flags(finding)) == (Verdict.ALLOW, ["social.profiles"])


def test_an_article_passes():
    html = "<meta property=og:type content=article>" + ld({"@type": "Article", "author": {"@type": "Person"}})
    assert ask(profile_page, NoSettings(), html).obligations == ()
