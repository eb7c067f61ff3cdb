"""Rule robots_txt: RFC 9309 §2.2 and §2.3.1, and where we are stricter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, CrawlDelay, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import Permission, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.robots_txt import Bound, robots_txt
from collector.signals.reach import Answer, interpret, settle
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROBOTS = "https://www.example.org/robots.txt"
DISALLOW = b"User-agent: *\nDisallow: /\n"
ALLOW, DENY, DEFER = Verdict.ALLOW, Verdict.DENY, Verdict.DEFER


def facts_of(robots: SiteFile, path: str = "/") -> SiteFacts:
    return SiteFacts(parse_url("https://www.example.org" + path), "corpusbot", robots, parse(robots.body), NOW)


def ask(robots: SiteFile | str | bytes, path: str = "/", **settings):
    if not isinstance(robots, SiteFile):
        body = robots.encode() if isinstance(robots, str) else robots
        robots = SiteFile(ROBOTS, Reach.AVAILABLE, 200, body, fetched_at=NOW, record_id="urn:uuid:1")
    return robots_txt(facts_of(robots, path), Bound(**settings))


def fetched(*answers: Answer) -> SiteFile:
    return interpret(answers, fetched_at=NOW)


def got(status: int | None = 200, body: bytes = b"", url: str = ROBOTS, error: str = "") -> Answer:
    return Answer(url, status, Headers(), body, error)


class TestMatching:
    """RFC 9309 §2.2."""

    @pytest.mark.parametrize(
        ("text", "path", "verdict"),
        [
            # §2.2.4: an other record must not end the list of names
            ("User-agent: corpusbot\nUnknown: x\nUser-agent: *\nDisallow: /\n", "/", DENY),
            ("User-agent: corpusbot\nLicense: https://e.test/l.xml\nUser-agent: x\nDisallow: /\n", "/", DENY),
            # §2.2.1: only exactly our token, without case
            ("User-agent: corpusbot-news\nDisallow: /\n", "/", ALLOW),
            ("User-agent: CorpusBot\nDisallow: /\n", "/", DENY),
            # §2.1: blank lines end no group; a rule before any name is ignored
            ("User-agent: corpusbot\n\n\nDisallow: /x\n", "/x", DENY),
            ("Disallow: /\nUser-agent: *\nDisallow: /x\n", "/y", ALLOW),
            # §2.2.2: an empty value is no rule; case counts in paths; unreserved characters are decoded
            ("User-agent: *\nDisallow:\n", "/", ALLOW),
            ("User-agent: *\nDisallow: /foo\n", "/Foo", ALLOW),
            ("User-agent: *\nDisallow: /%7ejoe/\n", "/~joe/i.html", DENY),
            # §2.2.3: the end of a pattern
            ("User-agent: *\nDisallow: /*.gif$\n", "/a.gif?x=1", ALLOW),
            ("User-agent: *\nDisallow: /*.gif$\n", "/a.gif", DENY),
            # §2.2: U+2028 ends no line, so this is one long path
            ("User-agent: *\nDisallow: /x\u2028Allow: /\n", "/x", ALLOW),
            # an Allow for another crawler permits us nothing
            ("User-agent: GPTBot\nAllow: /\nUser-agent: *\nDisallow: /\n", "/", DENY),
        ],
    )
    def test_by_paragraph(self, text, path, verdict):
        finding = ask(text, path)
        assert finding.verdict is verdict
        assert finding.basis is Basis.SPEC
        assert finding.uses == (Uses(fetch=Permission.ALLOW) if verdict is ALLOW else Uses(fetch=Permission.DENY))

    def test_the_deciding_line_and_its_evidence_are_told(self):
        finding = ask("User-agent: *\nDisallow: /\nAllow: /blog/\n", "/blog/x")
        assert finding.reason == "allowed: robots.txt line 3 `Allow: /blog/`"
        (evidence,) = finding.evidence
        assert evidence.source == ROBOTS
        assert str(evidence.digest).startswith("sha256:")
        assert evidence.locator == "line 3: Allow: /blog/; record urn:uuid:1"

    def test_a_refusal_in_plain_words(self):
        assert ask("User-agent: *\nDisallow: /private/\n", "/private/x").reason == (
            "refused: robots.txt line 2 `Disallow: /private/` for *"
        )

    def test_silence_in_plain_words(self):
        assert (
            ask("User-agent: x\nDisallow: /\n").reason == "allowed: no group of robots.txt is for us or for everybody"
        )
        assert ask("User-agent: *\nDisallow: /x\n").reason == "allowed: no rule for * in robots.txt covers this path"
        assert ask("<html>gone</html>").reason.endswith("; robots.txt: looks like markup")

    def test_a_query_is_part_of_the_path(self):
        assert ask("User-agent: *\nDisallow: /*?session=\n", "/a?session=1").verdict is DENY


class TestAccessResults:
    """RFC 9309 §2.3.1."""

    @pytest.mark.parametrize(
        ("answers", "verdict", "basis"),
        [
            ([got(404)], ALLOW, Basis.SPEC),
            ([got(404, DISALLOW)], ALLOW, Basis.SPEC),
            ([got(410)], ALLOW, Basis.SPEC),
            ([got(400)], ALLOW, Basis.SPEC),
            ([got(401)], DENY, Basis.POLICY),
            ([got(403)], DENY, Basis.POLICY),
            ([got(407)], DENY, Basis.POLICY),
            ([got(451)], DENY, Basis.POLICY),
            ([got(429)], DEFER, Basis.POLICY),
            ([got(500)], DEFER, Basis.SPEC),
            ([got(503)], DEFER, Basis.SPEC),
            ([got(504)], DEFER, Basis.SPEC),
            ([got(None, error="timeout")], DEFER, Basis.SPEC),
            ([got(None, error="dns")], DEFER, Basis.SPEC),
            ([got(None, error="tls")], DEFER, Basis.SPEC),
            ([got(None, error="reset")], DEFER, Basis.SPEC),
            ([got(200, error="truncated")], DEFER, Basis.SPEC),
            ([got(302), got(200, DISALLOW, "https://www.example.org/r")], DENY, Basis.SPEC),
            ([got(302), got(200, DISALLOW, "https://other.example.net/robots.txt")], DENY, Basis.SPEC),
            ([got(302), got(500)], DEFER, Basis.SPEC),
            ([got(302), got(404)], ALLOW, Basis.SPEC),
            ([got(302)] * 6 + [got(200)], DEFER, Basis.POLICY),
            ([got(302), got(None, error="address")], DEFER, Basis.POLICY),
        ],
    )
    def test_by_answer(self, answers, verdict, basis):
        finding = ask(fetched(*answers))
        assert (finding.verdict, finding.basis) == (verdict, basis)
        assert finding.uses.fetch is (Permission.ALLOW if verdict is ALLOW else Permission.DENY)
        assert finding.evidence[0].source == ROBOTS

    def test_asked_again_until_it_answers(self):
        attempts = [fetched(got(503)), fetched(got(503)), fetched(got(200, DISALLOW))]
        assert ask(settle(attempts)).verdict is DENY
        assert ask(settle(attempts[:2])).verdict is DEFER

    def test_the_statuses_that_refuse_are_a_setting(self):
        assert ask(fetched(got(403)), deny_statuses=()).verdict is ALLOW
        assert ask(fetched(got(404)), deny_statuses=(404,)).verdict is DENY

    def test_reasons_say_what_happened(self):
        assert ask(fetched(got(503))).reason == "deferred: robots.txt cannot be read (it answered 503)"
        assert (
            ask(fetched(got(None, error="dns"))).reason
            == "deferred: robots.txt cannot be read (the host name was not resolved)"
        )
        assert ask(fetched(got(404))).reason == "allowed: robots.txt answered 404, so it sets no rules"

    def test_the_place_a_redirect_led_to_is_evidence(self):
        finding = ask(fetched(got(302), got(200, DISALLOW, "https://other.example.net/robots.txt")))
        assert "read at https://other.example.net/robots.txt" in finding.evidence[0].locator


class TestAge:
    """RFC 9309 §2.3.1.4 and §2.4."""

    def stale(self, body: bytes, age: timedelta, reach: Reach = Reach.AVAILABLE) -> SiteFile:
        return SiteFile(
            ROBOTS, reach, 200, body, fetched_at=NOW - age, valid_until=NOW - age + timedelta(days=1), stale=True
        )

    def test_an_older_copy_serves_while_the_file_is_unreachable(self):
        finding = ask(self.stale(b"User-agent: *\nDisallow: /x\n", timedelta(days=3)))
        assert finding.verdict is ALLOW
        assert finding.reason.endswith("; by the copy of 2026-10-29, robots.txt cannot be read now")
        assert ask(self.stale(DISALLOW, timedelta(days=3))).verdict is DENY

    def test_not_longer_than_its_limit(self):
        assert ask(self.stale(b"", timedelta(days=31))).verdict is DEFER
        assert ask(self.stale(b"", timedelta(days=3)), max_stale_days=2).verdict is DEFER

    def test_a_copy_of_unknown_age_is_too_old(self):
        assert ask(SiteFile(ROBOTS, Reach.AVAILABLE, 200, b"", stale=True)).verdict is DEFER

    def test_that_there_was_no_file_is_no_copy_of_one(self):
        assert (
            ask(SiteFile(ROBOTS, Reach.UNAVAILABLE, 404, fetched_at=NOW - timedelta(days=3), stale=True)).verdict
            is DEFER
        )

    def test_an_expired_copy_is_asked_for_again(self):
        old = SiteFile(
            ROBOTS, Reach.AVAILABLE, 200, b"", fetched_at=NOW - timedelta(days=2), valid_until=NOW - timedelta(days=1)
        )
        assert ask(old).verdict is DEFER


class TestAliases:
    """A site that blocks Scrapy by name means the software we run (policy)."""

    @pytest.mark.parametrize("own", ["", "User-agent: corpusbot\nAllow: /\n\n", "User-agent: *\nAllow: /\n\n"])
    def test_a_group_that_names_it_refuses(self, own):
        finding = ask(own + "User-agent: scrapy\nDisallow: /x\n", "/x")
        assert (finding.verdict, finding.basis) == (DENY, Basis.POLICY)
        assert "Scrapy" in finding.reason

    def test_its_permission_permits_nothing(self):
        assert ask("User-agent: Scrapy\nAllow: /\n\nUser-agent: *\nDisallow: /\n").verdict is DENY

    def test_other_paths_stay_open(self):
        assert ask("User-agent: Scrapy\nDisallow: /x\n", "/y").verdict is ALLOW

    def test_can_be_set(self):
        assert ask("User-agent: Scrapy\nDisallow: /\n", aliases=()).verdict is ALLOW
        assert ask("User-agent: oldname\nDisallow: /\n", aliases=("oldname",)).verdict is DENY


class TestCrawlDelay:
    def test_becomes_an_obligation(self):
        finding = ask("User-agent: *\nCrawl-delay: 7\nDisallow: /x\n")
        assert (finding.verdict, finding.obligations) == (ALLOW, (CrawlDelay(7.0),))

    def test_none_and_zero_oblige_to_nothing(self):
        assert ask("User-agent: *\nDisallow: /x\n").obligations == ()
        assert ask("User-agent: *\nCrawl-delay: 0\n").obligations == ()

    def test_everybodys_counts_only_where_everybodys_group_does(self):
        text = "User-agent: *\nCrawl-delay: 7\nDisallow:\n\nUser-agent: corpusbot\nDisallow: /x\n"
        assert ask(text).obligations == ()

    def test_more_than_we_wait_leaves_the_site_alone(self):
        finding = ask("User-agent: *\nCrawl-delay: 61\n", max_crawl_delay=60)
        assert (finding.verdict, finding.basis) == (DEFER, Basis.POLICY)
        assert finding.uses.fetch is Permission.DENY
        assert finding.reason == "deferred: robots.txt asks for 61 s between requests, and we wait 60 s at most"
        assert ask("User-agent: *\nCrawl-delay: 60\n", max_crawl_delay=60).obligations == (CrawlDelay(60.0),)
        assert ask("User-agent: *\nCrawl-delay: 61\n").obligations == (CrawlDelay(61.0),)

    def test_a_disallowed_path_is_refused_all_the_same(self):
        assert ask("User-agent: *\nCrawl-delay: 9999\nDisallow: /\n").verdict is DENY


class TestSlips:
    def test_refuse_as_plainly_meant(self):
        finding = ask("User-agent: *\nDissallow: /x\n", "/x")
        assert (finding.verdict, finding.basis) == (DENY, Basis.MALFORMED_RESTRICTIVE)
        assert "plainly meant" in finding.reason

    def test_can_be_left_to_the_letter_of_the_standard(self):
        assert ask("User-agent: *\nDissallow: /x\n", "/x", forgive_slips=False).verdict is ALLOW
        assert ask("User agent: Scrapy\nDisallow: /x\n", "/x", forgive_slips=False).verdict is ALLOW
        assert ask("User-agent: *\nDisallow: /x\n", "/x", forgive_slips=False).verdict is DENY


FILES = st.lists(
    st.sampled_from(["User-agent: *", "User-agent: corpusbot", "User-agent: Scrapy", "Disallow: /", "Disallow: /a", "Allow: /", "Allow: /a",
                     "Crawl-delay: 2", "Crawl-delay: 99", "Dissallow: /a", "x", ""]), max_size=8)  # fmt: skip


@given(
    st.binary(max_size=200) | FILES.map(lambda lines: "\n".join(lines).encode()), st.sampled_from(["/", "/a", "/a?b"])
)
def test_always_answers_and_says_fetch(body, path):
    finding = ask(body, path)
    assert finding.uses.fetch is (Permission.ALLOW if finding.verdict is ALLOW else Permission.DENY)
    assert finding.reason
    assert finding.evidence


@given(FILES, st.sampled_from(["/", "/a"]))
def test_another_refusing_group_admits_nothing(lines, path):
    before = ask("\n".join(lines), path)
    after = ask("\n".join([*lines, "User-agent: corpusbot", "User-agent: *", "Disallow: /"]), path)
    if before.verdict is DENY and "Allow" not in "\n".join(lines):
        assert after.verdict is DENY
