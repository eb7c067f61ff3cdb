"""`collector archive`: verify, show and index what the collector wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.model.errors import CollectorError, ExitCode, InputError

# warcio and isal are imported inside the commands: `collector --help` has to answer at once.

if TYPE_CHECKING:
    from collector.archive.problem import Problem
    from collector.archive.reader import Record

app = typer.Typer(help="Verify, show and index WARC files.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="WARC files, or the folders of collections.")],
    *,
    as_json: AsJson = False,
    ours: Annotated[bool, typer.Option("--ours", help="Hold single files to what the collector promises.")] = False,
) -> None:
    """Check header fields, digests, gzip members, HTTP lengths and the index. Exit code 3 when something is wrong."""
    from collector.archive.problem import Severity

    errors = notes = 0
    try:
        for path in paths:
            for problem in _problems(path, ours=ours):
                errors += problem.severity is Severity.ERROR
                notes += problem.severity is Severity.NOTE
                _print_problem(problem, as_json=as_json)
    except CollectorError as exc:
        raise _stop(exc) from exc
    if as_json:
        typer.echo(json.dumps({"errors": errors, "notes": notes}))
    else:
        typer.echo(f"{errors} errors, {notes} notes" if errors or notes else "ok")
    if errors:
        raise typer.Exit(ExitCode.INTEGRITY)


@app.command()
def show(
    target: Annotated[str, typer.Argument(help="A WARC file, or with --collection a URL.")],
    offset: Annotated[int | None, typer.Argument(help="Where the record starts, in bytes.")] = None,
    *,
    collection: Annotated[Path | None, typer.Option(help="The folder of the collection that holds the URL.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print one record, or every capture of a URL: its header fields and its body as they are stored."""
    try:
        found = _find(target, offset, collection)
        for record in found:
            _print_record(record, as_json=as_json)
    except CollectorError as exc:
        raise _stop(exc) from exc


@app.command()
def index(
    path: Annotated[Path, typer.Argument(help="A WARC file.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it here instead of printing it.")] = None,
) -> None:
    """Make the CDXJ of a WARC file from its bytes. It equals the one written when the file was sealed."""
    from collector.archive.cdxj import sorted_lines
    from collector.archive.files import PosixFiles
    from collector.archive.reader import index_file

    try:
        data = sorted_lines(entry.line() for entry in index_file(path))
        if output is None:
            typer.echo(data, nl=False)
        else:
            PosixFiles().replace(output, data)
    except CollectorError as exc:
        raise _stop(exc) from exc


@app.command("import")
def bring_in(
    files: Annotated[
        list[Path], typer.Argument(help="WARC, WET or WACZ files by anybody, or JSON Lines of documents.")
    ],
    source: Annotated[str, typer.Option("--source", help="Whose they are: an id of the policy's [[sources]].")],
    policy: Annotated[str, typer.Option(help="Policy file, or the name of a ready policy.")],
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where collections are kept.")] = Path(
        "data"
    ),
    readers: Annotated[int | None, typer.Option(help="Processes that read documents.", min=1)] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Run what others collected through the same gates, minimise it, and write archive and ledger as a crawl does.

    robots.txt and the other site files are taken from the archives, wherever in them they stand: give the files that
    hold them too. What an archive does not have is unknown. A URL is brought in once. Exit 1 where records could not
    be read. A line of JSON Lines is {"url" or "id", "text" or "html", "date"?}.
    """
    from collector.cli.archive_import import report
    from collector.crawler.foreign.importing import import_archives
    from collector.crawler.wiring import Options
    from collector.policy.ready import find_policy

    brought = import_archives(Options(find_policy(policy), data, pool_size=readers), source, files)
    return report(brought, as_json=as_json)


def _problems(path: Path, *, ours: bool) -> list[Problem]:
    from collector.archive.problem import Contract
    from collector.archive.verify import verify_collection, verify_file

    if path.is_dir():
        return list(verify_collection(path))
    if not path.exists():
        raise InputError("there is no such file", where=str(path), mend="name a WARC file or a collection's folder")
    return list(verify_file(path, None, Contract.OURS if ours else Contract.STANDARD))


def _find(target: str, offset: int | None, collection: Path | None) -> list[Record]:
    from collector.archive.lookup import find_captures
    from collector.archive.reader import record_from

    if collection is not None:
        found = find_captures(collection, target)
        if not found:
            raise InputError(
                f"no capture of {target}", where=str(collection), mend="`collector ledger show URL` says why"
            )
        return found
    if offset is None:
        raise InputError("an offset is missing", mend="give FILE and OFFSET, or a URL and --collection")
    return [record_from(Path(target), offset)]


def _print_problem(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        fields = {name: getattr(problem, name) for name in ("file", "offset", "rule", "message", "severity")}
        typer.echo(json.dumps(fields))
    else:
        typer.echo(f"{problem.severity}: {problem}")


def _print_record(record: Record, *, as_json: bool) -> None:
    if as_json:
        value = {
            "record_id": record.record_id,
            "type": record.kind,
            "url": record.target_uri,
            "date": record.date,
            "offset": record.offset,
            "length": record.length,
            "fields": record.fields.pairs,
            "status": record.http_status,
            "headers": record.http_headers.pairs if record.http_headers is not None else None,
            "body": record.body.decode("utf-8", "replace"),
        }
        typer.echo(json.dumps(value))
        return
    typer.echo("\n".join(f"{name}: {value}" for name, value in record.fields))
    if record.http_headers is not None:
        typer.echo(f"\nHTTP {record.http_status}")
        typer.echo("\n".join(f"{name}: {value}" for name, value in record.http_headers))
    typer.echo("")
    typer.echo(record.body.decode("utf-8", "replace"))


def _stop(error: CollectorError) -> typer.Exit:
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(error.exit_code)
