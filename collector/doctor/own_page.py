"""One request to the page that the policy names as ours: does the network work, is our clock right, can sites read it.

Nothing else is asked: seeds have not passed any gate yet, and a host that has opted out is not even resolved.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from collector.doctor.check import Check, State, fail, ok, warn
from collector.model.errors import ExitCode
from collector.model.url import Url

TIMEOUT = 10.0
SKEW_WARN, SKEW_FAIL = 5.0, 300.0  # seconds
CERTIFICATE_DAYS = 14


def own_page(
    page: Url, now: Callable[[], datetime], *, agent: str, context: ssl.SSLContext, timeout: float = TIMEOUT
) -> Iterator[Check]:
    """DNS, connection, TLS, the answer and its Date; asked as `agent`, with the trust of `context`."""
    try:
        found = socket.getaddrinfo(page.host.strip("[]"), page.port, type=socket.SOCK_STREAM)
    except OSError as exc:
        mend = "/etc/resolv.conf, or the host in [crawler] info_url: site owners look there"
        yield fail("network", "dns", f"{page.host} is not found: {exc.strerror or exc}", mend)
        return
    yield ok("network", "dns", f"{page.host} is {found[0][4][0]}")
    secure = page.scheme == "https"
    connection = (
        http.client.HTTPSConnection(page.host, page.port, timeout=timeout, context=context)
        if secure
        else http.client.HTTPConnection(page.host, page.port, timeout=timeout)
    )
    with closing(connection):
        try:
            connection.connect()
        except ssl.SSLError as exc:
            mend = "its certificate, this machine's clock, or the package ca-certificates"
            yield fail("network", "tls", f"{page.host}: {exc.reason or exc}", mend)
            return
        except OSError as exc:
            mend = "the way out of this machine, or [crawler] info_url"
            yield fail("network", "connect", f"{page.host} cannot be reached: {exc.strerror or exc}", mend)
            return
        if isinstance(connection.sock, ssl.SSLSocket):
            yield _certificate(connection.sock, now())
        else:
            mend = "serve the page by https: sites trust it more"
            yield warn("network", "tls", "not tried: [crawler] info_url is plain http", mend)
        yield from _answer(connection, page, now, agent)


def _certificate(tls: ssl.SSLSocket, now: datetime) -> Check:
    certificate = tls.getpeercert() or {}
    ends = str(certificate.get("notAfter", ""))
    said = f"{tls.version()}, {tls.server_hostname}"
    if ends:
        left = (ssl.cert_time_to_seconds(ends) - now.timestamp()) / 86_400
        if left < CERTIFICATE_DAYS:
            return warn("network", "tls", f"{said}: the certificate ends in {left:.0f} days", "renew it")
    return ok("network", "tls", said)


def _answer(
    connection: http.client.HTTPConnection, page: Url, now: Callable[[], datetime], agent: str
) -> Iterator[Check]:
    try:
        sent = now()
        connection.request("HEAD", page.target, headers={"User-Agent": agent, "Connection": "close"})
        answer = connection.getresponse()
        came = now()
    except (OSError, http.client.HTTPException) as exc:
        mend = "the server of [crawler] info_url: site owners look there"
        yield fail("network", "info_url", f"no answer: {type(exc).__name__}", mend)
        return
    if 200 <= answer.status < 400:
        yield ok("network", "info_url", f"answers {answer.status}")
    else:
        mend = "publish the page that [crawler] info_url names: every request carries its address"
        yield warn("network", "info_url", f"answers {answer.status}", mend)
    yield _clock(answer.getheader("Date"), sent, came)


def _clock(date: str | None, sent: datetime, came: datetime) -> Check:
    """RFC 9110 §6.6.1: Date is when the answer was made, to the second."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return Check("clock", "right", State.SKIPPED, "the answer has no date to compare with")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    early, late = (sent - theirs).total_seconds() - 1.0, (theirs - came).total_seconds()
    off = max(early, late, 0.0)
    said = f"{off:,.0f} s from the clock of our own page" if off else "agrees with the clock of our own page"
    mend = "synchronise it (chrony, systemd-timesyncd): the account, retention and robots.txt live by it"
    if off > SKEW_FAIL:
        return fail("clock", "right", said, mend, ExitCode.STORAGE)
    return warn("clock", "right", said, mend) if off > SKEW_WARN else ok("clock", "right", said)
