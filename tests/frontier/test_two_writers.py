"""Workers of one crawl, each a process with its shard, in one file: everything is closed once, hosts stay apart."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.verify import verify
from tests.ledger.sample_account import begin, found, open_store

WORKER = textwrap.dedent("""
    import json, pathlib, sys
    from collector.frontier.pace import HostPace, Pace
    from collector.frontier.sqlite import SqliteFrontier
    from collector.ledger.account import close
    from collector.ledger.store import Store
    from tests.ledger.sample_account import failed, found
    folder, shard, run = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    store = Store.open(folder / "collection.db", write=True)
    frontier = SqliteFrontier(Pace(HostPace(1.0, 30.0)), fence=100 + shard, shard=shard, shards=2)
    now, hosts = 0.0, []
    while True:
        with store.transaction() as tx:
            due = frontier.next_due(tx, now)
            if due is None:
                break
            now = due
            claims = frontier.claim(tx, now, 5)
        hosts += [c.host_key for c in claims]
        with store.transaction() as tx:
            frontier.discover(tx, found([f"{c.href}more/" for c in claims if c.depth == 0], depth=1), now)
            for claim in claims:
                close(tx, run, claim.key, failed(claim.href))
            frontier.done(tx, claims)
    print(json.dumps(sorted(set(hosts))))
""")


def test_two_workers(tmp_path):
    store = open_store(tmp_path)
    hrefs = [f"https://www.s{n}.example/{page}/" for n in range(20) for page in range(3)]
    with store.transaction() as tx:
        run = begin(tx)
        SqliteFrontier(Pace(HostPace(1.0, 30.0)), fence=1, shards=2).discover(tx, found(hrefs), 0.0)
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    root = Path(__file__).parents[2]
    workers = [
        subprocess.Popen([*command, str(shard), str(run)], stdout=subprocess.PIPE, cwd=root) for shard in range(2)
    ]
    shares = [set(json.loads(w.communicate(timeout=90)[0])) for w in workers]
    assert [w.returncode for w in workers] == [0, 0]
    assert not shares[0] & shares[1]
    assert len(shares[0] | shares[1]) == 20
    with store.snapshot() as tx:
        assert tx.exec_driver_sql("SELECT COUNT(*) FROM event").scalar() == 120
        assert verify(tx) == []
    store.close()
