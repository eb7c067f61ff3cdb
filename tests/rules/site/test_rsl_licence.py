"""Rule rsl_licence: RSL §4.3, §4.4, §4.9, and opt-out signals §9."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Attribute, Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.licensed import UNLICENSED, Settings
from collector.rules.site.rsl_licence import rsl_licence
from collector.signals.robots_txt import parse
from collector.signals.rsl import NAMESPACE
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HERE = "https://www.example.org/licence.xml"
NAMED = f"License: {HERE}\n"
PROHIBITS = '<prohibits type="usage">ai-all</prohibits>'
PERMITS = '<permits type="usage">ai-all</permits>'


def document(licence: str) -> bytes:
    return f'<rsl xmlns="{NAMESPACE}"><content url="/"><license>{licence}</license></content></rsl>'.encode()


def answer(body: bytes = b"", url: str = HERE, reach: Reach = Reach.AVAILABLE, **more) -> SiteFile:
    return SiteFile(url, reach, **{"status": 200, **more}, body=body)


def ask(robots: str, *answers: SiteFile, page: str = "https://www.example.org/a", **settings):
    body = robots.encode()
    file = SiteFile("https://www.example.org/robots.txt", Reach.AVAILABLE, 200, body)
    facts = SiteFacts(parse_url(page), "corpusbot", file, parse(body), NOW, {one.url: one for one in answers})
    return rsl_licence(facts, Settings(**settings))


class TestOneDocument:
    def test_a_prohibition(self):
        finding = ask(NAMED, answer(document(PROHIBITS), record_id="urn:uuid:1"))
        assert (finding.verdict, finding.basis) == (Verdict.ALLOW, Basis.POLICY)
        assert finding.uses == Uses.denying(Use.TRAIN, Use.INPUT)
        assert finding.reason == "licence named in robots.txt: train, input denied: line 1 prohibits ai-all"
        robots, licence = finding.evidence
        assert (robots.source, robots.locator) == ("https://www.example.org/robots.txt", f"line 1: License: {HERE}")
        assert (licence.source, licence.locator) == (HERE, "line 1: prohibits ai-all; record urn:uuid:1")
        assert licence.digest == answer(document(PROHIBITS)).digest

    def test_a_permission(self):
        finding = ask(NAMED, answer(document('<permits type="usage">all</permits>')))
        assert finding.uses == Uses.allowing(Use.TRAIN, Use.INPUT, Use.INDEX, Use.TDM)

    def test_an_attribution_is_an_obligation(self):
        finding = ask(NAMED, answer(document(PERMITS + '<payment type="attribution"/>')))
        assert (finding.uses.train, finding.obligations) == (Permission.ALLOW, (Attribute(HERE),))

    def test_a_page_that_it_does_not_cover(self):
        body = document(PROHIBITS).replace(b'url="/"', b'url="/shop/"')
        finding = ask(NAMED, answer(body))
        assert (finding.uses, len(finding.evidence)) == (UNSTATED, 2)

    def test_no_licence_named(self):
        assert ask("User-agent: *\nDisallow:\n").reason == "robots.txt names no RSL licence for us"

    def test_settings_reach_the_terms(self):
        body = document(PERMITS + '<permits type="user">education</permits>')
        assert ask(NAMED, answer(body)).uses.train is Permission.DENY
        assert ask(NAMED, answer(body), users=("education",)).uses.train is Permission.ALLOW
        credited = document(PERMITS + '<payment type="attribution"/>')
        assert ask(NAMED, answer(credited), accept_attribution=False).uses.train is Permission.DENY


class TestUnlicensed:
    """§4.3: what is named and cannot be had, or is not conformant, licenses nothing."""

    @pytest.mark.parametrize(
        "answers",
        [
            (),
            (answer(reach=Reach.UNAVAILABLE, status=404),),
            (answer(reach=Reach.UNREACHABLE, status=503),),
            (answer(reach=Reach.UNREACHABLE, status=None, error="timeout"),),
            (answer(b"<!doctype html><title>Not found</title>", media_type="text/html"),),
            (answer(b""),),
            (answer(f'<rsl xmlns="{NAMESPACE}"><content url="/"/></rsl>'.encode()),),
        ],
        ids=["not asked", "404", "503", "timeout", "page", "empty", "content without licence"],
    )
    def test_denies(self, answers):
        finding = ask(NAMED, *answers)
        assert (finding.verdict, finding.uses, finding.basis) == (Verdict.ALLOW, UNLICENSED, Basis.POLICY)
        assert "not licensed: the RSL document " in finding.reason
        assert HERE in finding.evidence[0].locator

    def test_2_2_any_media_type_is_read(self):
        finding = ask(NAMED, answer(document(PERMITS), media_type="text/html"))
        assert finding.uses.train is Permission.ALLOW

    @pytest.mark.parametrize("url", ["https://creativecommons.org/licenses/by/4.0/",
                                     "http://www.creativecommons.org/publicdomain/zero/1.0/"])  # fmt: skip
    @pytest.mark.parametrize("body", [b"<html>Attribution 4.0</html>", None])
    def test_a_text_of_creative_commons_is_recorded(self, url, body):
        answers = () if body is None else (answer(body, url=url),)
        finding = ask(f"License: {url}\n", *answers)
        assert finding.uses == UNSTATED
        assert url in finding.evidence[0].locator

    def test_other_texts_are_refusals(self):
        assert ask("License: https://notcreativecommons.org/by/\n").uses == UNLICENSED
        assert ask("License: https://creativecommons.org/l\n", deed_hosts=()).uses == UNLICENSED

    def test_a_word_is_recorded(self):
        finding = ask("License: CC-BY-4.0\n")
        assert (finding.uses, finding.evidence[0].locator) == (UNSTATED, "line 1: License: CC-BY-4.0")


class TestWhatMayOnlyRestrict:
    """Malformed and permissive is unknown, malformed and restrictive a no (opt-out signals §0)."""

    @pytest.mark.parametrize("line", ["License: /licence.xml\n", "License: licence.xml\n"])
    def test_a_relative_address(self, line):
        denied = ask(line, answer(document(PROHIBITS)))
        assert (denied.uses.train, denied.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)
        assert ask(line, answer(document(PERMITS))).uses.train is Permission.UNKNOWN
        assert ask(line).uses.train is Permission.DENY

    def test_8_what_came_over_http(self):
        url = "http://www.example.org/licence.xml"
        assert ask(f"License: {url}\n", answer(document(PERMITS), url=url)).uses.train is Permission.UNKNOWN
        assert ask(f"License: {url}\n", answer(document(PROHIBITS), url=url)).uses.train is Permission.DENY
        permitted = ask(f"License: {url}\n", answer(document(PERMITS), url=url), https_only=False)
        assert permitted.uses.train is Permission.ALLOW

    def test_a_copy_that_has_expired(self):
        old, fresh = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
        assert ask(NAMED, answer(document(PERMITS), valid_until=old)).uses.train is Permission.UNKNOWN
        assert ask(NAMED, answer(document(PERMITS), valid_until=fresh)).uses.train is Permission.ALLOW
        assert ask(NAMED, answer(document(PROHIBITS), valid_until=old)).uses.train is Permission.DENY

    def test_the_licence_of_everybody_where_our_group_has_none(self):
        robots = f"User-agent: corpusbot\nAllow: /\n\nUser-agent: *\n{NAMED}"
        assert ask(robots, answer(document(PERMITS))).uses.train is Permission.UNKNOWN
        denied = ask(robots, answer(document(PROHIBITS)))
        assert (denied.uses.train, denied.basis) == (Permission.DENY, Basis.POLICY)


class TestSeveralDocuments:
    OTHER = "https://other.example.net/l"

    def test_4_9_the_most_restrictive_combination(self):
        finding = ask(
            NAMED + f"License: {self.OTHER}\n",
            answer(document('<permits type="usage">all</permits>')),
            answer(document('<prohibits type="usage">ai-train</prohibits>'), url=self.OTHER),
        )
        assert (finding.uses.train, finding.uses.input) == (Permission.DENY, Permission.ALLOW)
        assert finding.reason == (
            "licence named in robots.txt: train denied: line 1 prohibits ai-train; "
            "train, input, index, tdm allowed: line 1 permits all"
        )
        robots = "https://www.example.org/robots.txt"
        assert [evidence.source for evidence in finding.evidence] == [robots, self.OTHER, robots, HERE]

    def test_a_flood_is_not_read_and_denies(self):
        finding = ask("".join(f"License: https://creativecommons.org/{n}\n" for n in range(17)))
        assert finding.uses == UNLICENSED
        assert "17 licence documents" in finding.reason


@given(
    st.lists(st.sampled_from([NAMED, "License: /x\n", "License: MIT\n", "User-agent: *\n", "User-agent: corpusbot\n"])),
    st.binary(max_size=60) | st.sampled_from([document(PERMITS), document(PROHIBITS), document("")]),
    st.sampled_from(list(Reach)),
)
def test_always_answers_and_never_refuses_a_fetch(lines, body, reach):
    finding = ask("".join(lines), answer(body if reach is Reach.AVAILABLE else b"", reach=reach))
    assert finding.verdict is Verdict.ALLOW
    assert finding.uses.fetch is Permission.UNKNOWN
    assert (finding.uses != UNSTATED) <= bool(finding.evidence)
