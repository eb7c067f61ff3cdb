"""policies/: the three ready policies load with every rule, validate against the schema, and the schema is current."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import jsonschema
import pytest

from collector.lists.folder import load_lists
from collector.lists.match import Action
from collector.lists.taxonomy import taxonomy
from collector.model.resources import resource_folder
from collector.model.url import parse_url
from collector.policy.floor import FLOOR
from collector.policy.load import load_policy
from collector.policy.plain import as_json
from collector.policy.policy import LegalBasis, Policy
from collector.policy.ready import beside, ready_policies
from collector.policy.schema import policy_schema, schema_text
from collector.registry.folder import RegistryFolder
from collector.rules.catalogue import bind, floor, fragments

NAMES = ["demo", "research", "strict-eu"]


def load(name: str) -> Policy:
    return load_policy(ready_policies()[name], fragments(), today=date(2026, 11, 22))


@pytest.mark.parametrize("name", NAMES)
def test_loads_and_binds_every_rule(name: str) -> None:
    policy = load(name)
    assert policy.collection.id == name
    assert set(policy.rules) == set(fragments())
    bind(policy)


def test_the_floor_is_the_same_for_the_loader_and_the_rules() -> None:
    assert floor() == FLOOR


@pytest.mark.parametrize("name", NAMES)
def test_validates_under_the_schema(name: str) -> None:
    data = json.loads(as_json(tomllib.loads(ready_policies()[name].read_text(encoding="utf-8"))))
    jsonschema.Draft202012Validator(policy_schema(fragments())).validate(data)


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    data = json.loads(as_json(tomllib.loads(ready_policies()["demo"].read_text(encoding="utf-8"))))
    validator = jsonschema.Draft202012Validator(policy_schema(fragments()))
    data["scope"]["max_dept"] = 3
    assert not validator.is_valid(data)


def test_the_schema_file_is_current() -> None:
    # `collector policy schema > policies/schema.json` writes it again.
    assert (resource_folder("policies") / "schema.json").read_text(encoding="utf-8") == schema_text(fragments())


@pytest.mark.parametrize("name", ["strict-eu", "research"])
def test_refuses_every_category_whose_default_is_deny(name: str) -> None:
    denied = {category.id for category in taxonomy().values() if category.default is Action.DENY}
    assert denied <= set(load(name).lists.sensitive)


def test_strict_eu_rests_on_an_assessment_and_research_on_article_3() -> None:
    assert load("strict-eu").collection.legal_basis is LegalBasis.LEGITIMATE_INTEREST
    assert {use.value for use in load("research").uses.need} == {"fetch"}  # no reservation of mining under Art. 3


def test_the_demonstration_refuses_its_forum_and_its_diary() -> None:
    policy = load("demo")
    lists = load_lists(files=[beside(policy, name) for name in policy.lists.files], only=policy.lists.sensitive)
    assert lists.lookup.match(parse_url("http://health.localhost:8000/threads/sleep.html"))[0].action is Action.DENY
    registry = RegistryFolder(
        beside(policy, "no-such-folder"), [beside(policy, name) for name in policy.registry.sources]
    )
    assert registry.match(parse_url("http://garden.localhost:8000/"))[0].action is Action.DENY
