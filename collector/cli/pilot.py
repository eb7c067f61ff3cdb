"""`collector pilot`: a bounded sample crawl that keeps nothing and says what a collection would hold."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collector.cli.pilot_categories import Categories
    from collector.crawler.run import Finished

app = typer.Typer(add_completion=False)

_KEYS = "COLLECTOR_KEYS"


@dataclass(slots=True)
class Sample:
    """What the sample's pages held before minimising, by kind: spans, and pages with at least one."""

    pages: int = 0
    bytes: int = 0
    words: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    pages_with: Counter[str] = field(default_factory=Counter)
    media_types: Counter[str] = field(default_factory=Counter)
    categories: Categories | None = None


@app.command()
def pilot(
    policy: Annotated[str, typer.Argument(help="Policy file, or the name of a ready policy.")],
    seed: Annotated[list[str] | None, typer.Option("--seed", help="A URL to begin with; may be repeated.")] = None,
    data: Annotated[
        Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Whose registry of opt-outs binds the sample.")
    ] = Path("data"),
    max_pages: Annotated[int, typer.Option(help="Stop after this many pages.", min=1, max=10_000)] = 100,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable report.")] = False,
) -> int:
    """Crawl a sample under the policy, every gate in force, and report what would be collected; keep no page.

    Kinds of personal data with their density, special categories tied to persons, refusals by rule,
    bytes. The pages are minimised before they are written, into a folder that goes when the report is printed.
    """
    from collector.crawler.run import run_crawl
    from collector.crawler.wiring import Options, read_policy
    from collector.policy.ready import find_policy

    path = find_policy(policy)
    seeds = tuple(seed or ())
    identifier = read_policy(Options(path, data, seeds=seeds)).collection.id
    before = os.environ.get(_KEYS)
    with tempfile.TemporaryDirectory(prefix="collector-pilot-") as folder:
        own = Path(folder)
        _bind(data, own, identifier, before)
        os.environ[_KEYS] = str(own / "keys")
        try:
            options = Options(path, own, seeds=seeds, max_pages=max_pages)
            finished = run_crawl(options, quiet=quiet or as_json)
            sample = sample_of(own / identifier)
        finally:
            if before is None:
                os.environ.pop(_KEYS, None)
            else:
                os.environ[_KEYS] = before
    report = _report(finished, sample)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        _print(finished, sample)
    return finished.exit_code


def _bind(data: Path, own: Path, identifier: str, keys: str | None) -> None:
    """Opt-outs and suppressions bind a sample as they bind the collection: its registry, and the key they need."""
    if (data / "registry").is_dir():
        shutil.copytree(data / "registry", own / "registry")
    key = (Path(keys) if keys else data / "keys") / identifier
    if key.is_dir():
        shutil.copytree(key, own / "keys" / identifier)


def sample_of(collection: Path) -> Sample:
    """Count what the stored records say was taken out of them, and what the account says of categories."""
    from collector.archive.reader import records
    from collector.cli.pilot_categories import categories_of

    sample = Sample(categories=categories_of(collection))
    for path in sorted((collection / "archive").glob("*.warc.gz*")):
        for record in records(path):
            if record.kind != "response" or not record.body:
                continue
            sample.pages += 1
            sample.bytes += len(record.body)
            note = json.loads(record.fields.first("warc-json-metadata") or "{}")
            counts = {kind.lower(): number for kind, number in note.get("types", {}).items()}
            sample.spans.update(counts)
            sample.pages_with.update(counts.keys())
            sample.media_types[record.fields.first("warc-identified-payload-type") or "unknown"] += 1
    for path in sorted((collection / "text").glob("*.warc.gz*")):
        sample.words += sum(len(record.body.split()) for record in records(path) if record.kind == "conversion")
    return sample


def _density(sample: Sample, kind: str) -> float:
    return round(1_000 * sample.spans[kind] / sample.words, 3) if sample.words else 0.0


def _report(finished: Finished, sample: Sample) -> dict[str, object]:
    stops = finished.view.totals.stops if finished.view is not None else ()
    return {
        "collection": finished.collection,
        "ended": finished.reason,
        "pages": sample.pages,
        "bytes": sample.bytes,
        "words": sample.words,
        "media_types": dict(sample.media_types.most_common()),
        "kinds": {
            kind: {
                "spans": sample.spans[kind],
                "pages": sample.pages_with[kind],
                "per_thousand_words": _density(sample, kind),
            }
            for kind in sorted(sample.spans)
        },
        **(sample.categories.report() if sample.categories is not None else {}),
        "not_kept": [
            {"gate": s.gate, "rule": s.rule, "verdict": s.verdict, "reason": s.reason, "candidates": s.decided}
            for s in stops
        ],
    }


def _print(finished: Finished, sample: Sample) -> None:
    types = ", ".join(f"{number:,} {name}" for name, number in sample.media_types.most_common())
    print(
        f"{finished.reason}: {sample.pages:,} pages would be kept, {sample.bytes / 1e6:,.2f} MB, {sample.words:,} words"
    )
    print(f"  {types or 'nothing'}")
    print("personal data in them, taken out before anything is written:" if sample.spans else "no personal data found")
    for kind, number in sample.spans.most_common():
        share = 100 * sample.pages_with[kind] / max(sample.pages, 1)
        print(
            f"  {number:>7,}  {kind:<16} on {share:.0f} % of the pages, {_density(sample, kind):.2f} per thousand words"
        )
    for line in sample.categories.lines() if sample.categories is not None else ():
        print(line)
    stops = finished.view.totals.stops if finished.view is not None else ()
    if stops:
        print("would not be kept, by gate, rule and reason:")
    for stop in stops:
        print(f"  {stop.decided:>7,}  {stop.gate} {stop.rule}: {stop.reason}")
    print("nothing of the sample was kept")
