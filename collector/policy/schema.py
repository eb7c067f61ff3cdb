"""The JSON Schema of a policy, for editors and for people: made from the same models that read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

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
    schema["$schema"] = DIALECT
    schema["title"] = "Policy"
    schema["description"] = (PolicyFile.__doc__ or "").strip()
    return schema


def schema_text(fragments: Mapping[str, type]) -> str:
    """The file `policies/schema.json`, byte for byte."""
    return json.dumps(policy_schema(fragments), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
