"""A page of a hundred thousand links: entered a few at a time, and everybody else has turns between."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from collector.crawler.recording.recorder import ENTERED, Recorder
from collector.model.page import Candidate, Hop, Link
from collector.model.url import parse_url

PAGE = parse_url("http://a.example.org/")


class Entering:
    """A commit that only remembers what it was given, in which turn of the loop."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, int]] = []
        self.turn = 0

    def enter(self, found) -> None:
        self.batches.append((self.turn, len(found)))


def recorder() -> tuple[Recorder, Entering]:
    commit = Entering()
    crawl = SimpleNamespace(scrub=str, key_of=lambda url: url.href.encode(), count=lambda _: None)
    return Recorder(crawl, commit, lambda: None), commit


def links(number: int) -> list[Link]:
    return [Link(f"http://b.example.org/{n}", Hop.LINK) for n in range(number)]


def enter(pen: Recorder, commit: Entering, *pages: list[Link]) -> list[list[Link]]:
    """Enter the links of `pages` at the same time, while somebody else counts the turns he gets."""

    async def others() -> None:
        while True:
            commit.turn += 1
            await asyncio.sleep(0)

    async def run() -> list[list[Link]]:
        counting = asyncio.ensure_future(others())
        ticket = SimpleNamespace(candidate=Candidate(PAGE), from_frontier=True)
        rest = await asyncio.gather(*(pen.links_ahead(ticket, page) for page in pages))
        counting.cancel()
        return rest

    return asyncio.run(run())


def test_a_few_links_wait_for_their_page():
    """They are committed with it: nothing is entered before."""
    pen, commit = recorder()
    (rest,) = enter(pen, commit, links(ENTERED))
    assert len(rest) == ENTERED
    assert commit.batches == []


def test_many_links_are_entered_in_turns_of_a_few():
    pen, commit = recorder()
    (rest,) = enter(pen, commit, links(1_005))
    assert 0 < len(rest) <= ENTERED
    entered = sum(number for _, number in commit.batches)
    assert 1_005 - len(rest) - ENTERED // 2 <= entered <= 1_005 - len(rest)
    assert max(number for _, number in commit.batches) <= ENTERED
    turns = [turn for turn, _ in commit.batches]
    assert len(set(turns)) == len(turns), "two batches in one turn hold it for twice as long"


def test_two_such_pages_take_turns_as_well():
    pen, commit = recorder()
    many = links(600)
    enter(pen, commit, many[:300], many[300:])
    turns = [turn for turn, _ in commit.batches]
    assert len(set(turns)) == len(turns)


def test_what_was_entered_is_not_entered_again():
    pen, commit = recorder()
    enter(pen, commit, links(500))
    before = len(commit.batches)
    enter(pen, commit, links(500))
    assert len(commit.batches) - before <= 2  # what was left for the next flush is not remembered before it
