"""Reads a policy file into a `Policy`, or says everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from collector.model.errors import PolicyError
from collector.model.resources import resource_folder
from collector.policy.as_run import AS_RUN, AsRunTable, Overrides, as_run_of, kept_text
from collector.policy.assemble import assemble
from collector.policy.demands import Demanding, Known, demanding, demands
from collector.policy.explain_faults import faults_of
from collector.policy.faults import Fault, FaultyPolicyError
from collector.policy.fragments import Fragments, read_fragments
from collector.policy.lines import lines_of_keys
from collector.policy.plain import as_json, digest_of
from collector.policy.policy import Policy
from collector.policy.tables import (
    CollectionTable,
    LicenceTable,
    ListsTable,
    MinimiseTable,
    PolicyFile,
    PolitenessTable,
    Table,
)

_T = TypeVar("_T", bound=Table)

MAX_BYTES = 16_000_000  # a policy with a million seeds


def load_policy(
    path: Path,
    fragments: Mapping[str, type],
    *,
    overrides: Overrides | None = None,
    today: date | None = None,
    categories: Collection[str] | None = None,
    off_by_default: Collection[str] = (),
    kept: bool = False,
    known: Known | None = None,
) -> Policy:
    """Read the policy at `path`.

    `fragments`: the settings dataclass of every rule, by rule id. `today`: refuse licences that have expired by
    then. `categories`: those of the taxonomy; None reads the one that travels with the program. `kept`: a copy
    under `<collection>/policies/`, which may carry [as_run] and stands without the files beside it. `known`: what kinds
    may become, which models there are, and which domains are registrable; without it nobody asks.

    Raises FaultyPolicyError (a PolicyError) with every fault, its line and its mend.
    """
    text = _read(path)
    lines = lines_of_keys(text)
    parsed = _parse(text, path)
    as_run_data = parsed.pop(AS_RUN, None) if kept else None
    rules_data = parsed.pop("rules", {})
    faults: list[Fault] = []
    table: PolicyFile | None = None
    try:
        # JSON in strict mode says exactly what TOML says: arrays become tuples, nothing else is converted.
        table = PolicyFile.model_validate_json(as_json(parsed))
    except ValidationError as exc:
        faults += faults_of(exc, PolicyFile, (), lines)
    reading = read_fragments(rules_data, Fragments(fragments, frozenset(off_by_default)), lines)
    faults += reading.faults
    as_run = AsRunTable()
    try:
        as_run = (
            AsRunTable.model_validate_json(as_json(as_run_data))
            if as_run_data is not None
            else as_run_of(overrides, None)
        )
    except ValidationError as exc:
        faults += faults_of(exc, AsRunTable, (AS_RUN,), lines)
    taxonomy = frozenset(_shipped_categories() if categories is None else categories)
    beside = None if kept else path.parent
    demanded, assessment_sha256 = demands(
        _demanding(table, parsed), lines, beside=beside, today=today, categories=taxonomy, known=known
    )
    faults += demanded
    if faults or table is None:
        raise FaultyPolicyError(str(path), faults)
    if assessment_sha256 is not None:
        as_run = as_run.model_copy(update={"assessment_sha256": assessment_sha256})
    digest = digest_of(table, reading.settings, as_run)
    source = text if kept else kept_text(text, as_run)
    return assemble(table, reading.settings, as_run, digest=digest, source=source, path=str(path))


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise PolicyError(
            "no such policy", where=str(path), mend="`collector init NAME` writes one; ready ones are in policies/"
        ) from exc
    except OSError as exc:
        raise PolicyError(f"the policy cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    if len(data) > MAX_BYTES:
        raise PolicyError(
            f"a policy of {len(data):,} bytes", where=str(path), mend="give seeds by the million with --seeds FILE"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise PolicyError("not UTF-8 text", where=f"{path}:{line}", mend="save the policy as UTF-8") from exc


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise FaultyPolicyError(str(path), [_syntax_fault(exc, text)]) from exc
    except RecursionError as exc:
        raise PolicyError("the policy is nested too deeply", where=str(path)) from exc


def _syntax_fault(exc: tomllib.TOMLDecodeError, text: str) -> Fault:
    message = str(exc)
    line = len(text.splitlines())
    if "(at line " in message:
        message, _, position = message.partition(" (at line ")
        line = int(position.partition(",")[0])
    return Fault(line, "", f"not TOML: {message[:1].lower()}{message[1:]}", 'keys are written key = value, texts "so"')


def _demanding(table: PolicyFile | None, parsed: dict[str, Any]) -> Demanding:
    # Where one table is faulty the others are still asked, so that a person mends everything in one go.
    if table is not None:
        return demanding(table)
    rows = parsed.get("licences")
    licences = (_alone(LicenceTable, row) for row in rows) if isinstance(rows, list) else ()
    return Demanding(
        _alone(CollectionTable, parsed.get("collection")),
        _alone(ListsTable, parsed.get("lists", {})),
        tuple(licences),
        _alone(MinimiseTable, parsed.get("minimise", {})),
        _alone(PolitenessTable, parsed.get("politeness", {})),
    )


def _alone(model: type[_T], data: object) -> _T | None:
    try:
        return model.model_validate_json(as_json(data))
    except ValidationError:
        return None


def _shipped_categories() -> Collection[str]:
    # Only the names: what they mean is the business of `lists`.
    path = resource_folder("blocklists") / "taxonomy.toml"
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["categories"])
