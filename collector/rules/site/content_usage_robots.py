"""Rule `content_usage_robots`: the usage preferences that robots.txt states for this path (IETF AIPREF)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Finding
from collector.model.uses import UNSTATED
from collector.rules.facts import SiteFacts
from collector.rules.site.usage_records import Audience, Said, judge
from collector.signals.content_usage import FIELD, Malformed, for_target, meaning
from collector.signals.robots_reader import Record

RULE = "content_usage_robots"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.content_usage_robots]`. The drafts ask for none of these."""

    older_labels: bool = True  # `ai=n`, `tdm=n` and other labels of earlier drafts deny
    malformed: Malformed = Malformed.OFF  # off: by the letter | unreadable (`Train-AI=N`) | any (`train-ai=no` too)
    other_groups: bool = True  # where our own group holds none: what `*` and training crawlers are denied counts
    aliases: tuple[str, ...] = ("Scrapy",)  # what a group that names one of them denies, counts


def content_usage_robots(facts: SiteFacts, settings: Settings) -> Finding:
    """What the Content-Usage rules of robots.txt state for this URL: train-ai, ai-use, search, each y or n.

    AIPREF attach-05: of the group that RFC 9309 selects, the rules with the longest matching path; identical
    paths combine and any `n` wins. Labels and values by vocab-08. Beyond the drafts only denials are taken.
    """

    def read(records: tuple[Record, ...]) -> Said:
        found = for_target(records, facts.url.target)
        spec = older = meant = UNSTATED
        for _, statement in found:
            said = meaning(statement, older_labels=settings.older_labels, malformed=settings.malformed)
            spec, older, meant = spec.and_(said[0]), older.and_(said[1]), meant.and_(said[2])
        return Said(spec, older, meant, tuple(record for record, _ in found))

    forgive = settings.malformed is not Malformed.OFF
    orphans = Basis.MALFORMED_RESTRICTIVE if forgive else None
    audience = Audience(settings.other_groups, settings.aliases, forgive, orphans)
    return judge(RULE, "Content-Usage", facts, (FIELD,), audience, read)
