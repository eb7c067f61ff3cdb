"""Shared hosts are never refused as a whole by a row of an imported list (spec lists-and-registry.md §2, rules 2 and 3)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from collector.lists.candidate import Import, import_list
from collector.lists.match import Action
from collector.lists.platforms import is_shared, platforms
from collector.lists.suffixes import covers_public_suffix
from collector.lists.version import ASIDE, ROWS, rows_of
from collector.model.url import parse_url


def test_platforms_are_canonical_and_no_public_suffixes() -> None:
    """What the public-suffix list names needs no line here: it would hide that the list has caught up."""
    assert len(platforms()) > 15
    for host in platforms():
        assert parse_url(f"https://{host}/").host == host
        assert not covers_public_suffix(host), f"{host} is in the public-suffix list by now: take it out"


def test_shared_hosts() -> None:
    assert all(map(is_shared, ("wordpress.com", "github.io", "blogspot.com", "co.uk")))
    assert not any(map(is_shared, ("example.wordpress.com", "someone.github.io", "example.org", "192.0.2.1")))


def test_an_imported_row_of_a_platform_is_put_aside_and_its_tenants_are_not(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("wordpress.com\nblogspot.com\nadult.wordpress.com\nadult.blogspot.com\n")
    said = Import("l", "plain", "adult.pornography", "CC0-1.0", "test", "me")
    version = import_list(file, said, tmp_path / "sources", date(2026, 11, 22))
    folder = tmp_path / "sources" / "l" / version.version
    assert [row.host for row in rows_of(folder / ASIDE)] == ["wordpress.com", "blogspot.com"]
    assert [row.host for row in rows_of(folder / ROWS)] == ["adult.wordpress.com", "adult.blogspot.com"]
    assert (version.entries, version.aside, said.action) == (2, 2, Action.DENY)
