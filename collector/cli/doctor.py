"""`collector doctor`: whether a crawl would start here and could go on for a month; each line with its mend."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.cli.chosen import HERE, Data, Json
from collector.model.layout import Layout

if TYPE_CHECKING:
    from collector.doctor.check import Check
    from collector.policy.policy import Policy

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    policy: Annotated[str, typer.Argument(help="Policy file, or the name of a ready policy; may be left out.")] = "",
    data: Data = HERE,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Send nothing, not even to our own info_url.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 where something warns.")] = False,
    as_json: Json = False,
) -> int:
    """Check machine, disk, clock, network, lists, registry, policy and keys.

    The one host that is contacted is that of [crawler] info_url in the policy: our own page. Exit code 0 where
    nothing fails, else that of the gravest failure: 2 input, 3 integrity, 4 storage and machine.
    """
    from collector.doctor.check import exit_code

    checks = []
    for check in _checks(policy, data, offline=offline):
        checks.append(check)
        if not as_json:
            print(f"{check.state.value:<8}{check.area} {check.name}: {check.said}")
            if check.mend:
                print(f"        mend: {check.mend}")
    code = exit_code(checks, strict=strict)
    if as_json:
        print(json.dumps({"exit_code": int(code), "checks": [asdict(check) for check in checks]}, indent=2))
    return code


def _checks(name: str, data: Path, *, offline: bool) -> Iterator[Check]:
    from collector.doctor import holdings
    from collector.doctor.check import Check, State
    from collector.doctor.machine import disk, machine
    from collector.doctor.own_page import own_page
    from collector.model.url import parse_url

    now, layout = datetime.now(UTC), Layout(data)
    yield from machine()
    yield from disk(data, time.perf_counter)
    policy: Policy | None = None
    if name:
        policy, check = _policy(name, now)
        yield check
    else:
        yield Check("policy", "valid", State.SKIPPED, "none was named: collector doctor my-policy.toml looks at more")
    yield from holdings.lists(policy, layout, now)
    yield from holdings.registry(policy, layout, now)
    if policy is None:
        return
    yield from holdings.keys(layout, policy.collection.id)
    paths = layout.collection(policy.collection.id)
    yield from holdings.collection(paths, layout.keys(policy.collection.id), now)
    if offline:
        yield Check("network", "info_url", State.SKIPPED, "--offline")
        return
    context = ssl.create_default_context()
    agent = policy.crawler.user_agent("doctor")
    yield from own_page(parse_url(policy.crawler.info_url), lambda: datetime.now(UTC), agent=agent, context=context)


def _policy(name: str, now: datetime) -> tuple[Policy | None, Check]:
    from collector.crawler.known import KNOWN
    from collector.doctor.check import failed, ok, warn
    from collector.model.errors import CollectorError
    from collector.policy.load import load_policy
    from collector.policy.ready import find_policy
    from collector.rules.catalogue import fragments

    try:
        policy = load_policy(find_policy(name), fragments(), today=now.date(), known=KNOWN)
    except CollectorError as exc:
        return None, failed("policy", "valid", exc)
    opened = bool(policy.network.allow_addresses) or not policy.network.verify_tls
    if opened:
        mend = "[network] is for tests and intranets: leave it out to crawl the web"
        return policy, warn("policy", "valid", f"{policy.path} opens the network", mend)
    return policy, ok("policy", "valid", f"{policy.path}, {policy.digest}")
