"""The JSON Schema of a policy, for editors and for people: made from the same models that read it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from collector.policy import tables
from collector.policy.fragments import model_of
from collector.policy.tables import PolicyFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema(fragments: Mapping[str, type]) -> dict[str, Any]:
    """The schema (draft 2020-12) of a policy file with the settings of these rules."""
    columns: dict[str, Any] = {
        rule: (model_of(rule, kind), Field(default_factory=dict)) for rule, kind in sorted(fragments.items())
    }
    rules: type[BaseModel] = create_model("Rules", __config__=ConfigDict(extra="forbid"), **columns)
    rules.__doc__ = "Settings of the rules, by rule id."
    whole: type[BaseModel] = create_model(
        "PolicyFileWithRules",
        __base__=PolicyFile,
        rules=(rules, Field(default_factory=dict, description="Settings of the rules, by rule id.")),
    )
    schema = whole.model_json_schema(mode="validation")
    below = described()
    for name, table in (("PolicyFile", schema), *schema["$defs"].items()):
        for key, said in below.get(name, {}).items():
            table["properties"][key]["description"] = said
    schema["$schema"] = DIALECT
    schema["title"] = "Policy"
    schema["description"] = (PolicyFile.__doc__ or "").strip()
    return schema


def described() -> dict[str, dict[str, str]]:
    """Table → key → what stands below the key in `tables.py`."""
    found: dict[str, dict[str, str]] = {}
    for table in ast.parse(inspect.getsource(tables)).body:
        if not isinstance(table, ast.ClassDef):
            continue
        for key, below in pairwise(table.body):
            match key, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found.setdefault(table.name, {})[name] = inspect.cleandoc(said)
    return found


def schema_text(fragments: Mapping[str, type]) -> str:
    """The file `policies/schema.json`, byte for byte."""
    return json.dumps(policy_schema(fragments), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
