"""What the law and this program ask of a policy beyond its form: assessment, categories, licences, files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector.policy.assessment import unanswered
from collector.policy.explain_faults import nearest
from collector.policy.faults import Fault
from collector.policy.lines import Key, line_of
from collector.policy.policy import LegalBasis, Treatment
from collector.policy.tables import (
    CollectionTable,
    LicenceTable,
    ListsTable,
    MinimiseTable,
    PolicyFile,
    PolitenessTable,
    unknown_categories,
)

Unfit = tuple[tuple[str, ...], str, str]  # key within [minimise], message, mend


@dataclass(frozen=True, slots=True)
class Known:
    """What only other layers know of a policy's values; whoever reads one in order to use it hands it in."""

    minimising: Callable[[Mapping[str, Treatment], Sequence[str]], Iterable[Unfit]]
    """What does not fit of `[minimise.kinds]` and of `[minimise] ner`."""
    registered: Callable[[str], str]
    """The registrable domain of a host, as the queue files it."""


@dataclass(frozen=True, slots=True)
class Demanding:
    """The tables that demands are made of; None where one is faulty in itself."""

    collection: CollectionTable | None
    lists: ListsTable | None
    licences: tuple[LicenceTable | None, ...]
    minimise: MinimiseTable | None
    politeness: PolitenessTable | None


def demanding(table: PolicyFile) -> Demanding:
    """What is asked of a policy whose form is right."""
    return Demanding(table.collection, table.lists, table.licences, table.minimise, table.politeness)


def demands(
    table: Demanding,
    lines: Mapping[Key, int],
    *,
    beside: Path | None,
    today: date | None,
    categories: frozenset[str],
    known: Known | None = None,
) -> tuple[list[Fault], str | None]:
    """Every demand that is not met, and the SHA-256 of the assessment, where there is one.

    `beside`: the folder that paths are relative to; None for a kept copy, whose files lie elsewhere.
    """
    faults = _categories(table, lines, categories) + _licences(table, lines, today)
    if known is not None:
        faults += _minimising(table, lines, known) + _hosts(table, lines, known)
    if beside is None:
        return faults, None
    faults += _files(table, lines, beside)
    missing, sha256 = _assessment(table, lines, beside)
    return faults + missing, sha256


def _categories(table: Demanding, lines: Mapping[Key, int], categories: frozenset[str]) -> list[Fault]:
    faults: list[Fault] = []
    if table.lists is None:
        return faults
    for category in unknown_categories(table.lists.sensitive, categories):
        close = nearest(category, categories)
        mend = f"did you mean {close!r}?" if close else "blocklists/taxonomy.toml names the categories"
        line = line_of(lines, ("lists", "sensitive"))
        faults.append(Fault(line, "lists.sensitive", f'"{category}" is no category of the taxonomy', mend))
    return faults


def _licences(table: Demanding, lines: Mapping[Key, int], today: date | None) -> list[Fault]:
    return [
        Fault(
            line_of(lines, ("licences", index, "expires")),
            f"licences[{index}].expires",
            f"the licence {licence.reference!r} ended on {licence.expires}",
            "remove the entry, or record the renewal",
        )
        for index, licence in enumerate(table.licences)
        if licence is not None and today is not None and licence.expires is not None and licence.expires < today
    ]


def _minimising(table: Demanding, lines: Mapping[Key, int], known: Known) -> list[Fault]:
    if table.minimise is None:
        return []
    return [
        Fault(line_of(lines, ("minimise", *key)), ".".join(("minimise", *key)), message, mend)
        for key, message, mend in known.minimising(table.minimise.kinds, table.minimise.ner)
    ]


def _hosts(table: Demanding, lines: Mapping[Key, int], known: Known) -> list[Fault]:
    """An override that no host is ever looked up by would be a promise to a site that nobody keeps."""
    if table.politeness is None:
        return []
    return [
        Fault(
            line_of(lines, ("politeness", "host", index, "domain")),
            f"politeness.host[{index}].domain",
            f"{row.domain!r} is no registrable domain, by which paces are kept",
            f"write {known.registered(row.domain)}; it covers every host below",
        )
        for index, row in enumerate(table.politeness.host)
        if known.registered(row.domain) != row.domain
    ]


def _files(table: Demanding, lines: Mapping[Key, int], beside: Path) -> list[Fault]:
    if table.lists is None:
        return []
    named = [("lists", "files", name) for name in table.lists.files]
    named += [("lists", "allow", name) for name in table.lists.allow]
    return [
        Fault(
            line_of(lines, (section, key)),
            f"{section}.{key}",
            f'there is no file "{name}" beside the policy',
            f"looked for {beside / name}: mend the path, or take it out",
        )
        for section, key, name in named
        if not (beside / name).is_file()
    ]


def _assessment(table: Demanding, lines: Mapping[Key, int], beside: Path) -> tuple[list[Fault], str | None]:
    if table.collection is None:
        return [], None
    name = table.collection.assessment
    owed = table.collection.legal_basis is LegalBasis.LEGITIMATE_INTEREST
    key = "collection.assessment"
    if name is None:
        if not owed:
            return [], None
        line = line_of(lines, ("collection", "legal_basis"))
        return [
            Fault(
                line,
                key,
                'legal_basis = "legitimate_interest" needs an assessment',
                'add assessment = "FILE.md"; `collector init` writes the skeleton',
            )
        ], None
    line, path = line_of(lines, ("collection", "assessment")), beside / name
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        mend = f"looked for {path}; `collector init` writes the skeleton"
        return [Fault(line, key, f'there is no assessment "{name}" beside the policy', mend)], None
    except (OSError, UnicodeDecodeError) as exc:
        return [Fault(line, key, f'the assessment "{name}" cannot be read: {exc}', "save it as UTF-8 text")], None
    open_questions = unanswered(text) if owed else []
    if open_questions:
        count = len(open_questions)
        what = f"{count} question{'s' if count > 1 else ''} unanswered: {'; '.join(open_questions)}"
        return [Fault(line, key, f'the assessment "{name}" is not filled in: {what}', f"answer them in {path}")], None
    return [], hashlib.sha256(data).hexdigest()
