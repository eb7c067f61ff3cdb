"""A web of many virtual hosts on loopback that misbehaves as told and remembers everything it was asked.

Hand-written over raw sockets because a server library would repair what tests need broken: truncated bodies, resets,
HTTP/1.0, answers that never come.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.simlog import Connection, Exchange, Log, Request
from tests.support.simsite import Manner, Reply, Site

MAX_HEAD = 65_536  # bytes of a request's head
IDLE = 30.0  # seconds a kept-alive connection may stay silent
PIECE = 16_384  # bytes per chunk and per write

NO_SUCH_HOST = Reply(421, b"no such host here\n", (("Content-Type", "text/plain"),))


@dataclass(frozen=True, slots=True)
class Listener:
    """One listening port. `scheme` is http or https."""

    port: int
    scheme: str = "http"

    def url(self, host: str, path: str = "/") -> str:
        """The absolute URL of `path` on `host` through this port."""
        return f"{self.scheme}://{host}:{self.port}{path}"


@dataclass(slots=True)
class Hold:
    """How many requests are still answered before the others wait, and the end of their waiting."""

    left: int
    over: asyncio.Event = field(default_factory=asyncio.Event)


class SimulatedWeb:
    """Sites by host name, served from a thread of its own. Use it as a context manager.

    Sites may be added and changed while it runs. Names must lie under `.localhost`, which resolves to loopback.
    """

    def __init__(self) -> None:
        self.log = Log()
        self._sites: dict[tuple[str, int | None], Site] = {}
        self._listeners: list[Listener] = []
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._holds: dict[str | None, Hold] = {}  # by host; None: of all hosts together

    def site(self, host: str, *, on: Listener | None = None) -> Site:
        """The site of `host`, made on first use; with `on`, the one that only that port shows."""
        key = (host.lower(), on.port if on else None)
        return self._sites.setdefault(key, Site(host))

    @property
    def port(self) -> int:
        """The first port."""
        return self._listeners[0].port

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Every listening port, in the order in which they were opened."""
        return tuple(self._listeners)

    def url(self, host: str, path: str = "/") -> str:
        """The absolute URL of `path` on `host` through the first port."""
        return self._listeners[0].url(host, path)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simulated web", daemon=True)
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self._loop is not None
        assert self._thread is not None
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def listen(self, *, address: str = "127.0.0.1", port: int = 0) -> Listener:
        """Open one more plain port, a random one by default."""
        return self._open(address, port, None)

    def listen_tls(
        self, certificate: Path, key: Path, *, address: str = "127.0.0.1", offers: Sequence[str] = ()
    ) -> Listener:
        """Open a TLS port with this certificate (see `simtls.self_signed`). `offers`: by ALPN, the preferred one first.

        Whatever is agreed on, it speaks HTTP/1.1.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if offers:
            context.set_alpn_protocols(list(offers))
        return self._open(address, 0, context)

    def hold_after(self, count: int, *, host: str | None = None) -> None:
        """Answer `count` more requests and let the others wait, so that no crawl, however fast, ends before it is to.

        With `host` its requests only. Said again, those that wait are answered, and it counts from there.
        """
        self._on_its_thread((host,), Hold(count))

    def release(self) -> None:
        """Answer all that wait, and everything from now on."""
        self._on_its_thread(tuple(self._holds), None)

    def _on_its_thread(self, hosts: tuple[str | None, ...], hold: Hold | None) -> None:
        assert self._loop is not None

        async def change() -> None:
            for host in hosts:
                if (former := self._holds.pop(host, None)) is not None:
                    former.over.set()
                if hold is not None:
                    self._holds[host] = hold

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(10)

    # the server's own thread from here on

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _open(self, address: str, port: int, context: ssl.SSLContext | None) -> Listener:
        assert self._loop is not None, "open ports inside the with block"
        scheme = "https" if context else "http"

        async def start() -> asyncio.Server:
            return await asyncio.start_server(
                self._connected, address, port, ssl=context, limit=MAX_HEAD, backlog=1_000
            )

        server = asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)
        self._servers.append(server)
        listener = Listener(server.sockets[0].getsockname()[1], scheme)
        self._listeners.append(listener)
        return listener

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        address, port = writer.get_extra_info("sockname")[:2]
        connection = self.log.connected(Connection(len(self.log.connections), time.monotonic(), port, address))
        try:
            while await self._exchange(reader, writer, connection):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, asyncio.CancelledError):
            pass  # the client is gone, silent or speaks no HTTP: the log has what there was
        finally:
            writer.transport.abort()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection
    ) -> bool:
        """One request and its answer; False when the connection is to end."""
        async with asyncio.timeout(IDLE):
            head = await reader.readuntil(b"\r\n\r\n")
        request = Request.parse(head, connection, time.monotonic())
        if length := int(request.headers.get("content-length", "0")):
            await reader.readexactly(min(length, 10_000_000))
        site = self._sites.get((request.host, connection.port)) or self._sites.get((request.host, None))
        reply = site.answer(request) if site else NO_SUCH_HOST
        exchange = self.log.asked(Exchange(request, reply.status))
        try:
            await self._allowed(request.host)
            return await self._send(writer, request, reply, exchange)
        finally:
            exchange.ended_at = time.monotonic()

    async def _allowed(self, host: str) -> None:
        for hold in (self._holds.get(None), self._holds.get(host)):
            if hold is not None:
                hold.left -= 1
                if hold.left < 0:
                    await hold.over.wait()

    async def _send(self, writer: asyncio.StreamWriter, request: Request, reply: Reply, exchange: Exchange) -> bool:
        if reply.delay:
            await asyncio.sleep(reply.delay)
        match reply.manner:
            case Manner.HANG:
                await asyncio.sleep(3_600)
                return False
            case Manner.RESET:
                # SO_LINGER with zero seconds: close() sends RST instead of FIN.
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            case Manner.CLOSE:
                return False
            case Manner.ANSWER if reply.spoken is not None:
                await reply.spoken(writer)
                return False
            case Manner.ANSWER:
                pass
        head, body, keep_open = reply.on_wire(request)
        if request.method == "HEAD":
            body = b""
        writer.write(head)
        for start in range(0, len(body), PIECE):
            writer.write(body[start : start + PIECE])
            await writer.drain()
            if reply.trickle:
                await asyncio.sleep(reply.trickle)
        await writer.drain()
        exchange.sent = len(head) + len(body)
        if not keep_open:
            if writer.can_write_eof():
                writer.write_eof()
            writer.close()
            await writer.wait_closed()
        return keep_open
