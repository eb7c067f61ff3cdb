"""Runs real crawls of the simulated web, each in a process of its own, under a policy written for the test."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import zygote
from tests.support.simweb import SimulatedWeb

POLICY = """
[collection]
id = "{id}"
title = "Test"
purpose = "To test the crawl against a simulated web on loopback."
legal_basis = "consent"

[controller]
name = "Testers"
contact = "tests@example.org"

[crawler]
product_token = "corpusbot"
info_url = "https://example.org/bot"
contact = "tests@example.org"

[scope]
domains = ["localhost"]
{scope}

[politeness]
min_delay = {min_delay}
max_delay = 0.5
latency_factor = 0.0
request_timeout = 30.0
retry_budget = 2
retry_backoff = 0.2
patience = 3.0
{politeness}

[network]
allow_addresses = ["127.0.0.0/8"]
allow_ports = ["1024-65535"]

[retention]
development = "30d"

[monitoring]
report = {report}
{more}
"""
# Most tests count requests: the files in which sites reserve uses are asked for in those that are about them.
NO_SITE_FILES = "".join(f"\n[rules.{rule}]\nenabled = false\n" for rule in ("tdmrep_file", "ai_txt", "trust_txt"))


STARTED: list[subprocess.Popen[str]] = []  # in the background, by the test that runs


def end_all() -> None:
    """Kill what a test has left running."""
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@dataclass
class Crawling:
    """One collection in `folder`, and the policy it is crawled under."""

    folder: Path
    web: SimulatedWeb
    id: str = "test"
    scope: str = ""
    politeness: str = ""
    more: str = ""
    min_delay: float = 0.0
    request_timeout: float = 30.0  # longer than any machine is slow: for tests in which nobody fails to answer
    site_files: bool = False
    report: bool = False  # it costs a tenth of a second, and few tests look at it
    seeds: list[str] = field(default_factory=list)

    @property
    def policy(self) -> Path:
        path = self.folder / "policy.toml"
        text = POLICY.format(
            id=self.id,
            scope=self.scope,
            politeness=self.politeness,
            more=self.more + ("" if self.site_files else NO_SITE_FILES),
            min_delay=self.min_delay,
            report=str(self.report).lower(),
        ).replace("request_timeout = 30.0", f"request_timeout = {self.request_timeout}")
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        return path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def collection(self) -> Path:
        return self.data / self.id

    def command(self, *arguments: str) -> list[str]:
        seeds = [part for seed in self.seeds for part in ("--seed", seed)]
        crawl = [sys.executable, "-m", "collector.cli", "crawl", str(self.policy), "--data", str(self.data)]
        return [*crawl, *seeds, "--readers", "1", "--json", *arguments]

    def run(
        self, *arguments: str, timeout: float = 60, code: int | None = 0, stdin: str | None = None
    ) -> dict[str, Any]:
        """Crawl to the end. Returns the summary."""
        answer = finished(self.command(*arguments), timeout=timeout, stdin=stdin)
        if code is not None:
            assert answer.returncode == code, f"exit {answer.returncode}\n{answer.stdout}\n{answer.stderr}"
        return (
            json.loads(answer.stdout)
            if answer.stdout.startswith("{")
            else {"stderr": answer.stderr, "stdout": answer.stdout}
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A crawl in the background, in a process group of its own."""
        process = subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        STARTED.append(process)
        return process

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of the crawl's logs, of all its runs and workers, that tell of `event`."""
        whole = [
            line
            for path in (self.collection / "logs").glob("*.jsonl")
            for line in path.read_text().splitlines(keepends=True)
        ]
        return [
            told for told in map(json.loads, (line for line in whole if line.endswith("\n"))) if told["event"] == event
        ]

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the collection's database."""
        with sqlite3.connect(f"file:{self.collection / 'collection.db'}?mode=ro", uri=True) as connection:
            return list(connection.execute(query, parameters))

    def outcomes(self) -> dict[str, tuple[str, str, str]]:
        """URL → (outcome, rule, reason)."""
        query = "SELECT COALESCE(url, scrubbed), outcome, rule, reason FROM event ORDER BY id"
        return {url: (outcome, rule, reason) for url, outcome, rule, reason in self.rows(query)}

    def archived(self) -> dict[str, str]:
        """URL → payload digest of every kept page."""
        query = (
            "SELECT e.url, c.payload_digest FROM capture c JOIN event e USING (url_key, visit) WHERE c.media_type <> ''"
        )
        return dict(self.rows(query))

    def warcs(self, folder: str = "archive") -> list[Path]:
        """Sealed WARC files."""
        return sorted((self.collection / folder).glob("*.warc.gz"))


def finished(command: list[str], *, timeout: float, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command, run to its end: forked where it is a plain command of ours."""
    if command[:3] == [sys.executable, "-m", "collector.cli"]:
        return zygote.run(command[3:], timeout=timeout, stdin=stdin)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, input=stdin)


def verify(crawling: Crawling) -> str:
    """What `collector archive verify` and `ledger verify` say; empty where both are content."""
    faults = []
    for arguments in (
        ["archive", "verify", str(crawling.collection)],
        ["ledger", "verify", "--data", str(crawling.data), "--collection", crawling.id],
    ):
        answer = zygote.run(arguments, timeout=120)
        if answer.returncode != 0:
            faults.append(answer.stdout + answer.stderr)
    return "\n".join(faults)


def forbidden(web: SimulatedWeb, host: str, prefixes: Iterable[str]) -> list[str]:
    """Paths of `host` that were asked for although they begin with one of `prefixes`."""
    return [path for path in web.log.paths(host) if path != "/robots.txt" and path.startswith(tuple(prefixes))]
