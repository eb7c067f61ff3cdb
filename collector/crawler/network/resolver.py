"""Name resolution with the address gate in it: what it hands out is what is connected to, so nothing can rebind.

Twisted's endpoints connect to the very addresses a name resolver returns; Scrapy's own resolver judges none
and keeps them for ever. Every answer is judged, IPv4 and IPv6: one that is not public spoils the name.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet import threads
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from twisted.python.failure import Failure
from zope.interface import implementer

from collector.model.addresses import Network, address_refusal

Lookup = Callable[[str], Sequence[str]]

POSITIVE_SECONDS = 300.0
NEGATIVE_SECONDS = 30.0
CACHE_SIZE = 10_000
LOOKUPS = 64  # at once: names that hang keep no other one waiting (Scrapy leaves the reactor ten threads)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name resolved to, and why it may not be connected to, if it may not."""

    addresses: tuple[str, ...]
    refusal: str  # empty: fine
    expires: float


def system_lookup(host: str) -> Sequence[str]:
    """All IPv4 and IPv6 addresses of `host`. RFC 6761 §6.3: names under `localhost` are the loopback address."""
    if host == "localhost" or host.endswith(".localhost"):
        return ("127.0.0.1",)
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to cancel: the look-up thread ends by itself and its answer is cached."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's IHostnameResolver, refusing names with an address that is not public (or opened by the policy)."""

    def __init__(self, reactor: Any, allow: tuple[Network, ...], lookup: Lookup = system_lookup) -> None:
        self._reactor = reactor
        self._allow = allow
        self._lookup = lookup
        self._cache: OrderedDict[str, Resolution] = OrderedDict()

    def install(self) -> None:
        """Make it the one that the reactor asks: Scrapy installs its own when a process starts, anybody may later."""
        if self._reactor.nameResolver is not self:
            self._reactor.installNameResolver(self)

    def refusal(self, host: str) -> tuple[str, ...]:
        """The addresses for which `host` was refused, or () if it was not."""
        known = self._cache.get(host)
        return known.addresses if known is not None and known.refusal else ()

    def permits(self, address: str) -> bool:
        """Whether a connection to this address is one that we would have made."""
        return address_refusal(address, self._allow) is None

    async def addresses(self, host: str) -> tuple[str, ...]:
        """All addresses of `host`, judged or not; () where there are none. For hosts that gate 1 lets in."""
        host = host.strip("[]")
        known = self._cache.get(host)
        if known is None or known.expires <= time.monotonic():
            known = await self._look_up(host).asFuture(asyncio.get_running_loop())
        return known.addresses

    def _look_up(self, host: str) -> Deferred[Resolution]:
        pool = self._reactor.getThreadPool()
        if pool.max < LOOKUPS:
            pool.adjustPoolsize(maxthreads=LOOKUPS)
        answer: Deferred[Any] = threads.deferToThreadPool(self._reactor, pool, self._lookup, host)
        return answer.addCallbacks(self._judge, self._unresolved, callbackArgs=(host,), errbackArgs=(host,))

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803  an IResolutionReceiver
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: ARG002, N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve, judge, hand out all addresses or none."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        known = self._cache.get(hostName)
        if known is not None and known.expires > time.monotonic():
            self._deliver(known, resolutionReceiver, portNumber, transportSemantics)
            return resolution
        self._look_up(hostName).addCallback(self._deliver, resolutionReceiver, portNumber, transportSemantics)
        return resolution

    def _judge(self, addresses: Sequence[str], host: str) -> Resolution:
        refusals = [why for address in addresses if (why := address_refusal(address, self._allow)) is not None]
        return self._remember(
            host, Resolution(tuple(addresses), "; ".join(refusals), time.monotonic() + POSITIVE_SECONDS)
        )

    def _unresolved(self, _failure: Failure, host: str) -> Resolution:
        return self._remember(host, Resolution((), "", time.monotonic() + NEGATIVE_SECONDS))

    def _remember(self, host: str, resolution: Resolution) -> Resolution:
        self._cache[host] = resolution
        self._cache.move_to_end(host)
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return resolution

    @staticmethod
    def _deliver(found: Resolution, receiver: Any, port: int, transport: Any) -> None:
        if not found.refusal:
            for address in found.addresses:
                kind = IPv6Address if ":" in address else IPv4Address
                receiver.addressResolved(kind(transport, address, port))
        receiver.resolutionComplete()
