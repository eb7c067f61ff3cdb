"""Runs `collector` commands in processes forked from one that has imported everything already.

A crawl of three pages spends two thirds of its time on imports, and the suite makes hundreds of them. Each command still
has a process, a process group, descriptors, an environment and a working directory of its own. For commands that are run
to their end; what a test starts in the background, or kills, is started as a user starts it.
"""

from __future__ import annotations

import atexit
import os
import pickle
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATH = os.environ.get("PYTHONPATH")
FRAME = struct.Struct("!I")


@dataclass(frozen=True)
class Order:
    """One command. `output` is where its standard output and error go."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    stdin: str
    output: str


def run(arguments: list[str], *, timeout: float, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """`collector ARGUMENTS`, to its end, as `subprocess.run(..., capture_output=True, text=True)` would tell of it.

    Raises subprocess.TimeoutExpired after killing its process group.
    """
    if os.environ.get("PYTHONPATH") != _PATH:  # other packages than those that were imported, plug-ins perhaps
        command = [sys.executable, "-m", "collector.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, input=stdin)
    with tempfile.TemporaryDirectory(prefix="zygote") as name:
        output = Path(name)
        (output / "in").write_text(stdin or "")
        order = Order(arguments, dict(os.environ), str(Path.cwd()), str(output / "in"), name)
        channel = _channel()
        _send(channel, order)
        (pid,) = FRAME.unpack(_exactly(channel, FRAME.size))
        channel.settimeout(timeout)
        try:
            (code,) = struct.unpack("!i", _exactly(channel, 4))
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            channel.settimeout(None)
            _exactly(channel, 4)
            raise subprocess.TimeoutExpired(
                arguments, timeout, (output / "out").read_bytes(), (output / "err").read_bytes()
            ) from None
        finally:
            channel.settimeout(None)
        out, err = ((output / one).read_text(errors="replace") for one in ("out", "err"))
        return subprocess.CompletedProcess(arguments, code, out, err)


# by the process that uses it: a forked test runner starts its own
_started: dict[int, tuple[socket.socket, subprocess.Popen[bytes]]] = {}


def running() -> int | None:
    """The process that forks for this one, where there is one."""
    started = _started.get(os.getpid())
    return started[1].pid if started else None


def _channel() -> socket.socket:
    if os.getpid() not in _started:
        ours, theirs = socket.socketpair()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        _started[os.getpid()] = ours, process
        atexit.register(_end, ours, process)
    return _started[os.getpid()][0]


def _end(channel: socket.socket, process: subprocess.Popen[bytes]) -> None:
    channel.close()
    process.wait()


def _send(channel: socket.socket, order: Order) -> None:
    body = pickle.dumps(order)
    channel.sendall(FRAME.pack(len(body)) + body)


def _exactly(channel: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        piece = channel.recv(size - len(got))
        if not piece:
            raise EOFError("the process that forks commands has ended")
        got += piece
    return got


def serve(channel: socket.socket) -> None:
    """Fork one command after the other until the test runner hangs up."""
    _import_everything()
    with suppress(EOFError):
        while True:
            order: Order = pickle.loads(_exactly(channel, FRAME.unpack(_exactly(channel, FRAME.size))[0]))
            pid = os.fork()
            if pid == 0:
                channel.close()
                _obey(order)
            with suppress(OSError):
                os.setpgid(pid, pid)
            channel.sendall(FRAME.pack(pid))
            _, status = os.waitpid(pid, 0)
            channel.sendall(struct.pack("!i", os.waitstatus_to_exitcode(status)))


def _import_everything() -> None:
    """All but the reactor, of which every process must have its own."""
    import gc  # noqa: PLC0415

    from collector.crawler import run  # noqa: PLC0415, F401
    from collector.crawler.documents import document_worker  # noqa: PLC0415, F401
    from collector.crawler.network import download_handler  # noqa: PLC0415, F401
    from collector.crawler.spiders import site  # noqa: PLC0415, F401
    from collector.lists.suffixes import registrable_domain  # noqa: PLC0415
    from collector.minimise.structure.url import personal_kinds  # noqa: PLC0415
    from collector.model.url import parse_url  # noqa: PLC0415
    from collector.rules.catalogue import fragments  # noqa: PLC0415

    registrable_domain("www.example.org")
    personal_kinds(parse_url("https://www.example.org/a.b@example.org"))
    fragments()
    assert "twisted.internet.reactor" not in sys.modules, "a forked command could not have a reactor of its own"
    gc.freeze()


def _obey(order: Order) -> None:
    """Become the command. Never returns."""
    code = 70
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        for number, path, how in (
            (0, order.stdin, os.O_RDONLY),
            (1, f"{order.output}/out", flags),
            (2, f"{order.output}/err", flags),
        ):
            opened = os.open(path, how, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        os.chdir(order.folder)
        os.environ.clear()
        os.environ.update(order.environment)
        time.tzset()
        random.seed()
        tempfile.tempdir = None  # as the environment says
        sys.argv = ["collector", *order.arguments]
        from collector.cli.__main__ import main  # noqa: PLC0415

        code = main(order.arguments)
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:  # noqa: BLE001  as the interpreter would
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
