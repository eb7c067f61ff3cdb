"""Twenty minutes among every hostile server we know, wave after wave: good pages come in, and nothing grows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.support.agreement import disagreements
from tests.support.crawling import Crawling, verify
from tests.support.hostile import HOSTILE, entity_bomb, many_sitemaps
from tests.support.processes import Sample, Watch, watching
from tests.support.simsite import Reply, moved
from tests.support.simweb import SimulatedWeb

SECONDS = float(os.environ.get("SOAK_SECONDS", "1200"))
WAVE = 60.0  # seconds between two waves of hostile hosts
WAVES = max(3, round(SECONDS / WAVE))
GOOD = 6  # hosts
DELAY = 0.5  # seconds between two requests to a good host
PAGES = int(SECONDS / DELAY)  # of each good host
AHEAD = 20  # pages: as far as each of them links, so that the last ones are no deeper than a policy may allow
SETTLED = 0.35  # of the time: by then every process has met every kind of server
GROWN = 1.1  # how much larger a process may be at the end than when it had settled …
SLACK = 20_000  # … and KiB beside it
PEAK = 450_000  # KiB, of the largest process
XML = (("Content-Type", "application/xml"),)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS * 3 + 600)]

# In the crawler's own process: what is going on in its loop, twice a second.
WATCHED = """
import asyncio, json, sys, time
from collector.crawler.lifecycle import Lifecycle
opened = Lifecycle.opened
async def look(crawl):
    with open({out!r}, "w", buffering=1) as file:
        while True:
            at = time.monotonic()
            await asyncio.sleep(0.5)
            tasks = len(asyncio.all_tasks())
            sources = len(crawl.site_source._fetching) + len(crawl.site_files._fetching)
            file.write(json.dumps([tasks, sources, time.monotonic() - at - 0.5]) + "\\n")
def also(self):
    opened(self)
    self._look = asyncio.ensure_future(look(self._crawl))
Lifecycle.opened = also
from collector.cli.__main__ import main
sys.exit(main())
"""


class Soaked(Crawling):
    """One attempt each, a hub that is asked for a page every minute, and a loop that tells what goes on in it."""

    @property
    def told(self) -> Path:
        return self.folder / "told.jsonl"

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        return [python, "-c", WATCHED.format(out=str(self.told)), *rest]

    @property
    def policy(self) -> Path:
        path = super().policy
        path.write_text(path.read_text().replace("retry_budget = 2", "retry_budget = 1"))
        return path


@dataclass
class Soak:
    """The crawl, over."""

    web: SimulatedWeb
    crawling: Crawling
    summary: dict[str, Any]
    watch: Watch
    turns: list[tuple[int, int, float]]  # tasks, site files under way, how late a sleep of half a second ended
    outcomes: dict[str, tuple[str, str, str]]


def furnish(web: SimulatedWeb) -> list[str]:
    """Good hosts, a hub, and at each page of the hub one more host of every hostile kind. Returns the seeds."""
    for number in range(GOOD):
        site = web.site(f"good{number}.localhost").page("/", links=["/p0"])
        for page in range(PAGES):
            main = f"<p>Page {page} of host {number}, about the village and its well.</p>" * 60
            links = [f"/p{linked}" for linked in (page + 1, page + AHEAD) if linked < PAGES]
            site.page(f"/p{page}", f"Page {page} of {number}", main=main, links=links)
    sitemaps = many_sitemaps(200_000, 1_000)
    hub = web.site("hub.localhost").page("/", links=["/w0"])
    for wave in range(WAVES):
        names = [f"{name}-{wave}.localhost" for name in HOSTILE]
        for name, hostile in zip(names, HOSTILE.values(), strict=True):
            web.site(name).serve("/robots.txt" if hostile.robots else "/", hostile.reply)
        maps, loop = f"maps-{wave}.localhost", f"loop-{wave}.localhost"
        web.site(maps).page("/", "Maps").robots("Sitemap: /bomb.xml\nSitemap: /index.xml.gz\n")
        web.site(maps).serve("/bomb.xml", Reply(200, entity_bomb(web.port), XML)).serve("/index.xml.gz", sitemaps)
        web.site(loop).serve("/", moved(web.url(loop, "/again"))).serve("/again", moved(web.url(loop)))
        links = [web.url(name) for name in (*names, maps, loop)]
        hub.page(f"/w{wave}", f"Wave {wave}", links=[f"/w{wave + 1}", *links])
    hub.page(f"/w{WAVES}", "No more of them")
    return [web.url("hub.localhost"), *(web.url(f"good{number}.localhost") for number in range(GOOD))]


@pytest.fixture(scope="module", name="soak")
def _soak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soak]:
    folder = tmp_path_factory.mktemp("soak")
    with SimulatedWeb() as web:
        crawling = Soaked(folder, web, min_delay=DELAY, seeds=furnish(web), request_timeout=5.0)
        crawling.scope = f"max_body_bytes = 4_000_000\nmax_depth = {PAGES // AHEAD + AHEAD + WAVES + 10}"
        crawling.politeness = f'[[politeness.host]]\ndomain = "hub.localhost"\nmin_delay = {WAVE}\nmax_delay = {WAVE}\n'
        process = crawling.start()
        with watching(process.pid, every=1.0) as watch:
            out, said = process.communicate(timeout=SECONDS * 3 + 300)
        assert process.returncode == 0, said
        turns = [tuple(json.loads(line)) for line in crawling.told.read_text().splitlines()]
        soak = Soak(web, crawling, json.loads(out), watch, turns, crawling.outcomes())
        print(report(soak))
        yield soak


def report(soak: Soak) -> str:
    """The figures."""
    long = whole(soak.watch)
    lines = [f"{len(soak.outcomes)} URLs, {soak.watch.samples[-1].at:.0f} s, largest process {soak.watch.peak} KiB"]
    for samples in long:
        settled, end = thirds(samples)
        lines.append(f"process {samples[0].pid}: RSS {settled} KiB when settled, {end} KiB at the end")
        lines.append(
            f"  descriptors at most {max(s.files for s in samples)}, threads {max(s.threads for s in samples)}"
        )
    tasks = [tasks for tasks, _, _ in soak.turns]
    late = sorted(late for _, _, late in soak.turns)
    lines.append(f"tasks: at most {max(tasks)}, {tasks[-1]} at the end; a turn late by {late[-1]:.2f} s at most")
    return "\n".join(lines)


def whole(watch: Watch) -> list[list[Sample]]:
    """Of every process that lived for most of the time: its samples."""
    ended = watch.samples[-1].at
    found = [watch.of(pid) for pid in {sample.pid for sample in watch.samples}]
    return [samples for samples in found if samples[-1].at - samples[0].at > 0.9 * ended]


def thirds(samples: Sequence[Sample]) -> tuple[int, int]:
    """Median RSS in the tenth of its life after it has settled, and in the last tenth. KiB."""
    tenth, first = max(1, len(samples) // 10), int(len(samples) * SETTLED)
    return tuple(round(median(s.rss for s in part)) for part in (samples[first : first + tenth], samples[-tenth:]))  # type: ignore[return-value]


def test_all_good_pages_are_captured(soak: Soak) -> None:
    assert soak.summary["ended"] == "finished"
    for number in range(GOOD):
        for path in ("/", *(f"/p{page}" for page in range(PAGES))):
            assert soak.outcomes[soak.web.url(f"good{number}.localhost", path)][0] == "archived"


def test_every_hostile_server_ends_as_it_should_in_every_wave(soak: Soak) -> None:
    for wave in range(WAVES):
        for name, hostile in HOSTILE.items():
            outcome, _, reason = soak.outcomes[soak.web.url(f"{name}-{wave}.localhost")]
            assert outcome in (*hostile.ends, "duplicate"), (name, wave, reason)
        assert soak.outcomes[soak.web.url(f"maps-{wave}.localhost", "/bomb.xml")][0] == "withheld"
        assert soak.web.url(f"loop-{wave}.localhost", "/again") in soak.outcomes


def test_no_process_grows(soak: Soak) -> None:
    assert soak.watch.peak < PEAK
    long = whole(soak.watch)
    assert long
    for samples in long:
        settled, end = thirds(samples)
        assert end <= settled * GROWN + SLACK


def test_no_descriptor_is_left_open(soak: Soak) -> None:
    for samples in whole(soak.watch):
        tenth = len(samples) // 10
        assert min(s.files for s in samples[-tenth:]) <= min(s.files for s in samples[tenth : 3 * tenth]) + 5


def test_no_task_is_left_over(soak: Soak) -> None:
    """A crawl that has nothing to do but its good hosts has as many tasks early as late."""
    quarter = len(soak.turns) // 4
    early, late = soak.turns[quarter : 2 * quarter], soak.turns[-quarter:]
    assert min(tasks for tasks, _, _ in late) <= min(tasks for tasks, _, _ in early) + 3
    assert min(sources for _, sources, _ in late) == 0


def test_archive_and_account_agree(soak: Soak) -> None:
    assert disagreements(soak.crawling.collection) == []
    assert verify(soak.crawling) == ""
