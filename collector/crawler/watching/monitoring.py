"""What a run shows beside its account: /metrics while it works, a report when it has ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from collector.crawler.crawl import Crawl
from collector.model.errors import CollectorError


@contextmanager
def metrics_of(crawl: Crawl, address: str) -> Iterator[None]:
    """Serve them at `address`, else where the policy says, else nowhere. Raises InputError where it cannot."""
    wanted = address or crawl.policy.monitoring.metrics
    if not wanted:
        yield
        return
    from collector.crawler.watching.metrics import MetricsServer  # noqa: PLC0415  who serves none loads nothing for it

    with MetricsServer(wanted, crawl.paths.database, crawl.run) as server:
        crawl.journal.info("metrics served", url=server.url)
        yield


def leave_report(crawl: Crawl) -> None:
    """Write the report of a run that is closed. Where it cannot be written the run has ended all the same."""
    if not crawl.policy.monitoring.report:
        return
    from collector.reports.render import write_run_report  # noqa: PLC0415  at the end of a run and not before

    try:
        write_run_report(crawl.paths, crawl.now(), title=crawl.policy.collection.title, run=crawl.run)
    except (CollectorError, OSError) as exc:
        print(f"collector: no report of this run: {exc}", file=sys.stderr)
