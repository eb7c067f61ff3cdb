"""lists-and-registry §1.4: the 33 categories, complete, each with anchor, default, stage and reason; and the guards."""

from __future__ import annotations

import pytest

from collector.lists.match import Action
from collector.lists.taxonomy import Stage, shipped, taxonomy
from collector.lists.taxonomy_file import read_taxonomy
from collector.model.errors import ListError

# id → default of the specification's table, where "deny" may be softened to deny-unless-allowlisted by a guard only
SPECIFIED = {
    "adult.pornography": "deny", "adult.provocative": "flag", "adult.sexed": "flag", "dating": "deny",
    "sexuality.community": "deny", "health.forum": "deny", "health.provider": "flag", "health.addiction": "deny",
    "health.crowdfunding": "flag", "minors.social": "deny", "minors.services": "flag", "genealogy": "deny",
    "genetic_biometric": "deny", "obituaries": "deny", "people_search": "deny", "social.profiles": "deny",
    "social.chat": "deny", "social.forums": "flag", "social.blogs": "info", "religion.community": "deny",
    "politics.opinion": "flag", "politics.petitions": "deny", "union": "flag", "hate_extremism": "deny",
    "justice.records": "deny", "leaks.doxing": "deny", "crime.malware": "deny", "ip.piracy": "deny",
    "gambling": "flag", "finance.personal": "info", "jobs.cv": "deny", "access.circumvention": "deny",
    "quality.spam": "flag",
}  # fmt: skip


def test_every_category_of_the_specification_with_its_default() -> None:
    assert {name: category.default.value for name, category in taxonomy().items()} == SPECIFIED
    assert len(SPECIFIED) == 33


def test_every_category_says_on_what_law_it_rests_and_why_in_a_sentence() -> None:
    for category in taxonomy().values():
        assert category.anchor, category.id
        assert category.reason.endswith("."), category.id
        assert len(category.reason.split()) >= 6, category.id


def test_what_is_denied_without_a_look_at_the_page_is_denied_before_the_request() -> None:
    for category in taxonomy().values():
        assert (category.stage is Stage.PRE_REQUEST) == (category.default is Action.DENY), category.id
        assert not category.unless_allowlisted or category.default is Action.DENY


def test_special_categories_and_minors_name_their_article() -> None:
    for name, article in {
        "health.forum": "Art. 9",
        "sexuality.community": "Art. 9",
        "religion.community": "Art. 9",
        "politics.petitions": "Art. 9",
        "union": "Art. 9",
        "genetic_biometric": "Art. 9",
        "justice.records": "Art. 10",
        "minors.social": "recital 38",
    }.items():
        assert article in taxonomy()[name].anchor


def test_guards_lift_only_what_may_be_lifted() -> None:
    guards = shipped().guards
    assert set(guards) == {"education.sexuality", "press.lgbt", "authority.health", "press.religion"}
    lifted = frozenset().union(*(guard.lifts for guard in guards.values()))
    assert lifted == {category.id for category in taxonomy().values() if category.unless_allowlisted}


FAULTY = {
    'version = "1"\n[categories."a"]\nanchor = "x"\ndefault = "maybe"\nstage = "export"\nreason = "r"\n': "default",
    'version = "1"\n[categories."a"]\nanchor = "x"\ndefault = "deny"\nreason = "r"\n': "stage",
    'version = "1"\n[categories."a"]\nanchor = "x"\ndefault = "deny"\nstage = "export"\nreason = "r"\n'
    '[guards."g"]\nlifts = ["a"]\nreason = "r"\n': "no guard may lift",
    "version = ": "taxonomy.toml",
}


@pytest.mark.parametrize("text", FAULTY)
def test_a_faulty_taxonomy_names_the_file_and_the_fault(tmp_path, text: str) -> None:
    path = tmp_path / "taxonomy.toml"
    path.write_text(text)
    with pytest.raises(ListError) as caught:
        read_taxonomy(path)
    assert "taxonomy.toml" in str(caught.value)
    assert FAULTY[text] in str(caught.value)
