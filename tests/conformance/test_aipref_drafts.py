"""IETF AIPREF, draft-ietf-aipref-vocab-08 and draft-ietf-aipref-attach-05: the printed examples, by section."""

from __future__ import annotations

import pytest

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.content_usage import read_content_usage
from tests.support.asking import ask, finding

Y, N = Permission.ALLOW, Permission.DENY


class TestVocabularySection6Format:
    def test_the_first_example(self):
        """`train-ai=y, search=n` allows training, disallows search and leaves the rest unknown."""
        assert read_content_usage(b"train-ai=y, search=n").uses == Uses(train=Y, index=N)

    def test_6_1_labels_have_case(self):
        assert read_content_usage(b"train-ai=n").uses == Uses(train=N)
        assert read_content_usage(b"Train-Ai=n").uses == UNSTATED
        assert read_content_usage(b"TRAIN-AI=n").broken

    @pytest.mark.parametrize(("label", "use"), [("train-ai", Use.TRAIN), ("ai-use", Use.INPUT), ("search", Use.INDEX)])
    def test_6_1_each_label_is_one_category_and_implies_no_other(self, label, use):
        assert read_content_usage(f"{label}=n".encode()).uses == Uses(**{use.value: N})
        assert read_content_usage(f"{label}=y".encode()).uses == Uses(**{use.value: Y})

    @pytest.mark.parametrize("value", ["y ", "Y", "N", "yes", "no", "?0", "?1", "0", "1", '"n"', "()", "(n)", "n/a"])
    def test_6_2_only_the_tokens_y_and_n(self, value):
        expected = Uses(train=Y) if value.strip() == "y" else UNSTATED
        assert read_content_usage(f"train-ai={value}".encode()).uses == expected

    def test_6_4_unknown_labels_and_parameters_are_ignored(self):
        assert read_content_usage(b"new-label=n, train-ai=n;until=2027, other").uses == Uses(train=N)


class TestVocabularySection6Processing:
    def test_the_last_of_a_repeated_key_even_where_it_is_no_preference(self):
        """`train-ai=y, train-ai, search=n, search="n"`: a boolean and a string, so both are unknown."""
        statement = read_content_usage(b'train-ai=y, train-ai, search=n, search="n"')
        assert (statement.uses, statement.broken) == (UNSTATED, "")

    def test_parameters_of_an_unknown_preference(self):
        """`train-ai;has;parameters="?"` with its closing semicolon, which RFC 9651 does not read."""
        assert read_content_usage(b'train-ai;has;parameters="?"').broken == ""
        for octets in (b'train-ai;has;parameters="?"', b'train-ai;has;parameters="?";'):
            assert read_content_usage(octets).uses == UNSTATED

    def test_a_dictionary_that_cannot_be_parsed_states_nothing(self):
        assert read_content_usage(b"train-ai=n, SEARCH=y").uses == UNSTATED


class TestVocabularySection5Combining:
    """Any disallow wins, else any allow, else unknown: here of the file and of the header field."""

    @pytest.mark.parametrize(
        ("in_file", "in_header", "expected"),
        [("n", "y", "deny"), ("y", "n", "deny"), ("y", "y", "allow"), ("y", "", "allow"), ("", "", "unknown")],
    )
    def test_of_two_statements(self, in_file, in_header, expected):
        robots = "User-Agent: *\nAllow: /\n" + (f"Content-Usage: train-ai={in_file}\n" if in_file else "")
        headers = [["Content-Usage", f"train-ai={in_header}"]] if in_header else []
        assert ask(robots=robots, headers=headers)["uses"]["train"] == expected


class TestAttachSection1Examples:
    def test_1_2_the_header_field(self):
        headers = [["Content-Type", "text/plain"], ["Content-Usage", "train-ai=n"]]
        answer = ask(headers=headers, body_base64="VGhpcyBpcyBzb21lIGNvbnRlbnQu")
        assert (answer["gate"], answer["uses"]["train"]) == ("response", "deny")
        assert finding(answer, "content_usage")["basis"] == "spec"

    def test_1_2_the_same_in_robots_txt(self):
        answer = ask(robots="User-Agent: *\nAllow: /\nContent-Usage: train-ai=n\n")
        assert (answer["gate"], answer["uses"]["train"]) == ("site", "deny")
        assert finding(answer, "content_usage_robots")["basis"] == "spec"


class TestAttachSection3Robots:
    EXAMPLE = (
        "User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: train-ai=n\nContent-Usage: /ai-ok/ train-ai=y\n\n"
        "User-Agent: ExampleBot\nAllow: /\nContent-Usage: train-ai=y\n"
    )

    @pytest.mark.parametrize(
        ("token", "path", "crawl", "preference"),
        [
            ("OtherBot", "/test", True, "deny"),
            ("OtherBot", "/never/test", False, None),
            ("OtherBot", "/ai-ok/test", True, "allow"),
            ("ExampleBot", "/test", True, "allow"),
            ("ExampleBot", "/never/test", True, "allow"),
            ("ExampleBot", "/ai-ok/test", True, "allow"),
        ],
    )
    def test_3_4_the_table(self, token, path, crawl, preference):
        answer = ask(path, token=token, robots=self.EXAMPLE)
        assert (answer["uses"]["fetch"] != "deny") is crawl
        if preference is not None:
            assert finding(answer, "content_usage_robots")["uses"]["train"] == preference

    @pytest.mark.parametrize(
        "line", ["content-usage:train-ai=n", "\tCONTENT-USAGE \t:\t train-ai=n \t# why", "Content-Usage: /\ttrain-ai=n"]
    )
    def test_3_2_blanks_case_comments_and_a_path_that_ends_at_the_first_blank(self, line):
        assert ask("/x", robots=f"User-Agent: *\n{line}\n")["uses"]["train"] == "deny"

    def test_3_2_what_does_not_begin_with_a_slash_is_no_path(self):
        """`*.pdf train-ai=n` is a statement that cannot be parsed, so it states nothing."""
        answer = ask("/x.pdf", robots="User-Agent: *\nContent-Usage: *.pdf train-ai=n\n")
        assert finding(answer, "content_usage_robots")["uses"]["train"] == "unknown"

    @pytest.mark.parametrize("lines", [("/a/b train-ai=n", "/a train-ai=y"), ("/a train-ai=y", "/a/b train-ai=n")])
    def test_3_1_the_longest_path_whatever_the_order(self, lines):
        robots = "User-Agent: *\n" + "".join(f"Content-Usage: {line}\n" for line in lines)
        assert ask("/a/b", robots=robots)["uses"]["train"] == "deny"
        assert ask("/a/c", robots=robots)["uses"]["train"] == "allow"

    def test_3_1_identical_paths_combine_to_the_most_restrictive(self):
        robots = "User-Agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n\n"
        assert ask("/a", robots=robots)["uses"]["train"] == "deny"

    def test_3_1_paths_are_compared_percent_encoded(self):
        robots = "User-Agent: *\nContent-Usage: /a%20b%7Ec train-ai=n\n"
        assert ask("/a%20b~c", robots=robots)["uses"]["train"] == "deny"
