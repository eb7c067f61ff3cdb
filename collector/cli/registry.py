"""`collector registry`: take in objections, prove them, see what they touch, and answer in time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.cli import registry_answer, registry_exchange, registry_proofs, registry_review
from collector.model.errors import ExitCode
from collector.model.layout import Layout

if TYPE_CHECKING:
    from collector.registry.entry import RegistryEntry
    from collector.registry.folder import RegistryFolder
    from collector.registry.intake import Recorded

app = typer.Typer(no_args_is_help=True, help="Keep the opt-out registry: one objection binds every crawl.")

Data = Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where the collections lie.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str, typer.Option(help="Who does it; the user of this machine where not given.")]


@app.command()
def add(
    what: Annotated[
        str, typer.Argument(help="Host, host/path or URL (a host covers every host below it); or a person.")
    ],
    reason: Annotated[str, typer.Option(help="Why, without personal data: 'letter of 3 May, case 12'.")],
    data: Data = Path("data"),
    *,
    by: By = "",
    unproven: Annotated[bool, typer.Option(help="An assertion: protected for 30 days while it is verified.")] = False,
    draft: Annotated[bool, typer.Option(help="Not handed in yet: it binds nobody until `review --submit`.")] = False,
    kind: Annotated[str, typer.Option(help="host, subtree, prefix, url, cidr, person_id, person_name …")] = "",
    scheme: Annotated[str, typer.Option(help="Of a person's identifier: email, phone, name, orcid …")] = "",
    uses: Annotated[str, typer.Option(help="What is forbidden: all, tdm, train-ai, search …")] = "all",
    collection: Annotated[list[str] | None, typer.Option(help="Only these collections; all where not given.")] = None,
    retroactive: Annotated[str, typer.Option(help="future, future+stored or future+stored+derived.")] = "future",
    effect: Annotated[str, typer.Option(help="deny_fetch, deny_store, deny_use, redact or allow.")] = "",
    requester: Annotated[
        str, typer.Option(help="data_subject, rightsholder, publisher, site_operator …")
    ] = "rightsholder",
    basis: Annotated[str, typer.Option(help="gdpr_art21, tdm_art4_3, contract, court_order …")] = "tdm_art4_3",
    channel: Annotated[str, typer.Option(help="web, email, post …")] = "post",
    contact: Annotated[str, typer.Option(help="Where an answer goes; kept encrypted.")] = "",
    same_requester_as: Annotated[str, typer.Option(help="Public reference of an earlier request of the same.")] = "",
    received: Annotated[str, typer.Option(help="When it came in, where that was before today: 2027-05-01.")] = "",
    once: Annotated[str, typer.Option(help="A key of yours: given again, it answers with the first request.")] = "",
    expires: Annotated[str, typer.Option(help="Until when it was asked for: 2027-05-01.")] = "",
    whole_suffix: Annotated[bool, typer.Option(help="The holder of a whole public suffix objects.")] = False,
    popular: Annotated[
        Path | None, typer.Option(help="Registrable domains, one a line, too popular for a bare word.")
    ] = None,
    preview: Annotated[bool, typer.Option(help="Show what it would touch, and record nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Record an objection and show what it touches. A running crawl honours it within seconds."""
    from collector.cli.registry_desk import desk
    from collector.registry.entry import PERSONS, Effect, Retroactive, ScopeKind
    from collector.registry.folder import standing
    from collector.registry.intake import Objection, take_in
    from collector.registry.request import Channel, LegalBasis, RequesterKind
    from collector.registry.vocabulary import read_label
    from collector.rights.propagate import propagate
    from collector.rights.reach import impact

    scope_kind = registry_review.choice(ScopeKind, kind, "--kind") if kind else None
    default = Effect.REDACT if scope_kind in PERSONS else Effect.DENY_FETCH
    objection = Objection(
        what,
        reason,
        kind=scope_kind,
        effect=registry_review.choice(Effect, effect, "--effect") if effect else default,
        uses=tuple(read_label(word) for word in uses.replace(",", " ").split()),
        collections=tuple(collection or ("*",)),
        retroactive=registry_review.choice(Retroactive, retroactive, "--retroactive"),
        scheme=scheme,
        proven=not (unproven or draft),
        draft=draft,
        whole_suffix=whole_suffix,
        requester=registry_review.choice(RequesterKind, requester, "--requester"),
        channel=registry_review.choice(Channel, channel, "--channel"),
        basis=registry_review.choice(LegalBasis, basis, "--basis"),
        contact=contact,
        same_requester_as=same_requester_as,
        received_at=registry_review.day(received, "--received"),
        once=once,
        expires_at=registry_review.day(expires, "--expires"),
    )
    known = registry_review.popular_of(popular)
    with desk(data, by) as at:
        try:
            with at.changing() as tx:
                recorded = take_in(tx, at.act, at.keys, objection, popular=known)
                _only_shown(preview)
        except _OnlyShownError:
            print(str(impact([recorded.entry], data)))
            return
        # in force by now: what it touches is counted afterwards, however long that takes
        reach = impact([recorded.entry], data)
        with at.store.transaction() as tx:
            propagate(tx, [recorded.entry], data, at.act.at)
        now = standing(at.layout.registry)
    if as_json:
        print(json.dumps({**_row(recorded), "impact": str(reach), "entries": now.entries, "digest": now.digest}))
        return
    entry = recorded.entry
    shown = entry.scope_value or f"{entry.id_scheme} {entry.id_hash[:16]}"
    binding = entry.in_force(at.act.at)
    print(f"{'in force' if binding else 'recorded'}: {entry.scope_kind} {shown}, recorded by {entry.recorded_by}")
    print(f"{recorded.public_ref}: {reach}")
    if recorded.unprotected:
        print(f"not in force until verified: {recorded.unprotected}")
    elif entry.provisional_until is not None:
        print(f"provisional until {entry.provisional_until:%Y-%m-%d}: verify it with `registry verify`")
    due = "a draft" if draft else f"answer due {recorded.due_at:%Y-%m-%d}"
    print(f"{due}; {now.entries:,} entries in force; running crawls read it within seconds")


class _OnlyShownError(Exception):
    """Ends a preview: the transaction is rolled back."""


def _only_shown(preview: bool) -> None:
    if preview:
        raise _OnlyShownError


@app.command("list")
def list_entries(
    data: Data = Path("data"),
    *,
    every: Annotated[bool, typer.Option("--all", help="Also what is not in force, with its state.")] = False,
    as_json: Json = False,
) -> None:
    """Every entry in force, with where it stands; with --all, every entry of the registry with its state."""
    if every:
        registry_review.list_all(data, as_json=as_json)
        return
    registry = _folder(data)
    for entry in registry.entries:
        row = {
            "kind": entry.kind.value,
            "value": entry.rule,
            "action": entry.action.value,
            "entry": entry.version,
            "source": entry.list,
            "line": entry.line,
            "reason": entry.note,
        }
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            shown = "" if row["action"] == "deny" else f" ({row['action']})"
            where = entry.version or f"{entry.list.partition(':')[2]}:{entry.line}"
            print(f"{row['kind']:<8} {row['value']}{shown}  {where}  {row['reason']}")
    if not as_json:
        print(f"{len(registry.entries):,} entries in force, {registry.digest}")


@app.command()
def check(
    url: Annotated[str, typer.Argument(help="URL or host.")], data: Data = Path("data"), *, as_json: Json = False
) -> None:
    """Whether an objection covers URL. Exit code 0 either way: the answer is the first word."""
    from collector.model.decision import Verdict
    from collector.model.page import Candidate
    from collector.model.url import parse_url
    from collector.rules.facts import UrlFacts
    from collector.rules.rule import NoSettings
    from collector.rules.url.opted_out import opted_out

    registry = _folder(data)
    parsed = parse_url(url if "://" in url else f"https://{url}")
    finding = opted_out(UrlFacts(Candidate(parsed), opted_out=registry.match(parsed)), NoSettings())
    refused = finding.verdict is Verdict.DENY
    if as_json:
        evidence = [{"source": one.source, "locator": one.locator} for one in finding.evidence]
        row = {"url": parsed.href, "opted_out": refused, "reason": finding.reason, "evidence": evidence}
        print(json.dumps({**row, "digest": registry.digest}, ensure_ascii=False))
    else:
        print(f"{'opted out' if refused else 'free'}: {parsed.href}: {finding.reason}")
        for one in finding.evidence:
            print(f"  {one.source}: {one.locator}")
    raise typer.Exit(ExitCode.OK)


def _folder(data: Path) -> RegistryFolder:
    from collector.registry.folder import RegistryFolder

    layout = Layout(data)
    return RegistryFolder(layout.registry, kept=layout.registry_kept)


def _row(recorded: Recorded) -> dict[str, object]:
    entry: RegistryEntry = recorded.entry
    return {
        "ref": recorded.public_ref,
        "entry": entry.id,
        "kind": entry.scope_kind.value,
        "value": entry.scope_value,
        "state": entry.state.value,
        "by": entry.recorded_by,
        "at": entry.recorded_at.isoformat(),
        "due": recorded.due_at.isoformat(),
        "unprotected": recorded.unprotected,
    }


registry_proofs.register(app)
registry_review.register(app)
registry_exchange.register(app)
registry_answer.register(app)
