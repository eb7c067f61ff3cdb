"""Where a crawler's readers come from: it asks the zygote for them, has them killed, and hears of their ends."""

from __future__ import annotations

import asyncio
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from collector.crawler.documents import pickled
from collector.crawler.documents.document_worker import Setup
from collector.crawler.documents.notices import BIRTH, DEATH, NOTICE
from collector.model.errors import StorageError

ZYGOTE_MODULE = "collector.crawler.documents.zygote"


@dataclass(eq=False)
class Reader:
    """A reader that was born. It is the zygote's child, so whatever is done to it is done by the zygote."""

    nursery: Nursery = field(repr=False)
    number: int
    pid: int
    exit_code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, or the negative number of the signal that killed it; None while it lives."""
        self.nursery.listen()
        return self.exit_code

    def kill(self) -> None:
        """At once, whatever it does."""
        if self.exit_code is None:
            self.nursery.tell(DEATH, self.number)

    def wait(self) -> int:
        """Until it has ended. Returns what `poll` does then."""
        while self.poll() is None:
            self.nursery.await_notice()
        assert self.exit_code is not None
        return self.exit_code


@dataclass(eq=False)
class Nursery:
    """One crawler's line to a zygote, to which other crawlers may have lines too."""

    channel: socket.socket
    process: subprocess.Popen[bytes] | None = None  # the zygote, where it is this crawler's own
    lost: bool = False  # the zygote has ended, and every reader with it
    _asked: int = 0
    _births: dict[int, asyncio.Future[Reader]] = field(default_factory=dict)
    _readers: dict[int, Reader] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None

    @classmethod
    def open(cls, setup: Setup) -> Self:
        """Start a zygote of one's own. Raises StorageError. It takes half a second to be of use."""
        ours, theirs = _line()
        with theirs:
            return cls(ours, start_zygote(setup, (theirs,)))

    async def birth(self, theirs: socket.socket) -> Reader:
        """A new reader with `theirs` to speak to, which is still to be closed here.

        Raises StorageError where the machine has no room for one, ConnectionError when the zygote ends meanwhile.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.add_reader(self.channel, self.listen)
        self._asked += 1
        number = self._asked
        born: asyncio.Future[Reader] = loop.create_future()
        self._births[number] = born
        try:
            self.tell(BIRTH, number, theirs)
            return await born
        finally:
            self._births.pop(number, None)

    def tell(self, what: bytes, number: int, *sent: socket.socket) -> None:
        """Send an order. To one who is gone it need not be told: its readers are gone too."""
        try:
            socket.send_fds(self.channel, [NOTICE.pack(what, number, 0)], [one.fileno() for one in sent])
        except OSError:
            self._lose()

    def listen(self) -> None:
        """Take in every notice that has arrived."""
        while not self.lost:
            try:
                notice = self.channel.recv(NOTICE.size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                notice = b""
            if not notice:
                self._lose()
                return
            self._take(*NOTICE.unpack(notice))

    def await_notice(self) -> None:
        """Until there is one, or the zygote has ended."""
        if not self.lost:
            ready = select.poll()
            ready.register(self.channel, select.POLLIN)
            ready.poll()

    def close(self) -> None:
        """Hang up. A zygote of one's own ends, and with it whatever reader is left."""
        self._lose()
        self.channel.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _take(self, what: bytes, number: int, value: int) -> None:
        if what == DEATH:
            reader = self._readers.pop(number, None)
            if reader is not None:
                reader.exit_code = value
            return
        born = self._births.get(number)
        if what == BIRTH:
            reader = self._readers[number] = Reader(self, number, value)
            if born is not None and not born.done():
                born.set_result(reader)
            else:
                reader.kill()  # whoever asked for it has given up
        elif born is not None and not born.done():
            born.set_exception(no_room(os.strerror(value)))

    def _lose(self) -> None:
        self.lost = True
        if self._loop is not None:
            if not self._loop.is_closed():
                self._loop.remove_reader(self.channel)
            self._loop = None
        for reader in self._readers.values():
            reader.exit_code = -signal.SIGKILL
        self._readers.clear()
        for born in self._births.values():
            if not born.done():
                born.set_exception(ConnectionResetError())


def _line() -> tuple[socket.socket, socket.socket]:
    """Two ends: a message is one message, and who is gone is known to be."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def shared(setup: Setup, crawlers: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
    """A zygote for so many crawlers, and the end of each. Raises StorageError."""
    lines = [_line() for _ in range(crawlers)]
    process = start_zygote(setup, [theirs for _, theirs in lines])
    for _, theirs in lines:
        theirs.close()
    return process, [ours for ours, _ in lines]


def start_zygote(setup: Setup, theirs: Sequence[socket.socket]) -> subprocess.Popen[bytes]:
    """A zygote that listens at these. It ends when the last of their other ends is closed. Raises StorageError."""
    pickled.register()
    descriptors = [one.fileno() for one in theirs]
    try:
        with os.fdopen(os.memfd_create("setup"), "w+b") as stdin:  # it may be larger than a pipe holds
            stdin.write(pickle.dumps(setup, pickle.HIGHEST_PROTOCOL))
            stdin.seek(0)
            return subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", ZYGOTE_MODULE, str(os.getpid()), *map(str, descriptors)],
                pass_fds=descriptors,
                stdin=stdin,
                env={**os.environ, "PYTHONHASHSEED": "0"},  # the same bytes whatever the reader, and in every run
                start_new_session=True,  # Ctrl-C is for the crawler to handle
            )
    except OSError as exc:
        raise no_room(exc.strerror or str(exc)) from exc


def no_room(why: str) -> StorageError:
    """What a machine says that is out of processes, memory or descriptors."""
    return StorageError(
        f"a process to read documents in cannot be started: {why}",
        where=sys.executable,
        mend="check free memory, the limit of processes (ulimit -u) and of open files, then start again",
    )
