"""Rows that cover a public suffix hold once a person, or two, have confirmed them (spec §2 rule 2, issue 5)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from collector.cli.lists import app
from collector.lists.candidate import Import, import_list
from collector.lists.confirmed import FILE, read_confirmations
from collector.lists.live import LiveLists
from collector.lists.match import Action
from collector.lists.memory import MemoryLookup
from collector.lists.organisation import OrganisationLists
from collector.lists.version import ASIDE
from collector.model.errors import IntegrityError, ListError
from collector.model.url import parse_url

TENANT = parse_url("http://some-shop.co.uk/")
TEXT = "a.test\nco.uk\nwordpress.com\nCO.uk\n"


@pytest.fixture
def lists(tmp_path: Path) -> OrganisationLists:
    """One list in force, with two rows aside: a registry's suffix and a platform."""
    lists = OrganisationLists(tmp_path / "data" / "lists")
    bring_in(lists, tmp_path, TEXT)
    return lists


def bring_in(lists: OrganisationLists, folder: Path, text: str, day: int = 1) -> str:
    given = folder / "given"
    given.write_text(text)
    said = Import("one", "plain", "dating", "MIT", "our own", "keeper")
    version = import_list(given, said, lists.sources, date(2026, 11, day), lists.previous("one")).version
    lists.activate({"one": version}, seed=3, at="2026-11-22", by="keeper", reason="looked at")
    return version


@pytest.fixture
def run(tmp_path: Path):
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])

    return run


def denied(live: LiveLists, host: str = "some-shop.co.uk") -> bool:
    live.poll(wait=True)
    found = live.lookup.match(parse_url(f"http://{host}/"))
    return bool(found) and found[0].action is Action.DENY


def test_a_row_that_stands_aside_holds_for_nobody_until_it_is_confirmed_and_then_at_once(lists, run) -> None:
    live = LiveLists(lists.folder, MemoryLookup())
    assert not denied(live)
    shown = run("confirm", "one")
    assert "deny subtree co.uk (dating, line 2): put aside" in shown.output
    assert shown.output.count("co.uk") == 1, "each row once, however often the list says it"
    result = run("confirm", "one", "co.uk", "--reason", "the country asked for it", "--by", "ann")
    assert "1 confirmed: co.uk" in result.output
    assert denied(live)
    assert not denied(live, "a-blog.wordpress.com")
    (match,) = live.lookup.match(TENANT)
    assert (match.list, match.line, match.category) == ("one", 2, "dating")
    assert match.version == lists.version("one").version
    assert "the country asked for it (ann)" in match.note
    assert run("confirm", "one", "co.uk", "--reason", "a mistake", "--withdraw").exit_code == 0
    assert not denied(live)


def test_all_of_them_in_one_step_and_nothing_twice(lists, run) -> None:
    result = run("confirm", "one", "--all", "--reason", "read through", "--by", "ann", "--approved-by", "bo")
    assert "2 confirmed: co.uk, wordpress.com" in result.output
    live = LiveLists(lists.folder, MemoryLookup(), second_person=True)
    assert denied(live)
    assert denied(live, "a-blog.wordpress.com")
    before = (lists.folder / FILE).read_bytes()
    assert run("confirm", "one", "--all", "--reason", "once more").output.startswith("0 confirmed\n")
    assert (lists.folder / FILE).read_bytes() == before


def test_the_next_version_keeps_the_word_and_a_row_that_went_is_not_in_force(lists, run, tmp_path: Path) -> None:
    run("confirm", "one", "--all", "--reason", "read through")
    live = LiveLists(lists.folder, MemoryLookup())
    bring_in(lists, tmp_path, "b.test\n" + TEXT, day=2)
    assert denied(live)
    bring_in(lists, tmp_path, "b.test\na.test\nwordpress.com\n", day=3)
    assert not denied(live)
    assert denied(live, "a-blog.wordpress.com")
    lists.change(dict.clear, seed=1, at="", by="keeper", reason="without it")
    assert not denied(live, "a-blog.wordpress.com")


@pytest.mark.parametrize("second", ["", "ann", " ANN "])
def test_where_the_policy_asks_for_two_people_one_is_not_enough(lists, run, second: str) -> None:
    run("confirm", "one", "co.uk", "--reason", "looked at", "--by", "ann", "--approved-by", second)
    assert denied(LiveLists(lists.folder, MemoryLookup()))
    live = LiveLists(lists.folder, MemoryLookup(), second_person=True)
    assert not denied(live)
    assert live.unapproved == ("subtree co.uk, confirmed for one,",)
    run("confirm", "one", "co.uk", "--reason", "looked at too", "--by", "ann", "--approved-by", "bo")
    assert denied(live)
    assert live.unapproved == ()


def test_a_policy_takes_confirmed_rows_of_its_categories_only(lists, run) -> None:
    run("confirm", "one", "--all", "--reason", "read through")
    assert denied(LiveLists(lists.folder, MemoryLookup(), frozenset({"dating"})))
    assert not denied(LiveLists(lists.folder, MemoryLookup(), frozenset({"union"})))


def test_status_and_diff_show_it_and_the_log_says_who_when_and_why(lists, run, tmp_path: Path) -> None:
    run("confirm", "one", "co.uk", "--reason", "looked at", "--by", "ann", "--approved-by", "bo")
    assert "3 put aside, 1 of them confirmed" in run("status").output
    rows = [json.loads(line) for line in run("status", "--json").stdout.splitlines()]
    assert [row["confirmed"] for row in rows if row["list"] == "one"] == [1]
    bring_in(lists, tmp_path, "a.test\nwordpress.com\norg\n", day=2)
    told = run("diff", "one", "", lists.versions("one")[0].version).output
    assert "- deny subtree co.uk, a public suffix, confirmed" in told
    assert "+ deny subtree org, a public suffix, put aside" in told
    assert "put aside: 1 added, 1 removed" in told
    (line,) = (lists.folder / FILE).read_text().splitlines()
    said = json.loads(line)
    assert (said["list"], said["host"], said["by"], said["approved_by"]) == ("one", "co.uk", "ann", "bo")
    assert said["reason"] == "looked at"
    assert said["at"].startswith("20")
    shown = [json.loads(line) for line in run("confirm", "one", "--json").stdout.splitlines()]
    assert {row["value"]: row["confirmed"] for row in shown} == {"wordpress.com": None, "org": None}


def test_mistakes_change_nothing(lists, run) -> None:
    for words in (
        ("co.uk",), ("--all",), ("co.uk", "--reason", "x"), ("a.test", "--reason", "not aside"),
        ("co.uk", "--all", "--reason", "both"),
    ):  # fmt: skip
        assert run("confirm", "one", *words).exception is not None, words
    assert run("confirm", "none").exception is not None
    assert read_confirmations(lists.folder / FILE) == {}


def test_confirmations_that_vanish_or_are_damaged_leave_what_is_in_force(lists, run) -> None:
    run("confirm", "one", "co.uk", "--reason", "looked at")
    live = LiveLists(lists.folder, MemoryLookup())
    path = lists.folder / FILE
    whole = path.read_bytes()
    for broken, fault in ((whole[:-20], "confirmed.jsonl:1"), (None, "gone")):
        path.unlink()
        if broken is not None:
            path.write_bytes(broken)
        assert not live.poll(wait=True)
        assert fault in live.fault
        assert live.lookup.match(TENANT)
        if broken is not None:
            with pytest.raises(ListError, match=fault):
                LiveLists(lists.folder, MemoryLookup())
    path.write_bytes(whole)
    live.poll(wait=True)
    assert not live.fault


def test_rows_that_were_slipped_in_beside_are_not_taken(lists, run) -> None:
    aside = lists.sources / "one" / lists.version("one").version / ASIDE
    aside.write_text(aside.read_text() + "9\tcom\n")
    caught = run("confirm", "one", "com", "--reason", "not what was imported").exception
    assert isinstance(caught, IntegrityError)
    assert "import the list again" in caught.mend
