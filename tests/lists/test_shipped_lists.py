"""blocklists/: every list that travels with the program reads clean, is explained, and covers what it must."""

from __future__ import annotations

import json

import pytest

from collector.lists.folder import load_lists
from collector.lists.match import Action
from collector.lists.taxonomy import read_taxonomy, taxonomy
from collector.model.errors import ListError
from collector.model.resources import resource_folder
from collector.model.url import parse_url

LISTS = load_lists()


def test_no_line_is_rejected_and_every_entry_says_why() -> None:
    assert not [(one.id, refused) for one in LISTS.lists for refused in one.rejected]
    assert all(entry.note and entry.category in taxonomy() for entry in LISTS.lookup.entries)
    assert all(one.manifest and one.manifest.category == one.id for one in LISTS.lists)


def test_no_entry_stands_twice() -> None:
    places = [(entry.kind, entry.host, entry.path) for entry in LISTS.lookup.entries]
    assert len(places) == len(set(places))


def test_the_taxonomy_has_33_categories_with_anchor_and_reason() -> None:
    categories = taxonomy().values()
    assert len(categories) == 33
    assert all(category.anchor and category.reason.endswith(".") for category in categories)


@pytest.mark.parametrize(
    ("url", "category"),
    [
        ("https://forum.doctissimo.fr/sante/x.html", "health.forum"),
        ("https://old.reddit.com/R/hiv/comments/1", "health.forum"),
        ("https://www.ancestry.co.uk/family-tree", "genealogy"),
        ("https://fr.linkedin.com/in/someone", "social.profiles"),
        ("https://www.gofundme.com/f/help", "health.crowdfunding"),
    ],
)
def test_covered(url: str, category: str) -> None:
    assert LISTS.lookup.match(parse_url(url))[0].category == category


@pytest.mark.parametrize(
    "url",
    ["https://www.reddit.com/r/depressionmemes", "https://www.linkedin.com/company/x", "https://example.org/",
     "https://www.nih.gov/", "https://scratch.mit.edu/projects/1", "https://notmatch.com/"],
)  # fmt: skip
def test_the_neighbour_that_is_not_meant_stays_free(url: str) -> None:
    assert not LISTS.lookup.match(parse_url(url))


def test_medical_crowdfunding_is_flagged_until_a_policy_refuses_it() -> None:
    url = parse_url("https://gofundme.com/f/x")
    assert LISTS.lookup.match(url)[0].action is Action.FLAG
    assert load_lists(only=["health.crowdfunding"]).lookup.match(url)[0].action is Action.DENY


def test_entries_are_written_in_the_one_form() -> None:
    for path in resource_folder("blocklists").glob("*/entries.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert json.dumps(json.loads(line), ensure_ascii=False) == line


def test_a_faulty_taxonomy_names_the_file(tmp_path) -> None:
    path = tmp_path / "taxonomy.toml"
    path.write_text('version = "1"\n[categories."a"]\nanchor = "x"\ndefault = "maybe"\nreason = "r"\n')
    with pytest.raises(ListError, match=r"taxonomy\.toml"):
        read_taxonomy(path)
