"""opt-out-signals §1 row 13, §11, §14 L3 and L10: challenges, log-ins and paid content; and ordinary pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import Permission, Use
from collector.rules.content.access_wall import Settings, access_wall
from collector.rules.facts import ContentFacts

URL = parse_url("https://site.test/story")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ARTICLE = (
    "<article>"
    + "<p>The council met to talk about the library and its opening hours in the winter.</p>" * 40
    + "</article>"
)
SHORT = (
    "<article><h1>Note</h1>" + "<p>The library is closed on Monday because of works on the roof.</p>" * 5 + "</article>"
)
LOGIN_BOX = "<form action=/login><input name=user><input type=password name=pw><button>Log in</button></form>"


def asked(html, *, status=200, settings=None):
    page = page_facts(read(html.encode(), content_type="text/html", url=URL), status=status, with_language=False)
    return access_wall(ContentFacts(URL, "bot", page, NOW), settings or Settings())


def ld(value):
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


WALLS = {
    "Cloudflare": "<title>Just a moment...</title><form id=challenge-form></form><p>Checking your browser</p>",
    "Cloudflare by script": "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>",
    "DataDome": "<p>Please enable JS and disable any ad blocker</p><iframe src='https://geo.captcha-delivery.com/captcha/?x=1'></iframe>",
    "Akamai": "<div id=sec-if-container></div><p>Powered and protected by</p>",
    "PerimeterX": "<title>Access to this page has been denied</title><div id=px-captcha></div><p>Press &amp; Hold to confirm</p>",
    "Imperva": "<iframe id=main-iframe src='/_Incapsula_Resource?CWUDNSAI=1'>Request unsuccessful.</iframe>",
    "Anubis": "<title>Making sure you're not a bot!</title><script id=anubis_challenge type=application/json>{}</script>",
    "hCaptcha": "<p>Please verify you are human</p><div class=h-captcha></div><script src=https://js.hcaptcha.com/1/api.js></script>",
    "reCAPTCHA": "<p>Our systems have detected unusual traffic from your network.</p><div class=g-recaptcha></div>",
    "reCAPTCHA German": "<p>Bestätigen Sie: ich bin kein Roboter</p><div class=g-recaptcha></div>",
    "Turnstile alone": "<div class=cf-turnstile></div><script src=https://challenges.cloudflare.com/turnstile/v0/api.js></script>",
    "log-in page": f"<title>Sign in to read on</title>{LOGIN_BOX}<p>You need an account.</p>",
    "log-in German": f"<title>Anmelden</title>{LOGIN_BOX}",
    "log-in without words": LOGIN_BOX,
}


@pytest.mark.parametrize("wall", WALLS)
def test_walls(wall):
    finding = asked(WALLS[wall])
    assert finding.verdict is Verdict.DENY
    assert finding.basis is Basis.SPEC
    assert finding.uses[Use.FETCH] is Permission.DENY
    assert finding.evidence[0].locator in finding.reason


PAGES = {
    "article": ARTICLE,
    "short page": SHORT,
    "empty page": "",
    "article with log-in box": f"<title>Login hours of the library</title>{LOGIN_BOX}{ARTICLE}",
    "short article with log-in box": f"<title>Library closed</title>{LOGIN_BOX}{SHORT}",
    "comment form with reCAPTCHA": f"{SHORT}<form><textarea></textarea><input name=mail><div class=g-recaptcha></div></form>",
    "contact form with hCaptcha": "<h1>Contact</h1><form><input name=name><textarea></textarea><div class=h-captcha></div></form>",
    "article with Turnstile script": f"{ARTICLE}<script src=https://challenges.cloudflare.com/turnstile/v0/api.js></script>",
    "ordinary page behind Cloudflare": f"{SHORT}<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
    "article about CAPTCHAs": f"<title>Are you a robot? On security checks</title>{ARTICLE}<div class=captcha></div>",
    "article about moments": f"<title>Just a moment in history</title>{SHORT}",
    "free article": ld({"@type": "NewsArticle", "isAccessibleForFree": True}) + SHORT,
    "free as a word": ld({"@type": "NewsArticle", "isAccessibleForFree": "True"}) + SHORT,
    "museum with a fee": ld({"@type": "Museum", "isAccessibleForFree": False}) + SHORT,
    "concert with a fee": ld([{"@type": ["MusicEvent"], "isAccessibleForFree": "false"}]) + SHORT,
    "list of paid articles": ld(
        {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "isAccessibleForFree": False}]}
    )
    + SHORT,
    "metered": "<meta property=article:content_tier content=metered>" + SHORT,
    "hostile JSON-LD": ld('{"isAccessibleForFree":' + "[" * 3_000) + SHORT,
}


@pytest.mark.parametrize("page", PAGES)
def test_ordinary_pages(page):
    finding = asked(PAGES[page])
    assert finding.verdict is Verdict.ALLOW
    assert finding.uses[Use.FETCH] is Permission.UNKNOWN  # no wall is no permission


PAID = {
    "boolean": ld({"@type": "NewsArticle", "isAccessibleForFree": False}),
    "word": ld({"@type": "NewsArticle", "isAccessibleForFree": "False"}),
    "URL": ld({"@type": "Article", "isAccessibleForFree": "https://schema.org/False"}),
    "graph": ld({"@graph": [{"@type": "WebSite"}, {"@type": "BlogPosting", "isAccessibleForFree": False}]}),
    "part": ld(
        {
            "@type": "NewsArticle",
            "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"},
        }
    ),
    "prefixed": ld({"@type": "schema:Article", "schema:isAccessibleForFree": {"@value": "false"}}),
    "broken JSON": ld('{"@type": "NewsArticle", "isAccessibleForFree": false,, }'),
    "microdata": "<div itemscope itemtype=https://schema.org/Article><meta itemprop=isAccessibleForFree content=False></div>",
    "content tier": "<meta property=article:content_tier content=locked>",
}


@pytest.mark.parametrize("mark", PAID)
def test_paid_content_is_a_policy_of_ours(mark):
    """§11: `isAccessibleForFree=false` means paywall, tagged as policy."""
    finding = asked(PAID[mark] + ARTICLE)
    assert (finding.verdict, finding.basis) == (Verdict.DENY, Basis.POLICY)


def test_a_policy_can_be_stricter_and_not_laxer():
    wall = WALLS["reCAPTCHA"]
    assert asked(wall, settings=Settings(0, 0)).verdict is Verdict.DENY
    padded = wall + "<p>We are sorry for that. " * 120
    assert asked(padded).verdict is Verdict.ALLOW
    assert asked(padded, settings=Settings(max_challenge_text=10_000)).verdict is Verdict.DENY


def test_the_status_is_evidence_too():
    page = "<div id=px-captcha></div><p>" + "We will be right back with you. " * 20
    assert asked(page).verdict is Verdict.ALLOW
    assert asked(page, status=403).verdict is Verdict.DENY


@given(st.text(alphabet='<>/ "={}[]:,captchlogin@ypesfrFe', max_size=200))
def test_never_raises(text):
    assert asked(text).rule == "access_wall"
    assert asked(ld(text)).rule == "access_wall"


@pytest.mark.parametrize(("value", "verdict"), [("false", "deny"), ("False", "deny"), ("true", "allow")])
@pytest.mark.parametrize("name", ["schema:isAccessibleForFree", "isAccessibleForFree"])
def test_paid_content_in_rdfa(name, value, verdict):
    """schema.org isAccessibleForFree as `property`."""
    finding = asked(f'<meta property="{name}" content="{value}"><p>{"A story. " * 900}')
    assert finding.verdict is Verdict(verdict)
