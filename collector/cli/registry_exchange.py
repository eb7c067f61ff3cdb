"""`collector registry import|export|publish|sync|peer|persons`: what we tell others, and what they tell us."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.model.errors import CollectorError, ExitCode

if TYPE_CHECKING:
    from collector.registry.entry import RegistryEntry
    from collector.registry.exchange.sync import Get
    from collector.registry.verification.fetch import Fetcher

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str, typer.Option(help="Who does it.")]
Format = Annotated[str, typer.Option("--format", help="plain, hosts, abp, rpz, csv; robots or tdmrep with --host.")]
Host = Annotated[str, typer.Option(help="For robots and tdmrep: whose file it is.")]
Token = Annotated[str, typer.Option(help="For robots: the group's product token.")]

peer_app = typer.Typer(no_args_is_help=True, help="The registries that we take over.")
persons_app = typer.Typer(no_args_is_help=True, help="Lists of persons for one recipient, keyed for it alone.")


def export(data: Data = Path("data"), *, form: Format = "plain", host: Host = "", token: Token = "") -> None:
    """Print what is in force. What the format cannot say exactly is left out, and counted on standard error."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.formats import exchanged, render
    from collector.registry.versions import all_current

    with desk(data, create=False) as at, at.store.snapshot() as tx:
        entries = [one for one in all_current(tx).values() if one.in_force(at.act.at)]
    rendered = render(form, exchanged(entries), host=host, token=token)
    sys.stdout.write(rendered.text)
    print(f"{rendered.held:,} entries; {rendered.left_out:,} cannot be said as {form}", file=sys.stderr)


def import_(
    file: Annotated[Path, typer.Argument(help="The file to take in.")],
    reason: Annotated[str, typer.Option(help="Where it comes from and why, without personal data.")],
    data: Data = Path("data"),
    *,
    form: Format = "plain",
    host: Host = "",
    token: Token = "",
    accept_growth: Annotated[bool, typer.Option(help="It is meant to be this many.")] = False,
    show: Annotated[bool, typer.Option("--preview", help="Show what it would add, and record nothing.")] = False,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Take in a file of objections. A line that is none is told with its reason, and makes the exit code 1."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.formats import read
    from collector.registry.exchange.importing import candidate, record_import
    from collector.rights.reach import impact

    found = read(form, file.read_bytes(), host=host, token=token)
    ref = ""
    entries: tuple[RegistryEntry, ...] = ()
    with desk(data, by) as at:
        with at.store.snapshot() as tx:
            plan = candidate(tx, found)
        if not show:
            with at.changing() as tx:
                plan = candidate(tx, found)
                ref, entries = record_import(tx, at.act, plan, reason, source=file.name, accept_growth=accept_growth)
    row = {
        "ref": ref,
        "new": len(plan.new),
        "known": plan.known,
        "quarantined": [one.value for one in plan.quarantined],
        "rejected": [{"line": one.line, "reason": one.reason} for one in found.rejected],
        "impact": str(impact(entries, data)) if entries else "",
    }
    if as_json:
        print(json.dumps(row, ensure_ascii=False))
    else:
        for one in found.rejected[:50]:
            print(f"{file.name}:{one.line}: {one.reason}")
        for wide in plan.quarantined:
            print(f"quarantined: {wide.value} is a public suffix")
        print(f"{ref or 'preview'}: {len(plan.new):,} new, {plan.known:,} known, {len(found.rejected):,} rejected")
        print(row["impact"])
    if found.rejected or plan.quarantined:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def publish_(
    folder: Annotated[Path, typer.Argument(help="Static files for any web server.")],
    data: Data = Path("data"),
    *,
    name: Annotated[str, typer.Option(help="What the registry calls itself.")] = "registry",
    as_json: Json = False,
) -> None:
    """Write snapshot, feed, exports and the signed manifest. The same registry again changes no file."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.publish import publish

    with desk(data, create=False) as at, at.store.snapshot() as tx:
        done = publish(tx, folder, at.keys.signing, name, at.act.at)
    if as_json:
        print(
            json.dumps(
                {"seq": done.seq, "entries": done.entries, "public_key": done.public_key, "changed": done.changed}
            )
        )
        return
    print(f"{done.entries:,} entries up to event {done.seq:,}{'' if done.changed else '; nothing new'}")
    print(f"public key, to be handed over by another way: {done.public_key}")
    for form, left in done.left_out:
        if left:
            print(f"  {left:,} entries cannot be said as {form}")


def sync(
    data: Data = Path("data"),
    *,
    peer: Annotated[str, typer.Option(help="Only this one.")] = "",
    now_: Annotated[bool, typer.Option("--now", help="Also a peer that failed a moment ago.")] = False,
    accept_shrink: Annotated[bool, typer.Option(help="The removal of many entries was looked at.")] = False,
    resolver: Annotated[list[str] | None, typer.Option("--resolver", help="Name server.")] = None,
    allow_address: Annotated[
        list[str] | None, typer.Option("--allow-address", help="Networks closed otherwise.")
    ] = None,
    by: By = "",
) -> None:
    """Take over what peers published since the last time. Exit code 1 where one failed; its last good copy stays."""
    from collector.cli.registry_desk import desk
    from collector.cli.registry_proofs import checker_of
    from collector.registry.exchange.peers import find_peer, peers
    from collector.registry.exchange.sync import note_failure, pull

    failed = False
    checker = checker_of(resolver, allow_address)
    with desk(data, by) as at:
        with at.store.snapshot() as tx:
            asked = (find_peer(tx, peer),) if peer else peers(tx)
        for one in asked:
            if one.next_at is not None and at.act.at < one.next_at and not now_:
                print(f"{one.id}: asked again at {one.next_at:%Y-%m-%d %H:%M}")
                continue
            get = _source(one.url, checker.fetcher)
            try:
                with at.changing() as tx:
                    done = pull(tx, at.act, one, get, accept_shrink=accept_shrink)
            except CollectorError as exc:
                failed = True
                with at.store.transaction() as tx:
                    note_failure(tx, at.act, one, exc)
                print(f"{one.id}: {exc}", file=sys.stderr)
                continue
            if done.unchanged:
                print(f"{one.id}: nothing new since event {done.seq:,}")
                continue
            print(f"{one.id}: {done.changed:,} new or changed, {done.removed:,} removed, up to event {done.seq:,}")
            for refused in done.refused[:50]:
                print(f"  not believed: {refused}")
    if failed:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def _source(url: str, fetcher: Fetcher) -> Get:
    from collector.registry.exchange.fetching import MAX_FILE, SECONDS, from_folder, over_http

    if "://" not in url:
        return from_folder(Path(url))
    return over_http(replace(fetcher, max_bytes=MAX_FILE, seconds=SECONDS), url)


@peer_app.command("add")
def peer_add(
    name: Annotated[str, typer.Argument(help="What we call it.")],
    url: Annotated[str, typer.Argument(help="Address of its published folder, or a folder of this machine.")],
    key: Annotated[str, typer.Option(help="Its public key, handed over by another way.")],
    data: Data = Path("data"),
    *,
    by: By = "",
) -> None:
    """Take over this registry from now on."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.peers import add_peer

    with desk(data, by) as at, at.store.transaction() as tx:
        add_peer(tx, at.act, name, url, key)
    print(f"{name}: asked by `collector registry sync`")


@peer_app.command("remove")
def peer_remove(name: Annotated[str, typer.Argument()], data: Data = Path("data"), *, by: By = "") -> None:
    """Ask it no more; what came from it stays in force."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.peers import remove_peer

    with desk(data, by) as at, at.store.transaction() as tx:
        remove_peer(tx, at.act, name)
    print(f"{name}: not asked any more")


@peer_app.command("list")
def peer_list(data: Data = Path("data"), *, as_json: Json = False) -> None:
    """Peers with their last round."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.peers import peers

    with desk(data, create=False) as at, at.store.snapshot() as tx:
        known = peers(tx)
    for one in known:
        last = one.last_sync_at.isoformat(timespec="seconds") if one.last_sync_at else "never"
        row = {"peer": one.id, "url": one.url, "cursor": one.cursor, "last": last, "status": one.last_status}
        print(json.dumps(row) if as_json else f"{one.id}  {one.url}  event {one.cursor:,}  {last}  {one.last_status}")


@persons_app.command("export")
def persons_export(
    recipient: Annotated[str, typer.Argument(help="Whose pepper keys the hashes.")],
    out: Annotated[Path, typer.Argument(help="The ZIP to write.")],
    data: Data = Path("data"),
    *,
    full: Annotated[bool, typer.Option(help="All that is in force, not only what is new.")] = False,
    by: By = "",
) -> None:
    """Write the recipient's list: hashes per scheme, and what was removed since the last one."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.person_list import person_batch
    from collector.registry.sealed_file import replace_file

    with desk(data, by) as at, at.store.transaction() as tx:
        batch = person_batch(tx, at.act, at.keys, recipient, full=full)
        replace_file(out, batch.data)  # before the commit: what is noted as delivered is there
    print(f"{out}: {batch.added:,} added, {batch.removed:,} removed")


@persons_app.command("answers")
def persons_answers(
    recipient: Annotated[str, typer.Argument()],
    file: Annotated[Path, typer.Argument(help="Id,Status: 2 exempted, 3 deleted, 4 opted out, 5 not found.")],
    data: Data = Path("data"),
    *,
    by: By = "",
) -> None:
    """Take in what the recipient did. Exit code 1 where lines were wrong."""
    from collector.cli.registry_desk import desk
    from collector.registry.exchange.person_list import read_answers

    with desk(data, by) as at, at.store.transaction() as tx:
        taken, wrong = read_answers(tx, at.act, recipient, file.read_bytes())
    for line in wrong[:50]:
        print(f"{file.name}: {line}")
    print(f"{taken:,} answers taken in, {len(wrong):,} wrong")
    if wrong:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def register(app: typer.Typer) -> None:
    """Add the commands to `collector registry`."""
    app.command("export")(export)
    app.command("import")(import_)
    app.command("publish")(publish_)
    app.command()(sync)
    app.add_typer(peer_app, name="peer")
    app.add_typer(persons_app, name="persons")
