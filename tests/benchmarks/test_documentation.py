"""What the figures of detection on documentation rest on: the interval, the draw, the labels, the gold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.documentation.gold import Gold, addresses, copyright_names, metadata_gold
from benchmarks.documentation.leaks import Tally, holds
from benchmarks.documentation.pages import Page, docstrings, pages
from benchmarks.documentation.sample import Hit, counted, drawn, hit_of, wilson, write, wrong_characters
from collector.minimise.engine.span import Span

Z = 1.959964


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        # by hand from E. B. Wilson (1927): the roots of (p - s)² = z² p (1 - p) / n
        (0, 10, 0.0, Z * Z / (10 + Z * Z)),
        (10, 10, 10 / (10 + Z * Z), 1.0),
        (5, 10, 0.5 - Z / 2 / math.sqrt(10 + Z * Z), 0.5 + Z / 2 / math.sqrt(10 + Z * Z)),
    ],
)
def test_wilsons_interval_where_it_has_a_short_form(right, of, low, high):
    assert wilson(right, of) == pytest.approx((low, high), abs=1e-9)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_both_ends_of_the_interval_solve_wilsons_equation(case):
    right, of = case
    share = right / of
    ends = wilson(right, of)
    assert 0 <= ends[0] <= share <= ends[1] <= 1 or math.isclose(share, ends[0]) or math.isclose(share, ends[1])
    for end in ends:
        assert (end - share) ** 2 == pytest.approx(Z * Z * end * (1 - end) / of, abs=1e-9)


def test_nothing_read_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def _hits(**packages: int) -> list[Hit]:
    return [Hit(f"{name}{n}", name, "page", f"⟦{n}⟧") for name, count in packages.items() for n in range(count)]


def test_packages_take_turns_and_each_value_comes_once():
    hits = _hits(a=100, b=3, c=30)
    sample = drawn([*hits, *hits], 23)
    assert len({hit.value for hit in sample}) == 23
    assert {name: sum(hit.package == name for hit in sample) for name in "abc"} == {"a": 10, "b": 3, "c": 10}


@given(st.permutations(_hits(a=12, b=2, c=5)))
def test_the_draw_is_that_of_the_hits_and_not_of_their_order(hits):
    assert drawn(hits, 9) == drawn(_hits(a=12, b=2, c=5), 9)


def test_few_hits_are_all_read():
    assert len(drawn(_hits(a=4, b=1), 50)) == 5


def test_labels_outlive_another_draw(tmp_path):
    path = tmp_path / "hits.tsv"
    hits = _hits(a=3)
    write(path, hits)
    assert counted(path) == (0, 0)
    first, second, third = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(["+" + first[1:], "-" + second[1:], third, ""]), "utf-8")
    assert counted(path) == (1, 2)
    write(path, [*reversed(hits), *_hits(b=2)])
    assert counted(path) == (1, 2)


def test_a_package_is_judged_by_its_own_hits_where_some_were_read(tmp_path):
    path = tmp_path / "hits.tsv"
    lines = [
        "+\ta\tpypi/mill/page\t⟦1⟧",
        "-\tb\tpypi/mill/page\t⟦2⟧",
        "-\tc\tpypi/race/page\t⟦3⟧",
        "?\td\tpypi/race/p\t⟦4⟧",
    ]
    path.write_text("\n".join(lines), "utf-8")
    # half of mill, all of race, two thirds of who was not read
    assert wrong_characters(path, {"pypi/mill": 100, "pypi/race": 30, "pypi/wheel": 9}) == pytest.approx(50 + 30 + 6)
    assert wrong_characters(tmp_path / "none", {"pypi/mill": 100}) == 100


def test_a_hit_shows_its_surroundings_on_one_line():
    text = "before\n\tthe number " + "4" * 16 + "\nafter"
    hit = hit_of(text, Span(19, 35, "card", "card_named", "4" * 16), "debian/x", "a.html")
    assert hit.context == "before the number ⟦" + "4" * 16 + "⟧ after"


METADATA = """\
Metadata-Version: 2.1
Name: mill-race
Author: Ottoline Brackenbury, Mill Race Developers
Author-email: Ottoline Brackenbury <Ottoline@mill.example.org>
Maintainer-email: "Fenwick Hallowaye" <fenwick@race.example.org>, bugs@race.example.org

Author: Not A. Field
"""


def test_gold_of_core_metadata_is_its_persons_and_all_its_addresses():
    gold = metadata_gold(METADATA)
    assert gold.names == ("Ottoline Brackenbury", "Fenwick Hallowaye")
    assert gold.addresses == {"ottoline@mill.example.org", "fenwick@race.example.org", "bugs@race.example.org"}


def test_gold_of_a_copyright_file_is_who_claims_it_with_a_year():
    text = """\
Copyright: 2004-2011 Isolde Marchbanksy <isolde@example.org>
           2012 Free Software Foundation
           2013 Peregrine Thistlewood
Comment: Leontine Vanderbrook is thanked here
"""
    assert copyright_names(text) == ("Isolde Marchbanksy", "Peregrine Thistlewood")
    assert addresses(text) == {"isolde@example.org"}


def test_a_login_or_an_expression_is_no_address():
    text = "proxy=https://user:pass@mill.example:1234 and ^.+@race.example$, mailto:bugs@mill.example, (x.y+z@race.example)"
    assert addresses(text) == {"bugs@mill.example", "x.y+z@race.example"}


def test_a_module_is_read_as_its_docstrings():
    source = '"""Of the mill."""\nx = "not this"\ndef turn():\n    """Turn it."""\n'
    assert docstrings(source) == "Of the mill.\n\nTurn it."
    assert docstrings("def (") == ""


def test_lists_of_changes_and_licences_are_no_documentation(tmp_path):
    for name in ("index.html", "CHANGES.rst", "LICENSE.txt", "guide.rst", "binary.png"):
        (tmp_path / name).write_text("The mill stands by the race. " * 10)
    assert [page.where for page in pages("pypi/mill", tmp_path, most=9)] == ["index.html", "guide.rst"]


def test_what_is_left_is_counted_and_what_is_taken_is_not():
    gold = Gold(("Isolde Marchbanksy", "Grey Millstone"), frozenset(("isolde@mill.example.org",)))
    page = Page(
        "pypi/mill", "a.html", html=True,
        text='<html lang="en"><head><meta name="author" content="Isolde Marchbanksy"></head><body>'
        '<p>By Isolde Marchbanksy, <a href="mailto:isolde@mill.example.org">write</a>.</p>'
        "<p>They drove on to the grey millstone and had their supper.</p></body></html>",
    )  # fmt: skip
    tally = Tally()
    tally.add(page, gold)
    assert (tally.names, tally.names_left) == (2, 1)
    assert tally.left == ["pypi/mill/a.html: Grey Millstone"]
    assert (tally.source, tally.source_left, tally.visible) == (1, 0, 0)
    assert tally.masked_person == len("Isolde Marchbanksy")


def test_a_name_is_whole_whatever_its_letters_and_blanks():
    assert holds("by ISOLDE\n Marchbanksy.", "Isolde Marchbanksy")
    assert not holds("by Isolde Marchbanksyson", "Isolde Marchbanksy")
