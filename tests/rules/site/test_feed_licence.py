"""Rule feed_licence: RSL §4.7."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.document.feed import MAX_LICENCE
from collector.document.links import links
from collector.document.read import read
from collector.model.decision import Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.facts import SiteFacts
from collector.rules.licensed import UNLICENSED, Settings
from collector.rules.site.feed_licence import feed_licence
from collector.signals.robots_txt import RobotsTxt
from collector.signals.rsl import NAMESPACE, read_rsl
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FEED = parse_url("https://site.test/feed.xml")
ROBOTS = SiteFile("https://site.test/robots.txt", Reach.UNAVAILABLE, 404)
PERMITS = '<rsl:license><rsl:permits type="usage">ai-all</rsl:permits></rsl:license>'
PROHIBITS = '<rsl:license><rsl:prohibits type="usage">all</rsl:prohibits></rsl:license>'


def found(inside: str, kind: str = "rss"):
    entry = f"<item><link>/a</link>{inside}</item>" if kind == "rss" else f'<entry><link href="/a"/>{inside}</entry>'
    root = f'<rss version="2.0" xmlns:rsl="{NAMESPACE}"><channel>{entry}</channel></rss>'
    if kind == "atom":
        root = f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:rsl="{NAMESPACE}">{entry}</feed>'
    document = read(f'<?xml version="1.0"?>{root}'.encode(), content_type="application/xml", url=FEED)
    (link,) = links(document, FEED)
    return link


def ask(body: bytes, *, feed: str = FEED.href, until: datetime | None = None):
    file = SiteFile(feed, Reach.AVAILABLE, 200, body, valid_until=until)
    facts = SiteFacts(parse_url("https://site.test/a"), "bot", ROBOTS, RobotsTxt(), NOW, {IN_FEED: file})
    finding = feed_licence(facts, Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


@pytest.mark.parametrize("kind", ["rss", "atom"])
@pytest.mark.parametrize(
    "inside",
    [
        f'<rsl:content url="/a">{PROHIBITS}</rsl:content>',
        f'<rsl:content url="">{PROHIBITS}</rsl:content>',
        f'<rsl:rsl><rsl:content url="https://site.test/a">{PROHIBITS}</rsl:content></rsl:rsl>',
    ],
)
def test_the_entry_carries_a_whole_document(kind, inside):
    body = found(inside, kind).licence
    assert not read_rsl(body).fault
    assert ask(body).uses.train is Permission.DENY


def test_it_permits_over_https_and_in_time_only():
    body = found(f'<rsl:content url="/a">{PERMITS}</rsl:content>').licence
    assert ask(body).uses.train is Permission.ALLOW
    assert ask(body, feed="http://site.test/feed.xml").uses.train is Permission.UNKNOWN
    assert ask(body, until=NOW - timedelta(seconds=1)).uses.train is Permission.UNKNOWN


def test_entries_without_one_and_broken_ones():
    assert found("").licence == b""
    assert ask(found('<rsl:content url="/a"/>').licence).uses == UNLICENSED
    huge = found(f'<rsl:content url="/a">{PROHIBITS}<!----><rsl:x>{"y" * MAX_LICENCE}</rsl:x></rsl:content>').licence
    assert len(huge) == MAX_LICENCE
    assert ask(huge).uses == UNLICENSED


def test_no_feed_spoke():
    facts = SiteFacts(parse_url("https://site.test/a"), "bot", ROBOTS, RobotsTxt(), NOW)
    assert feed_licence(facts, Settings()).uses == UNSTATED
