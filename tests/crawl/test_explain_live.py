"""`collector explain URL` of the live site: the gates as the crawl asks them, nobody contacted who may not be."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.support.crawling import Crawling, finished
from tests.support.simsite import Reply

HOST = "a.localhost"


@pytest.fixture
def explain(crawling: Crawling, monkeypatch):
    """The answer for a URL, as JSON; temporary files go to a folder that is looked at."""
    temporary = crawling.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    def asked(url: str, *arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "collector.cli", "explain", url, "--policy", str(crawling.policy)]
        command += ["--data", str(crawling.data), "--json", *arguments]
        answer = finished(command, timeout=60)
        assert answer.returncode == 0, answer.stderr
        assert list(temporary.iterdir()) == [], "explaining keeps nothing"
        assert not crawling.collection.exists()
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    return asked


def test_a_page_that_would_be_kept_asks_for_robots_and_the_page_and_no_more(explain, simweb):
    site = simweb.site(HOST).robots("User-agent: *\nAllow: /\nSitemap: /sitemap.xml\n")
    site.page("/x", links=["/y"]).page("/y").sitemap("/sitemap.xml", [simweb.url(HOST, "/y")])
    answer = explain(simweb.url(HOST, "/x"))
    assert (answer["verdict"], answer["outcome"], answer["gate"]) == ("allow", "archived", None)
    assert answer["uses"]["fetch"] == "allow"
    assert {finding["gate"] for finding in answer["findings"]} == {"url", "site", "response", "content"}
    asked = simweb.log.paths(HOST)
    assert "/x" in asked
    assert "/y" not in asked
    assert "/sitemap.xml" not in asked


def test_where_robots_says_no_the_page_is_not_asked_for(explain, simweb):
    simweb.site(HOST).robots("User-agent: corpusbot\nDisallow: /x\n").page("/x")
    answer = explain(simweb.url(HOST, "/x"))
    assert (answer["verdict"], answer["gate"], answer["uses"]["fetch"]) == ("deny", "site", "deny")
    assert "line 2" in answer["reason"]
    assert "/x" not in simweb.log.paths(HOST)


def test_an_unreachable_robots_txt_defers(explain, simweb):
    simweb.site(HOST).robots(Reply(503)).page("/x")
    answer = explain(simweb.url(HOST, "/x"))
    assert (answer["verdict"], answer["gate"], answer["uses"]["fetch"]) == ("defer", "site", "deny")
    assert "/x" not in simweb.log.paths(HOST)


@pytest.mark.parametrize("what", ["opted-out", "out of scope", "personal", "private"])
def test_refused_hosts_are_not_contacted(explain, crawling, simweb, what):
    simweb.site(HOST).page("/x")
    url = simweb.url(HOST, "/x")
    if what == "opted-out":
        command = [sys.executable, "-m", "collector.cli", "registry", "add", HOST, "--reason", "letter, case 1"]
        assert finished([*command, "--data", str(crawling.data)], timeout=60).returncode == 0
    elif what == "out of scope":
        crawling.scope = 'exclude = ["*"]'
    elif what == "personal":
        url += "?email=jane.roe@example.org"
    else:
        url = f"http://10.0.0.1:{simweb.port}/x"
        crawling.scope = "any_domain = true"
    rule = {
        "opted-out": "opted_out",
        "out of scope": "in_scope",
        "personal": "personal_url",
        "private": "public_address",
    }
    answer = explain(url)
    assert (answer["verdict"], answer["gate"]) == ("deny", "url")
    assert [f["rule"] for f in answer["findings"] if f["verdict"] == "deny"] == [rule[what]]
    assert simweb.log.connections == []


def test_signals_show_asks_the_site_and_says_who_wins_and_what_was_not_looked_at(crawling, simweb):
    """Issue 4, Seeing it: each mechanism, what was found where, the exact text, what it means, who wins and why."""
    robots = "User-agent: *\nContent-Signal: ai-train=yes\nContent-Usage: train-ai=n\nAllow: /\n"
    simweb.site(HOST).robots(robots).page("/x")
    command = [sys.executable, "-m", "collector.cli", "signals", "show", simweb.url(HOST, "/x")]
    command += ["--policy", str(crawling.policy), "--data", str(crawling.data)]
    answer = finished(command, timeout=60)
    assert answer.returncode == 0, answer.stderr
    told = " ".join(answer.stdout.replace("|", " ").split())
    assert "Content-Usage: train-ai=n" in told
    assert "denied by AIPREF Content-Usage in robots.txt; a denial beats the permission of Content-Signal" in told
    assert "Not looked at: the page was not asked for, because the site ended it before." in told
    assert "file /robots.txt: HTTP 200, asked" in told
    assert "/x" not in simweb.log.paths(HOST)
