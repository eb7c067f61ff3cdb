"""DisallowAITraining: draft-canel-robots-ai-control-01, §2, and where we are stricter (a tie denies)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.disallow_ai_training import FIELDS, Answer, for_target
from collector.signals.path_scope import MAX_LINES
from collector.signals.robots_reader import Record
from collector.signals.robots_txt import parse


def ask(lines: str, target: str):
    records = parse(b"User-agent: *\n" + lines.encode()).content_records("corpusbot")
    return for_target([record for record in records if record.field in FIELDS], target)


@pytest.mark.parametrize(
    ("lines", "target", "answer"),
    [
        ("DisallowAITraining: /\n", "/x", Answer.DENIED),
        ("disallowaitraining: /a\n", "/x", Answer.SILENT),
        ("DisallowAITraining: /\nAllowAITraining: /open/\n", "/open/x", Answer.ALLOWED),
        ("AllowAITraining: /open/\nDisallowAITraining: /\n", "/x", Answer.DENIED),
        ("DisallowAITraining: /a\nAllowAITraining: /a\n", "/a", Answer.DENIED),  # a tie: the draft would allow
        ("DisallowAITraining: /*.html$\n", "/a/b.html", Answer.DENIED),
        ("DisallowAITraining:\n", "/", Answer.SILENT),  # an empty value is no rule
        ("DisallowAITraining: # all\n", "/", Answer.SILENT),
        ("AllowAITraining: yes\n", "/", Answer.SILENT),
        ("Disallow: /\n", "/", Answer.SILENT),
    ],
)
def test_matched_like_allow_and_disallow(lines, target, answer):
    assert ask(lines, target).answer is answer


def test_it_is_a_rule_and_ends_the_list_of_user_agents():
    text = b"User-agent: GPTBot\nDisallowAITraining: /\nUser-agent: *\nDisallow: /x\n"
    assert parse(text).content_records("corpusbot") == ()


@pytest.mark.parametrize("value", ["yes", "True", "1", "all"])
def test_a_yes_where_a_path_belongs_is_meant_for_every_path(value):
    match = ask(f"DisallowAITraining: {value}\n", "/x")
    assert match.answer is Answer.SILENT
    assert [record.line for record in match.meant] == [2]


def test_more_than_a_thousand_rules_are_not_read_and_taken_for_a_no():
    many = [Record(n, "allowaitraining", b"/") for n in range(MAX_LINES)]
    late = Record(7_000, "disallowaitraining", b"/a")
    assert for_target(many, "/x").meant == ()
    assert for_target([*many, late], "/x").meant == (late,)


@given(st.lists(st.tuples(st.sampled_from(sorted(FIELDS)), st.binary(max_size=40)), max_size=8), st.text(max_size=20))
def test_never_raises_and_a_denial_rests_on_a_denial(lines, target):
    records = [Record(n, field, value) for n, (field, value) in enumerate(lines)]
    match = for_target(records, target)
    if match.answer is Answer.DENIED:
        assert {record.field for record in match.because} == {"disallowaitraining"}
