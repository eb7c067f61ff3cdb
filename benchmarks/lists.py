"""Measures lists at real size: import, compile, open, look-ups, sharing, hot swaps. `python benchmarks/lists.py`.

The entries are those that datatrove carries in its wheel (4.6 million hosts of the University of Toulouse's adult
list, CC BY-SA), fetched by pip into a temporary folder; generated hosts bring them to six million.
With `--peer` datatrove's own filter answers the same URLs, in an environment that has it and by its own copy.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path

from collector.lists.candidate import Import, import_list
from collector.lists.entry import Kind
from collector.lists.live import LiveLists
from collector.lists.memory import MemoryLookup
from collector.lists.organisation import OrganisationLists
from collector.lists.snapshot import Snapshot
from collector.lists.version import ROWS, rows_of
from collector.model.digest import Digest
from collector.model.errors import UrlError
from collector.model.url import Url, parse_url

ARCHIVE = "datatrove/assets/url_filterblacklistsv0_3_0.tar.gz"
SIX_MILLION = 6_000_000
QUESTIONS = 100_000
BELOW = ("", "www.", "m.", "img.cdn.", "a.b.c.")


def fetch(folder: Path) -> Path:
    """The archive inside datatrove's wheel."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), "datatrove"]
    subprocess.run(command, check=True, timeout=600)
    with zipfile.ZipFile(next(folder.glob("datatrove-*.whl"))) as wheel:
        return Path(wheel.extract(ARCHIVE, folder))


def line(what: str, asked: str, found: str) -> None:
    print(f"{what:58} {asked:>16} {found:>16}", flush=True)


class Watch:
    """CPU seconds: other work on the machine counts less than by the wall clock."""

    def __init__(self) -> None:
        self.start = time.process_time()

    @property
    def seconds(self) -> float:
        return time.process_time() - self.start


def build(folder: Path, archive: Path, total: int) -> tuple[OrganisationLists, float, float]:
    lists = OrganisationLists(folder / "lists")
    today = date(2026, 11, 22)
    watch = Watch()
    said = Import("ut1", "ut1", "adult.pornography", "CC-BY-SA-4.0", "University of Toulouse", "benchmark")
    version = import_list(archive, said, lists.sources, today)
    print(f"ut1: {version.entries:,} entries, {version.rejected:,} rejected, {version.aside:,} put aside")
    hosts = (entry.host for entry in rows_of(lists.sources / "ut1" / version.version / ROWS))
    extra = folder / "generated.txt"
    with extra.open("w") as out:
        out.writelines(f"s{n}.{host}\n" for n, host in zip(range(total - version.entries), hosts, strict=False))
    generated = Import("generated", "plain", "adult.pornography", "CC0-1.0", "generated", "benchmark")
    import_list(extra, generated, lists.sources, today)
    importing = watch.seconds
    watch = Watch()
    generation = lists.activate({"ut1": "", "generated": ""}, seed=1, at="2026-11-22", by="benchmark", reason="")
    compiling = watch.seconds
    print(f"snapshot: {generation.entries:,} entries, {generation.size / 1e6:.0f} MB")
    return lists, importing, compiling


def questions(lists: OrganisationLists, chance: random.Random) -> tuple[list[Url], list[Url]]:
    """URLs of listed hosts and hosts below them; and of hosts that nobody lists."""
    version = lists.version("ut1")
    step = max(1, version.entries // QUESTIONS)
    hits = []
    for number, entry in enumerate(rows_of(lists.sources / "ut1" / version.version / ROWS)):
        if number % step == 0 and entry.kind is Kind.SUBTREE:
            try:
                hits.append(parse_url(f"https://{chance.choice(BELOW)}{entry.host}/page/{number}"))
            except UrlError:
                continue
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(5, 14))) for _ in range(QUESTIONS)]
    misses = [parse_url(f"https://{chance.choice(('', 'www.'))}{word}.test/page") for word in words]
    chance.shuffle(hits)
    return hits, misses


def best(lookup: Snapshot, urls: list[Url]) -> float:
    """Answers a second, best of five."""
    runs = []
    for _ in range(5):
        watch = Watch()
        for url in urls:
            lookup.match(url)
        runs.append(watch.seconds)
    return len(urls) / min(runs)


def private_memory() -> tuple[float, float]:
    """(private, proportional) MB of this process."""
    fields = dict.fromkeys(("Private_Clean", "Private_Dirty", "Pss"), 0)
    for row in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = row.partition(":")
        if name in fields:
            fields[name] = int(rest.split()[0])
    return fields["Private_Dirty"] / 1024, fields["Pss"] / 1024


def shared(path: Path, digest: Digest, hosts: list[str], processes: int = 4) -> list[tuple[float, float]]:
    """(private MB, proportional MB) that each of several processes adds by opening and using the snapshot."""
    answers = []
    for _ in range(processes):
        read, write = os.pipe()
        ready, go = os.pipe()
        child = os.fork()
        if child == 0:
            before = private_memory()
            snapshot = Snapshot(path, digest)
            urls = [parse_url(f"https://{host}/") for host in hosts[:20_000]]
            found = sum(bool(snapshot.match(url)) for url in urls)
            del urls
            os.write(write, b"r")
            os.read(ready, 1)  # until all four have used it
            after = private_memory()
            os.write(write, json.dumps([after[0] - before[0], after[1] - before[1], found]).encode())
            os._exit(0)
        answers.append((child, read, go))
    for _, read, _ in answers:
        os.read(read, 1)
    for _, _, go in answers:
        os.write(go, b"g")
    figures = []
    for child, read, _ in answers:
        private, proportional, found = json.loads(os.read(read, 4096))
        os.waitpid(child, 0)
        figures.append((private, proportional))
        if found != min(20_000, len(hosts)):
            raise SystemExit(f"a process missed {min(20_000, len(hosts)) - found} listed hosts")
    return figures


def swaps(lists: OrganisationLists, urls: list[Url], total: int = 456_000) -> tuple[int, int, float, float]:
    """Look-ups during five swaps: (missed, swaps taken in, p99 in us, slowest in us)."""
    live = LiveLists(lists.folder, MemoryLookup())
    taken, missed, number = 0, 0, 0
    times = []
    writer = None
    clock = time.perf_counter_ns
    while number < total or taken < 5:
        if writer is None and taken < 5:
            writer = subprocess.Popen([sys.executable, __file__, "--rollback", str(lists.folder)])
        url = urls[number % len(urls)]
        start = clock()
        found = live.lookup.match(url)
        times.append(clock() - start)
        missed += not found
        number += 1
        if number % 50 == 0:
            live.poll()
        if writer is not None and number % 1_000 == 0 and writer.poll() is not None:
            if writer.returncode:
                raise SystemExit("a swap failed")
            writer = None
            while live.generation != lists.current():
                live.poll(wait=True)
            taken += 1
    times.sort()
    return missed, taken, times[int(len(times) * 0.99)] / 1e3, times[-1] / 1e3


def every_entry(lists: OrganisationLists, snapshot: Snapshot, chance: random.Random) -> tuple[int, int]:
    """(asked, missed): every entry of the university's list by itself, and every host of it once more below."""
    version = lists.version("ut1")
    asked = missed = 0
    for entry in rows_of(lists.sources / "ut1" / version.version / ROWS):
        if entry.kind is Kind.CIDR:
            continue
        for below in ("", chance.choice(BELOW)) if entry.kind is Kind.SUBTREE else ("",):
            try:
                url = parse_url(f"https://{below}{entry.host}{entry.path or '/'}")
            except UrlError:  # nothing is below an address
                continue
            asked += 1
            missed += not snapshot.match(url)
    return asked, missed


def beside_datatrove(lists: OrganisationLists, snapshot: Snapshot, chance: random.Random, peer: Path) -> None:
    """The same URLs of hosts below listed ones to datatrove's own filter, in its own environment, and to ours."""
    version = lists.version("ut1")
    rows = rows_of(lists.sources / "ut1" / version.version / ROWS)
    listed = frozenset(e.host for e in rows if e.kind is Kind.SUBTREE)
    deeper = [host for host in chance.sample(sorted(listed), 40_000) if not host.replace(".", "").isdigit()]
    hosts = [f"{chance.choice(('img', 'static', 'members', 'm'))}.{host}" for host in deeper]
    texts = [f"https://{host}/" for host in hosts if host not in listed]
    program = Path(__file__).parent / "peers" / "datatrove_urls.py"
    environment = {**os.environ, "PYTHONPATH": "", "HF_HOME": str(lists.folder)}
    said = subprocess.run(
        [str(peer), str(program)],
        input="\n".join(texts),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
        env=environment,
    )
    if said.returncode:
        print(f"not measured: datatrove's filter does not run in {peer}: {said.stderr[-300:]}")
        return
    answers = said.stdout.split()
    seconds = float(said.stderr.strip().splitlines()[-1])
    ours = sum(not snapshot.match(parse_url(text)) for text in texts)
    by_list = sum(answer in {"domain", "subdomain", "url"} for answer in answers)
    by_words = sum(answer != "kept" for answer in answers) - by_list
    line(f"hosts below listed ones, of {len(texts):,}: datatrove misses", "", f"{1 - by_list / len(texts):.1%}")
    line("  of these its words in the URL would still drop", "", f"{by_words / len(texts):.1%}")
    line("  ours misses", "0 %", f"{ours / len(texts):.1%}")
    watch = Watch()
    for text in texts:
        snapshot.match(parse_url(text))
    line("URLs a second: datatrove", "", f"{len(texts) / seconds:,.0f}")
    line("  ours, parsing included, every entry named", "", f"{len(texts) / watch.seconds:,.0f}")


def lines_per_second(folder: Path, urls: list[Url], data: Path) -> float:
    questions_file = folder / "questions.jsonl"
    with questions_file.open("w") as out:
        out.writelines(json.dumps({"id": n, "url": url.href}) + "\n" for n, url in enumerate(urls * 3))
    command = [sys.executable, "-m", "collector.cli", "lists", "match", "--jsonl", "--data", str(data)]

    def cpu(source: Path) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with source.open("rb") as given, Path(os.devnull).open("wb") as out:
            subprocess.run(command, stdin=given, stdout=out, check=True, timeout=600)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return 3 * len(urls) / (cpu(questions_file) - cpu(Path(os.devnull)))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--entries", type=int, default=SIX_MILLION)
    arguments.add_argument("--wheel-folder", type=Path, help="where datatrove's wheel was fetched to before")
    arguments.add_argument("--peer", type=Path, help="python of an environment with datatrove[processing]")
    arguments.add_argument("--rollback", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.rollback:
        OrganisationLists(given.rollback).rollback(seed=1, at="", by="benchmark", reason="swap")
        return 0
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), given)
    return 0


def measure(folder: Path, given: argparse.Namespace) -> None:
    chance = random.Random(1)
    archive = fetch(given.wheel_folder or folder)
    lists, importing, compiling = build(folder, archive, given.entries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    generation = lists.current()
    assert generation is not None
    path, digest = lists.snapshot_path(generation), Digest.parse(generation.snapshot)
    line("", "asked", "found")
    line("import, CPU seconds", "", f"{importing:.1f}")
    line("compile, CPU seconds", "< 60", f"{compiling:.1f}")
    line("memory at its highest, MB", "< 2000", f"{peak:.0f}")
    opening = []
    for _ in range(20):
        start = time.perf_counter()
        Snapshot(path, digest)
        opening.append(time.perf_counter() - start)
    line("open, ms (median)", "< 5", f"{sorted(opening)[10] * 1e3:.3f}")
    snapshot = Snapshot(path, digest)
    watch = Watch()
    snapshot.verify()
    line("compare the digest of the whole file, s", "", f"{watch.seconds:.2f}")
    hits, misses = questions(lists, chance)
    asked, missed = every_entry(lists, snapshot, chance)
    line(f"listed hosts and hosts below missed, of {asked:,}", "0", f"{missed}")
    line("full-evidence hits a second and core", ">= 200,000", f"{best(snapshot, hits):,.0f}")
    line("misses a second and core", ">= 400,000", f"{best(snapshot, misses):,.0f}")
    figures = shared(path, digest, [url.host for url in hits])
    line("private MB that each of four processes adds", "< 50", f"{max(p for p, _ in figures):.1f}")
    line("proportional MB that all four add together", "", f"{sum(p for _, p in figures):.0f}")
    if given.peer is None:
        print("not measured: datatrove's filter; name the Python of an environment that has it: --peer")
    else:
        beside_datatrove(lists, snapshot, chance, given.peer)
    lists.activate({"ut1": ""}, seed=2, at="", by="benchmark", reason="the other one, to swap with")
    lost, taken, p99, slowest = swaps(lists, hits)
    line(f"look-ups missed across {taken} swaps, of 456,000", "0", f"{lost}")
    line("p99 of a look-up meanwhile, us", "< 50", f"{p99:.1f}")
    line("slowest of all, us", "", f"{slowest:,.0f}")
    mixed = hits[: QUESTIONS // 2] + misses[: QUESTIONS // 2]
    (folder / "data").mkdir()
    (folder / "data" / "lists").symlink_to(lists.folder)
    line(
        "match --jsonl, lines a second and core, half hits",
        "100,000",
        f"{lines_per_second(folder, mixed, folder / 'data'):,.0f}",
    )


if __name__ == "__main__":
    raise SystemExit(main())
