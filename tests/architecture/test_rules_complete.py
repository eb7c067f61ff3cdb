"""A rule is whole: one id is the module, the function, the test module, the page, and the key in the policy."""

from __future__ import annotations

import dataclasses
import importlib
import json

import pytest

from collector.rules.catalogue import RULES
from tests.architecture.sources import ROOT

FLOOR = {"public_address", "personal_url", "robots_txt", "sensitive_domain", "opted_out", "suppressed", "access_barrier",
         "access_wall"}  # fmt: skip


def test_ids_are_unique_and_the_floor_is_whole():
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert {rule.id for rule in RULES if rule.floor} >= FLOOR


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestRule:
    def test_module_and_function_carry_the_id(self, rule):
        module = importlib.import_module(f"collector.rules.{rule.gate.value}.{rule.id}")
        assert getattr(module, rule.id) is rule.ask
        assert len(rule.summary) >= 20

    def test_has_its_tests(self, rule):
        tests = ROOT / "tests" / "rules" / rule.gate.value / f"test_{rule.id}.py"
        assert tests.is_file()
        assert "def test_" in tests.read_text()

    def test_has_its_page(self, rule):
        page = (ROOT / "docs" / "rules" / f"{rule.id}.md").read_text()
        assert page.startswith(f"# `{rule.id}`\n")
        for field in dataclasses.fields(rule.settings):
            assert f"`{field.name}`" in page

    def test_has_its_key_in_the_schema(self, rule):
        schema = json.loads((ROOT / "policies" / "schema.json").read_text())
        rules = _resolved(schema, schema["properties"]["rules"])
        assert rule.id in rules["properties"]

    def test_its_settings_have_defaults(self, rule):
        assert dataclasses.is_dataclass(rule.settings)
        assert rule.settings() == rule.settings()
        assert rule.settings.__dataclass_params__.frozen


def _resolved(schema: dict, node: dict) -> dict:
    """Follow `$ref` and a lone `allOf` or `anyOf` to the object that has the properties."""
    while "properties" not in node:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        else:
            node = next(n for n in node.get("allOf", node.get("anyOf", [])) if n.get("type") != "null")
    return node
