"""The command line: finds the verb, imports only that verb, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from collector import __version__
from collector.model.errors import CollectorError, ExitCode, StorageError

# verb: (module, what it does). A verb's module is imported when it is asked for, and not before.
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Crawl a small bundled web on this machine and show what happened."),
    "init": ("init", "Write a commented policy with its assessments beside it."),
    "crawl": ("crawl", "Crawl the web under a policy."),
    "pilot": ("pilot", "Crawl a bounded sample, keep nothing, and report what would be collected."),
    "explain": ("explain", "Say what the gates decide about a URL, and why."),
    "signals": ("signals", "Show what sites say of the uses of their pages."),
    "status": ("status", "Show a running or finished crawl."),
    "frontier": ("frontier", "Look at the queue, and act on it, also while it is crawled."),
    "report": ("report", "Write a report of a run: one HTML file with plots."),
    "doctor": ("doctor", "Check machine, disk, clock, network, lists, registry, policy and keys before a crawl."),
    "recheck": ("recheck", "List what is kept and no longer permitted."),
    "policy": ("policy", "Check and show policies."),
    "rules": ("rules", "List the rules and what they ask."),
    "lists": ("lists", "Keep the lists of sensitive sources, and look into them."),
    "registry": ("registry", "Keep the opt-out registry."),
    "minimise": ("minimise", "Take personal data out of a text or page."),
    "archive": ("archive", "Verify, show and index WARC files."),
    "ledger": ("ledger", "Tell the whole story of a URL, and check the account."),
}


class LazyVerbs(TyperGroup):
    """A command group whose commands are imported one at a time."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the group's signature
        """The verbs, in the order of a first day's work."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the verb's module; while only help is wanted, its summary is enough."""
        if cmd_name not in VERBS:
            return None
        module, summary = VERBS[cmd_name]
        if ctx.resilient_parsing or "--help" in sys.argv[1:2]:
            return TyperCommand(cmd_name, help=summary, short_help=summary)
        command = get_command(importlib.import_module(f"collector.cli.{module}").app)
        command.name = cmd_name
        command.help = command.help or summary
        return command


app = typer.Typer(
    cls=LazyVerbs,
    name="collector",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(ctx: typer.Context, *, version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    """Crawl the web for text corpora, and prove that it was allowed."""
    if version:
        print(f"collector {__version__}")
        raise typer.Exit
    del ctx


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. A user's mistake never shows a traceback."""
    command: Any = get_command(app)
    try:
        result = command.main(args=arguments, prog_name="collector", standalone_mode=False)
    except CollectorError as exc:
        print(f"collector: {exc}", file=sys.stderr)
        return exc.exit_code
    except typer.TyperException as exc:
        print(f"collector: {exc.format_message()}", file=sys.stderr)
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        return ExitCode.FINISHED_WITH_FAULTS
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except OSError as exc:
        mend = "check the path, the disk and the rights on it; nothing that was committed is lost"
        fault = StorageError(exc.strerror or str(exc), where=str(exc.filename or ""), mend=mend)
        print(f"collector: {fault}", file=sys.stderr)
        return ExitCode.STORAGE
    return result if isinstance(result, int) else ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
