"""`collector rules`: what each rule asks, at which gate, and how this policy sets it."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from typing import Annotated

import typer

from collector.model.errors import InputError

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("list")
def list_rules(*, as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False) -> None:
    """Every rule: gate, id, whether a policy can switch it off, and what it asks."""
    from collector.rules.catalogue import rules

    if as_json:
        rows = [
            {"id": r.id, "gate": r.gate.value, "floor": r.floor, "summary": r.summary, "source": r.source}
            for r in rules()
        ]
        print(json.dumps(rows, indent=2))
        return
    for rule in rules():
        brought = f"  [{rule.source}]" if rule.source else ""
        print(f"{rule.gate.value:<9} {rule.id:<24} {'floor ' if rule.floor else '      '} {rule.summary}{brought}")


@app.command("show")
def show_rule(
    rule: Annotated[str, typer.Argument(help="A rule id.")],
    policy: Annotated[str, typer.Option(help="Show the settings that this policy gives it.")] = "",
) -> None:
    """One rule: what it asks and why, with its settings."""
    from collector.rules.catalogue import fragments, rules

    found = next((one for one in rules() if one.id == rule), None)
    if found is None:
        ids = ", ".join(one.id for one in rules())
        raise InputError(f"no rule {rule!r}", mend=f"the rules are {ids}")
    print(f"{found.id}: {found.gate.value} gate" + (", floor: no policy can switch it off" if found.floor else ""))
    print(inspect.cleandoc(found.ask.__doc__ or ""))
    settings = found.settings()
    if policy:
        from collector.policy.load import load_policy
        from collector.policy.ready import find_policy

        settings = load_policy(find_policy(policy), fragments()).rules.get(rule, settings)
    for name, value in asdict(settings).items():
        print(f"  {name} = {json.dumps(value, default=str)}")
