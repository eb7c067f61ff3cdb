"""`explain URL` with the live site: the real crawl of one URL, kept nowhere, so that explaining asks no more
than crawling would, and never where crawling would not.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from collector.cli.explain_lines import finding_json, obligation_json
from collector.crawler.run import run_crawl
from collector.crawler.wiring import Options
from collector.ledger.findings import read_decisions
from collector.ledger.store import Store
from collector.model.errors import InputError
from collector.model.layout import Layout
from collector.model.uses import combine_uses


def explain_live(url: str, policy: Path, data: Path) -> dict[str, Any]:
    """The answer of `explain`, from what the site said just now. Raises CollectorError."""
    with tempfile.TemporaryDirectory(prefix="collector-explain-") as folder:
        temporary = Path(folder)
        if Layout(data).registry.is_dir():
            (temporary / "registry").symlink_to(Layout(data).registry.resolve())
        finished = run_crawl(Options(policy, temporary, seeds=(url,), once=True, pool_size=0), quiet=True)
        store = Store.open(Layout(temporary).collection(finished.collection).database, write=False)
        try:
            with store.snapshot() as tx:
                row = tx.exec_driver_sql(
                    "SELECT outcome, gate, reason, detail, decisions FROM event ORDER BY depth, id LIMIT 1"
                ).first()
                decisions = read_decisions(tx, row.decisions) if row is not None else ()
        finally:
            store.close()
    if row is None:
        raise InputError("the URL was never closed", where=url, mend="try again")
    uses = combine_uses(d.uses for d in decisions)
    verdict = {"archived": "allow", "duplicate": "allow", "deferred": "defer"}.get(row.outcome, "deny")
    return {
        "verdict": verdict,
        "outcome": row.outcome,
        "reason": row.reason,
        "gate": row.gate or None,
        "uses": uses.as_dict(),
        "findings": [finding_json(f, d.gate) for d in decisions for f in d.findings],
        "obligations": [obligation_json(o) for d in decisions for o in d.obligations],
    }
