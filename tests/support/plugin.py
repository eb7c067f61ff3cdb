"""A tiny distribution with one protocol in it, as its makers would publish it: one module, and its entry point."""

from __future__ import annotations

from pathlib import Path

MODULE = '''
"""Example protocol: /.well-known/example-optout says `reserve: PATH` for what may not be used for training."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Evidence, Finding, Gate, Verdict
from collector.model.uses import UNSTATED, Use, Uses
from collector.rules.rule import Needed, Rule
from collector.signals.site_file import Reach
from collector.signals.site_files import at_path

PATH = "/.well-known/example-optout"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.example_optout]`."""

    prefix: str = "reserve:"  # what a line begins with


def needs(facts, settings):
    return (Needed(PATH, max_bytes=1_000),)


def example_optout(facts, settings):
    """Does the site reserve this page by the example protocol?"""
    file = at_path(facts.files, PATH, facts.url)
    if file is None or file.reach is not Reach.AVAILABLE:
        return Finding("example_optout", Verdict.ALLOW, "the site does not use the example protocol")
    for line in file.body.decode("utf-8", "replace").splitlines():
        said, _, path = line.partition(settings.prefix)
        if not said and path and facts.url.path.startswith(path.strip()):
            evidence = (Evidence(file.url, file.digest, line),)
            return Finding("example_optout", Verdict.ALLOW, "reserved", Uses.denying(Use.TRAIN), evidence=evidence)
    return Finding("example_optout", Verdict.ALLOW, "not reserved", UNSTATED)


RULE = Rule("example_optout", Gate.SITE, example_optout, Settings, needs=needs)
'''


def install(folder: Path, module: str = MODULE, *, points: str = "example_optout = example_optout_rule:RULE") -> Path:
    """Write the distribution into `folder`, which is to stand in PYTHONPATH."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "example_optout_rule.py").write_text(module)
    about = folder / "example_optout-1.2.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: example-optout\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[collector.rules]\n{points}\n")
    return folder
