"""Codes by mail to the role address of a domain, over a real server on loopback (spec 4.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from collector.cli.registry import app
from collector.model.errors import RegistryError, StorageError
from collector.registry.entry import EntryState, Strength
from collector.registry.proving import (
    begin,
    code_seen,
    record,
)
from collector.registry.schema import verification
from collector.registry.verification.challenge import Method
from collector.registry.verification.mail import read_server, role_address, send_code
from collector.registry.versions import of_request
from tests.support.mailing import delivering_to
from tests.support.registry import START, Keeper


class Mailbox:
    """What aiosmtpd hands over."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        self.messages.append((envelope.rcpt_tos[0], envelope.content.decode()))  # type: ignore[attr-defined]
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with delivering_to(box) as port:
        yield box, port


def test_a_code_is_sent_to_a_role_and_comes_back(desk: Keeper, mail: tuple[Mailbox, int]) -> None:
    box, port = mail
    recorded = desk.take("www.example.org", proven=False)
    server = read_server(f"smtp://127.0.0.1:{port}", "optout@collector.example")
    with desk.store.transaction() as tx:
        to = role_address("www.example.org", "postmaster")
        proof, code = begin(tx, desk.act, desk.keys, desk.find(recorded), Method.EMAIL_ROLE, to)
        send_code(server, to, code, recorded.public_ref, "www.example.org", desk.now)
        assert code not in str(tx.execute(select(verification)).all()), "only its keyed hash is kept"
    ((recipient, text),) = box.messages
    assert recipient == "postmaster@example.org"
    assert code in text
    assert recorded.public_ref in text
    assert "Auto-Submitted: auto-generated" in text
    assert not code_seen(desk.keys, proof, "ABCDEFGHIJ").ok
    seen = code_seen(desk.keys, proof, f" {code.lower()} ")
    with desk.store.transaction() as tx:
        assert record(tx, desk.act, desk.find(recorded), proof, seen)
        (entry,) = of_request(tx, recorded.request)
    assert (entry.state, entry.strength) == (EntryState.IN_FORCE, Strength.EMAIL_VERIFIED)


def test_a_letter_goes_to_whoever_asked_and_the_contact_can_be_forgotten(
    tmp_path: Path, mail: tuple[Mailbox, int]
) -> None:
    """Spec 4.3: acknowledged with reference and date; 4.2: the contact is erasable."""
    box, port = mail
    data = ["--data", str(tmp_path)]
    sending = ["--send", "--smtp", f"smtp://127.0.0.1:{port}", "--mail-from", "optout@collector.example", *data]

    def ask(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    made = ask("add", "a.test", "--unproven", "--reason", "form", "--contact", "ada@example.net", "--json", *data)
    ref = json.loads(made.output)["ref"]
    assert ask("answer", ref, *data).output.startswith(f"Reference: {ref}\n")
    assert json.loads(ask("answer", ref, "--json", *sending).output)["sent"] == "mail"
    ((recipient, text),) = box.messages
    assert recipient == "ada@example.net"
    assert f"Subject: Your request {ref}" in text
    assert "You have our answer by" in text
    assert "not answered yet" in str(ask("review", ref, "--erase-contact", *data).exception)
    ask("review", ref, "--reject", "not the holder of the site", *data)
    assert "not the holder of the site" in ask("answer", ref, "--sent", "letter of 4 May", *data).output
    kinds = [one["type"] for one in json.loads(ask("show", ref, "--json", *data).output)["events"]]
    assert kinds == ["received", "entry", "acknowledged", "informed", "entry", "rejected", "answered"]
    assert ask("review", ref, "--erase-contact", *data).exit_code == 0
    assert "no address" in str(ask("answer", ref, *sending).exception)
    assert len(box.messages) == 1


def test_mail_that_cannot_be_sent_is_told(mail: tuple[Mailbox, int]) -> None:
    with pytest.raises(StorageError, match="did not take"):
        send_code(read_server("smtp://127.0.0.1:1", "a@b.example"), "postmaster@example.org", "X", "O", "x", START)
    for wrong in ("http://x", "smtp://", "smtp://user:password@x", "smtp://x:port", ""):
        with pytest.raises(RegistryError):
            read_server(wrong, "a@b.example")
    with pytest.raises(RegistryError, match="sender"):
        read_server("smtp://x", "a@b\r\nBcc: c@d")
    with pytest.raises(RegistryError, match="no role"):
        role_address("example.org", "ceo")
    with pytest.raises(RegistryError, match="no postmaster"):
        role_address("192.0.2.1", "postmaster")
