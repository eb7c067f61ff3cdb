"""One guarded GET for proofs: never to an address inside, never to another host, at most 64 KiB and 5 seconds.

Written over http.client because the address that was judged must be the one that is connected to; a client that
resolves by itself could be led elsewhere between the two (DNS rebinding).
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from collector.model.addresses import Network, address_refusal, parse_address
from collector.model.errors import UrlError
from collector.model.url import Url, parse_url

MAX_BYTES = 65_536
SECONDS = 5.0
REDIRECTS = 3
MAX_ADDRESSES = 4  # tried, of those a host has
_REDIRECT = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str], Sequence[str]]  # host → addresses; may raise OSError


class FetchRefusedError(Exception):
    """It must not be asked, or did not answer: the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is cut at the fetcher's `max_bytes`, which `cut` says."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool = False

    def values(self, name: str) -> tuple[str, ...]:
        """Every line of a header field."""
        return tuple(value for key, value in self.headers if key.lower() == name)

    @property
    def sha256(self) -> str:
        """Of what was read, in hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`allow` opens networks that are closed otherwise, for a company's own test web."""

    resolve: Resolve
    user_agent: str
    allow: tuple[Network, ...] = ()
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES

    def get(self, address: str, etag: str = "") -> Answer:
        """Follows three redirects within the host; with `etag` the answer may be 304.

        Raises FetchRefusedError; nothing else.
        """
        try:
            url = parse_url(address)
            for _ in range(REDIRECTS + 1):
                answer = self._get(url, etag)
                target = next(iter(answer.values("location")), "")
                if answer.status not in _REDIRECT or not target:
                    return answer
                onward = parse_url(urljoin(url.href, target))
                if onward.host != url.host or onward.port not in {url.port, 443}:
                    raise FetchRefusedError(f"redirected to another host, {onward.host}: not followed")
                if url.scheme == "https" and onward.scheme != "https":
                    raise FetchRefusedError("redirected away from https: not followed")
                url = onward
        except UrlError as exc:
            raise FetchRefusedError(exc.message) from exc
        except ValueError as exc:  # urljoin of a broken Location
            raise FetchRefusedError("redirected to what is no URL") from exc
        raise FetchRefusedError(f"more than {REDIRECTS} redirects")

    def _addresses(self, host: str) -> list[str]:
        """Every address must be one that may be connected to, not only the one that is."""
        literal = parse_address(host)
        try:
            found = [str(literal)] if literal is not None else list(self.resolve(host))
        except OSError as exc:
            raise FetchRefusedError(f"{host} cannot be resolved: {exc}") from exc
        if not found:
            raise FetchRefusedError(f"{host} has no address")
        for address in found:
            refusal = address_refusal(address, self.allow)
            if refusal is not None:
                raise FetchRefusedError(f"{host}: {refusal}")
        return found[:MAX_ADDRESSES]

    def _get(self, url: Url, etag: str) -> Answer:
        if url.credentials:
            raise FetchRefusedError("the URL carries a user name")
        last: Exception | None = None
        for address in self._addresses(url.host):
            try:
                return self._ask(url, address, etag)
            except (OSError, http.client.HTTPException, ValueError) as exc:
                last = exc
        raise FetchRefusedError(f"{url.host} did not answer: {type(last).__name__}: {last}")

    def _ask(self, url: Url, address: str, etag: str) -> Answer:
        connected = socket.create_connection((address, url.port), self.seconds)
        # One clock for all of it: a server that sends a byte a second would outlive every timeout of a read.
        over = threading.Event()
        timer = threading.Timer(self.seconds, _hang_up, [connected, over])
        timer.daemon = True
        timer.start()
        opened = connected
        try:
            if url.scheme == "https":
                opened = self.tls.wrap_socket(connected, server_hostname=url.host.strip("[]"))
            answer = self._exchange(url, opened, etag)
            if over.is_set():  # a read that was hung up on looks like a short answer
                raise TimeoutError(f"not within {self.seconds:g} s")
            return answer
        finally:
            timer.cancel()
            opened.close()
            connected.close()

    def _exchange(self, url: Url, opened: socket.socket, etag: str) -> Answer:
        connection = http.client.HTTPConnection(url.host, url.port)
        connection.sock = opened
        shown = str(url.origin).partition("://")[2]
        connection.putrequest("GET", url.target, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", shown),
            ("User-Agent", self.user_agent),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ):
            connection.putheader(name, value)
        if etag:
            connection.putheader("If-None-Match", etag)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read(self.max_bytes + 1)
        headers = tuple(response.getheaders())
        return Answer(url.href, response.status, headers, body[: self.max_bytes], cut=len(body) > self.max_bytes)


def _hang_up(connected: socket.socket, over: threading.Event) -> None:
    over.set()
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
