"""Pages for tests of the content gate: HTML in, the finding of one rule out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Finding, Flag
from collector.model.url import parse_url
from collector.rules.facts import ContentFacts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def facts_of(html: str, url: str = "https://www.example.org/page") -> ContentFacts:
    """The facts of gate 4 for a page."""
    where = parse_url(url)
    document = read(f"<!doctype html><html>{html}</html>".encode(), content_type="text/html; charset=utf-8", url=where)
    return ContentFacts(where, "corpusbot", page_facts(document, status=200, with_language=False), NOW)


def ask(rule: Callable[[Any, Any], Finding], settings: Any, html: str, url: str = "https://www.example.org/page"):
    """The rule's finding on a page."""
    return rule(facts_of(html, url), settings)


def ld(value: object) -> str:
    """A JSON-LD script."""
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def flags(finding: Finding) -> list[str]:
    """The categories that the finding marks the page with."""
    return [obligation.category for obligation in finding.obligations if isinstance(obligation, Flag)]


def quoted(finding: Finding) -> str:
    """Everything a finding says, to look for what it must not say."""
    return " ".join((finding.reason, *(evidence.locator for evidence in finding.evidence)))
