"""The passage of our own requests: through the gate both ways, and never more of them at one host than its share."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from collector.crawler.gating.passage import Passage
from collector.crawler.network.arrived import Arrived
from collector.crawler.network.ticket import Ticket, Tickets
from collector.model.headers import Headers
from collector.model.page import Candidate
from collector.model.url import parse_url


class Network:
    """Answers after a turn of the loop, and remembers how many it had at once, by host."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.most: dict[str, int] = {}

    async def send(self, ticket: Ticket) -> None:
        url = ticket.candidate.url
        host = url.host
        self.at[host] = self.at.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.at[host])
        try:
            await asyncio.sleep(0.001)
            if url.path == "/broken":
                raise ConnectionResetError
            ticket.arrived = Arrived(url.href, 200, Headers(), b"")
        finally:
            self.at[host] -= 1


def passage_to(network: Network, per_host: int) -> tuple[Passage, Tickets]:
    tickets = Tickets()
    return Passage(SimpleNamespace(tickets=tickets), network.send, per_host), tickets


async def ask(passage: Passage, href: str) -> Arrived:
    """As a site's own file is asked for, which the gate lets through as it is."""
    url = parse_url(href)
    ticket = Ticket(Candidate(url), b"", url.host, url.host, site_file=True)
    await passage.download(ticket)
    assert ticket.arrived is not None
    return ticket.arrived


@pytest.mark.parametrize("per_host", [1, 2])
def test_a_host_has_no_more_than_its_share_at_once_and_none_waits_for_another(per_host):
    network = Network()
    passage, tickets = passage_to(network, per_host)

    async def all_of_them() -> list[Arrived]:
        hrefs = [f"https://{host}.example/{n}" for n in range(6) for host in "ab"]
        return await asyncio.gather(*(ask(passage, href) for href in hrefs))

    assert [answer.status for answer in asyncio.run(all_of_them())] == [200] * 12
    assert network.most == {"a.example": per_host, "b.example": per_host}
    assert not passage._doors
    assert not list(tickets)


def test_what_the_network_raises_is_raised_and_the_next_one_goes_on():
    network = Network()
    passage, tickets = passage_to(network, 1)

    async def both() -> Arrived:
        with pytest.raises(ConnectionResetError):
            await ask(passage, "https://a.example/broken")
        return await ask(passage, "https://a.example/fine")

    assert asyncio.run(both()).status == 200
    assert not passage._doors
    assert not list(tickets)


def test_who_is_under_way_is_known_while_it_is():
    """A clock that was set takes the turns of all of them away, of those without a request of Scrapy's too."""
    network = Network()
    passage, tickets = passage_to(network, 1)

    async def one() -> list[Ticket]:
        asked = asyncio.ensure_future(ask(passage, "https://a.example/page"))
        await asyncio.sleep(0)
        under_way = list(tickets)
        await asked
        return under_way

    (ticket,) = asyncio.run(one())
    assert ticket.candidate.url.path == "/page"
    assert not list(tickets)
