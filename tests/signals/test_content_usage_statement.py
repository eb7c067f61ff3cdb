"""Content-Usage: RFC 9651 §3.2 and §4.2, AIPREF vocab-08 and attach-05."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals import content_usage
from collector.signals.content_usage import (
    MAX_STATEMENT,
    OLDER,
    Malformed,
    Statement,
    for_target,
    meaning,
    read_content_usage,
    read_header,
)
from collector.signals.path_scope import MAX_LINES
from collector.signals.robots_reader import Record
from collector.signals.robots_txt import parse
from tests.support.growth import assert_linear

NO_TRAINING = Uses.denying(Use.TRAIN)


class TestDictionary:
    """vocab-08: key = label, value = Token y or n; everything else is unknown for that label."""

    @pytest.mark.parametrize(
        ("value", "train"),
        [
            (b"train-ai=n", "deny"),
            (b"train-ai=y", "allow"),
            (b"train-ai=n, train-ai=y", "allow"),  # RFC 9651 §4.2.2: the last of equal keys
            (b"train-ai=y, train-ai=n", "deny"),
            (b"train-ai=n;search=y", "deny"),  # a parameter, ignored
            (b"train-ai;allow=n, train-ai=y", "allow"),
            (b"foo=n, train-ai=n", "deny"),  # unknown labels are ignored
            (b"train-ai=n , search=y", "deny"),
            (b"train-ai=n\t,\tsearch=y", "deny"),  # OWS (RFC 9651 §4.2.2)
            (b"  train-ai=n  ", "deny"),
            (b"train-ai", "unknown"),  # Boolean true
            (b"train-ai=?0", "unknown"),
            (b'train-ai="n"', "unknown"),
            (b"train-ai=N", "unknown"),
            (b"train-ai=no", "unknown"),
            (b"train-ai=1", "unknown"),
            (b"train-ai=(n)", "unknown"),
            (b"train_ai=n", "unknown"),
            (b"", "unknown"),
            (b"train-ai=:bg==:", "unknown"),
            (b"train-ai=@1", "unknown"),
        ],
    )
    def test_train_ai(self, value, train):
        statement = read_content_usage(value)
        assert statement.uses.train == train
        assert statement.broken == ""

    def test_each_label_has_its_use(self):
        said = read_content_usage(b"train-ai=n, ai-use=y, search=n").uses
        assert said == Uses(train=Permission.DENY, input=Permission.ALLOW, index=Permission.DENY)

    @pytest.mark.parametrize(
        "value",
        [
            b"Train-AI=n",
            b"train-ai=n,",
            b",train-ai=n",
            b"train-ai = n",
            b"train-ai=n search=y",
            b"train-ai=n, caf\xc3\xa9=y",
            b"train-ai=n; Foo",
            b'train-ai="n',
            b"train-ai=n,,search=y",
        ],
    )
    def test_what_is_no_dictionary_says_nothing_and_is_plainly_meant(self, value):
        statement = read_content_usage(value)
        assert statement.uses == UNSTATED
        assert statement.broken
        assert statement.meant.train is Permission.DENY

    @pytest.mark.parametrize("value", [b"Train-AI=y", b"no-train-ai=nothing ,", b"x y", b"train-ai=never,", b"\xff"])
    def test_what_is_no_dictionary_and_no_plain_no_means_nothing(self, value):
        statement = read_content_usage(value)
        assert statement.broken
        assert statement.meant == UNSTATED

    @pytest.mark.parametrize("label", OLDER)
    def test_older_labels_deny_and_never_allow(self, label):
        assert read_content_usage(f"{label}=n".encode()).older == Uses.denying(*OLDER[label])
        assert read_content_usage(f"{label}=n".encode()).uses == UNSTATED
        assert read_content_usage(f"{label}=y".encode()) == Statement()

    @pytest.mark.parametrize("value", [b"train-ai=no", b"train-ai=?0", b'train-ai="n"', b"train-ai=N", b"train-ai=0"])
    def test_a_wrong_value_counts_only_where_the_policy_takes_any(self, value):
        said = read_content_usage(value)
        assert meaning(said, older_labels=True, malformed=Malformed.UNREADABLE) == (UNSTATED, UNSTATED, UNSTATED)
        assert meaning(said, older_labels=True, malformed=Malformed.ANY) == (UNSTATED, UNSTATED, NO_TRAINING)

    def test_the_settings_switch_each_addition_off(self):
        older, broken = read_content_usage(b"ai=n"), read_content_usage(b"Train-AI=N")
        assert meaning(older, older_labels=False, malformed=Malformed.ANY)[1] == UNSTATED
        assert meaning(broken, older_labels=True, malformed=Malformed.OFF)[2] == UNSTATED

    def test_too_long_a_statement_permits_nothing(self):
        statement = read_content_usage(b"train-ai=y, " * 1_000 + b"search=n")
        assert statement.uses == UNSTATED
        assert statement.meant == Uses.denying(Use.INDEX)


class TestHeader:
    """RFC 9651 §4.2: field lines are joined before parsing."""

    @pytest.mark.parametrize(
        ("lines", "train"),
        [
            (["train-ai=n", "search=y"], "deny"),
            (["train-ai=n", "train-ai=y"], "allow"),
            (["train-ai=y", "train-ai=n"], "deny"),
            ([" train-ai=n\t"], "deny"),
            (["train-ai=y", "Bad Line"], "unknown"),  # one bad line voids them all
            ([], "unknown"),
        ],
    )
    def test_lines_make_one_dictionary(self, lines, train):
        assert read_header(lines).uses.train == train

    def test_a_bad_line_beside_a_no_is_a_no_that_is_meant(self):
        assert read_header(["train-ai=n", "Bad Line"]).meant == NO_TRAINING

    def test_characters_that_no_field_holds(self):
        assert read_header(["train-ai=n", "\ud800"]).broken


EXAMPLE = b"""User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
"""


def train(text: bytes, target: str, token: str = "corpusbot") -> Permission:
    records = [r for r in parse(text).content_records(token) if r.field == content_usage.FIELD]
    result = UNSTATED
    for _, statement in for_target(records, target):
        result = result.and_(statement.uses)
    return result.train


class TestRobotsRule:
    """attach-05, the robots.txt rule."""

    @pytest.mark.parametrize(
        ("token", "target", "said"),
        [
            ("corpusbot", "/test", "deny"),
            ("corpusbot", "/ai-ok/test", "allow"),
            ("ExampleBot", "/test", "allow"),
            ("ExampleBot", "/ai-ok/test", "allow"),
        ],
    )
    def test_the_printed_example(self, token, target, said):
        assert train(EXAMPLE, target, token) == said

    @pytest.mark.parametrize(
        ("lines", "target", "said"),
        [
            (b"Content-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n", "/a/b", "deny"),  # identical paths
            (b"Content-Usage: /a train-ai=y\nContent-Usage: /%61 train-ai=n", "/a/b", "deny"),  # identical once read
            (b"Content-Usage: /a/b train-ai=y\nContent-Usage: /a train-ai=n", "/a/b", "allow"),  # order is irrelevant
            (b"Content-Usage: /a train-ai=n\nContent-Usage: /a/b train-ai=y", "/a/b", "allow"),
            (b"Content-Usage: train-ai=n # no training", "/", "deny"),
            (b"content-usage\t:\t/x\ttrain-ai=n", "/x1", "deny"),
            (b"Content-Usage: /*.pdf$ train-ai=n", "/d/a.pdf", "deny"),
            (b"Content-Usage: /*.pdf$ train-ai=n", "/d/a.html", "unknown"),
            (b"Content-Usage: /caf\xe9 train-ai=n", "/caf%E9", "deny"),
            (b"Content-Usage: /a search=y\nContent-Usage: train-ai=n", "/a", "unknown"),  # labels do not inherit
        ],
    )
    def test_paths(self, lines, target, said):
        assert train(b"User-agent: *\n" + lines + b"\n", target) == said

    def test_a_statement_that_cannot_be_read_shadows_nothing(self):
        text = b"User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /a/b Train-AI=Y\n"
        assert train(text, "/a/b") == "deny"

    def test_a_star_is_no_path_and_a_no_behind_it_is_meant_for_what_it_covers(self):
        records = parse(b"User-agent: *\nContent-Usage: *.pdf train-ai=n\n").content_records("corpusbot")
        ((_, statement),) = for_target(records, "/d/a.pdf")
        assert (statement.uses, statement.meant) == (UNSTATED, NO_TRAINING)
        assert for_target(records, "/d/a.html") == ()

    def test_a_broken_no_gives_way_to_a_longer_path(self):
        text = b"User-agent: *\nContent-Usage: /a Train-AI=N\nContent-Usage: /a/b train-ai=y\n"
        records = parse(text).content_records("corpusbot")
        assert [s.uses.train for _, s in for_target(records, "/a/b")] == ["allow"]
        assert [s.meant.train for _, s in for_target(records, "/a/c")] == ["deny"]

    def test_more_than_a_thousand_rules_are_not_read_and_taken_for_a_no(self):
        many = [Record(n, "content-usage", b"/x train-ai=y") for n in range(MAX_LINES)]
        late = Record(5_000, "content-usage", b"train-ai=y")
        assert for_target(many, "/z") == ()
        ((record, statement),) = for_target([*many, late], "/z")
        assert (record, statement.uses) == (late, UNSTATED)
        assert statement.meant == Uses.denying(Use.TRAIN, Use.INPUT, Use.INDEX)

    def test_a_path_over_the_limits_permits_nothing(self):
        path = b"/" + b"a" * 4_000
        records = [Record(1, "content-usage", path + b" train-ai=y, search=n")]
        ((_, statement),) = for_target(records, "/" + "a" * 2_500)
        assert statement.uses == Uses.denying(Use.INDEX)


@given(st.one_of(st.binary(max_size=200), st.text('train-aisearch=yn,; \t"()?0', max_size=60).map(str.encode)))
def test_never_raises_and_denies_at_most_beside_the_standard(octets):
    statement = read_content_usage(octets)
    for more in (statement.older, statement.meant, statement.misvalued):
        assert Permission.ALLOW not in dict(more).values()
    assert not statement.broken or statement.uses == UNSTATED


@given(st.lists(st.binary(max_size=60), max_size=8), st.text(max_size=20))
def test_never_raises_on_rules(values, target):
    for_target([Record(n, "content-usage", value) for n, value in enumerate(values)], target)


@pytest.mark.parametrize(
    "piece", [b"train-ai=y, ", b"a;b;c, ", b"(a b) ", b"train-ai  ", b"ai = ", b'"\\"', b"=,", b'tdm\t=\t"', b"*a"]
)
def test_time_is_linear(piece):
    """Within the limit on a statement, and beyond it, where only a plain no is looked for."""

    def read(octets):
        content_usage._read.cache_clear()
        for start in range(0, len(octets), MAX_STATEMENT):
            read_content_usage(octets[start : start + MAX_STATEMENT])
        read_content_usage(octets)

    assert_linear(read, lambda size: piece * (size // len(piece)), 50_000, factor=4, allowed=9)
