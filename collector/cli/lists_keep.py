"""`collector lists import, activate, …`: bring lists in, put them in force, take them back, pass them on."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.crawler.who import who_acts
from collector.lists.entry import Kind
from collector.lists.match import Action
from collector.model.errors import ExitCode, InputError
from collector.model.layout import Layout

if TYPE_CHECKING:
    from collector.lists.organisation import Generation, OrganisationLists

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the organisation's lists are kept.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str, typer.Option(help="Who does it; the user of this machine where not given.")]
Reason = Annotated[str, typer.Option(help="Why; owed for a version in quarantine.")]
Seed = Annotated[int, typer.Option(help="Of the hash table, to make the same file again; drawn where not given.")]
Name = Annotated[str, typer.Argument(help="The list's name here.")]
SHOWN = 20


def import_(
    name: Name,
    path: Annotated[Path, typer.Argument(help="The file, as it was fetched.")],
    category: Annotated[str, typer.Option(help="Of the taxonomy; where a line says none.")],
    licence: Annotated[str, typer.Option(help="By its SPDX name: CC-BY-SA-4.0, MIT … It travels with the entries.")],
    source: Annotated[str, typer.Option(help="Whose it is and where it was taken from.")],
    format_: Annotated[str, typer.Option("--format", help="plain, hosts, adblock, dnsmasq, unbound, rpz, ut1, …")],
    data: Data = Path("data"),
    *,
    title: str = "",
    action: Annotated[Action, typer.Option(help="What an entry asks for where a line does not say.")] = Action.DENY,
    match: Annotated[Kind, typer.Option(help="What a bare host means: subtree or host.")] = Kind.SUBTREE,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Import a list as a candidate version: in force for nobody yet. Exit code 1 where lines were rejected."""
    from collector.lists.candidate import Import, import_list
    from collector.lists.organisation import OrganisationLists
    from collector.lists.version import REJECTED

    if match not in {Kind.SUBTREE, Kind.HOST}:
        raise InputError("a bare host is a subtree or a host", mend="--match subtree")
    lists = OrganisationLists(Layout(data).lists)
    said = Import(name, format_, category, licence, source, who_acts(by), title, action, match)
    version = import_list(path, said, lists.sources, datetime.now(UTC).date(), lists.previous(name))
    rejected = lists.sources / name / version.version / REJECTED
    if as_json:
        print(version.model_dump_json())
    else:
        print(f"{version.version}: {version.entries:,} entries, {version.added:,} new, {version.removed:,} gone")
        print(f"{version.rejected:,} lines rejected, {version.aside:,} public suffixes put aside")
        if version.rejected:
            with rejected.open(encoding="utf-8") as lines:
                for line, _ in zip(lines, range(SHOWN), strict=False):
                    row = json.loads(line)
                    print(f"  line {row['line']}: {row['reason']}: {row['text']}")
            print(f"  all of them: {rejected}")
        if version.aside:
            print(f"  which they are, and how to put them in force: collector lists confirm {name}")
        if version.quarantine:
            print(f"in quarantine: {version.quarantine}")
        print(f"next: collector lists activate {name}")
    if version.rejected or version.aside or version.quarantine:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def compile_(
    data: Data = Path("data"), *, by: By = "", reason: Reason = "", seed: Seed = -1, as_json: Json = False
) -> None:
    """Compile the versions in force once more, and swap the snapshot in running crawls."""
    _change(data, lambda _: None, by=by, reason=reason or "compiled again", seed=seed, as_json=as_json)


def activate(
    name: Name,
    version: Annotated[str, typer.Argument(help="Or its beginning; the newest where not given.")] = "",
    data: Data = Path("data"),
    *,
    by: By = "",
    reason: Reason = "",
    seed: Seed = -1,
    as_json: Json = False,
) -> None:
    """Put a version in force: compiled, checked and swapped in running crawls, or nothing of it."""
    lists = _lists(data)
    wanted = lists.version(name, version).version
    _change(data, lambda all_: all_.update({name: wanted}), by=by, reason=reason, seed=seed, as_json=as_json)


def deactivate(
    name: Name, data: Data = Path("data"), *, by: By = "", reason: Reason = "", seed: Seed = -1, as_json: Json = False
) -> None:
    """Take a list out of force; its versions stay."""

    def without(versions: dict[str, str]) -> None:
        if versions.pop(name, None) is None:
            raise InputError(f"the list {name!r} is not in force", mend="collector lists status")

    _change(data, without, by=by, reason=reason or f"without {name}", seed=seed, as_json=as_json)


def rollback(
    data: Data = Path("data"),
    *,
    to: Annotated[int | None, typer.Option(help="A generation; the one before where not given.")] = None,
    by: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Put in force what was in force before."""
    lists = _lists(data)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    who = who_acts(by)
    _told(lists.rollback(seed=secrets.randbits(64), at=at, by=who, reason=reason, number=to), as_json=as_json)


def override(
    value: Annotated[str, typer.Argument(help="Host, host/path, URL or network.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in every decision that rests on it.")],
    data: Data = Path("data"),
    *,
    deny: Annotated[bool, typer.Option("--deny", help="Refuse it; otherwise it is allowed.")] = False,
    subtree: Annotated[bool, typer.Option("--subtree", help="Hosts below as well.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Against narrower entries of lists too.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the override back.")] = False,
    approved_by: Annotated[str, typer.Option(help="The second person, where a policy asks for one.")] = "",
    by: By = "",
) -> None:
    """Overrule the lists in one entry, with a reason. It holds at once; nothing overrules the opt-out registry."""
    from collector.lists.overrides import FILE, Override, append_override
    from collector.lists.plain import kind_of

    kind = kind_of(value, Kind.SUBTREE if subtree else Kind.HOST)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    who = who_acts(by)
    action = Action.DENY if deny else Action.ALLOW
    if len(reason.strip()) < 3:
        raise InputError("no reason", mend="--reason: what a person should read who asks why, in a year")
    given = Override(
        op="withdraw" if withdraw else "set", kind=kind, value=value.removeprefix("*."), action=action, force=force,
        reason=reason, by=who, approved_by=approved_by, at=at,
    )  # fmt: skip
    append_override(Layout(data).lists / FILE, given)
    what = "withdrawn" if withdraw else f"in force: {given.action}"
    print(f"{what} {kind} {given.value}, by {who}{f', approved by {approved_by}' if approved_by else ''}")


def export(
    name: Name,
    format_: Annotated[
        str, typer.Option("--format", help="plain, hosts, adblock, dnsmasq, unbound, rpz, csv, jsonl …")
    ],
    out: Annotated[Path, typer.Option(help="Where to write.")],
    data: Data = Path("data"),
    *,
    version: Annotated[str, typer.Option(help="Or its beginning; the one in force where not given.")] = "",
    own_use: Annotated[bool, typer.Option("--own-use", help="The copy stays in the organisation.")] = False,
) -> None:
    """Write a list in another format, where its licence lets it be passed on. Exit code 1 where entries do not fit."""
    from collector.lists.export import export_version

    lists = _lists(data)
    generation = lists.current()
    one = lists.version(name, version or (generation.versions.get(name, "") if generation else ""))
    written, left_out = export_version(one, lists.sources / name / one.version, out, format_, own_use=own_use)
    print(f"{written:,} entries written, {left_out:,} that {format_} cannot say; licence {one.licence}")
    if left_out:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def _lists(data: Path) -> OrganisationLists:
    from collector.lists.organisation import OrganisationLists

    return OrganisationLists(Layout(data).lists)


def _change(data: Path, change: object, *, by: str, reason: str, seed: int, as_json: bool) -> None:
    lists = _lists(data)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    drawn = seed if seed >= 0 else secrets.randbits(64)
    generation = lists.change(change, seed=drawn, at=at, by=who_acts(by), reason=reason)  # type: ignore[arg-type]
    _told(generation, as_json=as_json)


def _told(generation: Generation, *, as_json: bool) -> None:
    if as_json:
        print(generation.model_dump_json())
        return
    print(f"generation {generation.number} in force: {generation.entries:,} entries, {generation.snapshot}")
    for name, version in sorted(generation.versions.items()):
        print(f"  {name} {version}")
    passed_on = "may be passed on" if generation.may_be_passed_on else "own use only"
    print(f"licence {generation.licence}, {passed_on}; running crawls take it within seconds")
    for reason in generation.why_not:
        print(f"  not to be passed on: {reason}")
