"""`collector registry`: record an objection, list those in force, ask whether one covers a URL."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.lists.match import Action
from collector.model.errors import ExitCode
from collector.model.layout import Layout
from collector.model.page import Candidate
from collector.model.url import parse_url

app = typer.Typer(no_args_is_help=True, help="Keep the opt-out registry: one objection binds every crawl.")

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command()
def add(
    what: Annotated[str, typer.Argument(help="Host, host/path or URL. A host covers every host below it.")],
    reason: Annotated[str, typer.Option(help="Why, without personal data: 'letter of 3 May, case 12'.")],
    data: Data = Path("data"),
    *,
    by: Annotated[str, typer.Option(help="Who records it; the user of this machine where not given.")] = "",
    whole_suffix: Annotated[bool, typer.Option(help="The holder of a whole public suffix objects.")] = False,
    as_json: Json = False,
) -> None:
    """Record an objection. A running crawl honours it within seconds."""
    from collector.registry.folder import RegistryFolder
    from collector.registry.record import Objection, record_objection

    folder = Layout(data).registry
    RegistryFolder(folder)  # a registry that cannot be read is mended first, not added to
    recorded_by = by or getpass.getuser()
    at = datetime.now(UTC)
    entry = record_objection(folder, Objection(what, reason, recorded_by, at, whole_suffix))
    registry = RegistryFolder(folder)
    if as_json:
        row = {"kind": entry.kind, "value": entry.host + entry.path, "by": recorded_by, "at": at.isoformat()}
        print(json.dumps({**row, "entries": len(registry.entries), "digest": registry.digest}))
        return
    print(f"in force: {entry.kind} {entry.host}{entry.path}, recorded by {recorded_by}")
    print(f"{len(registry.entries):,} entries in force; running crawls read it within seconds")


@app.command("list")
def list_entries(data: Data = Path("data"), *, as_json: Json = False) -> None:
    """Every entry in force, with the file and line it stands in."""
    from collector.registry.folder import RegistryFolder

    registry = RegistryFolder(Layout(data).registry)
    for entry in registry.entries:
        row = {
            "kind": entry.kind.value,
            "value": entry.rule,
            "action": entry.action.value,
            "file": entry.list.partition(":")[2],
            "line": entry.line,
            "reason": entry.note,
        }
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            shown = "" if entry.action is Action.DENY else f" ({entry.action})"
            print(f"{row['kind']:<8} {row['value']}{shown}  {row['file']}:{row['line']}  {row['reason']}")
    if not as_json:
        print(f"{len(registry.entries):,} entries in force, {registry.digest}")


@app.command()
def check(
    url: Annotated[str, typer.Argument(help="URL or host.")], data: Data = Path("data"), *, as_json: Json = False
) -> None:
    """Whether an objection covers URL. Exit code 0 either way: the answer is the first word."""
    from collector.model.decision import Verdict
    from collector.registry.folder import RegistryFolder
    from collector.rules.facts import UrlFacts
    from collector.rules.rule import NoSettings
    from collector.rules.url.opted_out import opted_out

    registry = RegistryFolder(Layout(data).registry)
    parsed = parse_url(url if "://" in url else f"https://{url}")
    finding = opted_out(UrlFacts(Candidate(parsed), opted_out=registry.match(parsed)), NoSettings())
    refused = finding.verdict is Verdict.DENY
    if as_json:
        evidence = [{"source": one.source, "locator": one.locator} for one in finding.evidence]
        row = {"url": parsed.href, "opted_out": refused, "reason": finding.reason, "evidence": evidence}
        print(json.dumps({**row, "digest": registry.digest}, ensure_ascii=False))
    else:
        print(f"{'opted out' if refused else 'free'}: {parsed.href}: {finding.reason}")
        for one in finding.evidence:
            print(f"  {one.source}: {one.locator}")
    raise typer.Exit(ExitCode.OK)
