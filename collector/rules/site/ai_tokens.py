"""Rule `ai_tokens`: a robots.txt that shuts out known crawlers for AI training speaks to every such crawl."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import Use, Uses
from collector.rules.facts import SiteFacts
from collector.signals.robots_txt import RobotsMatch
from collector.signals.site_file import Reach

RULE = "ai_tokens"
MOST_NAMED = 8  # tokens or lines in one sentence; the evidence holds all


class Mode(StrEnum):
    """How many of the named training crawlers must be shut out."""

    ANY = "any"
    MAJORITY = "majority"  # more than half of those the file names
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.ai_tokens]`."""

    mode: Mode = Mode.ANY


def ai_tokens(facts: SiteFacts, settings: Settings) -> Finding:
    """Whether a group that names a known AI-training crawler disallows this URL: then training is denied.

    RFC 9309 binds only the crawler named; that a site names such crawlers to shut them out tells what it
    wants of all of them. Each token counts only where a group names it, by RFC 9309 matching on this very
    path. An Allow for such a crawler permits us nothing.
    """
    robots = facts.robots
    if settings.mode == Mode.OFF:
        return _silent("not asked: the policy sets mode off")
    if robots.reach is not Reach.AVAILABLE:
        return _silent("no robots.txt to read")
    named = facts.robots_txt.named_of(facts.training_tokens)
    found = [(t, facts.robots_txt.match(t, facts.url.target, default_star=False)) for t in named]
    against = [(token, match) for token, match in found if match.denied]
    if not named:
        return _silent("robots.txt names no known AI-training crawler")
    if not against:
        return _silent(f"robots.txt shuts none of the AI-training crawlers it names out of this path ({_list(named)})")
    tokens = [token for token, _ in against]
    if settings.mode == Mode.MAJORITY and 2 * len(against) <= len(named):
        return _silent(f"robots.txt shuts out {_list(tokens)}, no majority of the {len(named)} it names")
    lines: dict[int, tuple[RobotsMatch, list[str]]] = {}
    for token, match in against:
        lines.setdefault(match.line or 0, (match, []))[1].append(token)
    record = f"; record {robots.record_id}" if robots.record_id is not None else ""
    digest = robots.digest
    return Finding(
        RULE,
        Verdict.ALLOW,
        f"training reserved: robots.txt shuts out {_list(tokens)} ({_lines(list(lines))})",
        Uses.denying(Use.TRAIN),
        Basis.POLICY,
        tuple(
            Evidence(robots.url, digest, f"line {line}: {match.text} ({', '.join(names)}){record}")
            for line, (match, names) in lines.items()
        ),
    )


def _silent(reason: str) -> Finding:
    return no_objection(RULE, reason)


def _list(tokens: Sequence[str]) -> str:
    more = len(tokens) - MOST_NAMED
    return ", ".join(tokens[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _lines(numbers: list[int]) -> str:
    return ("line " if len(numbers) == 1 else "lines ") + ", ".join(str(number) for number in numbers[:MOST_NAMED])
