from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.robots_reader import MAX_BYTES, octets_of, read

LINES = st.lists(
    st.sampled_from(
        [b"User-agent: a", b"user-agent : *", b"Disallow: /x", b"ALLOW:/", b"Disallow:", b"Sitemap: s", b"Crawl-delay: 1",
         b"Content-Signal: ai-train=no", b"Content-Usage: train-ai=n", b"# c", b"", b"\xff\xfe:", b"junk", b"Disallow /y", b"\0"]
    )
)  # fmt: skip


def groups(text: bytes):
    return [(group.keys, [(rule.allow, rule.pattern) for rule in group.rules]) for group in read(text).groups]


class TestGroups:
    """RFC 9309 §2.1 and §2.2.1."""

    def test_several_names_share_one_group(self):
        assert groups(b"User-agent: a\nUser-agent: b\nDisallow: /x\n") == [(("a", "b"), [(False, b"/x")])]

    def test_a_name_after_a_rule_starts_the_next_group(self):
        found = groups(b"User-agent: a\nDisallow: /x\nUser-agent: b\nAllow: /y\n")
        assert found == [(("a",), [(False, b"/x")]), (("b",), [(True, b"/y")])]

    def test_blank_lines_and_comments_end_nothing(self):
        assert groups(b"User-agent: a\n\n# c\n\nDisallow: /x\n\nDisallow: /y\n") == [
            (("a",), [(False, b"/x"), (False, b"/y")])
        ]

    def test_rules_before_any_name_are_ignored(self):
        assert groups(b"Disallow: /\nUser-agent: a\nDisallow: /x\n") == [(("a",), [(False, b"/x")])]

    def test_an_empty_rule_is_none_but_ends_the_list_of_names(self):
        assert groups(b"User-agent: a\nDisallow:\nUser-agent: b\nDisallow: /\n") == [
            (("a",), []), (("b",), [(False, b"/")])
        ]  # fmt: skip

    def test_keys_without_case_and_blanks_around(self):
        assert groups(b" \tUSER-AGENT \t: a \n\tdisALLOW :\t/x \t\n") == [(("a",), [(False, b"/x")])]

    def test_comment_ends_a_value(self):
        assert groups(b"User-agent: a # us\nDisallow: /x#y\n") == [(("a",), [(False, b"/x")])]

    def test_a_group_may_hold_no_rule_at_all(self):
        assert groups(b"User-agent: a") == [(("a",), [])]


class TestOtherRecords:
    """RFC 9309 §2.2.4: they must not interfere with the parsing of groups."""

    @pytest.mark.parametrize(
        "line",
        [
            b"Crawl-delay: 5",
            b"Sitemap: https://e.test/s",
            b"Content-Signal: a=no",
            b"License: https://e.test/l",
            b"Unknown: x",
            b"nonsense",
        ],
    )
    def test_between_names_they_end_nothing(self, line):
        assert groups(b"User-agent: a\n" + line + b"\nUser-agent: b\nDisallow: /\n") == [(("a", "b"), [(False, b"/")])]

    @pytest.mark.parametrize("line", [b"Content-Usage: train-ai=n", b"DisallowAITraining: /", b"AllowAITraining: /"])
    def test_rules_of_drafts_end_the_list_of_names(self, line):
        assert [keys for keys, _ in groups(b"User-agent: a\n" + line + b"\nUser-agent: b\nDisallow: /\n")] == [
            ("a",),
            ("b",),
        ]

    def test_they_are_kept_with_line_and_group(self):
        found = read(
            b"License: https://e.test/g\nUser-agent: a\nContent-signal: ai-train=no # why\nDisallow: /\nCrawl-Delay: 3\n"
        )
        assert [(r.line, r.field, r.value) for r in found.orphans] == [(1, "license", "https://e.test/g")]
        assert [(r.line, r.field, r.value) for r in found.groups[0].records] == [
            (3, "content-signal", "ai-train=no"), (5, "crawl-delay", "3")
        ]  # fmt: skip

    def test_sitemaps_belong_to_the_file(self):
        found = read(b"User-agent: a\nSitemap: https://e.test/1\nDisallow: /\nSITEMAP:https://e.test/2\n")
        assert found.sitemaps == ("https://e.test/1", "https://e.test/2")


class TestOctets:
    @pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
    def test_line_ends(self, end):
        text, _ = octets_of(end.join([b"User-agent: a", b"Disallow: /x", b""]))
        assert groups(text) == [(("a",), [(False, b"/x")])]

    def test_lines_are_counted_alike_for_every_line_end(self):
        for end in (b"\n", b"\r", b"\r\n"):
            text, _ = octets_of(end.join([b"# 1", b"User-agent: a", b"", b"Disallow: /x"]))
            assert read(text).groups[0].rules[0].line == 4

    @pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
    def test_nothing_else_ends_a_line(self, separator):
        text, _ = octets_of(f"User-agent: a\nDisallow: /x{separator}Allow: /\n".encode())
        assert len(groups(text)[0][1]) == 1

    @pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
    def test_a_byte_order_mark_goes_whole_or_broken(self, mark):
        assert groups(octets_of(mark + b"User-agent: a\nDisallow: /\n")[0]) == [(("a",), [(False, b"/")])]

    def test_a_byte_order_mark_in_the_middle_spoils_its_line_only(self):
        assert groups(octets_of(b"User-agent: a\n\xef\xbb\xbfAllow: /\nDisallow: /x\n")[0]) == [
            (("a",), [(False, b"/x")])
        ]

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf_16_with_a_mark(self, encoding):
        text, remarks = octets_of("\ufeffUser-agent: a\r\nDisallow: /ツ\r\n".encode(encoding))
        assert groups(text) == [(("a",), [(False, "/ツ".encode())])]
        assert remarks == ("UTF-16",)

    def test_half_a_utf_16_character_at_the_end(self):
        assert groups(octets_of("\ufeffUser-agent: a\nDisallow: /\n".encode("utf-16-le") + b"x")[0])

    def test_at_least_500_kibibytes_are_read(self):
        """RFC 9309 §2.5."""
        last = b"User-agent: a\nDisallow: /last\n"
        body = b"#" * (500 * 1024 - len(last) - 1) + b"\n" + last
        assert len(body) == 500 * 1024
        assert groups(octets_of(body)[0]) == [(("a",), [(False, b"/last")])]

    def test_the_shortest_lines_of_500_kibibytes_are_all_read(self):
        """RFC 9309 §2.5 knows a limit of octets only, so there is none of lines."""
        body = b"user-agent:a\n" + b"a:\n" * 166_000 + b"disallow:/\n"
        assert len(body) <= 500 * 1024
        assert groups(octets_of(body)[0]) == [(("a",), [(False, b"/")])]

    def test_what_is_longer_is_cut_at_the_last_line_end(self):
        body = b"User-agent: a\nDisallow: /x\n" + b"#" * (MAX_BYTES - 35) + b"\nAllow: /xyz\nDisallow: /never\n"
        text, remarks = octets_of(body)
        assert groups(text) == [(("a",), [(False, b"/x")])]
        assert "were read" in remarks[0]

    def test_markup_and_nul_are_remarked(self):
        assert octets_of(b"  <html>\0")[1] == ("NUL octets", "looks like markup")


class TestTolerantReading:
    def test_slips_left_out_colons_and_lists(self):
        text = b"useragent: a\nDissallow: /1\nUser agent: b, c\nDisallow /2\nuser-agent d\ndisallow /3\n"
        assert groups(text) == []
        found = [(group.keys, [rule.pattern for rule in group.rules]) for group in read(text, tolerant=True).groups]
        assert found == [(("a",), [b"/1"]), (("b", "c"), [b"/2"]), (("d",), [b"/3"])]


@given(st.binary(max_size=400) | LINES.map(b"\n".join))
def test_never_raises_on_any_octets(body):
    for tolerant in (False, True):
        text, remarks = octets_of(body)
        read(text, remarks, tolerant=tolerant)


@given(LINES, LINES)
def test_a_line_about_another_group_changes_no_earlier_group(before, after):
    start = b"\n".join([*before, b"User-agent: z", b"Disallow: /"])
    whole = start + b"\n" + b"\n".join([b"User-agent: y", *after])
    assert read(whole).groups[: len(read(start).groups)] == read(start).groups


@pytest.mark.parametrize("empty", ["USER-AGENT:", "user-agent :", "User-agent:\t", " User-agent: # nobody"])
def test_a_user_agent_line_without_a_name_begins_a_group_however_it_is_written(empty):
    """RFC 9309 §2.1: what follows belongs to nobody, and must not be added to the group before."""
    reading = read(f"User-agent: a\nDisallow: /\n{empty}\nAllow: /\n".encode())
    assert [[rule.allow for rule in group.rules] for group in reading.groups] == [[False], [True]]
    assert [group.keys for group in reading.groups] == [("a",), ()]


@pytest.mark.parametrize("empty", ["DISALLOW:", "disallow :", "Disallow:\t", " aLLOW: # nothing"])
def test_a_rule_without_a_path_ends_the_list_of_names_however_it_is_written(empty):
    """RFC 9309 §2.2.2: it is a rule, and matches nothing."""
    reading = read(f"User-agent: a\n{empty}\nUser-agent: b\nDisallow: /\n".encode())
    assert [(group.keys, len(group.rules)) for group in reading.groups] == [(("a",), 0), (("b",), 1)]


@pytest.mark.parametrize("word", ["Disallow", "allow", "User-agent", "sitemap"])
def test_a_word_without_a_colon_is_no_record(word):
    reading = read(f"User-agent: a\n{word}\nUser-agent: b\nDisallow: /\n".encode())
    assert [group.keys for group in reading.groups] == [("a", "b")]
