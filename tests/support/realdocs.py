"""Thousands of HTML pages written by others: documentation that Debian packages bring, unpacked, never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.simweb import SimulatedWeb

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Documentation:
    """A Debian package, where its pages lie in it, the host that is to serve them, and the page to begin with."""

    package: str
    folder: str
    host: str
    front: str
    language: str


_HANDBOOK = "usr/share/doc/debian-handbook/html"

DOCUMENTATION = (
    Documentation("python3.11-doc", "usr/share/doc/python3.11/html", "python-doc.localhost", "/index.html", "en"),
    Documentation(
        "postgresql-doc-15", "usr/share/doc/postgresql-doc-15/html", "postgresql-doc.localhost", "/index.html", "en"
    ),
    *(
        Documentation(
            "debian-handbook", f"{_HANDBOOK}/{folder}", f"handbook-{folder[:2]}.localhost", "/index.html", folder[:2]
        )
        for folder in ("en-US", "de-DE", "fr-FR", "es-ES", "pl-PL", "ru-RU", "ja-JP", "ar-MA")
    ),
)


class Unavailable(Exception):
    """Why there are no pages here; tests skip with it, loudly."""


def cache() -> Path:
    """Where unpacked packages stay between runs: `$COLLECTOR_TEST_CACHE`, else inside `.venv`."""
    return Path(os.environ.get("COLLECTOR_TEST_CACHE") or ROOT / ".venv" / "real-pages")


def unpacked(documentation: Documentation) -> Path:
    """The folder of pages, downloaded on first use. Raises Unavailable."""
    target = cache() / documentation.package
    folder = target / documentation.folder
    if folder.is_dir():
        return folder
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Unavailable("real pages come from Debian packages, and this machine has no apt-get")
    target.mkdir(parents=True, exist_ok=True)
    try:
        _run(["apt-get", "download", documentation.package], target)
    except Unavailable:
        _run(["apt-get", "update", "-qq"], target)  # a machine whose package lists are empty or old; wants root
        _run(["apt-get", "download", documentation.package], target)
    archives = sorted(target.glob("*.deb"))
    if not archives:
        raise Unavailable(f"apt-get brought no package {documentation.package}")
    _run(["dpkg-deb", "-x", str(archives[-1]), str(target)], target)
    for archive in archives:
        archive.unlink()
    if not folder.is_dir():
        raise Unavailable(f"{documentation.package} has no {documentation.folder}")
    return folder


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise Unavailable(f"{command[0]}: {exc}") from exc
    if answer.returncode:
        raise Unavailable(f"{' '.join(command)}: {answer.stderr.strip()[-300:]}")


def serve_real_pages(web: SimulatedWeb, wanted: Sequence[Documentation] = DOCUMENTATION) -> list[str]:
    """Put every documentation on its host of `web`; returns the front pages' URLs. Raises Unavailable."""
    fronts = []
    for documentation in wanted:
        web.site(documentation.host).files(unpacked(documentation)).robots("User-agent: *\nAllow: /\n")
        fronts.append(web.url(documentation.host, documentation.front))
    return fronts


def count_pages(wanted: Sequence[Documentation] = DOCUMENTATION) -> int:
    """How many HTML files there are to crawl, at most."""
    return sum(1 for d in wanted for path in unpacked(d).rglob("*.html") if path.is_file())
