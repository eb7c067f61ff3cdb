"""The facts of the site gate are put together in one place, so that no asker leaves out what another one tells."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import collector
from collector.model.url import parse_url
from collector.rules.asking import Asking
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/a")


def test_whoever_asks_is_told_of_the_training_crawlers() -> None:
    robots = SiteFile("https://www.example.org/robots.txt", Reach.AVAILABLE, 200, b"User-agent: GPTBot\nDisallow: /\n")
    rules = parse(robots.body)
    facts = Asking("corpusbot", ("GPTBot",)).of_site(URL, robots, rules, NOW)
    assert (facts.product_token, facts.training_tokens, facts.files) == ("corpusbot", ("GPTBot",), {})
    assert (facts.robots, facts.robots_txt, facts.url, facts.now) == (robots, rules, URL, NOW)


def test_nobody_else_puts_them_together() -> None:
    package = Path(collector.__file__).parent
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"(?<!class )\bSiteFacts\(", path.read_text("utf-8"))
    }
    assert makers == {"rules/asking.py", "rules/facts.py"}
