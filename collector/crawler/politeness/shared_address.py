"""The line at an IP address that several hosts share: first come, first served, at the distance the policy keeps there.

A host that would only stand in the line is put off instead, to the moment at which its turn is about to come:
so a thousand names of one server do not fill all the places that other servers' hosts are waiting for.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from collector.crawler.network.ticket import PutOff, Ticket
from collector.frontier.addresses import AddressClocks

REMEMBERED = 20_000  # hosts that were put off; one that is forgotten is put off once more
LINE = 2  # so many may stand before one that was put off already
PAUSE = 0.25  # seconds until the next look of one that was put off and still finds a line

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]


@dataclass
class _Line:
    """Those of this worker that wait at one address. `expected`: when a further one's turn would come."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    expected: float = 0.0


@dataclass
class SharedAddresses:
    """Who waits where. Asks for nothing where the policy sets no limit per address."""

    clocks: AddressClocks
    time: Callable[[], float] = time.time
    _lines: dict[str, _Line] = field(default_factory=dict)  # that anybody stands in
    _put_off: OrderedDict[str, None] = field(default_factory=OrderedDict)

    async def learn(self, ticket: Ticket, resolve: Resolve) -> None:
        """Which address the ticket's host has. Only for hosts that gate 1 lets in: it asks the resolver."""
        if self.clocks.kept and not ticket.address:
            ticket.address = shared_name(await resolve(ticket.candidate.url.host))

    def check_room(self, ticket: Ticket) -> None:
        """Raise PutOff where others stand in the line already and the queue can have the ticket's URL back."""
        line = self._lines.get(ticket.address)
        returned = ticket.host_key in self._put_off
        if line is None or ticket.claim is None or line.waiting <= (LINE if returned else 0):
            self._put_off.pop(ticket.host_key, None)
            return
        now = self.time()
        line.expected = max(line.expected, now) + self.clocks.delay
        self._put_off[ticket.host_key] = None
        if len(self._put_off) > REMEMBERED:
            self._put_off.popitem(last=False)
        raise PutOff(now + PAUSE if returned else max(line.expected, now + PAUSE))

    @asynccontextmanager
    async def head_of_line(self, name: str) -> AsyncIterator[None]:
        """Wait until nobody of this worker stands before us, and stand there while the block runs."""
        line = self._lines.setdefault(name, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                yield
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[name]


def shared_name(addresses: tuple[str, ...]) -> str:
    """The one of a host's addresses whose clock it keeps: the lowest, in whatever order the answers came."""
    known = sorted((ip_address(address) for address in addresses), key=lambda a: (a.version, int(a)))
    return str(known[0]) if known else ""
