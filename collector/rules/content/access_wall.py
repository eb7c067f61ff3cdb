"""Stops at walls that stand in the page itself: challenges, log-ins, paid content.

Each is doubly evidenced, because the marks alone stand on ordinary pages too: a comment form has a
reCAPTCHA, a newspaper's header a log-in box.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from collector.document.facts import PageFacts
from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.uses import Use, Uses
from collector.rules.facts import ContentFacts

DEFAULT_CHALLENGE_TEXT = 2_000
DEFAULT_LOGIN_TEXT = 1_500
_WIDGET_ALONE = 400  # characters of text beside a CAPTCHA that is all there is to do
_LOGIN_ALONE = 200
_MAX_NODES = 5_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Characters of visible text up to which a page can be a wall. A policy can raise them, not lower them."""

    max_challenge_text: int = DEFAULT_CHALLENGE_TEXT
    max_login_text: int = DEFAULT_LOGIN_TEXT


# Marks that only an interstitial has, by vendor: element ids and classes, then parts of script or frame addresses.
_INTERSTITIALS = (
    ("Cloudflare", ("challenge-form", "challenge-running", "challenge-error-title", "challenge-error-text",
                    "cf-challenge-running", "cf-please-wait", "cf-error-details", "cf-captcha-container"),
     ("/cdn-cgi/challenge-platform/h/",)),
    ("DataDome", ("ddv1-captcha-container", "datadome-captcha"), ("captcha-delivery.com",)),
    ("Akamai", ("sec-if-container", "sec-cpt-if", "sec-if-cpt-container", "sec-container"),
     ("/_sec/cp_challenge", "/_sec/verify")),
    ("PerimeterX", ("px-captcha", "px-captcha-wrapper", "px-captcha-container"),
     ("captcha.px-cdn.net", "captcha.px-cloud.net", "/captcha/captcha.js")),
    ("Imperva", ("incapsula-captcha", "main-iframe"), ("_incapsula_resource",)),
    ("AWS WAF", ("captcha-container", "amzn-captcha"),
     ("token.awswaf.com", "captcha.awswaf.com", "edge.sdk.awswaf.com")),
    ("Anubis", ("anubis_challenge", "anubis_version"), ("/.within.website/x/cmd/anubis/",)),
    ("Kasada", ("kpsdk-challenge",), ("/149e9513-01fa-4fb0-aad4-566afd725d1b/",)),
    ("Sucuri", ("sucuri-captcha",), ("sucuri.net/captcha",)),
)  # fmt: skip
# Marks of a CAPTCHA that stands in ordinary forms as well.
_WIDGETS = (
    ("hCaptcha", ("h-captcha",), ("hcaptcha.com/",)),
    ("reCAPTCHA", ("g-recaptcha", "recaptcha"),
     ("google.com/recaptcha/", "recaptcha.net/recaptcha/", "gstatic.com/recaptcha/")),
    ("Turnstile", ("cf-turnstile",), ("challenges.cloudflare.com/",)),
    ("Arkose", ("funcaptcha", "arkose"), ("arkoselabs.com", "funcaptcha.com")),
    ("Friendly Captcha", ("frc-captcha",), ("friendlycaptcha",)),
    ("GeeTest", ("geetest_captcha",), ("geetest.com",)),
    ("a CAPTCHA", ("captcha", "captcha-form", "captcha-box"), ("/captcha",)),
)  # fmt: skip
_CHALLENGE = re.compile(
    r"just a moment|attention required|checking (?:your|if the site|the site)|verify(?:ing)? (?:that )?you(?:'re"
    r"| are) (?:a )?(?:not a )?"
    r"(?:human|robot)|are you (?:a )?(?:human|robot)|you(?:'re| are) not a robot|prove (?:that )?you(?:'re"
    r"| are) (?:a )?human"
    r"|unusual traffic|automated (?:queries|requests|access)|security (?:check|verification|challenge)"
    r"|human verification|ddos protection"
    r"|enable javascript and cookies to continue|press (?:&|and) hold|pardon our interruption"
    r"|access (?:to this page )?(?:has been )?denied"
    r"|bot (?:detection|verification|protection)|one more step|please complete the (?:captcha|security)"
    r"|making sure you(?:'re| are) not a bot"
    r"|sind sie ein (?:mensch|roboter)|kein roboter|sicherheits(?:überprüfung|prüfung)|einen moment"
    r"|vérif\w+ que vous (?:êtes|n'êtes)|pas un robot|un instant|vérification de sécurité"
    r"|no (?:eres|es|soy) un robot|un momento|verifica que eres humano|comprobación de seguridad"
    r"|non sono un robot|não sou um robô"
    r"|geen robot|nie jestem robotem"
    r"|我不是机器人|安全验证|人机验证|ロボットではありません|로봇이 아닙니다|проверка безопасности|не робот",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?[io]n|sign ?in|log into|members? (?:only|area|login)|please (?:log|sign)|anmeld\w*|einloggen"
    r"|login|se connecter"
    r"|connexion|identifi\w+|iniciar sesi[oó]n|acceder|accedi|accesso|entrar|inloggen|aanmelden|zaloguj|logowanie"
    r"|logga in"
    r"|log ind|logg inn|kirjaudu|přihl\w+|bejelentkez\w+|autentific\w+|вход|войти|увійти|登录|登入|ログイン|로그인)\b",
    re.IGNORECASE,
)
_FALSE = frozenset(("false", "no", "0", "http://schema.org/false", "https://schema.org/false"))
_FREE = re.compile(
    r'"(?:[\w:/.]*[/:])?isAccessibleForFree"\s{0,20}:\s{0,20}(?:"([^"]{0,60})"|(false|true|0|1))', re.IGNORECASE
)
# Things that cost something to visit or to buy, while the page about them is free to read.
_NOT_WORKS = re.compile(
    r"event|festival|place|museum|attraction|gallery|park|course|product|offer|service|app$|application|game"
    r"|business|store"
    r"|organization|accommodation|facility|trip|tour$|hotel|restaurant|cinema|theater|zoo|stadium|building|venue",
    re.IGNORECASE,
)
# What a page consists of: a list of other pages' articles is not looked into.
_PARTS = ("@graph", "mainentity", "mainentityofpage", "haspart", "ispartof")


def access_wall(facts: ContentFacts, settings: Settings) -> Finding:
    """Is the page itself a wall: a challenge, a log-in, or content marked as paid?

    Freely accessible content only, and no way around a technical measure (EU code of practice for general-
    purpose AI, copyright measure 1.2(a); CNIL web scraping sheet: a CAPTCHA is an objection).
    """
    page = facts.page
    stated = _paid_content(page)
    if stated:
        return _deny(f"paid content: {stated}", stated, Basis.POLICY)
    challenge = _challenge(page, max(settings.max_challenge_text, DEFAULT_CHALLENGE_TEXT))
    if challenge:
        return _deny(f"a challenge instead of a page: {challenge}", challenge, Basis.SPEC)
    login = _login(page, max(settings.max_login_text, DEFAULT_LOGIN_TEXT))
    if login:
        return _deny(f"a log-in instead of a page: {login}", login, Basis.SPEC)
    return Finding("access_wall", Verdict.ALLOW, "no challenge, log-in or paid content stands in the way")


def _deny(reason: str, locator: str, basis: Basis) -> Finding:
    return Finding(
        "access_wall", Verdict.DENY, reason, Uses.denying(Use.FETCH), basis, (Evidence("page", locator=locator),)
    )


def _challenge(page: PageFacts, longest: int) -> str:
    if page.text_length > longest:
        return ""
    said = _CHALLENGE.search(page.title) or _CHALLENGE.search(page.text_sample)
    vendor = _mark(page, _INTERSTITIALS)
    if vendor and (said or page.text_length <= _WIDGET_ALONE or page.status in (403, 429, 503)):
        return f"{vendor}, {_so(said)}"
    widget = _mark(page, _WIDGETS)
    if not widget:
        return ""
    if said:
        return f"{widget}, {_so(said)}"
    asks_else = any(form.text_inputs or form.has_password for form in page.forms)
    return f"{widget} and nothing else to do" if page.text_length <= _WIDGET_ALONE and not asks_else else ""


def _so(said: re.Match[str] | None) -> str:
    return f"and the page says {said[0]!r}" if said else "and next to no text"


_Marks = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


def _mark(page: PageFacts, marks: _Marks) -> str:
    sources = [source.lower() for source in (*page.script_sources, *page.iframe_sources)]
    for vendor, names, addresses in marks:
        if any(name in page.element_ids for name in names):
            return vendor
        if any(address in source for source in sources for address in addresses):
            return vendor
    return ""


def _login(page: PageFacts, longest: int) -> str:
    if page.text_length > longest or not any(form.has_password for form in page.forms):
        return ""
    titled = _LOGIN.search(page.title)
    if titled:
        return f"a password form under the title {titled[0]!r}"
    return "a password form and next to no text" if page.text_length <= _LOGIN_ALONE else ""


def _paid_content(page: PageFacts) -> str:
    for meta in page.metas:
        if meta.property == "article:content_tier" and meta.content.strip().lower() == "locked":
            return "article:content_tier is locked"
        said = meta.itemprop or meta.property.rpartition(":")[2]  # microdata, RDFa
        if said == "isaccessibleforfree" and meta.content.strip().lower() in _FALSE and _about_work(page):
            return f"{'microdata' if meta.itemprop else 'RDFa'} isAccessibleForFree is false"
    for script in page.json_ld:
        if "isaccessibleforfree" in script.lower() and _is_paid(script):
            return "JSON-LD isAccessibleForFree is false"
    return ""


def _about_work(page: PageFacts) -> bool:
    """Microdata is flat here: a page with an event or a place on it may mean the entrance fee."""
    return not any(_NOT_WORKS.search(kind.rpartition("/")[2]) for kind in page.microdata_types)


def _is_paid(script: str) -> bool:
    try:
        value = json.loads(script.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        # broken, but it plainly says so
        return any((found[1] or found[2] or "").lower() in _FALSE for found in _FREE.finditer(script))
    return any(_says_paid(node) for node in _works(value))


def _works(value: Any) -> Iterator[dict[str, Any]]:
    """The objects that describe this page: at the top, in `@graph`, and what they say they consist of."""
    stack = [value]
    seen = 0
    while stack and seen < _MAX_NODES:
        node = stack.pop()
        seen += 1
        if isinstance(node, list):
            stack.extend(node[:_MAX_NODES])
        elif isinstance(node, dict):
            yield node
            stack.extend(each for key, each in node.items() if key.rpartition("/")[2].lower() in _PARTS)


def _says_paid(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if any(isinstance(name, str) and _NOT_WORKS.search(name.rpartition("/")[2]) for name in names):
        return False
    for key, value in node.items():
        if key.rpartition("/")[2].rpartition(":")[2].lower() == "isaccessibleforfree":
            each = value.get("@value", value.get("@id")) if isinstance(value, dict) else value
            if each is False or (isinstance(each, str | int) and str(each).strip().lower() in _FALSE):
                return True
    return False
