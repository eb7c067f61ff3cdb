"""`collector minimise`: what minimising does to a text or a page, without the network."""

from __future__ import annotations

import json
import mimetypes
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from collector.cli import minimise_answers as answers
from collector.model.errors import ExitCode, InputError

if TYPE_CHECKING:
    from collector.minimise.replacing.plan import Plan


class Rendering(StrEnum):
    """`rendering.Style`, named here so that `--help` need not load what minimises."""

    TYPED = "typed"
    FINEWEB = "fineweb"
    DOLMA = "dolma"
    STARCODER = "starcoder"
    APERTUS = "apertus"
    DROP = "drop"


class PageUnlessScan(TyperGroup):
    """`collector minimise FILE` beside `scan` and `forget-key`: the first needs no word of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the word in where it is left out."""
        known = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if known else ["page", *args])


app = typer.Typer(cls=PageUnlessScan, help="Take personal data out of a text or page, or look for it in a collection.")

MAX_LINE = 64_000_000  # bytes of one JSON line


@app.command("page")
def minimise(
    file: Annotated[str, typer.Argument(help="A file, or - for standard input.")] = "-",
    *,
    html: Annotated[bool, typer.Option("--html", help="The input is an HTML page.")] = False,
    text: Annotated[bool, typer.Option("--text", help="The input is plain text.")] = False,
    policy: Annotated[str, typer.Option(help="Minimise as this policy, or ready policy, says; else strictly.")] = "",
    data: Annotated[
        Path | None,
        typer.Option(envvar="COLLECTOR_DATA", help="Also take out who asked the registry in this folder."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where it comes from: says which country's numbers to expect.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="Language tag of the text.")] = None,
    rendering: Annotated[
        Rendering, typer.Option(help="Placeholders as these corpora write them; of a page its text is then printed.")
    ] = Rendering.TYPED,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON Lines in, JSON Lines out.")] = False,
    show_input: Annotated[bool, typer.Option("--show-input", help="Also show the visible text before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Before and after beside each other, kinds in colours.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the same as an HTML page; it holds what is taken out.")
    ] = None,
) -> None:
    """Take personal data out of a text or a page and print what may be kept.

    Without --html and --text the input is told by its bytes: also PDF, office files, feeds, JSON and XML, as a crawl
    stores them. Exit codes: 0; 1 when a JSON line was refused or a document had to be withheld; 2 for a policy or file
    that cannot be read, or that nothing can minimise.
    """
    plan = _plan(policy, data)
    if jsonl:
        with _opened(file) as source:
            code = _lines(source, sys.stdout, plan, rendering, show_input=show_input)
        raise typer.Exit(code)
    with _opened(file) as source:
        body = source.read()
    declared = _declared(file)
    kind = "html" if html else "text" if text else _sniffed(body, declared)
    side_by_side = show or report is not None
    if kind:
        request = {"id": file, kind: _decoded(body), "url": url, "lang": lang}
        answer = answers.answer(request, plan, show_input=show_input or side_by_side)
    else:
        answer = answers.answer_for_bytes(body, declared, file, plan, url=url, lang=lang)
    if answer["action"] == "keep" and side_by_side:
        _show(answer, report, show=show)
        as_json = as_json and not show
    answer = _rendered(answer, rendering)
    if as_json:
        if not show_input:
            answer.pop("visible", None)
        typer.echo(json.dumps(answer, ensure_ascii=False))
    elif answer["action"] == "keep" and not show:
        sys.stdout.write(answer["html"] if kind == "html" and rendering is Rendering.TYPED else answer["text"])
    counted = ", ".join(f"{count} {name}" for name, count in answer["counts"].items()) or "nothing"
    typer.echo(f"taken out: {counted}", err=True)
    if answer["action"] != "keep":
        typer.echo("withheld: personal data was left after minimising", err=True)
        raise typer.Exit(ExitCode.FINISHED_WITH_FAULTS)


@app.command("scan")
def scan_collection(
    collection: Annotated[Path, typer.Argument(help="The folder of a collection, or its id.")],
    policy: Annotated[str, typer.Option(help="Look as this policy, or ready policy, says; else as its newest.")] = "",
    data: Annotated[Path, typer.Option(envvar="COLLECTOR_DATA", help="Where the collections lie.")] = Path("data"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per record, and a summary.")] = False,
) -> None:
    """Look for personal data in what is archived, by the recognizers of today. Values are never printed.

    What counts is what the policy of the collection's newest run takes out, or the one that is named.

    Exit codes: 0 nothing found; 1 something found, by record: the list that a reconciliation works from.
    """
    from collector.cli.minimise_scan import newest_policy, scan

    folder = collection if collection.is_dir() else data / collection
    known = folder.parent if (folder.parent / "registry").is_dir() else None
    own = None if policy else newest_policy(folder)
    raise typer.Exit(scan(folder, _plan(policy, known, own=own), as_json=as_json))


@app.command("forget-key")
def minimise_forget_key(
    collection: Annotated[str, typer.Argument(help="The collection's id.")],
    reason: Annotated[str, typer.Option(help="Why now; it is written into the account.")],
    data: Annotated[Path, typer.Option(envvar="COLLECTOR_DATA", help="Where the collections lie.")] = Path("data"),
    by: Annotated[str, typer.Option(help="Who does it; by default the user who is logged in.")] = "",
) -> None:
    """Destroy the key of a collection's pseudonyms: from then on no pseudonym leads back to anybody.

    What was collected keeps its pseudonyms; a later crawl makes a new key, and other pseudonyms with it. Copies of
    the key in backups have to be destroyed where they are. Exit codes: 0; 2 for a collection that is not there; 4
    while a crawl is running.
    """
    from collector.cli.minimise_forget import forget_key

    there = forget_key(data, collection, reason=reason, by=by)
    print("the key is destroyed" if there else "there was no key; that is recorded")


def _show(answer: dict[str, Any], report: Path | None, *, show: bool) -> None:
    from collector.cli.minimise_show import print_side_by_side, write_report

    marks = [(span["start"], span["end"], span["kind"]) for span in answer["spans"]]
    if show:
        print_side_by_side(answer["visible"], answer["text"], marks)
    if report is not None:
        write_report(report, answer["visible"], answer["text"], marks, answer["counts"])


def _plan(policy: str, data: Path | None, *, own: Path | None = None) -> Plan:
    """What is done with each kind. `own`: a collection's copy of its policy, where none is named."""
    from collector.model.layout import Layout
    from collector.registry.persons import persons_in_force

    persons = persons_in_force(Layout(data)) if data is not None else None
    from collector.minimise.replacing.plan import STRICT, plan_of

    if not policy and own is None:
        return STRICT if persons is None else replace(STRICT, persons=persons)
    from collector.crawler.known import KNOWN
    from collector.minimise.replacing.becoming import KEY_BYTES
    from collector.policy.load import load_policy
    from collector.policy.ready import find_policy
    from collector.rules.catalogue import fragments

    # A key for once: pseudonyms look as they would, and lead nowhere.
    if own is not None:
        settings = replace(load_policy(own, fragments(), kept=True).minimise, ner=())  # no scan asks a model again
    else:
        settings = load_policy(find_policy(policy), fragments(), known=KNOWN).minimise
    return plan_of(settings, os.urandom(KEY_BYTES), persons)


def _opened(file: str) -> AbstractContextManager[IO[bytes]]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=file, mend="name a file that is there") from error


def _decoded(body: bytes) -> str:
    from collector.document.charset import decode

    return decode(body)[0]


def _declared(file: str) -> str | None:
    """The media type of a file whose bytes alone do not tell it from text: JSON and XML, by its name."""
    named = mimetypes.guess_type(file)[0] or ""
    return named if named.endswith(("json", "xml")) else None


def _sniffed(body: bytes, declared: str | None) -> str:
    """`html`, `text`, or nothing for any other kind of document."""
    from collector.document.sniff import HTML, PLAIN, XHTML, sniff

    return {HTML: "html", XHTML: "html", PLAIN: "text"}.get(sniff(body, declared), "")


def _rendered(answer: answers.Answer, rendering: Rendering) -> answers.Answer:
    """With its text in that style; a page's HTML stays as it is stored."""
    if rendering is Rendering.TYPED or "text" not in answer:
        return answer
    from collector.minimise.replacing.rendering import Style, render

    return {**answer, "text": render(answer["text"], Style(rendering.value))}


def _lines(source: IO[bytes], out: IO[str], plan: Plan, rendering: Rendering, *, show_input: bool) -> ExitCode:
    """Answer line by line, in order. A bad line answers `{"id","error"}` and the run goes on."""
    code = ExitCode.OK
    for line in _bounded(source):
        if line is not None and not line.strip():
            continue
        request: Any = None
        try:
            request = json.loads(line) if line is not None else None
            answer = answers.answer(_checked(request, too_long=line is None), plan, show_input=show_input)
            answer = _rendered(answer, rendering)
        except (InputError, ValueError, RecursionError) as error:
            known = request.get("id") if isinstance(request, dict) else None
            reason = error.message if isinstance(error, InputError) else f"not JSON: {type(error).__name__}"
            answer = {"id": known, "error": reason}
            code = ExitCode.FINISHED_WITH_FAULTS
        out.write(json.dumps(answer, ensure_ascii=True) + "\n")
        out.flush()
    return code


def _bounded(source: IO[bytes]) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, without reading it whole."""
    while line := source.readline(MAX_LINE):
        if len(line) < MAX_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := source.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _checked(request: Any, *, too_long: bool) -> dict[str, Any]:
    if too_long:
        raise InputError(f"longer than {MAX_LINE:,} bytes")
    if not isinstance(request, dict):
        raise InputError("not a JSON object")
    if ("text" in request) == ("html" in request):
        raise InputError("needs either text or html")
    for key in ("text", "html", "url", "lang"):
        if request.get(key) is not None and not isinstance(request[key], str):
            raise InputError(f"{key} is not a string")
    if request.get("text", request.get("html")) is None:
        raise InputError("text or html is null")
    return request
