"""Persons who asked not to be named (lists-and-registry §5): keyed hashes, redacted; a page goes with a second attribute."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.document.html import HtmlDocument, tree_of
from collector.minimise.document import minimise_document
from collector.minimise.names import asked
from collector.minimise.replacing.plan import OFF, STRICT, Plan
from collector.minimise.text import minimise_text
from collector.model.errors import RegistryError
from collector.model.layout import Layout
from collector.policy.policy import Treatment
from collector.registry.entry import Effect, ScopeKind
from collector.registry.persons import PersonList, persons_in_force
from tests.support.growth import assert_linear
from tests.support.registry import Keeper, keeper

NAME = "Vsevolod Quxton"
SHORT = "A|Bc|Dé|É|ж|Ж|a|von |de la | |  |\n|,|, |.|-|'|\u2019|_|1|²|ª|中|?|ſ|\u2028".split("|")


@pytest.fixture
def desk(tmp_path: Path):
    with keeper(tmp_path) as opened:
        yield opened


def ask(desk: Keeper, value: str, scheme: str, effect: Effect = Effect.REDACT, same: str = "") -> str:
    kind = ScopeKind.PERSON_NAME if scheme == "name" else ScopeKind.PERSON_ID
    return desk.take(value, kind=kind, scheme=scheme, effect=effect, same_requester_as=same).public_ref


def plan_for(desk: Keeper, base: Plan = STRICT) -> Plan:
    return replace(base, persons=PersonList(desk.registry, desk.keys.pepper))


def kept(text: str, plan: Plan) -> str:
    result = minimise_text(text, plan, url=None, lang="en")
    assert not result.withhold
    return result.text


@pytest.mark.parametrize(
    "text",
    [
        "nobody reads what Vsevolod Quxton has to say",
        "so said VSEVOLOD QUXTON? No: Vsevolod-Quxton",
        "Mister Vsevolod Quxton's hat, and three others",
        "the list holds Quxton, Vsevolod and others",
        "a footnote by Vse\u00advolod Quxton",
        "written by Vsevolod\nQuxton in haste",
    ],
)
def test_a_name_is_redacted_wherever_it_stands(desk, text):
    ask(desk, NAME, "name")
    plan = plan_for(desk, replace(STRICT, names=OFF))
    shown = kept(text, plan)
    assert "PERSON" in shown
    assert "quxton" not in shown.lower()


def test_others_of_whom_nobody_asked_stay(desk):
    ask(desk, NAME, "name")
    text = "the mayor spoke with Wsewolod Quxton and Vsevolod Ruxton for an hour"
    assert kept(text, plan_for(desk, replace(STRICT, names=OFF))) == text


def test_an_address_is_redacted_though_the_policy_keeps_its_kind(desk):
    ask(desk, "press@works.example.org", "email")
    keeps = replace(STRICT, treatments={**STRICT.treatments, "email": Treatment.KEEP, "org_contact": Treatment.KEEP})
    shown = kept("write to press@works.example.org or sales@works.example.org", plan_for(desk, keeps))
    assert "press@" not in shown
    assert "sales@works.example.org" in shown


def page(plan: Plan, text: str) -> bool:
    document = HtmlDocument("text/html", "utf-8", tree_of(f"<p>{text}</p>"))
    return minimise_document(document, None, plan).withhold


BOTH = f"{NAME} is at quxton@mail.example.org today"


def test_a_name_alone_never_drops_a_page(desk):
    ask(desk, NAME, "name", Effect.DENY_STORE)
    assert not page(plan_for(desk), BOTH)


def test_a_second_attribute_of_the_same_requester_drops_the_page(desk):
    first = ask(desk, NAME, "name", Effect.DENY_STORE)
    ask(desk, "quxton@mail.example.org", "email", Effect.DENY_STORE, same=first)
    plan = plan_for(desk)
    assert page(plan, BOTH)
    assert minimise_text(BOTH, plan, url=None, lang=None).withhold
    assert not page(plan, f"{NAME} and {NAME} again, at other@mail.example.org")


def test_a_second_attribute_of_somebody_else_does_not(desk):
    ask(desk, NAME, "name", Effect.DENY_STORE)
    ask(desk, "quxton@mail.example.org", "email", Effect.DENY_STORE)
    assert not page(plan_for(desk), BOTH)


def test_who_asks_for_redaction_gets_redaction(desk):
    first = ask(desk, NAME, "name")
    ask(desk, "quxton@mail.example.org", "email", same=first)
    assert not page(plan_for(desk), BOTH)


def test_what_a_worker_holds_names_nobody(desk):
    """Nothing of the list, or of what travels to a worker with it, spells a person."""
    ask(desk, NAME, "name")
    ask(desk, "quxton@mail.example.org", "email")
    held = pickle.dumps(plan_for(desk).persons)
    assert all(part not in held.lower() for part in (b"quxton", b"vsevolod", b"mail.example.org"))
    assert kept(f"now {NAME} spoke", replace(STRICT, names=OFF, persons=pickle.loads(held))).startswith(
        "now [[PERSON_1]]"
    )


def test_persons_without_the_key_stop_the_crawl(desk, monkeypatch):
    """Fail closed: hashed under a key that is gone, the list would match nobody."""
    ask(desk, NAME, "name")
    layout = Layout(desk.folder)
    monkeypatch.setenv("COLLECTOR_KEYS", str(desk.folder / "elsewhere"))
    with pytest.raises(RegistryError, match="the key is not there"):
        persons_in_force(layout)


def test_no_registry_asks_nothing(tmp_path):
    assert len(persons_in_force(Layout(tmp_path))) == 0


@pytest.mark.parametrize("shape", ["A ", "Jane, ", "Jane Doe ", "jane "])
def test_the_work_grows_with_the_text(desk, shape):
    ask(desk, NAME, "name")
    plan = plan_for(desk, replace(STRICT, names=OFF))
    assert_linear(
        lambda text: minimise_text(text, plan, url=None, lang=None), lambda size: (shape * size)[:size], 4_000
    )


@given(
    st.lists(st.sampled_from([*SHORT, "Q" * 70, "x" * 70, " and of many other things " * 8]), max_size=24).map("".join)
)
@example("Ж" + " in small letters" * 20 + " Jane von der Doe")
def test_runs_of_capitalised_words_are_those_that_the_pattern_finds(text):
    assert list(asked.runs(text)) == [run.span() for run in asked._RUN.finditer(text)]
