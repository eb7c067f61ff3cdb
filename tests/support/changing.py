"""Changes made from outside while a crawl runs: waiting for it, keeping it busy, objecting as the keeper does."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

from typer.testing import CliRunner

from collector.cli.registry import app
from tests.support.crawling import Crawling
from tests.support.simlog import Request
from tests.support.simsite import HTML, Reply, document
from tests.support.simweb import SimulatedWeb


def until(true: Callable[[], bool], process: subprocess.Popen[str] | None, seconds: float = 60) -> None:
    """Wait for what must come; with `process` while it runs. `seconds` are for what never comes, on any machine."""
    deadline = time.monotonic() + seconds
    while not true():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def without_end(web: SimulatedWeb, host: str) -> threading.Event:
    """`/p0` links `/p1`, and so on, until the event is set: a crawl that lasts as long as the test needs it."""
    enough = threading.Event()

    def page(request: Request) -> Reply:
        links = [] if enough.is_set() else [f"/p{int(request.path.removeprefix('/p')) + 1}"]
        return Reply(200, document(request.path, links=links).encode(), (("Content-Type", HTML),))

    web.site(host).robots("").otherwise = page
    return enough


def object_to(crawling: Crawling, host: str) -> None:
    """`collector registry add`, as the keeper of the registry does it."""
    ask_registry(crawling, "add", host, "--reason", "the rightsholder objects")


def ask_registry(crawling: Crawling, *arguments: str) -> str:
    """In this process: a start of Python can take as long as the answers that wait for it."""
    said = CliRunner().invoke(app, [*arguments, "--data", str(crawling.data)], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output
