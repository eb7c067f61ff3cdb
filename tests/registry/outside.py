"""The outside world on loopback: a DNS server over UDP that answers TXT and A, and a web server that counts."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class Zone:
    """Records by (name, type); `refuse` answers SERVFAIL, `silent` not at all."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    refuse: bool = False
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    address: tuple[str, int] = ("", 0)

    def txt(self, name: str, *strings: str) -> None:
        """One TXT record of these character-strings."""
        quoted = " ".join('"' + text.replace('"', '\\"') + '"' for text in strings)
        self.records.setdefault((name, "TXT"), []).append(quoted)

    def a(self, name: str, address: str) -> None:
        self.records.setdefault((name, "A"), []).append(address)

    def answer(self, data: bytes) -> bytes | None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        if self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        found = self.records.get((name, kind))
        if self.refuse:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def dns_server(zone: Zone | None = None) -> Iterator[Zone]:
    """On a port of its own, over UDP."""
    held = zone or Zone()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, connection = self.request
            answer = held.answer(data)
            if answer is not None:
                connection.sendto(answer, self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Udp) as server:
        server.daemon_threads = True
        held.address = ("127.0.0.1", server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()


@dataclass
class Page:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Web:
    """Answers by path, whatever the host; `seen` lists (Host, path, If-None-Match)."""

    pages: dict[str, Page | Callable[[], Page]] = field(default_factory=dict)
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    drip: float = 0.0  # seconds between bytes
    dripped: int = 0  # bytes so far
    port: int = 0


@contextmanager
def web_server() -> Iterator[Web]:
    """On a port of its own."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.seen.append((self.headers["Host"], self.path, self.headers.get("If-None-Match", "")))
            found = web.pages.get(self.path, Page(b"not here", 404))
            page = found() if callable(found) else found
            etag = dict(page.headers).get("ETag")
            if etag is not None and self.headers.get("If-None-Match") == etag:
                page = Page(b"", 304, page.headers)
            self.send_response(page.status)
            for name, value in page.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            if not web.drip:
                self.wfile.write(page.body)
                return
            for byte in page.body:
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:
                    return
                web.dripped += 1
                time.sleep(web.drip)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
