"""Mail through the server that the organisation names: codes to a domain's role addresses, letters to requesters."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from collector.model.addresses import parse_address
from collector.model.errors import RegistryError, StorageError
from collector.registry.scope import authorised_by
from collector.registry.verification.challenge import ROLES

SECONDS = 20.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """`smtps://host:465`, `smtp://host:587` (STARTTLS, demanded unless the host is this machine)."""

    host: str
    port: int
    implicit_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None


def read_server(address: str, sender: str, password: str = "") -> MailServer:
    """From `smtp://user@host:587`. Raises RegistryError."""
    mend = "write it as smtps://user@host:465 or smtp://user@host:587; the password goes into COLLECTOR_SMTP_PASSWORD"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as exc:
        raise RegistryError("not the address of a mail server", mend=mend) from exc
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.password:
        raise RegistryError("not the address of a mail server, or it holds a password", mend=mend)
    if sender.count("@") != 1 or any(character in sender for character in "\r\n<>"):
        raise RegistryError("no sender's address", mend="--mail-from optout@your.organisation")
    implicit = parts.scheme == "smtps"
    port = port or (465 if implicit else 587)
    return MailServer(parts.hostname, port, implicit, sender, parts.username or "", password)


def role_address(host: str, role: str) -> str:
    """`postmaster@` the registrable domain: whoever reads that mail answers for the site. Raises RegistryError."""
    if role not in ROLES:
        raise RegistryError(f"{role[:40]!r} is no role", mend=f"one of: {', '.join(ROLES)}")
    if parse_address(host) is not None:
        raise RegistryError("an address has no postmaster", mend="use well_known or manual")
    return f"{role}@{authorised_by(host)[-1]}"


def send_code(server: MailServer, to: str, code: str, ref: str, what: str, at: datetime) -> None:
    """Hand the message to the server. Raises StorageError where it does not take it."""
    text = (
        f"Somebody asked us not to collect {what}.\n\nIf you speak for it, answer with this code: {code}\n"
        f"It is valid for 14 days. Reference: {ref}\n\nIf you know nothing of it, you need not do anything.\n"
    )
    send_letter(server, to, f"Opt-out {ref}: your code", text, at)


def send_letter(server: MailServer, to: str, subject: str, text: str, at: datetime) -> None:
    """Hand a letter to the server. Raises StorageError where it does not take it, RegistryError for no address."""
    message = EmailMessage()
    try:
        message["From"] = server.sender
        message["To"] = to
        message["Subject"] = subject
    except ValueError as exc:
        raise RegistryError("no address to send to", mend="print the letter and send it by hand") from exc
    message["Date"] = format_datetime(at)
    name = hashlib.sha256(f"{subject} {at.isoformat()}".encode()).hexdigest()[:24]
    message["Message-ID"] = f"<{name}@{server.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no vacation messages, please
    message.set_content(text)
    context = server.tls or ssl.create_default_context()
    try:
        if server.implicit_tls:
            with smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context) as smtp:
                _hand_over(smtp, server, message)
        else:
            with smtplib.SMTP(server.host, server.port, timeout=SECONDS) as smtp:
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=context)
                elif server.host not in _LOOPBACK:
                    raise StorageError("the mail server offers no TLS: nothing is sent in the clear")
                _hand_over(smtp, server, message)
    except (OSError, smtplib.SMTPException) as exc:
        raise StorageError(
            f"the mail server did not take the message: {type(exc).__name__}",
            where=f"{server.host}:{server.port}",
            mend="check --smtp, then give the command again",
        ) from exc


def _hand_over(smtp: smtplib.SMTP, server: MailServer, message: EmailMessage) -> None:
    if server.user:
        smtp.login(server.user, server.password)
    smtp.send_message(message)
