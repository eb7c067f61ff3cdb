"""Rules of other distributions: EU code of practice for general-purpose AI, copyright measure 1.3(1)(b)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.model.errors import PolicyError
from collector.rules import plugins
from collector.rules.catalogue import RULES
from tests.support.plugin import MODULE, install

OURS = frozenset(rule.id for rule in RULES)


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """Reads the plug-ins of a fresh folder, and forgets them."""

    def load(module: str = MODULE, **how: str):
        install(tmp_path, module, **how)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "example_optout_rule", raising=False)
        plugins.installed.cache_clear()
        return plugins.installed(OURS)

    yield load
    plugins.installed.cache_clear()
    sys.modules.pop("example_optout_rule", None)


def test_an_installed_rule_is_found_with_its_source(loaded):
    (rule,) = loaded()
    assert (rule.id, rule.source) == ("example_optout", "example-optout 1.2")


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise RuntimeError('broken at import')", "broken at import"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        ("RULES = 1", "AttributeError"),
        ("RULE = 1", "is no collector.rules.rule.Rule"),
        (MODULE.replace('Rule("example_optout"', 'Rule("another"'), "the entry point carries the id"),
        (MODULE.replace("needs=needs)", "needs=needs, floor=True)"), "neither is for a plug-in to say"),
        (MODULE.replace("(frozen=True, slots=True)", "(slots=True)"), "no frozen dataclass"),
        (MODULE.replace('prefix: str = "reserve:"', "prefix: str"), "without defaults"),
    ],
    ids="raises missing no-attribute no-rule other-id floor not-frozen no-defaults".split(),
)
def test_what_cannot_be_loaded_is_an_error_and_never_left_out(loaded, module, said):
    with pytest.raises(PolicyError) as error:
        loaded(module)
    assert said in str(error.value)
    assert "example-optout 1.2" in str(error.value)


def test_nobody_replaces_a_rule_of_ours(loaded):
    module = MODULE.replace('Rule("example_optout"', 'Rule("robots_txt"')
    with pytest.raises(PolicyError, match="has the id of another rule"):
        loaded(module, points="robots_txt = example_optout_rule:RULE")


def collector(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(folder), *filter(None, [os.environ.get("PYTHONPATH")])))
    return subprocess.run(
        [sys.executable, "-m", "collector.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        input=stdin,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_the_commands_know_it(tmp_path):
    """One installation, and it stands in the list, the schema of the policy and the decisions."""
    install(tmp_path)
    rows = json.loads(collector(tmp_path, "rules", "list", "--json").stdout)
    (row,) = [row for row in rows if row["source"]]
    assert (row["id"], row["gate"], row["source"]) == ("example_optout", "site", "example-optout 1.2")
    schema = json.loads(collector(tmp_path, "policy", "schema").stdout)
    assert "prefix" in json.dumps(schema["$defs"]["rule_example_optout"]["properties"])
    file = {"/.well-known/example-optout": "reserve:/private/\n"}
    lines = [
        {"id": path, "url": f"https://site.example.org{path}", "site_files": file} for path in ("/private/a", "/b")
    ]
    answer = collector(tmp_path, "explain", "--jsonl", stdin="\n".join(map(json.dumps, lines)))
    reserved, free = map(json.loads, answer.stdout.splitlines())
    assert (reserved["verdict"], reserved["uses"]["train"]) == ("deny", "deny")
    assert [f["reason"] for f in reserved["findings"] if f["rule"] == "example_optout"] == ["reserved"]
    assert free["verdict"] == "allow"


def test_a_command_that_decides_stops_where_one_is_broken(tmp_path):
    install(tmp_path, "raise RuntimeError('broken')")
    answer = collector(tmp_path, "explain", "--jsonl", stdin='{"id":1,"url":"https://site.example.org/"}\n')
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "the rule example_optout of example-optout 1.2 cannot be loaded: RuntimeError: broken" in answer.stderr
    assert "Traceback" not in answer.stderr
