"""Codes by mail over TLS: implicit (RFC 8314 §3.3) and STARTTLS (RFC 3207), against a real server with its own key."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model.errors import StorageError
from collector.registry.verification.mail import MailServer, read_server, send_code
from tests.support.mailing import delivering_to
from tests.support.registry import START
from tests.support.simtls import self_signed


class Mailbox:
    """What aiosmtpd hands over, and whether it came encrypted."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bool]] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        encrypted = server.transport.get_extra_info("ssl_object") is not None  # type: ignore[attr-defined]
        self.received.append((envelope.rcpt_tos[0], encrypted or session.ssl is not None))  # type: ignore[attr-defined]
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of a mail server at `localhost`, thrown away with the test."""
    return self_signed(tmp_path_factory.mktemp("tls"), ["localhost"])


@contextmanager
def mail_server(certificate: tuple[Path, Path], *, implicit: bool) -> Iterator[tuple[Mailbox, int]]:
    box, context = Mailbox(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    how = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    with delivering_to(box, **how) as port:
        yield box, port


def trusting(server: MailServer, certificate: tuple[Path, Path]) -> MailServer:
    return replace(server, tls=ssl.create_default_context(cafile=str(certificate[0])))


def send(server: MailServer) -> None:
    send_code(server, "postmaster@example.org", "ABCDEFGHIJ", "O-1", "example.org", START)


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_code_travels_encrypted(certificate: tuple[Path, Path], scheme: str) -> None:
    with mail_server(certificate, implicit=scheme == "smtps") as (box, port):
        server = read_server(f"{scheme}://localhost:{port}", "optout@collector.example")
        send(trusting(server, certificate))
        assert box.received == [("postmaster@example.org", True)]


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_server_that_nobody_vouches_for_gets_no_code(certificate: tuple[Path, Path], scheme: str) -> None:
    """RFC 8314 §3.4: the certificate is checked, also after STARTTLS, also on this machine."""
    with mail_server(certificate, implicit=scheme == "smtps") as (box, port):
        server = read_server(f"{scheme}://localhost:{port}", "optout@collector.example")
        with pytest.raises(StorageError, match="SSLCertVerificationError"):
            send(server)
        assert box.received == []


def test_a_certificate_of_another_host_is_refused(certificate: tuple[Path, Path]) -> None:
    with mail_server(certificate, implicit=True) as (box, port):
        server = read_server(f"smtps://127.0.0.1:{port}", "optout@collector.example")
        with pytest.raises(StorageError, match="SSLCertVerificationError"):
            send(trusting(server, certificate))
        assert box.received == []
