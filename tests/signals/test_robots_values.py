from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import Meta
from collector.model.decision import NoArchive, NoFollow
from collector.model.headers import Headers
from collector.model.uses import Permission, Use
from collector.signals.meta_robots import read_meta_robots
from collector.signals.robots_values import (
    MAX_FIELD,
    MAX_TOTAL,
    MEANINGS,
    Address,
    audience_of,
    interpret,
    read_values,
)
from collector.signals.x_robots_tag import read_x_robots_tag
from tests.support.growth import assert_linear

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AUDIENCE = audience_of("corpusbot", ("Scrapy",), ("GPTBot", "AI2Bot"))
WORDS = st.lists(
    st.sampled_from(
        [*MEANINGS, "corpusbot:", "otherbot:", "GPTBot:", ",", ";", ":", " ", "'", "25 Jun 2010 15:00:00 PST", "0", "é"]
    )
).map(" ".join)


def names(text: str, agent: str = "") -> list[tuple[str, str, str]]:
    return [(d.agent, d.name, d.argument) for d in read_values(text, agent)]


def denied(text: str, *, respect_noindex: bool = True) -> set[str]:
    said = interpret(read_values(text), AUDIENCE, now=NOW, respect_noindex=respect_noindex)
    return {use.value for use, permission in said.uses if permission is Permission.DENY}


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("noai", [("", "noai", "")]),
            (" NoAI ,\tNoImageAI ", [("", "noai", ""), ("", "noimageai", "")]),
            ("corpusbot: noai", [("corpusbot", "noai", "")]),
            ("corpusbot:noai,noindex", [("corpusbot", "noai", ""), ("corpusbot", "noindex", "")]),
            (
                "noindex, otherbot: nofollow, CorpusBot: noai",
                [("", "noindex", ""), ("otherbot", "nofollow", ""), ("corpusbot", "noai", "")],
            ),
            ("otherbot: noai, *: noindex", [("otherbot", "noai", ""), ("", "noindex", "")]),
            ("max-snippet: 0, noai", [("", "max-snippet", "0"), ("", "noai", "")]),
            ("max-snippet:-1", [("", "max-snippet", "-1")]),
            ("max-image-preview:large, noai", [("", "max-image-preview", "large"), ("", "noai", "")]),
            ("max-snippet:", [("", "max-snippet", "")]),
            ("", []),
            (",;: ,", []),
        ],
    )
    def test_values_and_whom_they_are_for(self, text, found):
        assert names(text) == found

    @pytest.mark.parametrize(
        "date",
        [
            "25 Jun 2010 15:00:00 PST",
            "Friday, 25-Jun-10 15:00:00 UTC",
            "Fri, 25 Jun 2010 15:00:00 GMT",
            "2010-06-25T15:00:00Z",
            "2010-06-25T15:00:00+02:00",
        ],
    )
    @pytest.mark.parametrize("after", ["", ", noai", ", otherbot: noai", "; noai"])
    def test_a_date_ends_at_the_next_value_or_agent(self, date, after):
        found = names(f"unavailable_after: {date}{after}")
        assert found[0] == ("", "unavailable_after", date)
        assert [name for _, name, _ in found[1:]] == (["noai"] if after else [])
        if "otherbot" in after:
            assert found[1][0] == "otherbot"

    @pytest.mark.parametrize(
        "text", ["noindex;noai", "noindex noai", "noindex, 'noai'", "noindex\tnoai", "noindex, noai:"]
    )
    def test_broken_separators_and_quotes_are_marked(self, text):
        assert [(d.name, d.malformed) for d in read_values(text)] == [("noindex", False), ("noai", True)]

    def test_comma_and_agent_are_no_breakage(self):
        assert not any(
            d.malformed for d in read_values("a: noindex, noai, b: none, unavailable_after: 1 Jan 2020, noai")
        )

    @given(WORDS | st.text(max_size=80), st.sampled_from(["", "gptbot"]))
    def test_never_raises_and_makes_no_word_up(self, text, agent):
        for directive in read_values(text, agent):
            assert directive.name in text.lower()
        interpret(read_values(text, agent), AUDIENCE, now=NOW)

    @pytest.mark.parametrize("piece", ["unavailable_after: ", "a:", "noai ", ",", "x", "max-snippet:", "1 Jan, "])
    def test_long_fields_take_linear_time_and_are_cut(self, piece):
        def field(length):
            return (piece * (length // len(piece) + 1))[:length]

        assert_linear(lambda text: interpret(read_values(text), AUDIENCE, now=NOW), field, MAX_FIELD // 2)
        assert read_values(field(2_000_000)) == read_values(field(MAX_FIELD))


class TestMeaning:
    """The table of opt-out signals §4."""

    @pytest.mark.parametrize(
        ("value", "uses"),
        [
            ("noai", {"train", "input"}),
            ("no-ai", {"train", "input"}),
            ("noml", {"train"}),
            ("notrain", {"train"}),
            ("notraining", {"train"}),
            ("DisallowAITraining", {"train"}),
            ("noindex", {"train", "input", "index"}),
            ("none", {"train", "input", "index"}),
            ("noarchive", {"train", "index"}),
            ("nocache", {"train"}),
            ("nosnippet", {"input"}),
            ("max-snippet:0", {"input"}),
            ("max-snippet: 50", set()),
            ("max-snippet:-1", set()),
            ("noimageai", set()),
            ("nofollow", set()),
            ("unavailable_after: 25 Jun 2010 15:00:00 PST", {"train", "input", "index"}),
            ("unavailable_after: 25 Jun 2099 15:00:00 PST", set()),
            ("unavailable_after: some day", set()),
            ("unavailable_after:", set()),
            ("all", set()),
            ("index, follow, archive", set()),
            ("AllowAITraining", set()),
            ("whatever", set()),
        ],
    )
    def test_uses(self, value, uses):
        assert denied(value) == uses

    def test_noindex_may_leave_training_alone(self):
        assert denied("noindex", respect_noindex=False) == {"index"}
        assert denied("none, noai", respect_noindex=False) == {"train", "input", "index"}

    def test_obligations(self):
        assert interpret(read_values("nofollow, none"), AUDIENCE, now=NOW).obligations == (NoFollow(),)
        assert interpret(read_values("noarchive"), AUDIENCE, now=NOW).obligations == (NoArchive(),)
        assert interpret(read_values("all"), AUDIENCE, now=NOW).obligations == ()

    def test_every_value_is_written_as_it_is_compared(self):
        assert all(name == name.lower() for name in MEANINGS)

    @given(WORDS, WORDS)
    def test_another_field_takes_nothing_back(self, one, other):
        """draft-illyes-repext: the union of all restrictions."""
        both = interpret((*read_values(one), *read_values(other)), AUDIENCE, now=NOW)
        for text in (one, other):
            alone = interpret(read_values(text), AUDIENCE, now=NOW)
            assert all(both.uses[use] is Permission.DENY for use in Use if alone.uses[use] is Permission.DENY)
            assert set(alone.obligations) <= set(both.obligations)

    @given(WORDS)
    def test_nothing_is_ever_allowed(self, text):
        said = interpret(read_values(text), AUDIENCE, now=NOW)
        assert all(permission is not Permission.ALLOW for _, permission in said.uses)


class TestAudience:
    @pytest.mark.parametrize(
        ("agent", "address"),
        [("", Address.US), ("CorpusBot", Address.US), ("corpusbot/1.0", Address.US), ("scrapy", Address.US),
         ("gptbot", Address.TRAINER), ("ai2bot", Address.TRAINER), ("ai2bot-dolma", Address.OTHER),
         ("googlebot", Address.OTHER), ("corpus", Address.OTHER), ("!", Address.OTHER)],
    )  # fmt: skip
    def test_whom_a_name_means(self, agent, address):
        assert AUDIENCE.address(agent) is address

    def test_others_do_not_concern_us(self):
        assert denied("otherbot: noai, noimageai") == set()
        assert denied("googlebot: none") == set()

    def test_a_training_crawler_speaks_of_training_only(self):
        said = interpret(read_values("GPTBot: none, noarchive"), AUDIENCE, now=NOW)
        assert {use.value for use, p in said.uses if p is Permission.DENY} == {"train"}
        assert said.obligations == ()

    def test_our_own_name_in_the_list_of_trainers_stays_our_own(self):
        assert audience_of("GPTBot", (), ("GPTBot",)).address("gptbot") is Address.US


class TestMalformed:
    def test_only_where_every_denial_rests_on_it(self):
        assert interpret(read_values("index noai"), AUDIENCE, now=NOW).malformed
        assert not interpret(read_values("noai;noimageai"), AUDIENCE, now=NOW).malformed
        assert not interpret(read_values("noai noindex"), AUDIENCE, now=NOW).malformed
        assert not interpret(read_values("index follow"), AUDIENCE, now=NOW).malformed


class TestCarriers:
    def test_every_field_line_is_read_and_an_agent_ends_with_its_line(self):
        headers = Headers([("X-Robots-Tag", "otherbot: noai"), ("x-robots-tag", "noml")])
        assert [[(d.agent, d.name) for d in ds] for _, ds in read_x_robots_tag(headers)] == [
            [("otherbot", "noai")],
            [("", "noml")],
        ]

    def test_fields_are_bounded(self):
        assert len(read_x_robots_tag(Headers([("X-Robots-Tag", "noai")] * 1_000))) == 64
        long = read_x_robots_tag(Headers([("X-Robots-Tag", "a," * 8_000)] * 1_000))
        assert sum(len(directives) for _, directives in long) == MAX_TOTAL // len("a,")

    def test_elements_named_robots_or_like_a_token(self):
        metas = (
            Meta(name="robots", content="noai"),
            Meta(name="corpusbot", content="noindex"),
            Meta(name="ai2bot", content="none"),
            Meta(name="googlebot", content="noai"),
            Meta(property="robots", content="noai"),
            Meta(http_equiv="x-robots-tag", content="corpusbot: noml"),
            Meta(name="robots, gptbot", content="notrain", in_head=False),
            Meta(name="description", content="noai"),
        )
        found = read_meta_robots(metas, ("CorpusBot", "GPTBot", "AI2Bot"))
        assert [(d.agent, d.name) for _, ds in found for d in ds] == [
            ("", "noai"), ("corpusbot", "noindex"), ("ai2bot", "none"), ("corpusbot", "noml"), ("", "notrain"), ("gptbot", "notrain")
        ]  # fmt: skip

    def test_elements_are_bounded(self):
        assert len(read_meta_robots([Meta(name="robots", content="noai")] * 1_000, ())) == 64
