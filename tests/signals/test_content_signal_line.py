"""Content-Signal: contentsignals.org, and what our policy adds (specification of opt-out signals, §8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals import content_signal
from collector.signals.content_signal import (
    MAX_STATEMENT,
    Preference,
    Said,
    Statement,
    denied_in_header,
    for_target,
    read_content_signal,
)
from collector.signals.path_scope import MAX_LINES
from collector.signals.robots_reader import Record
from collector.signals.robots_txt import parse
from tests.support.growth import assert_linear


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"search=yes, ai-train=no", {"search": "yes", "ai-train": "no"}),
        (b"AI-Train = No", {"ai-train": "no"}),
        (b"search=yes,ai-input=no,ai-train=no", {"search": "yes", "ai-input": "no", "ai-train": "no"}),
        (b"use=reference", {"use": "limited"}),
        (b"use=immediate, ai-train=yes", {"use": "limited", "ai-train": "yes"}),
        (b"use=full", {}),
        (b"ai-train=n", {"ai-train": "meant no"}),
        (b"ai-train=false", {"ai-train": "meant no"}),
        (b'ai-train="no"', {"ai-train": "meant no"}),
        (b"ai-train: no", {"ai-train": "meant no"}),
        (b"train-ai=n", {"ai-train": "meant no"}),  # Content-Usage, mixed up
        (b"search=yes ai-train=no", {"ai-train": "meant no"}),  # no comma: the yes is not taken
        (b"search=yes; ai-train=no", {"ai-train": "meant no"}),
        (b"ai-train=y", {}),
        (b"ai-train=true", {}),
        (b"ai-train=nothing-special", {}),
        (b"other=no", {}),
        (b"", {}),
    ],
)
def test_pairs(line, said):
    assert dict(read_content_signal(line).said) == said


@pytest.mark.parametrize("line", [b"/blog/ ai-train=no, search=yes", b"/blog/\tai-train=no , search=yes"])
def test_the_path_form(line):
    statement = read_content_signal(line)
    assert statement == Statement(b"/blog/", (("ai-train", Said.NO), ("search", Said.YES)))


def said(lines: str, target: str) -> Preference:
    return for_target(parse(b"User-agent: *\n" + lines.encode()).content_records("corpusbot"), target)


class TestForTarget:
    def test_the_longest_path_decides_for_each_key(self):
        lines = "Content-Signal: ai-train=no, search=yes\nContent-Signal: /open/ ai-train=yes\n"
        assert said(lines, "/open/x").spec == Uses(train=Permission.ALLOW, index=Permission.ALLOW)
        assert said(lines, "/x").spec == Uses(train=Permission.DENY, index=Permission.ALLOW)

    def test_another_path_says_nothing(self):
        assert said("Content-Signal: /news/ ai-train=no\n", "/blog/x") == Preference()

    def test_of_equal_paths_any_no_wins_and_is_not_the_standards(self):
        preference = said("Content-Signal: ai-train=yes\nContent-Signal: ai-train=no\n", "/")
        assert preference.spec == UNSTATED
        assert preference.contested == Uses.denying(Use.TRAIN)
        assert [record.line for record in preference.because] == [2, 3]

    @pytest.mark.parametrize("value", ["immediate", "reference"])
    def test_use_limits_training_unless_it_is_allowed_too(self, value):
        assert said(f"Content-Signal: use={value}\n", "/").limited == Uses.denying(Use.TRAIN)
        assert said(f"Content-Signal: use={value}, ai-train=yes\n", "/").limited == UNSTATED
        assert said("Content-Signal: use=full\n", "/") == Preference()

    def test_a_no_that_is_meant_counts_where_its_path_is_not_shorter(self):
        lines = "Content-Signal: ai-train=n\nContent-Signal: /open/ ai-train=yes\n"
        assert said(lines, "/open/").meant == UNSTATED
        assert said(lines, "/x").meant == Uses.denying(Use.TRAIN)
        assert said("Content-Signal: ai-train=no\nContent-Signal: /a ai-train=n\n", "/a").spec.train is Permission.DENY

    def test_more_than_a_thousand_lines_are_not_read_and_taken_for_a_no(self):
        many = [Record(n, "content-signal", b"/x ai-train=yes") for n in range(MAX_LINES)]
        late = Record(9_000, "content-signal", b"ai-train=yes")
        assert for_target(many, "/z") == Preference()
        preference = for_target([*many, late], "/z")
        assert (preference.spec, preference.because) == (UNSTATED, (late,))
        assert preference.meant == Uses.denying(Use.TRAIN, Use.INPUT, Use.INDEX)

    def test_a_path_over_the_limits_permits_nothing(self):
        line = b"/" + b"a" * 4_000 + b" ai-train=yes, search=no"
        assert for_target([Record(1, "content-signal", line)], "/" + "a" * 3_000).spec == Uses.denying(Use.INDEX)


def test_in_a_header_field_only_a_no_counts():
    assert denied_in_header(["ai-train=yes, search=yes"]) == (UNSTATED, UNSTATED)
    assert denied_in_header(["ai-train=yes", "AI-Train=no, search=false"]) == (
        Uses.denying(Use.TRAIN),
        Uses.denying(Use.INDEX),
    )


@given(st.lists(st.binary(max_size=80), max_size=6), st.text(max_size=20))
def test_never_raises_and_only_the_sites_own_words_allow(values, target):
    preference = for_target([Record(n, "content-signal", value) for n, value in enumerate(values)], target)
    for more in (preference.contested, preference.limited, preference.meant):
        assert Permission.ALLOW not in dict(more).values()


@pytest.mark.parametrize(
    "piece", [b"ai-train=no,", b"ai-train ", b"search  =", b",", b"a=b,", b"use=reference,", b"no\t"]
)
def test_time_is_linear(piece):
    def read(octets):
        content_signal._read.cache_clear()
        for start in range(0, len(octets), MAX_STATEMENT):
            read_content_signal(octets[start : start + MAX_STATEMENT])
        read_content_signal(octets)

    assert_linear(read, lambda size: piece * (size // len(piece)), 50_000, factor=4, allowed=9)
