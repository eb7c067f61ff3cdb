"""`collector registry verify`: begins a proof, or looks whether it is there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.model.errors import ExitCode, RegistryError

if TYPE_CHECKING:
    from collector.cli.registry_desk import Desk
    from collector.registry.proving import Proof
    from collector.registry.request import Request
    from collector.registry.verification.challenge import Seen
    from collector.registry.verification.checker import Checker

Resolver = Annotated[list[str] | None, typer.Option("--resolver", help="Name server, address or address:port.")]
Allow = Annotated[list[str] | None, typer.Option("--allow-address", help="Networks that are closed otherwise.")]


def verify(
    ref: Annotated[str, typer.Argument(help="Public reference, O-…")],
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA")] = Path("data"),
    *,
    method: Annotated[str, typer.Option(help="Begin: dns_txt, well_known, html_meta, http_header, email_role …")] = "",
    note: Annotated[str, typer.Option(help="For manual: what was checked, without personal data.")] = "",
    undecided: Annotated[
        bool, typer.Option(help="Only note that it is proven: it protects until `review --decide` or `--reject`.")
    ] = False,
    code: Annotated[str, typer.Option(help="The code that came back.")] = "",
    statement: Annotated[Path | None, typer.Option(help="A signed statement, JSON.")] = None,
    key: Annotated[str, typer.Option(help="Public key of the statement, where the domain publishes none.")] = "",
    role: Annotated[str, typer.Option(help="For email_role: whom to write to at the domain.")] = "postmaster",
    smtp: Annotated[str, typer.Option(envvar="COLLECTOR_SMTP", help="smtps://user@host:465")] = "",
    mail_from: Annotated[str, typer.Option(envvar="COLLECTOR_MAIL_FROM", help="Sender of the code.")] = "",
    resolver: Resolver = None,
    allow_address: Allow = None,
    by: Annotated[str, typer.Option(help="Who does it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """With --method: begin a proof and say what to publish. Without: look whether it is there. Exit code 1: not yet."""
    from collector.cli.registry_desk import desk
    from collector.registry.request import find

    with desk(data, by) as at:
        with at.store.snapshot() as tx:
            request = find(tx, ref)
        if method:
            said = _begin(at, request, method, note, role, smtp, mail_from, undecided=undecided)
            print(json.dumps(said) if as_json else f"{said['ref']}: {said['told']}")
            return
        ok, detail = _look(at, request, code, statement, key, checker_of(resolver, allow_address), undecided=undecided)
        state = _state(at, ref)
    row = {"ref": ref, "verified": ok, "state": state, "detail": detail}
    print(json.dumps(row) if as_json else f"{_word(ok, state)}: {detail}")
    if not ok:
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


def _word(ok: bool, state: str) -> str:
    if not ok:
        return "not verified"
    return "verified" if state == "verified" else f"verified, {state.replace('_', ' ')}"


def _state(at: Desk, ref: str) -> str:
    from collector.registry.request import find
    from collector.registry.versions import of_request

    with at.store.snapshot() as tx:
        request = find(tx, ref)
        return request.state(of_request(tx, request.id), at.act.at).value


def _begin(
    at: Desk, request: Request, name: str, note: str, role: str, smtp: str, mail_from: str, *, undecided: bool
) -> dict[str, str]:
    from collector.cli.registry_review import choice
    from collector.registry.lifecycle import grant
    from collector.registry.lifecycle import verify as note_proof
    from collector.registry.proving import begin, scope_to_prove
    from collector.registry.verification.challenge import STRENGTH, Method, instructions
    from collector.registry.verification.mail import read_server, role_address, send_code

    method = choice(Method, name, "--method")
    if method is Method.MANUAL:
        if not note.strip():
            raise RegistryError("a manual proof without a note", mend="say what was checked: --note 'called back'")
        with at.changing() as tx:
            (note_proof if undecided else grant)(tx, at.act, request, STRENGTH[method], f"manual: {note}")
        return {"ref": request.public_ref, "method": name, "told": _state(at, request.public_ref).replace("_", " ")}
    by_mail = method is Method.EMAIL_ROLE
    server = read_server(smtp, mail_from, os.environ.get("COLLECTOR_SMTP_PASSWORD", "")) if by_mail else None
    with at.changing() as tx:
        scope = scope_to_prove(tx, request, method)
        to = role_address(scope.host, role) if by_mail else ""
        _, secret = begin(tx, at.act, at.keys, request, method, to)
        if server is not None:  # within the transaction: no code that nobody was sent is waited for
            send_code(server, to, secret, request.public_ref, scope.value, at.act.at)
    told = instructions(method, scope, "" if by_mail else secret)
    return {"ref": request.public_ref, "method": name, "token": "" if by_mail else secret, "told": told}


def _look(
    at: Desk, request: Request, code: str, statement: Path | None, key: str, checker: Checker, *, undecided: bool
) -> tuple[bool, str]:
    from collector.registry.lifecycle import is_permission
    from collector.registry.proving import may_check, pending, record, scope_to_prove
    from collector.registry.versions import of_request

    with at.store.snapshot() as tx:
        proof = pending(tx, request)
        may_check(proof, at.act.at)
        scope = scope_to_prove(tx, request, proof.method)
        permission = is_permission(of_request(tx, request.id))
    # asked outside of any transaction: a slow server must not hold the registry
    seen = _seen(at, proof, code, statement, key) if _answered_by_hand(proof) else None
    if seen is None:
        data = statement.read_bytes() if statement is not None else b""
        seen = (
            checker.statement(scope, proof.token, data, key)
            if data
            else checker.look(proof.method, scope, proof.token, permission=permission)
        )
    with at.changing() as tx:
        current = pending(tx, request)
        if current.id != proof.id:
            raise RegistryError("another proof was begun meanwhile", mend="look again")
        return record(tx, at.act, request, current, seen, undecided=undecided), seen.detail


def _answered_by_hand(proof: Proof) -> bool:
    from collector.registry.verification.challenge import Method

    return proof.method is Method.EMAIL_ROLE


def _seen(at: Desk, proof: Proof, code: str, statement: Path | None, key: str) -> Seen:
    from collector.registry.proving import code_seen

    del statement, key
    if not code:
        raise RegistryError("a code was sent: which one came back?", mend="--code ABCDEFGHIJ")
    return code_seen(at.keys, proof, code)


def checker_of(resolver: list[str] | None, allow_address: list[str] | None) -> Checker:
    """The checker for these options. Raises RegistryError for what is no name server or network."""
    from collector import __version__
    from collector.model.addresses import parse_address, parse_networks
    from collector.registry.verification.checker import Checker

    servers = []
    for text in resolver or []:
        host, colon, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "53")
        if parse_address(host) is None or not port.isdecimal():
            raise RegistryError(f"{text[:60]!r} is no name server", mend="an address, or address:port")
        del colon
        servers.append((host, int(port)))
    try:
        allow = parse_networks(allow_address or [])
    except ValueError as exc:
        raise RegistryError(f"no network: {exc}", mend="--allow-address 192.0.2.0/24") from exc
    return Checker.at(servers, f"collector-registry/{__version__} (verification of an opt-out)", allow)


def register(app: typer.Typer) -> None:
    """Add the command to `collector registry`."""
    app.command()(verify)
