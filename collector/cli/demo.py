"""`collector demo`: crawls the bundled web on this machine under `policies/demo.toml` and shows what happened."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="Where the demo's collection is kept; emptied first.")] = Path(
        "demo-data"
    ),
    workers: Annotated[int, typer.Option(help="Processes that fetch.", min=1, max=8)] = 1,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> int:
    """Crawl a small bundled web on this machine, and show what was kept, what was refused, and why."""
    from collector.cli.crawl import print_summary
    from collector.crawler.run import run_crawl
    from collector.crawler.wiring import Options
    from collector.demo.server import serve
    from collector.demo.web import HOSTS
    from collector.model.layout import Layout
    from collector.policy.ready import find_policy

    shutil.rmtree(Layout(data).collection("demo").root, ignore_errors=True)
    with serve() as web:
        print(f"A small web of our own is served on 127.0.0.1:{web.port}:")
        for host in HOSTS:
            print(f"  {host.name:<24} {host.shows}")
        print("It is crawled under policies/demo.toml, as the real web would be.\n")
        options = Options(find_policy("demo"), data, seeds=web.seeds)
        finished = run_crawl(options, workers=workers, quiet=quiet)
        asked = web.hosts_asked
    assert finished.view is not None
    print_summary(finished, finished.view)
    untouched = [host.name for host in HOSTS if host.name not in asked]
    print(f"never contacted, not even for robots.txt: {', '.join(untouched) or 'nobody'}")
    root = Layout(data).collection("demo")
    print("\nLook at the files:")
    for folder, what in ((root.archive, "the pages, minimised, as WARC"), (root.signals, "what the sites said")):
        for file in sorted(folder.glob("*.warc.gz")):
            print(f"  {file}  {what}")
    print(f"  {root.database}  the account of every URL")
    front = web.seeds[0]
    print("\nTry next:")
    print(f"  collector ledger show {front} --data {data} --collection demo")
    print(f"  collector archive verify {root.root}")
    print(f"  collector status demo --data {data}")
    print("  collector explain https://example.org/ --robots /dev/null --policy strict-eu")
    return finished.exit_code
