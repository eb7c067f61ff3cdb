"""`collector recheck`: is what was kept still permitted? Asks again, or judges old answers by a new policy."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from collector.model.errors import ExitCode, InputError, StorageError

if TYPE_CHECKING:
    from collector.audit.recheck import Rechecked
    from collector.cli.recheck_facts import Collected
    from collector.crawler.recheck import Asked
    from collector.policy.policy import Policy

app = typer.Typer(add_completion=False)


@app.command()
def recheck(
    policy: Annotated[str, typer.Argument(help="Policy file, or the name of a ready policy; it names the collection.")],
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where collections are kept.")] = Path(
        "data"
    ),
    sample: Annotated[
        int | None, typer.Option(help="Ask this many origins, chosen at random, instead of all.", min=1)
    ] = None,
    out: Annotated[
        str, typer.Option("--out", help="Where the lines go; - is standard output, and the summary goes to stderr.")
    ] = "",
    *,
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="No network: judge by what the sites said when they were last asked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable summary.")] = False,
) -> int:
    """List what is kept and no longer permitted, one JSON line each. Exit 5 where there is any, 1 where some are open.

    Every origin is asked for its robots.txt and the files beside it once more, through the gates and at the crawl's
    pace; what it answers is archived. Lists, registry and erasures are judged as they stand now. Header fields and
    meta tags are as of the capture: under another policy they are judged again from the archive.
    """
    from collector.cli.recheck_facts import Collected
    from collector.crawler.known import KNOWN
    from collector.policy.load import load_policy
    from collector.policy.ready import find_policy
    from collector.rules.catalogue import fragments

    path = find_policy(policy)
    now = datetime.now(UTC)
    loaded = load_policy(path, fragments(), today=now.date(), known=KNOWN)
    collected = Collected(loaded, path.parent, data)
    asked = None
    if not from_archive:
        asked = _ask(path, data, collected, sample)
    counts: Counter[str] = Counter()
    rules: Counter[tuple[str, str, str]] = Counter()
    name, stream = _open(out, collected.paths.reports, now)
    try:
        for one in _rechecked(collected, asked, sample, now):
            counts[one.change.value] += 1
            if one.finding is not None:
                gate = one.gate.value if one.gate is not None else ""
                rules[one.change.value, f"{gate} {one.finding.rule}", one.finding.basis.value] += 1
            if one.change.value != "stands":
                stream.write(json.dumps(_line(one, collected, loaded, now), ensure_ascii=False) + "\n")
    finally:
        if stream is not sys.stdout:
            stream.close()
    _summary(loaded, counts, rules, asked, name, as_json=as_json, to=sys.stderr if out == "-" else sys.stdout)
    if counts["withdrawn"] or counts["narrowed"]:
        return ExitCode.WITHDRAWN
    return ExitCode.FINISHED_WITH_FAULTS if counts["undecided"] or (asked and asked.stopped) else ExitCode.OK


def _ask(path: Path, data: Path, collected: Collected, sample: int | None) -> Asked:
    from collector.crawler.recheck import ask_again
    from collector.crawler.wiring import Options

    origins = collected.origins()
    if sample is not None and sample < len(origins):
        origins = {origin: origins[origin] for origin in random.sample(sorted(origins), sample)}
    return ask_again(Options(path, data, pool_size=0), origins)


def _rechecked(collected: Collected, asked: Asked | None, sample: int | None, now: datetime) -> Iterator[Rechecked]:
    if asked is None:
        yield from collected.rechecked(now, unreachable=frozenset(), only=None)
        return
    everything = asked.answered | asked.unreachable | asked.not_contacted
    only = frozenset(everything) if sample is not None or asked.stopped else None
    yield from collected.rechecked(now, unreachable=frozenset(asked.unreachable), only=only)


def _open(out: str, folder: Path, now: datetime) -> tuple[str, TextIO]:
    if out == "-":
        return "-", sys.stdout
    path = Path(out) if out else folder / f"recheck-{now:%Y%m%d%H%M%S}.jsonl"
    try:
        if not out:
            folder.mkdir(exist_ok=True)
        return str(path), path.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as exc:
        kind = InputError if out else StorageError
        raise kind(exc.strerror or "cannot be written", where=str(path), mend="name another file with --out") from exc


def _line(one: Rechecked, collected: Collected, policy: Policy, now: datetime) -> dict[str, Any]:
    from collector.cli.explain_lines import evidence_json

    row, finding = one.row, one.finding
    robots = collected.robots_of(row.url)
    return {
        "change": one.change.value,
        "url": row.url,
        "visit": row.visit,
        "record": row.page.record_id,
        "kept_at": row.fetched_at.isoformat(),
        "gate": one.gate.value if one.gate is not None else None,
        "rule": finding.rule if finding is not None else None,
        "basis": finding.basis.value if finding is not None else None,
        "reason": finding.reason if finding is not None else "",
        "uses_then": row.uses.as_dict(),
        "uses_now": one.uses.as_dict(),
        "denied": [use.value for use in one.denied],
        "evidence_then": [evidence_json(evidence) for evidence in one.evidence_then],
        "evidence_now": [evidence_json(evidence) for evidence in finding.evidence] if finding is not None else [],
        "robots_txt": {
            "reach": robots.reach.value,
            "digest": str(robots.digest) if robots.body else None,
            "fetched_at": robots.fetched_at.isoformat() if robots.fetched_at else None,
            "record": robots.record_id,
        },
        "policy": {"id": policy.collection.id, "digest": str(policy.digest)},
        "checked_at": now.isoformat(),
    }


def _origins(asked: Asked) -> dict[str, int]:
    return {
        "answered": len(asked.answered),
        "unreachable": len(asked.unreachable),
        "not_contacted": len(asked.not_contacted),
        "stopped": asked.stopped,
    }


def _summary(
    policy: Policy,
    counts: Counter[str],
    rules: Counter[tuple[str, str, str]],
    asked: Asked | None,
    name: str,
    *,
    as_json: bool,
    to: TextIO,
) -> None:
    origins = _origins(asked) if asked is not None else None
    if as_json:
        told = {
            "collection": policy.collection.id,
            "policy": str(policy.digest),
            "captures": {change: counts[change] for change in ("stands", "withdrawn", "narrowed", "undecided")},
            "origins": origins,
            "rules": [
                {"change": change, "rule": rule, "basis": basis, "captures": n}
                for (change, rule, basis), n in rules.most_common()
            ],
            "lines": name,
        }
        print(json.dumps(told, indent=2), file=to)
        return
    if origins is not None:
        print(
            f"{origins['answered']:,} origins answered, {origins['unreachable']:,} could not be reached, "
            f"{origins['not_contacted']:,} may no longer be contacted"
            + (", stopped early" if origins["stopped"] else ""),
            file=to,
        )
    print(
        f"{sum(counts.values()):,} captures looked at: {counts['stands']:,} stand, {counts['withdrawn']:,} withdrawn, "
        f"{counts['narrowed']:,} narrowed, {counts['undecided']:,} undecided",
        file=to,
    )
    for (change, rule, basis), n in rules.most_common():
        print(f"  {n:>7,}  {change}: {rule} [{basis}]", file=to)
    print(f"lines: {name}", file=to)
