"""Runs somebody else's Scrapy project (tests/crawl/spiders) with the add-on, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.crawling import Crawling

PROJECT = Path(__file__).parents[1] / "crawl" / "spiders"


@dataclass
class Ran:
    """What one `scrapy crawl` left behind."""

    code: int
    log: str
    exported: list[dict[str, Any]] = field(default_factory=list)

    def stat(self, name: str) -> int:
        """A number from the statistics at the end of the log; 0 where it is not among them."""
        found = re.search(rf"'{re.escape(name)}': (\d+)", self.log)
        return int(found.group(1)) if found else 0

    @property
    def urls(self) -> set[str]:
        """URLs of the pages that a callback exported."""
        return {row["url"] for row in self.exported if "url" in row}


@dataclass
class Stranger(Crawling):
    """A collection that is crawled by a project of somebody else, which lies in the same folder."""

    network: str = ""  # further lines of [network]

    @property
    def policy(self) -> Path:
        path = super().policy
        text = path.read_text().replace("\n[network]\n", f"\n[network]\n{self.network}\n")
        path = self.folder / "policy-of-stranger.toml"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        return path

    def scrapy(self, spider: str, *, timeout: float = 90, settings: dict[str, str] | None = None, **given: str) -> Ran:
        """Run `scrapy crawl` in a fresh copy of the project; `given` are the spider's arguments."""
        assert self.policy.exists()
        shutil.copytree(PROJECT, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        exported = self.folder / "exported.jsonl"
        exported.unlink(missing_ok=True)
        command = [sys.executable, "-m", "scrapy", "crawl", spider, "-o", exported.name]
        command += ["-s", f"COLLECTOR_POLICY={self.policy.name}"]
        for name, value in given.items():
            command += ["-a", f"{name}={value}"]
        for name, value in (settings or {}).items():
            command += ["-s", f"{name}={value}"]
        answer = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "http_proxy": "http://proxy.localhost:9/", "https_proxy": "http://proxy.localhost:9/"},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        rows = [json.loads(row) for row in exported.read_text().splitlines()] if exported.exists() else []
        return Ran(answer.returncode, answer.stdout + answer.stderr, rows)
