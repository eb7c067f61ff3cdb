"""`collector registry show|withdraw|review|compile`: what is due, what was decided and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from collector.model.errors import ExitCode, RegistryError

if TYPE_CHECKING:
    from collector.registry.proving import Kept, Proof

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str, typer.Option(help="Who does it.")]
Ref = Annotated[str, typer.Argument(help="Public reference, O-…")]
Choice = TypeVar("Choice", bound=StrEnum)


def choice(kind: type[Choice], text: str, option: str) -> Choice:
    """The member that `text` names. Raises RegistryError."""
    try:
        return kind(text)
    except ValueError as exc:
        raise RegistryError(f"{option} {text[:40]!r}", mend=f"one of: {', '.join(kind)}") from exc


def day(text: str, option: str) -> datetime | None:
    """The beginning of a day, UTC; None for no text. Raises RegistryError."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as exc:
        raise RegistryError(f"{option} {text[:40]!r} is no day", mend="write it as 2027-05-01") from exc


def popular_of(path: Path | None) -> frozenset[str]:
    """Registrable domains that a bare word must not take off the crawl, one a line. Raises RegistryError."""
    try:
        return frozenset(path.read_text("utf-8").split()) if path is not None else frozenset()
    except (OSError, UnicodeDecodeError) as exc:
        raise RegistryError(f"the list of popular sites cannot be read: {exc}", where=str(path)) from exc


def show(ref: Ref, data: Data = Path("data"), *, as_json: Json = False) -> None:
    """Everything of one request: its dates, entries, proofs, where it arrived, and every event."""
    from collector.cli.registry_desk import desk
    from collector.registry.entry import as_row
    from collector.registry.journal import events
    from collector.registry.propagation import of_entries
    from collector.registry.proving import evidence_of, proofs
    from collector.registry.request import find
    from collector.registry.versions import of_request

    with desk(data, create=False) as at, at.store.snapshot() as tx:
        request = find(tx, ref)
        entries = of_request(tx, request.id)
        state, due = request.state(entries, at.act.at), request.due(entries, at.act.at)
        happened = [one for subject in (request.id, *(e.id for e in entries)) for one in events(tx, subject=subject)]
        arrived = of_entries(tx, [entry.id for entry in entries])
        seen = [(proof, evidence_of(tx, proof)) for proof in proofs(tx, request)]
    happened.sort(key=lambda one: one.seq)
    if as_json:
        row = {
            "ref": request.public_ref,
            "state": state,
            "received": request.received_at.isoformat(),
            "due": due.isoformat() if due is not None else None,
            "hold": request.hold_reason,
            "reason": request.decision_reason,
            "entries": [as_row(entry) for entry in entries],
            "proofs": [_proof_row(proof, kept) for proof, kept in seen],
            "propagation": [
                {"entry": d.entry, "target": str(d.target), "status": d.status, "affected": d.affected} for d in arrived
            ],
            "events": [
                {"seq": e.seq, "at": e.at, "by": e.actor, "type": e.type, **json.loads(e.payload)} for e in happened
            ],
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{request.public_ref}  {state}  received {request.received_at:%Y-%m-%d}", end="")
    print(f", answer due {due:%Y-%m-%d}" if due is not None else ", answered")
    for text in (request.hold_reason, request.decision_reason):
        if text:
            print(f"  {text}")
    for entry in entries:
        shown = entry.scope_value or f"{entry.id_scheme} {entry.id_hash[:16]}"
        print(
            f"  {entry.id}.{entry.version}  {entry.scope_kind} {shown}  {entry.state}, {entry.strength}: {entry.reason}"
        )
    for proof, kept in seen:
        print(f"  proof {proof.method}: {proof.result} {proof.detail}")
        if kept is not None:
            print(f"    seen {kept.at:%Y-%m-%d %H:%M} at {kept.seen.source}, sha256 {kept.seen.sha256}")
    for one in arrived:
        print(f"  {one.target}: {one.status}, {one.affected:,} {one.proof}")
    for event in happened:
        print(f"  {event.seq:>6} {event.at[:19]} {event.actor}: {event.type} {event.payload}")


def _proof_row(proof: Proof, kept: Kept | None) -> dict[str, object]:
    row: dict[str, object] = {"method": proof.method, "result": proof.result, "detail": proof.detail}
    if kept is None:
        return row
    seen = {
        "source": kept.seen.source,
        "sha256": kept.seen.sha256,
        "size": kept.seen.size,
        "head": kept.seen.head,
        "excerpt": kept.seen.excerpt.decode("utf-8", "backslashreplace"),
        "at": kept.at.isoformat(),
    }
    return {**row, "evidence": seen}


def withdraw(
    ref: Ref, reason: Annotated[str, typer.Option(help="Why.")], data: Data = Path("data"), *, by: By = ""
) -> None:
    """The requester takes it back. The feed tells it as removed; the history stays."""
    from collector.cli.registry_desk import desk
    from collector.registry import lifecycle
    from collector.registry.request import find

    with desk(data, by) as at, at.changing() as tx:
        gone = lifecycle.withdraw(tx, at.act, find(tx, ref), reason)
    print(f"withdrawn: {len(gone)} entries are no longer in force")


def review(
    ref: Annotated[str, typer.Argument(help="Public reference; without it, everything that is due.")] = "",
    data: Data = Path("data"),
    *,
    submit: Annotated[bool, typer.Option(help="A draft is handed in: the month begins, and it protects.")] = False,
    decide: Annotated[str, typer.Option(help="What is proven is followed, and why.")] = "",
    hold: Annotated[str, typer.Option(help="We need something from the requester: what.")] = "",
    release: Annotated[bool, typer.Option(help="What was missing has come.")] = False,
    extend: Annotated[str, typer.Option(help="Two further months, and why (Art. 12(3) GDPR).")] = "",
    reject: Annotated[str, typer.Option(help="We do not follow it, and why.")] = "",
    suspend: Annotated[str, typer.Option(help="Take it out of force after a look, and why.")] = "",
    revoke: Annotated[str, typer.Option(help="Take it out of force for good (a forged proof), and why.")] = "",
    supersede_by: Annotated[str, typer.Option(help="The same requester's newer request takes its place.")] = "",
    erase_contact: Annotated[bool, typer.Option(help="Forget who asked; the objection stays.")] = False,
    recheck: Annotated[bool, typer.Option(help="Look again at proofs that are 180 days old.")] = False,
    propagate: Annotated[bool, typer.Option(help="Count again what it touches, and write it down.")] = False,
    resolver: Annotated[list[str] | None, typer.Option("--resolver", help="Name server for --recheck.")] = None,
    allow_address: Annotated[list[str] | None, typer.Option("--allow-address", help="For --recheck.")] = None,
    popular: Annotated[Path | None, typer.Option(help="For --submit: as `registry add --popular`.")] = None,
    by: By = "",
    as_json: Json = False,
) -> None:
    """What is due and needs a person; with a reference, decide about one. Exit code 1: something is overdue."""
    from collector.cli.registry_desk import desk
    from collector.registry import lifecycle
    from collector.registry.intake import hand_in
    from collector.registry.request import find
    from collector.registry.versions import of_request
    from collector.rights.propagate import propagate as carry

    if recheck:
        _recheck(data, by, resolver, allow_address)
    if not ref:
        _due(data, by, as_json=as_json)
        return
    with desk(data, by) as at, at.changing() as tx:
        request = find(tx, ref)
        if submit:
            hand_in(tx, at.act, request, popular=popular_of(popular))
        if decide:
            lifecycle.decide(tx, at.act, request, decide)
        if hold:
            lifecycle.hold(tx, at.act, request, hold)
        if release:
            lifecycle.release(tx, at.act, request)
        if extend:
            lifecycle.extend(tx, at.act, request, extend)
        if suspend:
            lifecycle.suspend(tx, at.act, request, suspend)
        if revoke:
            lifecycle.revoke(tx, at.act, request, revoke)
        if supersede_by:
            why = f"replaced by {supersede_by}"
            lifecycle.supersede(tx, at.act, request, find(tx, supersede_by), why)
        if reject:
            lifecycle.reject(tx, at.act, request, reject)
        if erase_contact:
            lifecycle.erase_contact(tx, at.act, request)
        arrived = carry(tx, of_request(tx, request.id), data, at.act.at) if propagate else ()
    for one in arrived:
        print(f"{one.target}: {one.status}, {one.affected:,} {one.proof}")
    show(ref, data, as_json=as_json)


def _due(data: Path, by: str, *, as_json: bool) -> None:
    """Open requests by due date, lapsed proofs, entries whose review has come; ends what is over by its date."""
    from collector.cli.registry_desk import desk
    from collector.registry.agenda import agenda

    with desk(data, by) as at:
        with at.changing() as tx:
            points = agenda(tx, at.act.at)
        for point in points:
            row = {"ref": point.ref, "what": point.what, "when": point.when.isoformat(), "overdue": point.overdue}
            mark = "OVERDUE" if point.overdue else ""
            print(json.dumps(row) if as_json else f"{point.when:%Y-%m-%d}  {point.ref}  {point.what}  {mark}".rstrip())
    if not points and not as_json:
        print("nothing is due")
    if any(point.overdue for point in points):
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def _recheck(data: Path, by: str, resolver: list[str] | None, allow_address: list[str] | None) -> None:
    """A second look at every proof whose 180 days are over. It closes nothing and opens nothing."""
    from collector.cli.registry_desk import desk
    from collector.cli.registry_proofs import checker_of
    from collector.registry.proving import due_again, record_again, scope_to_prove
    from collector.registry.request import find

    checker = checker_of(resolver, allow_address)
    with desk(data, by) as at:
        with at.store.snapshot() as tx:
            waiting = [(proof, find(tx, proof.request)) for proof in due_again(tx, at.act.at)]
            scopes = [scope_to_prove(tx, request, proof.method) for proof, request in waiting]
        for (proof, request), scope in zip(waiting, scopes, strict=True):
            seen = checker.look(proof.method, scope, proof.token)
            with at.changing() as tx:
                result = record_again(tx, at.act, request, proof, seen)
            print(f"{request.public_ref}: {proof.method} {result}: {seen.detail}")


def compile_registry(data: Data = Path("data"), *, by: By = "") -> None:
    """Write what is in force anew for the crawls of this machine, after checking the chain of events."""
    from collector.cli.registry_desk import desk
    from collector.registry.journal import verify_chain
    from collector.registry.lifecycle import end_what_is_over
    from collector.registry.taking_effect import compile_in_force

    with desk(data, by) as at:
        with at.store.transaction() as tx:
            lines = verify_chain(tx)
            end_what_is_over(tx, at.act)
            held = compile_in_force(tx, at.layout.registry, at.keys, at.act.at)
        print(f"{held:,} entries in force; {lines:,} events, each bound to the one before")


def list_all(data: Path, *, as_json: bool) -> None:
    """Every entry with its state, by request."""
    from collector.cli.registry_desk import desk
    from collector.registry.entry import as_row
    from collector.registry.versions import all_current

    with desk(data, create=False) as at, at.store.snapshot() as tx:
        entries = sorted(all_current(tx).values(), key=lambda one: (one.recorded_at, one.id))
    for entry in entries:
        shown = entry.scope_value or f"{entry.id_scheme} {entry.id_hash[:16]}"
        line = f"{entry.state:<10} {entry.scope_kind:<9} {shown}  {entry.id}.{entry.version}  {entry.reason}"
        print(json.dumps(as_row(entry), ensure_ascii=False) if as_json else line)


def register(app: typer.Typer) -> None:
    """Add the commands to `collector registry`."""
    app.command()(show)
    app.command()(withdraw)
    app.command()(review)
    app.command("compile")(compile_registry)
