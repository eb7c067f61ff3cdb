"""The lines of facts are those of the visible text, whichever way the tree is walked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.html import tree_of
from collector.document.lines import visible_lines
from collector.document.text import plain_lines, visible_text

TAGS = """p b div pre br script style template textarea datalist option title svg li td tr ul o:p i noscript iframe object
    xmp plaintext select""".split()
PARTS = [f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]
PARTS += ["a", "b c", " ", "\n", "\r", "&#13;", "\x0c", "\t", "&nbsp;", "\u2028", "\x85", "<!-- c\n -->", "<?pi x>", "&lt;",
          "é", "&#1;", "&#28;", "\u3000", "\u200b"]  # fmt: skip


def both(html: str) -> tuple[str, str]:
    """The lines by libxslt, and by the walk."""
    root = tree_of(html)
    return visible_lines(root), plain_lines(visible_text(root).text)


@given(st.lists(st.sampled_from(PARTS), max_size=30))
def test_both_ways_say_the_same(parts):
    lines, walked = both("".join(parts))
    assert lines == walked


def test_what_stands_beside_the_root_is_left_out():
    assert both("<html><body><p>kept</p></body></html>\n<p>beside</p>") == ("kept", "kept")


@pytest.mark.parametrize("depth", [10, 255, 2_040, 5_000])
def test_trees_of_any_depth(depth):
    lines, walked = both("<div>" * depth + "deep")
    assert lines == walked


def test_characters_that_stand_for_ends_of_blocks_divide_lines_and_do_no_more():
    assert both("<p>a\ufdd0b\ufdd1c\nd\ufdd2e\ufdd2f")[0].split("\n") == ["a", "b", "c", "d", "e", "f"]
