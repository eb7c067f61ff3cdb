"""`collector explain`: what the gates decide about a URL, and why; with the live site, or from given facts alone."""

from __future__ import annotations

import base64
import gc
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collector.model.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collector.cli.explain_lines import Door

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    url: Annotated[str, typer.Argument(help="The URL to explain; left out with --jsonl.")] = "",
    policy: Annotated[str, typer.Option(help="Policy file, or the name of a ready policy.")] = "strict-eu",
    robots: Annotated[Path | None, typer.Option(help="robots.txt as the site would answer it.")] = None,
    header: Annotated[list[str] | None, typer.Option("--header", help="'Name: value' of the response.")] = None,
    html: Annotated[Path | None, typer.Option(help="The page's body.")] = None,
    site_file: Annotated[
        list[str] | None, typer.Option("--site-file", help="/path=FILE, as the site answers it.")
    ] = None,
    status: Annotated[int, typer.Option(help="HTTP status of the response.")] = 200,
    now: Annotated[str, typer.Option(help="Decide as of this instant (ISO 8601).")] = "",
    data: Annotated[
        Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Whose opt-out registry counts.")
    ] = Path("data"),
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON Lines in and out, no network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable answer.")] = False,
) -> int:
    """Say what the gates decide about a URL, and why. Given facts (--robots, --html …) keep it off the network."""
    moment = _instant(now)
    if jsonl:
        return _lines(open_door(policy, data, moment))
    if not url:
        raise InputError("no URL", mend="name one, or give lines with --jsonl")
    offline = any((robots, header, html, site_file)) or status != 200
    if offline:
        given = _given(url, robots, header or [], html, site_file or [], status)
        answer = open_door(policy, data, moment).answer(given)
    else:
        from collector.cli.explain_live import explain_live
        from collector.policy.ready import find_policy

        answer = explain_live(url, find_policy(policy), data)
    if as_json:
        print(json.dumps({"url": url, **answer}, indent=2, ensure_ascii=False))
    else:
        _print(url, answer)
    return ExitCode.OK


def open_door(policy_name: str, data: Path, now: datetime) -> Door:
    """Everything that decides, opened once. Raises CollectorError."""
    from collector.cli.explain_lines import Door
    from collector.crawler.known import KNOWN
    from collector.lists.ai_tokens import load_ai_tokens
    from collector.lists.folder import load_lists
    from collector.lists.live import LiveLists
    from collector.lists.suffixes import registrable_domain
    from collector.model.layout import Layout
    from collector.model.resources import resource_folder
    from collector.pipeline import pipeline_of
    from collector.policy.load import load_policy
    from collector.policy.ready import find_policy
    from collector.registry.folder import RegistryFolder
    from collector.rules.catalogue import fragments

    path = find_policy(policy_name)
    policy = load_policy(path, fragments(), today=now.date(), known=KNOWN)
    beside = path.parent
    lists = load_lists(
        files=[beside / name for name in policy.lists.files],
        allow=[beside / name for name in policy.lists.allow],
        only=policy.lists.sensitive,
    )
    registry = RegistryFolder(Layout(data).registry, [beside / name for name in policy.registry.sources])
    tokens = load_ai_tokens(resource_folder("blocklists") / "ai-tokens")
    only = frozenset(policy.lists.sensitive)
    live = LiveLists(Layout(data).lists, lists.lookup, only, second_person=policy.lists.second_person)
    return Door(pipeline_of(policy, tokens), live.lookup, registry, registrable_domain, now)


def _lines(door: Door) -> int:
    """Bytes in, bytes out: a line that is no UTF-8 spoils that line only, and an odd `id` comes back as it was."""
    # What was loaded stays: left out of every collection, which would otherwise cost half of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    bad = 0
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = door.answer_line(line)
        bad += "error" in answer
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        try:
            encoded = text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write and UTF-8 cannot
            encoded = json.dumps(answer, separators=(",", ":")).encode()
        out.write(encoded + b"\n")
        out.flush()
    return ExitCode.FINISHED_WITH_FAULTS if bad else ExitCode.OK


def _instant(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InputError(f"not an instant: {text!r}", where="--now", mend="write 2026-11-22T12:00:00Z") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _given(
    url: str, robots: Path | None, headers: list[str], html: Path | None, files: list[str], status: int
) -> dict[str, Any]:
    given: dict[str, Any] = {"url": url, "status": status}
    if robots is not None:
        given["robots"] = {"status": 200, "body_base64": _content(robots, "--robots")}
    pairs = []
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon:
            raise InputError(f"no colon in {header!r}", where="--header", mend="write 'Name: value'")
        pairs.append([name.strip(), value.strip()])
    given["headers"] = pairs
    if html is not None:
        given["body_base64"] = _content(html, "--html")
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(["Content-Type", "text/html"])
    site_files = {}
    for file in files:
        name, equals, path = file.partition("=")
        if not equals:
            raise InputError(f"no = in {file!r}", where="--site-file", mend="write /ai.txt=FILE")
        site_files[name] = {"status": 200, "body_base64": _content(Path(path), "--site-file")}
    given["site_files"] = site_files
    return given


def _content(path: Path, option: str) -> str:
    try:
        return base64.b64encode(path.read_bytes()).decode()
    except OSError as exc:
        raise InputError(f"{path}: {exc.strerror}", where=option, mend="name a file that can be read") from exc


def _print(url: str, answer: dict[str, Any]) -> None:
    print(f"{answer['verdict'].upper()}  {url}")
    if "outcome" in answer:
        print(f"{answer['outcome']}: {answer['reason']}")
    if answer["gate"]:
        print(f"stopped at the {answer['gate']} gate")
    print("uses   " + "  ".join(f"{use}: {said}" for use, said in answer["uses"].items()))
    for finding in answer["findings"]:
        mark = {"allow": "  ", "deny": "✗ ", "defer": "? "}[finding["verdict"]]
        print(f"{mark}{finding['gate']:<8} {finding['rule']:<18} {finding['reason']}  [{finding['basis']}]")
        for evidence in finding["evidence"]:
            parts = [evidence["source"], evidence["locator"], evidence["digest"]]
            print("           " + "  ".join(str(part) for part in parts if part))
    for obligation in answer["obligations"]:
        values = {key: value for key, value in obligation.items() if key != "obligation"}
        print(f"obligation {obligation['obligation']} {values or ''}".rstrip())
