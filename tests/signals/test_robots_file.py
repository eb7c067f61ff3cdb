"""signals/robots_txt: which group speaks, what it says, by the paragraphs of RFC 9309."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.signals.robots_txt import MOST_KEPT, RobotsTxt, parse

TOKENS = ["corpusbot", "otherbot", "GPTBot", "*"]
RULES = st.tuples(
    st.sampled_from(["Allow", "Disallow"]), st.sampled_from(["/", "/a", "/a/b", "/*b", "/b$", "/a?x=", ""])
)
GROUPS = st.lists(
    st.tuples(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3), st.lists(RULES, max_size=3)), max_size=5
)
PATHS = st.sampled_from(["/", "/a", "/a/b", "/b", "/c", "/a?x=1"])


def written(groups) -> bytes:
    lines = []
    for names, rules in groups:
        lines += [f"User-agent: {name}" for name in names] + [f"{kind}: {path}" for kind, path in rules]
        if not rules:
            lines.append("Disallow:")
    return "\n".join(lines).encode()


def allowed(text: str | bytes, path: str, token: str = "corpusbot") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return not parse(body).match(token, path).denied


SIMPLE = """\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


class TestRfc9309Section5:
    """The two printed examples."""

    @pytest.mark.parametrize(
        ("token", "path", "expected"),
        [
            ("anybot", "/example/x", False),
            ("anybot", "/x.gif", False),
            ("anybot", "/publications/x", True),
            ("anybot", "/x", True),
            ("foobot", "/example/page.html", True),
            ("foobot", "/example/allowed.gif", True),
            ("foobot", "/publications/", False),
            ("barbot", "/example/page.html", False),
            ("bazbot", "/example/page.html", False),
            ("bazbot", "/x.gif", True),
            ("quxbot", "/example/", True),
            ("quxbot", "/x.gif", True),
        ],
    )
    def test_5_1_simple(self, token, path, expected):
        assert allowed(SIMPLE, path, token) is expected

    def test_5_2_longest_match(self):
        text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
        assert not allowed(text, "/example/page/disallowed.gif", "foobot")
        assert allowed(text, "/example/page/other.gif", "foobot")


class TestGroupSelection:
    """RFC 9309 §2.2.1."""

    def test_without_case(self):
        assert not allowed("User-agent: CORPUSbot\nDisallow: /\n", "/")

    @pytest.mark.parametrize("name", ["corpus", "corpusbot-news", "corpusbots", "mycorpusbot", "c", "bot"])
    def test_only_exactly_our_token(self, name):
        assert allowed(f"User-agent: {name}\nDisallow: /\n", "/")

    @pytest.mark.parametrize("name", ["corpusbot/1.0", "corpusbot 2", "corpusbot (news)", "corpusbot*"])
    def test_a_name_ends_at_the_first_other_character(self, name):
        assert not allowed(f"User-agent: {name}\nDisallow: /\n", "/")

    def test_groups_of_one_token_are_merged(self):
        text = "User-agent: corpusbot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: Corpusbot\nDisallow: /b\n"
        assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_groups_for_everybody_are_merged(self):
        text = "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n"
        assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_our_own_group_inherits_nothing_from_everybodys(self):
        assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: corpusbot\nDisallow: /x\n", "/y")

    def test_our_own_group_without_rules_allows(self):
        assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: corpusbot\n", "/y")

    def test_no_group_at_all_allows(self):
        match = parse(b"User-agent: x\nDisallow: /\n").match("corpusbot", "/")
        assert (match.verdict, match.token, match.line) == (Verdict.ALLOW, None, None)

    def test_everybodys_group_can_be_left_aside(self):
        robots = parse(b"User-agent: *\nDisallow: /\n")
        assert robots.match("corpusbot", "/").denied
        assert not robots.match("corpusbot", "/", default_star=False).denied

    def test_which_of_a_list_are_named_is_known_for_the_list_that_is_asked_for(self):
        robots = parse(b"User-agent: GPTBot\nDisallow: /\nUsr-agent: CCBot\nDisallow: /\n")
        for tokens in (("gptbot", "ccbot", "other"), ("other",), ("ccbot", "gptbot", "other"), ("gptbot", "other")):
            for _ in range(2):
                assert robots.named_of(tokens) == tuple(t for t in tokens if robots.names(t)) != tokens

    def test_names(self):
        robots = parse(b"User-agent: AI2Bot\nUser-agent: GPTBot/1.1\nDisallow: /\n\nUser-agent: *\nDisallow: /x\n")
        assert [robots.names(t) for t in ("ai2bot", "Ai2Bot-Dolma", "gptbot", "corpusbot", "AI")] == [
            True,
            False,
            True,
            False,
            True,
        ]


class TestAnswer:
    def test_the_deciding_line_is_told(self):
        match = parse(b"# c\nUser-agent: *\nDisallow: /a\nAllow: /a/b # but this\n").match("corpusbot", "/a/b")
        assert (match.verdict, match.token, match.line, match.text) == (Verdict.ALLOW, "*", 4, "Allow: /a/b")

    def test_the_line_is_quoted_at_bounded_length_and_printable(self):
        match = parse(b"User-agent: *\nDisallow: /\x1b" + b"a" * 2_000 + b"*\n").match(
            "corpusbot", "/\x1b" + "a" * 2_100
        )
        assert match.denied
        assert len(match.text) <= 512
        assert "\x1b" not in match.text

    def test_robots_txt_itself_is_always_allowed(self):
        """RFC 9309 §2.2.2, last sentence."""
        robots = parse(b"User-agent: *\nDisallow: /\n")
        assert not robots.match("corpusbot", "/robots.txt").denied
        assert robots.match("corpusbot", "/robots.txt?x").denied
        assert robots.match("corpusbot", "/a/robots.txt").denied
        assert robots.match("corpusbot", "/robots.txt;x").denied

    def test_an_empty_file_says_nothing(self):
        assert not RobotsTxt().match("corpusbot", "/").denied
        assert parse(b"") == RobotsTxt()

    def test_survives_pickling_with_its_answers(self):
        robots = parse(SIMPLE.encode())
        robots.match("foobot", "/x")
        again = pickle.loads(pickle.dumps(robots))
        assert again == robots
        assert again.match("foobot", "/x") == robots.match("foobot", "/x")


class TestCrawlDelay:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("User-agent: *\nCrawl-delay: 10\n", 10),
            ("User-agent: *\nCrawl-delay: 2.5\n", 2.5),
            ("User-agent: *\nCrawl-delay: 1,5\n", 1.5),
            ("User-agent: *\nCrawl-delay: .5\n", 0.5),
            ("User-agent: *\nCrawl-delay: 10s\n", 10),
            ("User-agent: *\nCrawl-delay: 0\n", 0),
            ("User-agent: *\nCrawl-delay: 3\nCrawl-delay: 7\nCrawl-delay: 5\n", 7),
            ("User-agent: *\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 9\n", 9),
            ("User-agent: *\nCrawl-delay: -1\n", None),
            ("User-agent: *\nCrawl-delay: nan\n", None),
            ("User-agent: *\nCrawl-delay: inf\n", None),
            ("User-agent: *\nCrawl-delay: ten\n", None),
            ("User-agent: *\nCrawl-delay:\n", None),
            ("Crawl-delay: 9\nUser-agent: *\nDisallow:\n", None),
            (
                "User-agent: *\nCrawl-delay: 9\nDisallow:\n\nUser-agent: corpusbot\nDisallow: /x\n",
                None,
            ),  # not inherited
            ("User-agent: *\nCrawl-delay: 9\nDisallow:\n\nUser-agent: corpusbot\nCrawl-delay: 4\n", 4),
            # §2.2.4: no rule stands between the two names, so they head one group
            ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: corpusbot\nCrawl-delay: 4\n", 9),
            ("User-agent: x\nCrawl-delay: 9\n", None),
        ],
    )
    def test_of_the_selected_group(self, text, seconds):
        assert parse(text.encode()).crawl_delay("corpusbot") == seconds


class TestOtherRecords:
    def test_those_of_our_group_and_those_of_nobody(self):
        text = b"License: https://e.test/a\nUser-agent: *\nContent-Signal: ai-train=no\nDisallow:\nUser-agent: corpusbot\nContent-Usage: /x train-ai=n\n"
        robots = parse(text)
        assert [(r.line, r.field, r.value) for r in robots.content_records("corpusbot")] == [
            (6, "content-usage", "/x train-ai=n")
        ]
        assert [r.field for r in robots.content_records("anybot")] == ["content-signal"]
        assert robots.content_records("anybot", default_star=False) == ()
        assert [(r.line, r.value) for r in robots.orphans] == [(1, "https://e.test/a")]

    def test_a_managed_block_before_the_sites_own_file_is_merged_with_it(self):
        text = "User-agent: *\nContent-signal: search=yes,ai-train=no\nAllow: /\n\nUser-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /own/\n"
        assert not allowed(text, "/own/x")
        assert allowed(text, "/x")
        assert [r.value for r in parse(text.encode()).content_records("corpusbot")] == ["search=yes,ai-train=no"]


class TestTolerantReading:
    """Slips of the pen may refuse, never permit (opt-out signals §0 point 4, §3.3)."""

    @pytest.mark.parametrize(
        "text",
        [
            "User-agent: *\nDissallow: /x\n",
            "User-agent: *\nDisallow /x\n",
            "Useragent: *\nDisallow: /x\n",
            "User agent: corpusbot\nDisallow: /x\n",
            "User-agent corpusbot\nDisallow: /x\n",
            "User-agent: otherbot, corpusbot\nDisallow: /x\n",
        ],
    )
    def test_a_slip_refuses(self, text):
        match = parse(text.encode()).match("corpusbot", "/x")
        assert match.denied
        assert match.malformed
        assert allowed(text, "/y")

    def test_a_slip_permits_nothing(self):
        assert not allowed("Useragent: corpusbot\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/")
        assert not allowed("User-agent: *\nDisallow: /a\nUseragent: other\nDisallow: /b\n", "/b")

    def test_an_ordinary_file_is_not_read_twice(self):
        assert parse(SIMPLE.encode()).tolerant is None

    def test_prose_is_not_taken_for_rules(self):
        assert allowed("We disallow nothing.\nThe user-agent is yours, dear reader.\n", "/")


@given(GROUPS, PATHS)
def test_a_denial_never_comes_from_another_tokens_group(groups, path):
    robots = parse(written(groups))
    match = robots.match("corpusbot", path)
    own = [g for g in groups if "corpusbot" in g[0]] or [g for g in groups if "*" in g[0]]
    alone = parse(written([(["corpusbot"], rules) for _, rules in own]))
    assert match.denied == alone.match("corpusbot", path).denied
    if match.denied:
        assert match.token == ("corpusbot" if any("corpusbot" in g[0] for g in groups) else "*")


@given(GROUPS, PATHS, st.randoms())
def test_the_order_of_groups_does_not_matter(groups, path, random):
    shuffled = random.sample(groups, len(groups))
    assert (
        parse(written(groups)).match("corpusbot", path).denied
        == parse(written(shuffled)).match("corpusbot", path).denied
    )


@given(st.binary(max_size=300) | GROUPS.map(written), st.text(max_size=30), st.text(max_size=12))
def test_never_raises_on_any_octets(body, path, token):
    robots = parse(body)
    robots.match(token, path)
    robots.crawl_delay(token)
    robots.content_records(token)
    robots.names(token)


class TestWorkedOutOnce:
    """What is the same for every page of a site is kept with its file, and within bounds."""

    @given(GROUPS, st.lists(st.tuples(st.sampled_from(TOKENS), PATHS, st.booleans()), max_size=12))
    def test_asking_before_changes_no_answer(self, groups, questions):
        file = written(groups)
        robots = parse(file)
        for token, path, star in questions:
            assert robots.match(token, path, default_star=star) == parse(file).match(token, path, default_star=star)

    def test_it_is_asked_once_for_each_question(self):
        robots, asked = parse(b"User-agent: *\nDisallow: /x\n"), []
        for question in ("a", "b", "a"):
            assert robots.once(question, lambda q=question: asked.append(q) or q.upper()) == question.upper()
        assert asked == ["a", "b"]

    def test_a_file_keeps_no_more_than_so_many_answers(self):
        robots = parse(b"")
        for number in range(10 * MOST_KEPT):
            assert robots.once(number, lambda n=number: n) == number
        assert len(robots._worked_out) == MOST_KEPT

    def test_no_more_matches_are_kept_than_of_one_page(self):
        robots = parse(b"User-agent: *\nDisallow: /x\n")
        for number in range(100):
            robots.match("corpusbot", f"/{number}")
        assert len(robots._matched) == 1
