"""Makes the report of a run: one HTML file with inline SVG, without scripts and without anything from outside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector import __version__
from collector.archive.files import PosixFiles, storage_errors
from collector.ledger.store import Store
from collector.model.layout import CollectionLayout
from collector.reports.plots import HEIGHT, ORDER, WIDTH, over_time, shares
from collector.reports.run_facts import SHOWN, RunFacts, run_facts

TEMPLATES = Path(__file__).parent / "templates"


def run_report(facts: RunFacts, *, title: str, made: datetime) -> str:
    """The document. `title` is the collection's."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = _size
    environment.filters["span"] = _span
    media, answers, stops = facts.media_types, facts.answers, facts.stops[: 2 * SHOWN]
    return environment.get_template("run.html").render(
        facts=facts,
        title=title,
        made=made,
        version=__version__,
        plot=over_time(facts.timeline, facts.run.started_at, facts.ended),
        kinds=ORDER,
        width=WIDTH,
        height=HEIGHT,
        stops=list(zip(stops, shares([stop.decided for stop in stops]), strict=True)),
        more_stops=len(facts.stops) - len(stops),
        media=list(zip(media[:SHOWN], shares([size for _, _, size in media[:SHOWN]]), strict=True)),
        more_media=max(len(media) - SHOWN, 0),
        answers=list(zip(answers, shares([number for _, number in answers]), strict=True)),
        slowest=list(zip(facts.slowest, shares([round(h.delay * 1e3) for h in facts.slowest]), strict=True)),
    )


def write_run_report(
    paths: CollectionLayout, now: datetime, *, title: str, run: int | None = None, to: Path | None = None
) -> Path:
    """Write the report of `run` (the last one) to `reports/run-000001.html`, or to `to`. Returns where it is.

    Raises InputError where there is no such run, StorageError where the collection or the disk refuses.
    """
    store = Store.open(paths.database, write=False)
    try:
        with store.snapshot() as tx:
            facts = run_facts(tx, now, run)
    finally:
        store.close()
    path = to or paths.reports / f"run-{facts.run.id:06d}.html"
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        PosixFiles().replace(path, run_report(facts, title=title, made=now).encode())
    return path


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1_000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1_000
    return f"{size:,.1f} TB"


def _span(seconds: float) -> str:
    for size, name in ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {name}"
    return f"{seconds:,.1f} seconds"
