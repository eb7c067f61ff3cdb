"""`collector registry answer`: what the requester is told, printed or sent, and that it went out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from collector.model.errors import RegistryError


def answer(
    ref: Annotated[str, typer.Argument(help="Public reference, O-…")],
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")] = Path(
        "data"
    ),
    *,
    sender: Annotated[str, typer.Option(help="Who answers: the organisation's name.")] = "",
    sent: Annotated[str, typer.Option(help="It went out by hand: how ('letter of 4 May').")] = "",
    send: Annotated[bool, typer.Option(help="Send it by mail to the contact that was given.")] = False,
    smtp: Annotated[str, typer.Option(envvar="COLLECTOR_SMTP", help="smtps://user@host:465")] = "",
    mail_from: Annotated[str, typer.Option(envvar="COLLECTOR_MAIL_FROM", help="Sender's address.")] = "",
    by: Annotated[str, typer.Option(help="Who does it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Print what the requester is told: receipt, question, decision with reasons and counts. --sent or --send notes it.

    The first letter acknowledges the request. What is noted is the letter's digest and date, not its words.
    """
    from collector.cli.registry_desk import desk
    from collector.registry.letter import contact_of, letter, record_letter
    from collector.registry.propagation import of_entries
    from collector.registry.request import find
    from collector.registry.verification.mail import read_server, send_letter
    from collector.registry.versions import of_request

    with desk(data, by, create=False) as at:
        with at.store.snapshot() as tx:
            request = find(tx, ref)
            entries = of_request(tx, request.id)
            text = letter(request, entries, of_entries(tx, [one.id for one in entries]), at.act.at, sender)
            to = contact_of(tx, at.keys, request) if send else ""
        how = sent
        if send:
            if to.count("@") != 1 or any(character.isspace() for character in to):
                raise RegistryError("no address to send it to", mend="print it, send it, then: --sent 'letter of …'")
            server = read_server(smtp, mail_from, os.environ.get("COLLECTOR_SMTP_PASSWORD", ""))
            send_letter(server, to, f"Your request {request.public_ref}", text, at.act.at)
            how = "mail"
        if how:
            with at.store.transaction() as tx:
                record_letter(tx, at.act, find(tx, ref), of_request(tx, request.id), text, how)
    print(json.dumps({"ref": request.public_ref, "sent": how, "text": text}) if as_json else text, end="")
    if as_json:
        print()


def register(app: typer.Typer) -> None:
    """Add the command to `collector registry`."""
    app.command()(answer)
