"""Rule `content_signal`: the Content-Signal lines of robots.txt (contentsignals.org)."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Finding
from collector.model.uses import UNSTATED
from collector.rules.facts import SiteFacts
from collector.rules.site.usage_records import Audience, Said, judge
from collector.signals.content_signal import FIELD, for_target
from collector.signals.robots_reader import Record

RULE = "content_signal"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.content_signal]`. The description of the signal asks for none of these."""

    malformed: bool = True  # `ai-train=n`, `ai-train=false` and the like deny; so do misspelt user-agent lines
    use_key: bool = True  # `use=immediate` and `use=reference` deny training, unless `ai-train=yes` stands there too
    other_groups: bool = True  # where our own group holds none: what `*` and training crawlers are denied counts
    aliases: tuple[str, ...] = ("Scrapy",)  # what a group that names one of them denies, counts


def content_signal(facts: SiteFacts, settings: Settings) -> Finding:
    """What Content-Signal in robots.txt says of this URL: search, ai-input, ai-train, each yes or no.

    The group is chosen by RFC 9309, and the longest matching path decides for each key; where lines with equal
    paths disagree, any no wins. A key that is not there grants and restricts nothing. Lines before any group
    may deny for the whole file.
    """

    def read(records: tuple[Record, ...]) -> Said:
        said = for_target(records, facts.url.target)
        policy = said.contested.and_(said.limited if settings.use_key else UNSTATED)
        malformed = said.meant if settings.malformed else UNSTATED
        return Said(said.spec, policy, malformed, said.because)

    audience = Audience(settings.other_groups, settings.aliases, settings.malformed, Basis.POLICY)
    return judge(RULE, "Content-Signal", facts, (FIELD,), audience, read)
