"""What an RSL licence document means for one URL and for us: each use permitted, denied or not spoken of.

RSL §3.1.1: the order of elements is irrelevant, a narrower scope speaks before a broader one, what is both
permitted and prohibited is not licensed, and nothing is read so that rights grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from collector.model.decision import Attribute, Obligation
from collector.model.url import Url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.excerpt import excerpt
from collector.signals.rsl import Content, Licence, Payment, RslDocument, Terms

# §3.4.1.1: `ai-all` holds `ai-train`, `ai-input` and `ai-index`, `all` every automated use
_PERMITTING: Mapping[Use, frozenset[str]] = MappingProxyType(
    {
        Use.TRAIN: frozenset(("all", "ai-all", "ai-train")),
        Use.INPUT: frozenset(("all", "ai-all", "ai-input")),
        Use.INDEX: frozenset(("all", "search")),
        Use.TDM: frozenset(("all",)),
    }
)
# an AI system's own index is kept to be its input: where one is prohibited, so is the other
_PROHIBITING = MappingProxyType({**_PERMITTING, Use.INPUT: _PERMITTING[Use.INPUT] | {"ai-index"}})
_SEEN = {"train-ai": "ai-train", "ai-training": "ai-train", "inference": "ai-input"}  # no tokens of 1.0, but in use
_SEEN_PROHIBITED = {"train": "ai-train", "training": "ai-train", "ai": "ai-all", "genai": "ai-all", "gen-ai": "ai-all"}
_CREATIVE_COMMONS_LIMITED = re.compile(r"//creativecommons\.org/licenses/[a-z-]*\b(?:nc|nd)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to a licence. Unknown to the licence is not satisfied: an empty tuple satisfies no restriction."""

    users: tuple[str, ...] = ()  # every class of §3.4.1.2 that we belong to
    geo: tuple[str, ...] = ()  # every place that we work from: ISO 3166-1 codes, `EU`
    attribution: bool = True  # we can name the source with every copy


@dataclass(frozen=True, slots=True)
class Ground:
    """Which licence decided, and why."""

    uses: tuple[Use, ...]
    permission: Permission
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What one document says. Uses that stand in no ground are not spoken of."""

    uses: Uses = UNSTATED
    grounds: tuple[Ground, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    malformed: bool = False  # every denial rests on a token that is none of RSL's


class _Standing(Enum):
    PERMITTED = "permitted"
    DENIED = "denied"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class _Said:
    standing: _Standing
    line: int
    text: str = ""
    attribution: str = ""
    malformed: bool = False

    @property
    def rank(self) -> tuple[int, bool]:
        """Licences are alternatives: one that permits is enough, without attribution rather than with it."""
        return ((_Standing.PERMITTED, _Standing.DENIED, _Standing.SILENT).index(self.standing), bool(self.attribution))


def statement_for(document: RslDocument, url: Url, client: Client, *, source: str) -> Statement:
    """RSL §3.1.1 and §3.3 to §3.12 for the page `url`. `source` is named where an attribution names no licence.

    Linear in the document. No matching `content` says nothing; so does a licence that neither lists what it
    permits nor prohibits the use. A licence whose conditions we do not meet (payment, a token of a licence
    server, kinds of users, places, reporting) denies what it would permit.
    """
    levels: dict[int, list[Content]] = {}
    for content in document.contents:
        octets = content.scope.octets(url)
        if octets is not None:
            levels.setdefault(octets, []).append(content)
    narrow_first = [levels[octets] for octets in sorted(levels, reverse=True)]
    decided: dict[Use, _Said] = {}
    for use in _PERMITTING:
        for contents in narrow_first:
            best = min(_all_said(contents, use, client, source), key=lambda said: said.rank)
            if use not in decided or decided[use].standing is _Standing.SILENT:
                decided[use] = best
            if best.standing is not _Standing.SILENT:
                break
    denied = {use for use, said in decided.items() if said.standing is _Standing.DENIED}
    # `all` speaks of mining in general only where nothing particular was said against it
    if denied and not denied >= {Use.TRAIN, Use.INPUT, Use.TDM}:
        decided.pop(Use.TDM, None)
    return _told(decided)


def _all_said(contents: Sequence[Content], use: Use, client: Client, source: str) -> Iterator[_Said]:
    for content in contents:
        for licence in content.licences:
            yield _said(content, licence, use, client, source)


def _said(content: Content, licence: Licence, use: Use, client: Client, source: str) -> _Said:
    """One licence on one use; §3.6: a prohibition holds whatever else the licence says."""
    prohibited = _prohibition(licence.prohibits, use)
    if prohibited is not None:
        token, malformed = prohibited
        return _Said(_Standing.DENIED, licence.line, f"prohibits {token}", malformed=malformed)
    listed = licence.permits.usage
    permitted = listed is not None and any(_SEEN.get(token, token) in _PERMITTING[use] for token in listed)
    if listed is not None and not permitted:
        if use is Use.TDM:  # no word of RSL's means it, so no list can leave it out
            return _Said(_Standing.SILENT, licence.line)
        only = excerpt(" ".join(sorted(listed)), 80) or "nothing"
        return _Said(_Standing.DENIED, licence.line, f"permits only {only}")
    condition = _condition(content, licence, client)
    if condition:
        return _Said(_Standing.DENIED, licence.line, f"permits it on a condition: {condition}")
    attribution = _attribution(licence.payment, source)
    if listed is None:
        return _Said(_Standing.SILENT, licence.line, attribution=attribution)
    named = next(token for token in sorted(listed) if _SEEN.get(token, token) in _PERMITTING[use])
    with_credit = " with attribution" if attribution else ""
    return _Said(_Standing.PERMITTED, licence.line, f"permits {named}{with_credit}", attribution)


def _prohibition(prohibits: Terms, use: Use) -> tuple[str, bool] | None:
    """The token that prohibits the use, and whether it is none of RSL's but plainly meant."""
    tokens = prohibits.usage or frozenset()
    meant = {token: _SEEN.get(token) or _SEEN_PROHIBITED.get(token) or token for token in tokens}
    hits = sorted((token != meaning, token) for token, meaning in meant.items() if meaning in _PROHIBITING[use])
    return (excerpt(hits[0][1], 40), hits[0][0]) if hits else None


def _condition(content: Content, licence: Licence, client: Client) -> str:
    """What must be met before the licence holds and is not; empty where nothing is."""
    if content.token_from:
        return f"a licence token from {content.token_from}"  # §3.3: even where it is free
    if content.encrypted:
        return "a key to the encrypted asset"
    if licence.reporting:
        return "reports on the use"  # §3.12: who cannot report is not licensed
    for name, listed, ours in (
        ("users", licence.permits.user, client.users),
        ("places", licence.permits.geo, client.geo),
    ):
        if listed is not None and listed.isdisjoint(own.lower() for own in ours):
            return f"only for {name}: {excerpt(' '.join(sorted(listed)), 80) or 'none'}"
    for name, barred, ours in (
        ("users", licence.prohibits.user, client.users),
        ("places", licence.prohibits.geo, client.geo),
    ):
        if barred and (not ours or not barred.isdisjoint(own.lower() for own in ours)):
            return f"not for {name}: {excerpt(' '.join(sorted(barred)), 80)}"
    return _price(licence.payment, client)


def _price(payment: Payment | None, client: Client) -> str:
    """§3.7: no payment, and no type of payment, is free; credit is a condition that a corpus can meet."""
    if payment is None:
        return ""
    if payment.type not in ("", "free", "attribution"):
        return f"payment ({payment.type})"
    if payment.own_terms:
        return "payment, or terms to be agreed on"
    if payment.type == "attribution":
        if not client.attribution:
            return "attribution"
        return f"the limits of {payment.standard}" if _CREATIVE_COMMONS_LIMITED.search(payment.standard) else ""
    return f"the terms of {payment.standard}" if payment.standard else ""


def _attribution(payment: Payment | None, source: str) -> str:
    if payment is None or payment.type != "attribution":
        return ""
    return payment.standard or source


def _told(decided: Mapping[Use, _Said]) -> Statement:
    permissions: dict[str, Permission] = {}
    grounds: dict[tuple[Permission, int, str], list[Use]] = {}
    obligations: dict[Obligation, None] = {}
    denials: list[_Said] = []
    for use, said in decided.items():
        if said.standing is not _Standing.DENIED and said.attribution and use is not Use.TDM:
            obligations[Attribute(said.attribution)] = None
        if said.standing is _Standing.SILENT:
            continue
        denied = said.standing is _Standing.DENIED
        if denied:
            denials.append(said)
        permission = Permission.DENY if denied else Permission.ALLOW
        permissions[use.value] = permission
        grounds.setdefault((permission, said.line, said.text), []).append(use)
    return Statement(
        Uses(**permissions),
        tuple(Ground(tuple(uses), permission, line, text) for (permission, line, text), uses in grounds.items()),
        tuple(obligations),
        bool(denials) and all(said.malformed for said in denials),
    )
