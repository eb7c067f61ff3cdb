"""Writes docs/rules/, docs/kinds.md and docs/cli.md from the code: none can drift; `--check` compares."""  # noqa: INP001

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GATES = {
    "url": "URL gate: nobody has been contacted yet",
    "site": "SITE gate: what the site publishes about itself",
    "response": "RESPONSE gate: status and header fields",
    "content": "CONTENT gate: the body",
}
UNDOCUMENTED = {"help", "install_completion", "show_completion"}  # every command has them
LONGEST = 300  # characters of a default that are shown
MADE = "<!-- made by docs/generate.py from the code: change the code, then `make docs` -->\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` say which are not current; returns the exit code."""
    sys.path.insert(0, str(ROOT))
    pages = {**rule_pages(), Path("docs/cli.md"): cli_page(), Path("docs/kinds.md"): kinds_page()}
    stale = [path for path, text in pages.items() if _current(path) != text]
    orphans = [
        p.relative_to(ROOT) for p in sorted((ROOT / "docs/rules").glob("*.md")) if p.relative_to(ROOT) not in pages
    ]
    if "--check" in arguments:
        for path in (*stale, *orphans):
            print(f"{path} is not current: make docs")
        return 1 if stale or orphans else 0
    for path in orphans:
        (ROOT / path).unlink()
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(pages[path], encoding="utf-8")
        print(path)
    return 0


def _current(path: Path) -> str | None:
    return (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else None


def rule_pages() -> Mapping[Path, str]:
    """A page for each rule, and the table of all."""
    from collector.rules.catalogue import RULES  # noqa: PLC0415  only importable once ROOT is

    pages = {Path(f"docs/rules/{rule.id}.md"): _rule_page(rule) for rule in RULES}
    lines = [
        "# Rules\n",
        MADE,
        "Every rule answers always, also when it allows. A rule of the floor cannot be switched off.\n",
    ]
    for gate, title in GATES.items():
        lines += [f"\n## {title}\n", "| rule | asks | |", "|---|---|---|"]
        lines += [
            f"| [`{rule.id}`]({rule.id}.md) | {_cell(rule.summary)} | {_standing(rule)} |"
            for rule in RULES
            if rule.gate.value == gate
        ]
    pages[Path("docs/rules/README.md")] = "\n".join(lines) + "\n"
    return pages


def kinds_page() -> str:
    """A row for each recognizer: the kind, what is found, and what has to hold of it."""
    from collector.minimise.engine.span import OPTIONAL  # noqa: PLC0415
    from collector.minimise.replacing.becoming import GENERALISED, RANDOMISED  # noqa: PLC0415  only importable once ROOT is
    from collector.minimise.replacing.plan import DECLARED  # noqa: PLC0415
    from collector.minimise.replacing.recognize import RECOGNIZERS  # noqa: PLC0415

    lines = [
        "# Kinds of personal data\n",
        MADE,
        "What is recognised in text, and what has to hold before it is taken out. A policy says by kind what a hit",
        "becomes (`[minimise.kinds]`).\n",
        "| kind | found | because of | default |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{one.kind}` | {_cell(one.what)} | {_cell(one.proof)} | {'off' if one.kind in OPTIONAL else 'on'} |"
        for one in RECOGNIZERS
    ]
    lines += [
        f"| `{kind}` | {_cell(what)} | {_cell(proof)} | {'off' if kind in OPTIONAL else 'on'} |"
        for kind, (what, proof) in DECLARED.items()
    ]
    lines += [
        "\nA hit becomes a placeholder (`[[EMAIL_1]]`), a pseudonym under the campaign's key, nothing, or stays;",
        "some kinds also become a coarser value, or one with noise.\n",
        "| kind | `generalise` | `randomise` |",
        "|---|---|---|",
    ]
    lines += [f"| `{kind}` | {_cell(GENERALISED[kind])} | {_cell(RANDOMISED.get(kind, ''))} |" for kind in GENERALISED]
    return "\n".join(lines) + "\n"


def _standing(rule: Any) -> str:
    if rule.floor:
        return "floor"
    return "on by default" if rule.default_on else "off by default"


def _rule_page(rule: Any) -> str:
    module = importlib.import_module(rule.ask.__module__)
    lines = [
        f"# `{rule.id}`\n",
        MADE,
        f"{rule.summary}\n",
        f"- gate: {GATES[rule.gate.value]}",
        f"- standing: {_standing(rule)}",
        f"- module: `{module.__name__}`\n",
    ]
    if rest := _prose(inspect.getdoc(rule.ask) or "", skip_first=True):
        lines += ["## How it decides\n", rest + "\n"]
    if about := _prose(inspect.getdoc(module) or ""):
        lines += ["## About the module\n", about + "\n"]
    lines += ["## Settings\n", f"In the policy under `[rules.{rule.id}]`.\n"]
    fields = dataclasses.fields(rule.settings)
    if not fields:
        return "\n".join([*lines, "It has none.\n"])
    comments = _comments(rule.settings)
    lines += ["| key | type | default | |", "|---|---|---|---|"]
    lines += [
        f"| `{f.name}` | `{_cell(_type(f))}` | `{_cell(_default(f))}` | {_cell(comments.get(f.name, ''))} |"
        for f in fields
    ]
    return "\n".join(lines) + "\n"


def _prose(docstring: str, *, skip_first: bool = False) -> str:
    paragraphs = textwrap.dedent(docstring).strip().split("\n")
    return "\n".join(paragraphs[1:] if skip_first else paragraphs).strip()


def _comments(settings: type[Any]) -> Mapping[str, str]:
    """The comment behind each field: `name: type = default  # comment`."""
    try:
        source = inspect.getsource(settings)
    except OSError:
        return {}
    found = re.findall(r"^\s+(\w+):[^#\n]*#\s*(.+)$", source, re.MULTILINE)
    return dict(found)


def _type(field: dataclasses.Field[Any]) -> str:
    return field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        value = field.default
    elif field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    else:
        return "required"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, frozenset | set):
        return repr(sorted(value, key=str))
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def cli_page() -> str:
    """Every command with its arguments and options, from the tree of commands itself."""
    from typer.main import get_command  # noqa: PLC0415

    from collector.cli.__main__ import app  # noqa: PLC0415

    root: Any = get_command(app)
    lines = ["# Commands\n", MADE, "Exit codes are the same for all: see [exit-codes.md](exit-codes.md).\n"]
    lines += _command("collector", root, 1)
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, command: Any, depth: int) -> Iterator[str]:
    yield f"{'#' * min(depth + 1, 4)} `{name}`\n"
    if text := inspect.cleandoc(command.help or ""):
        yield text.replace("\f", "").strip() + "\n"
    context = command.context_class(command, info_name=name)
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name not in UNDOCUMENTED]
    if shown:
        yield "| | | default |"
        yield "|---|---|---|"
        yield from (_parameter(p) for p in shown)
        yield ""
    if hasattr(command, "list_commands"):
        for verb in command.list_commands(context):
            yield from _command(f"{name} {verb}", command.get_command(context, verb), depth + 1)


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        spelled = f"`{(parameter.metavar or parameter.name).upper()}`" + ("…" if parameter.nargs != 1 else "")
    else:
        spelled = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
    default = parameter.default() if callable(parameter.default) else parameter.default
    if parameter.required:
        shown = "required"
    elif default in (None, False, (), [], "") or type(default).__name__ == "Sentinel" or _of_this_machine(default):
        shown = ""
    else:
        shown = f"`{getattr(default, 'value', default)}`"
    return f"| {spelled} | {_cell(getattr(parameter, 'help', None) or '')} | {shown} |"


def _of_this_machine(default: Any) -> bool:
    return isinstance(default, Path) and default.is_absolute()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
