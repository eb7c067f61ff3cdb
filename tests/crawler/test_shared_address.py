"""The line at a shared address: who stands in it, who is put off, and which of a host's addresses counts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from collector.crawler.network.ticket import PutOff
from collector.crawler.politeness.shared_address import SharedAddresses, shared_name
from collector.frontier.addresses import AddressClocks

A = "192.0.2.1"


def ticket(host: str, *, claimed: bool = True):
    url = SimpleNamespace(host=host)
    return SimpleNamespace(
        candidate=SimpleNamespace(url=url), host_key=host, address="", claim=object() if claimed else None
    )


async def resolve(host: str) -> tuple[str, ...]:
    return (A,)


def test_the_lowest_address_names_the_clock():
    answers = ("2001:db8::2", "192.0.2.9", "192.0.2.10", "2001:db8::1")
    assert shared_name(answers) == shared_name(answers[::-1]) == "192.0.2.9"
    assert shared_name(answers[::3]) == "2001:db8::1"
    assert shared_name(()) == ""


def test_nobody_is_resolved_where_the_policy_asks_for_nothing():
    async def never(host: str) -> tuple[str, ...]:
        raise AssertionError(host)

    asked = ticket("a.example.org")
    asyncio.run(SharedAddresses(AddressClocks(0.0, None)).learn(asked, never))
    assert asked.address == ""


def test_who_would_stand_in_line_is_put_off_one_turn_further_each():
    shared = SharedAddresses(AddressClocks(10.0, None))

    async def told(host: str, *, claimed: bool = True) -> float | None:
        asked = ticket(host, claimed=claimed)
        await shared.learn(asked, resolve)
        try:
            shared.check_room(asked)
        except PutOff as exc:
            return exc.until
        return None

    async def run():
        assert await told("a.example.org") is None
        async with shared.head_of_line(A):
            first, second = await told("b.example.org"), await told("c.example.org")
            assert first is not None
            assert second is not None
            assert second - first == pytest.approx(10.0, abs=0.5)
            assert await told("own.example.org", claimed=False) is None, "nobody can have it back"
            assert await told("b.example.org") is None, "it was put off before: now it may wait"
            assert await told("b.example.org") is not None
        assert await told("d.example.org") is None, "nobody stands there any more"

    asyncio.run(run())


def test_first_come_first_served():
    shared = SharedAddresses(AddressClocks(10.0, None))
    order: list[int] = []

    async def one(number: int) -> None:
        async with shared.head_of_line(A):
            await asyncio.sleep(0)
            order.append(number)

    async def run():
        await asyncio.gather(*(one(number) for number in range(5)))

    asyncio.run(run())
    assert order == [0, 1, 2, 3, 4]
    assert shared._lines == {}
