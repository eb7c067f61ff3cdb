"""Which usage records of robots.txt speak to us: those of our group, and those that may only restrict us."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import UNSTATED, Uses
from collector.rules.facts import SiteFacts
from collector.rules.layered import MEANT, denials, layered, told
from collector.signals.product_token import ANY
from collector.signals.robots_reader import Record
from collector.signals.site_file import Reach, SiteFile

MOST_SHOWN = 8  # lines of evidence; the reason names the first three


class Voice(StrEnum):
    """Who a group of records speaks to, and so how far it binds."""

    US = "us"  # the group that RFC 9309 §2.2.1 selects: it may also allow
    OTHERS = "others"  # `*`, a training crawler, software we run: it may only deny, by our policy
    NOBODY = "nobody"  # before any group
    MISSPELT = "misspelt"  # seen only where slips of the pen are forgiven: it may only deny


@dataclass(frozen=True, slots=True)
class Said:
    """What the records of one voice say of this URL, in the readings of `layered`, and which of them say it."""

    spec: Uses = UNSTATED
    policy: Uses = UNSTATED
    malformed: Uses = UNSTATED
    because: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose groups count beside the one that is ours, by the settings of the rule."""

    other_groups: bool  # `*` and training crawlers, where a group names us and holds no such record
    aliases: tuple[str, ...]
    forgive: bool  # misspelt user-agent lines
    orphans: Basis | None  # as what records before any group count; None: not at all


def judge(
    rule: str,
    carrier: str,
    facts: SiteFacts,
    fields: tuple[str, ...] | frozenset[str],
    audience: Audience,
    read: Callable[[tuple[Record, ...]], Said],
) -> Finding:
    """The finding of a rule that reads records of robots.txt: every voice is heard, any denial holds."""
    robots = facts.robots
    if robots.reach is not Reach.AVAILABLE:
        return no_objection(rule, "no robots.txt to read", Basis.SPEC)
    spec = policy = malformed = UNSTATED
    shown: list[tuple[Record, Voice]] = []
    heard = False
    file, token, training = facts.robots_txt, facts.product_token, facts.training_tokens
    speakers = file.once((fields, audience, token, training), lambda: tuple(voices(facts, fields, audience)))
    for voice, records in speakers:
        heard = True
        said = read(records)
        if voice is Voice.US:
            spec, policy, malformed = said.spec, said.policy, said.malformed
            shown += [(record, voice) for record in said.because]
            continue
        denied = denials(said.spec.and_(said.policy))
        before = (policy, malformed)
        if voice is Voice.OTHERS or (voice is Voice.NOBODY and audience.orphans is Basis.POLICY):
            policy, malformed = policy.and_(denied), malformed.and_(denials(said.malformed))
        else:
            malformed = malformed.and_(denied).and_(denials(said.malformed))
        if (policy, malformed) != before:
            shown += [(record, voice) for record in said.because]
    if not heard:
        return no_objection(rule, f"robots.txt holds no {carrier} for us", Basis.SPEC)
    uses, basis = layered(spec, policy, malformed)
    if not shown:
        return no_objection(rule, f"no {carrier} of robots.txt covers this path", Basis.SPEC)
    meant = MEANT if basis is Basis.MALFORMED_RESTRICTIVE else ""
    lines = ", ".join(f"line {record.line} `{_shown(record)}`{_to_whom(voice)}" for record, voice in shown[:3])
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return Finding(
        rule,
        Verdict.ALLOW,
        f"{told(uses, carrier)}: robots.txt {lines}{more}{meant}",
        uses,
        basis,
        evidence(robots, shown),
    )


def voices(facts: SiteFacts, fields: Collection[str], audience: Audience) -> Iterator[tuple[Voice, tuple[Record, ...]]]:
    """Every voice that holds a record of `fields`, ours first."""
    robots, token = facts.robots_txt, facts.product_token
    own = _of(robots.content_records(token), fields)
    if own:
        yield Voice.US, own
    others: list[Record] = []
    if audience.other_groups and not own and robots.names(token):
        others += _of(robots.content_records(ANY), fields)
        for named in robots.named_of(facts.training_tokens):
            others += _of(robots.content_records(named, default_star=False), fields)
    for alias in audience.aliases:
        if robots.names(alias):
            others += _of(robots.content_records(alias, default_star=False), fields)
    known = {record.line for record in own}
    new = {record.line: record for record in others if record.line not in known}
    if new:
        yield Voice.OTHERS, tuple(new[line] for line in sorted(new))
    if audience.orphans is not None and robots.orphans and (orphans := _of(robots.orphans, fields)):
        yield Voice.NOBODY, orphans
    if audience.forgive and robots.tolerant is not None:
        known.update(new)
        slips = _of(robots.tolerant.content_records(token), fields)
        if slips := tuple(record for record in slips if record.line not in known):
            yield Voice.MISSPELT, slips


def evidence(robots: SiteFile, shown: Iterable[tuple[Record, Voice]]) -> tuple[Evidence, ...]:
    """One for each line, at most eight."""
    record_id = f"; record {robots.record_id}" if robots.record_id is not None else ""
    digest = robots.digest
    return tuple(
        Evidence(robots.url, digest, f"line {record.line}: {_shown(record)}{record_id}")
        for record, _ in list(shown)[:MOST_SHOWN]
    )


_SPELLING = {
    "content-usage": "Content-Usage",
    "content-signal": "Content-Signal",
    "disallowaitraining": "DisallowAITraining",
    "allowaitraining": "AllowAITraining",
}


def _shown(record: Record) -> str:
    value = record.value if len(record.value) <= 300 else f"{record.value[:299]}…"
    return f"{_SPELLING.get(record.field, record.field)}: {value}"


def _to_whom(voice: Voice) -> str:
    match voice:
        case Voice.US:
            return ""
        case Voice.OTHERS:
            return " (said to others; it binds us too)"
        case Voice.NOBODY:
            return " (before any user-agent line)"
        case Voice.MISSPELT:
            return " (behind a misspelt user-agent line)"


def _of(records: Iterable[Record], fields: Collection[str]) -> tuple[Record, ...]:
    return tuple(record for record in records if record.field in fields)
