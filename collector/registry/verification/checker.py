"""Asks the outside world once about a proof; knows the methods, nothing of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dns.resolver

from collector.model.addresses import Network
from collector.registry.scope import Scope
from collector.registry.verification import dns_txt, statement, web
from collector.registry.verification.challenge import Method, Seen
from collector.registry.verification.fetch import Fetcher

SCHEMES = ("https", "http")


@dataclass(frozen=True, slots=True)
class Checker:
    """`resolvers`: at least two, and both must see a DNS proof. `schemes` are tried in order."""

    resolvers: tuple[dns.resolver.Resolver, ...]
    fetcher: Fetcher
    schemes: tuple[str, ...] = SCHEMES

    @classmethod
    def at(cls, servers: Sequence[tuple[str, int]], user_agent: str, allow: tuple[Network, ...] = ()) -> Checker:
        """With these name servers (address, port); the machine's own where none is named."""
        asked = dns_txt.resolvers(servers)
        fetcher = Fetcher(lambda host: dns_txt.addresses(host, asked), user_agent, allow)
        return cls(asked, fetcher)

    def look(self, method: Method, scope: Scope, token: str, *, permission: bool = False) -> Seen:
        """Ask once. A `permission` is believed over an authenticated connection only."""
        if method is Method.DNS_TXT:
            return dns_txt.check_token(scope.host, token, self.resolvers)
        schemes = ("https",) if permission else self.schemes
        return web.check_published(method, scope, token, self.fetcher, schemes)

    def statement(self, scope: Scope, token: str, data: bytes, trusted_key: str = "") -> Seen:
        """A signed statement, under the key that the domain publishes or the one the keeper trusts."""
        if trusted_key:
            return statement.check_statement(data, scope.host, token, trusted_key, "key named by the keeper")
        key, seen = dns_txt.published_key(scope.host, self.resolvers)
        return statement.check_statement(data, scope.host, token, key, seen.source if seen is not None else "")
