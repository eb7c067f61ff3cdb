"""`collector policy`: check a policy, show what it means, print its schema."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from collector.model.errors import CollectorError, ExitCode

app = typer.Typer(no_args_is_help=True, help="Check and show policies.")

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
File = Annotated[str, typer.Argument(help="Path of a policy, or the name of a ready one: demo, strict-eu, research.")]


@app.command()
def check(file: File, *, as_json: Json = False) -> None:
    """Say everything that is wrong with FILE, with line and mend. Exit code 2 where anything is."""
    from collector.policy.faults import FaultyPolicyError

    try:
        policy = _load(file)
    except FaultyPolicyError as exc:
        if not as_json:
            raise
        for fault in exc.faults:
            row = {"file": exc.path, "line": fault.line, "key": fault.key, "error": fault.message, "mend": fault.mend}
            print(json.dumps(row, ensure_ascii=False))
        raise typer.Exit(ExitCode.BAD_INPUT) from exc
    except CollectorError as exc:
        if not as_json:
            raise
        print(json.dumps({"file": file, "error": exc.message, "mend": exc.mend}, ensure_ascii=False))
        raise typer.Exit(exc.exit_code) from exc
    if as_json:
        print(json.dumps({"policy": policy.collection.id, "digest": str(policy.digest), "ok": True}))
        return
    print(f"ok: {policy.collection.id}, {policy.digest}")
    if not policy.scope.seeds and not policy.scope.sitemaps:
        print("it names no seeds: give them on the command line, or in [scope] seeds")
    if policy.network.allow_addresses or not policy.network.verify_tls:
        print("[network] opens the wall: " + ", ".join(policy.network.allow_addresses or ("TLS is not verified",)))


@app.command()
def show(file: File, *, as_json: Json = False) -> None:
    """Show what FILE means, defaults included: what the crawl will be bound by."""
    from collector.policy.plain import plain

    policy = _load(file)
    meaning: dict[str, Any] = {
        name: plain(getattr(policy, name)) for name in policy.__slots__ if name not in {"source", "path", "digest"}
    }
    meaning = {"digest": str(policy.digest), **meaning}
    if as_json:
        print(json.dumps(meaning, ensure_ascii=False))
        return
    print(f"{policy.collection.title} ({policy.collection.id})\n{policy.digest}")
    for table, values in meaning.items():
        if isinstance(values, dict):
            print(f"\n[{table}]")
            for key, value in values.items():
                print(f"{key} = {json.dumps(value, ensure_ascii=False)}")
        elif isinstance(values, list) and values:
            print(f"\n[[{table}]]")
            for row in values:
                print(json.dumps(row, ensure_ascii=False))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a policy, made from the code that reads it."""
    from collector.policy.schema import schema_text
    from collector.rules.catalogue import fragments

    print(schema_text(fragments()), end="")


def _load(file: str) -> Any:
    from collector.crawler.known import KNOWN
    from collector.policy.load import load_policy
    from collector.policy.ready import find_policy
    from collector.rules.catalogue import fragments

    today = datetime.now(UTC).date()
    return load_policy(find_policy(file), fragments(), today=today, known=KNOWN)
