"""A mail server on loopback, on whichever port the system has for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class _Anywhere(Controller):
    """Learns its port when it listens: one that was free a moment ago may be somebody else's by then."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def delivering_to(box: object, **how: Any) -> Iterator[int]:
    """Hand mail over to `box` (`handle_DATA`). Yields the port on 127.0.0.1; `how` goes to aiosmtpd."""
    server = _Anywhere(box, hostname="127.0.0.1", port=0, ready_timeout=60.0, **how)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
