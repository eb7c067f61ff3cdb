"""The passage of our own requests: through the gate both ways, and never more of them at one host than its share."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import Response

from collector.crawler.gating.passage import Passage
from collector.crawler.network.ticket import Ticket, Tickets
from collector.model.page import Candidate
from collector.model.url import parse_url


class Network:
    """Answers after a turn of the loop, and remembers how many it had at once, by host."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.most: dict[str, int] = {}

    async def send(self, request: Request) -> Response:
        host = parse_url(request.url).host
        self.at[host] = self.at.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.at[host])
        try:
            await asyncio.sleep(0.001)
            if request.url.endswith("/broken"):
                raise ConnectionResetError
            return Response(request.url, status=200)
        finally:
            self.at[host] -= 1


def passage_to(network: Network, per_host: int) -> tuple[Passage, Tickets]:
    tickets = Tickets()
    return Passage(SimpleNamespace(tickets=tickets), network.send, per_host), tickets


async def ask(passage: Passage, tickets: Tickets, href: str) -> Response:
    """As a site's own file is asked for, which the gate lets through as it is."""
    url = parse_url(href)
    request = Request(href)
    tickets.put(request, Ticket(Candidate(url), b"", url.host, url.host, site_file=True))
    return await passage.download(request)


@pytest.mark.parametrize("per_host", [1, 2])
def test_a_host_has_no_more_than_its_share_at_once_and_none_waits_for_another(per_host):
    network = Network()
    passage, tickets = passage_to(network, per_host)

    async def all_of_them() -> list[Response]:
        hrefs = [f"https://{host}.example/{n}" for n in range(6) for host in "ab"]
        return await asyncio.gather(*(ask(passage, tickets, href) for href in hrefs))

    assert [answer.status for answer in asyncio.run(all_of_them())] == [200] * 12
    assert network.most == {"a.example": per_host, "b.example": per_host}
    assert not passage._doors


def test_what_the_network_raises_is_raised_and_the_next_one_goes_on():
    network = Network()
    passage, tickets = passage_to(network, 1)

    async def both() -> Response:
        with pytest.raises(ConnectionResetError):
            await ask(passage, tickets, "https://a.example/broken")
        return await ask(passage, tickets, "https://a.example/fine")

    assert asyncio.run(both()).status == 200
    assert not passage._doors
