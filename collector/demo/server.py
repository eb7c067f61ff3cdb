"""Serves the bundled web on loopback, so that the demo needs no network and nobody is bothered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from collector.demo.page import Answer, answer
from collector.demo.web import HOSTS, seeds

_BY_NAME = {host.name: host for host in HOSTS}
_NOTHING_HERE = Answer(404, (("Content-Type", "text/plain; charset=utf-8"),), b"nothing here\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    host: str
    target: str
    user_agent: str
    status: int


@dataclass(slots=True)
class DemoWeb:
    """The running server. `log` grows with every request; appending to a list is atomic, so it needs no lock."""

    port: int
    log: list[Asked] = field(default_factory=list)

    @property
    def seeds(self) -> tuple[str, ...]:
        """Where a crawl of it begins."""
        return seeds(self.port)

    @property
    def hosts_asked(self) -> frozenset[str]:
        """Every host that was asked for anything: proof of whom the crawl contacted."""
        return frozenset(asked.host for asked in self.log)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def serve(port: int = 0) -> Iterator[DemoWeb]:
    """Serve on 127.0.0.1 from a thread until the block ends; `port` 0 takes a free one. Raises OSError."""

    class Visit(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "demo"
        sys_version = ""
        timeout = 30.0  # seconds an idle connection may stay
        wbufsize = 65_536  # head and body in one segment: no waiting for a delayed acknowledgement

        def do_GET(self) -> None:
            name = self.headers.get("Host", "").partition(":")[0].lower()
            host = _BY_NAME.get(name)
            found = (answer(host, self.path, web.port) if host else None) or _NOTHING_HERE
            web.log.append(Asked(name, self.path, self.headers.get("User-Agent", ""), found.status))
            self.send_response(found.status)
            for field_name, value in found.headers:
                self.send_header(field_name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(found.body)

        do_HEAD = do_GET  # noqa: N815  the name http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's signature
            """Print nothing: the demo shows the crawl, not its server."""

    server = _Server(("127.0.0.1", port), Visit)
    web = DemoWeb(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo web", daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
