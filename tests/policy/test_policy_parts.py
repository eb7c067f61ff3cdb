"""collector.policy: globs, durations, lines of keys, assessments, blank policies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.errors import PolicyError
from collector.model.url import Url, parse_url
from collector.policy.assessment import DPIA_SCREENING, LEGITIMATE_INTEREST, skeleton, unanswered
from collector.policy.blank import blanks, is_collection_id, new_policy
from collector.policy.duration import parse_duration, show_duration
from collector.policy.glob import UrlGlob, parse_glob
from collector.policy.lines import line_of, lines_of_keys
from collector.policy.ready import find_policy, ready_policies
from tests.support.growth import assert_linear


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("*", "https://example.org/a?b"),
        ("example.org/*", "http://example.org/"),
        ("https://example.org/blog/*", "https://example.org/blog/1"),
        ("*://example.org/*", "http://example.org/x"),
        ("*.example.org/*.html", "https://www.example.org/a/b.html"),
        ("EXAMPLE.org/*", "https://example.org/"),
        ("bücher.example/*", "https://bücher.example/"),
        ("example.org/é*", "https://example.org/éa"),
        ("example.org/a?b=*", "https://example.org/a?b=1"),
        ("example.org:8080/*", "http://example.org:8080/"),
        ("*/*/x/*", "https://example.org/a/x/b"),
    ],
)
def test_glob_fits(pattern: str, url: str) -> None:
    assert parse_glob(pattern).matches(parse_url(url))


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://example.org/*", "http://example.org/"),
        ("example.org/*", "https://www.example.org/"),
        ("*.example.org/*", "https://example.org/"),
        ("*.example.org/*", "https://evil.test/x.example.org/"),  # a star in the host never swallows the path
        ("example.org/*", "https://example.org.evil.test/"),
        ("example.org/blog", "https://example.org/blog/"),
        ("example.org/a*a", "https://example.org/a"),
        ("example.org/a?b", "https://example.org/axb"),
        ("example.org/*", "http://example.org:8080/"),
    ],
)
def test_glob_does_not(pattern: str, url: str) -> None:
    assert not parse_glob(pattern).matches(parse_url(url))


@pytest.mark.parametrize(
    "pattern", ["", "a b/*", "example.org", "ftp://x/*", "/x", "x/#y", "bü*.example/*", "example.org*"]
)
def test_glob_refused_with_a_mend(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"write|only|leave"):
        parse_glob(pattern)


@pytest.mark.parametrize("stars", ["*a", "*aa", "a*"])
@pytest.mark.parametrize("end", ["*b*", "*ab*a"])
def test_many_stars_take_linear_time(stars: str, end: str) -> None:
    def both(size: int) -> tuple[UrlGlob, Url]:
        pattern = "example.org/" + stars * (size // 4) + end
        return parse_glob(pattern), parse_url("https://example.org/" + "a" * size)

    def match(asked: tuple[UrlGlob, Url]) -> None:
        glob, url = asked
        assert not glob.matches(url)

    assert_linear(match, both, 14_000)


@given(st.text(alphabet="ab*/", max_size=12), st.text(alphabet="ab/", max_size=12))
def test_glob_means_what_the_star_means(path: str, target: str) -> None:
    url = parse_url(f"https://h.test/{target}")
    expected = re.fullmatch(re.escape("/" + path).replace(r"\*", ".*"), url.target) is not None
    assert parse_glob(f"h.test/{path}").matches(url) == expected


@pytest.mark.parametrize(
    ("text", "length"),
    [("12h", timedelta(hours=12)), ("180d", timedelta(days=180)), ("2y", timedelta(days=730)), ("6m", timedelta(days=180)),
     ("3w", timedelta(weeks=3)), ("90min", timedelta(minutes=90)), ("5s", timedelta(seconds=5)), ("0d", timedelta(0))],
)  # fmt: skip
def test_duration(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "180", "d", "-1d", "1.5d", "1 d", "101y", "9999999d", "١d"])
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"length of time|hundred years"):
        parse_duration(text)


@given(st.integers(0, 10**8))
def test_durations_are_shown_as_they_are_read(seconds: int) -> None:
    shown = show_duration(timedelta(seconds=seconds))
    if len(shown) < 8:  # six digits and a unit
        assert parse_duration(shown) == timedelta(seconds=seconds)


def test_lines_of_keys() -> None:
    text = (
        'top = 1\n[a]  # remark\nb = """\n[not.a.table]\nc = 1\n"""\nd = [\n  "[x]", # ]\n  2,\n]\ne.f = 1\n'
        "[[l]]\nx = 1\n[[l]]\nx = '''\n[no]'''\n[l.sub]\ny = {z = [\n1]}\n[\"q.r\"]\n\"s t\" = 1\n"
    )
    assert lines_of_keys(text) == {
        ("top",): 1, ("a",): 2, ("a", "b"): 3, ("a", "d"): 7, ("a", "e", "f"): 11, ("l", 0): 12, ("l", 0, "x"): 13,
        ("l", 1): 14, ("l", 1, "x"): 15, ("l", 1, "sub"): 17, ("l", 1, "sub", "y"): 18, ("q.r",): 20, ("q.r", "s t"): 21,
    }  # fmt: skip
    assert line_of(lines_of_keys(text), ("a", "d", 1)) == 7
    assert line_of({}, ("a",)) == 0


@given(st.text(max_size=300))
def test_lines_of_keys_never_raises(text: str) -> None:
    lines_of_keys(text)


@pytest.mark.parametrize("assessment", [LEGITIMATE_INTEREST, DPIA_SCREENING])
def test_an_untouched_skeleton_leaves_every_question_open(assessment) -> None:
    questions = [question.title for _, part in assessment.parts for question in part]
    assert unanswered(skeleton(assessment), assessment) == questions
    assert unanswered("", assessment) == questions
    answered = skeleton(assessment).replace("<answer>", "No.")
    assert unanswered(answered, assessment) == []


@pytest.mark.parametrize(
    "answer", ["", "-", "<to fill in>", "<!-- because -->", "> quoted", "TBD", "...", "#### Only a heading"]
)
def test_what_is_no_answer(answer: str) -> None:
    filled = skeleton(LEGITIMATE_INTEREST).replace("<answer>", "Yes.").replace("Yes.", answer, 1)
    assert unanswered(filled) == ["Which interest"]


def test_answers_may_have_headings_of_their_own_and_questions_any_order() -> None:
    filled = (
        skeleton(LEGITIMATE_INTEREST).replace("<answer>", "#### Details\n\nThe models.", 1).replace("<answer>", "Yes.")
    )
    assert unanswered(filled) == []
    parts = filled.split("\n## ")
    assert unanswered("\n## ".join([parts[0], *reversed(parts[1:])])) == []


def test_the_dpia_screening_asks_the_nine_criteria() -> None:
    # WP 248 rev. 01, III.B.a
    assert len(DPIA_SCREENING.parts[0][1]) == 9


def test_a_new_policy_says_which_blanks_are_left() -> None:
    files = new_policy("my-corpus", ("dating",))
    assert list(files) == ["my-corpus.toml", "my-corpus-assessment.md", "my-corpus-dpia.md"]
    assert blanks(files["my-corpus.toml"]) == ["title", "purpose", "name", "contact", "info_url", "contact"]
    assert "%" not in files["my-corpus.toml"]


def test_collection_ids() -> None:
    assert [is_collection_id(name) for name in ("a", "my-corpus-2", "My", "a b", "-a", "", "a" * 64)] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip


def test_ready_policies_are_found_by_name() -> None:
    assert list(ready_policies()) == ["demo", "research", "strict-eu"]
    assert find_policy("demo").name == "demo.toml"
    with pytest.raises(PolicyError, match="did you mean 'strict-eu'"):
        find_policy("stricteu")
