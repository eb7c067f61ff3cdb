"""Rule `disallow_ai_training`: the DisallowAITraining and AllowAITraining rules of robots.txt."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Finding
from collector.model.uses import UNSTATED, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.usage_records import Audience, Said, judge
from collector.signals.disallow_ai_training import FIELDS, Answer, for_target
from collector.signals.robots_reader import Record

RULE = "disallow_ai_training"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.disallow_ai_training]`."""

    malformed: bool = True  # `DisallowAITraining: yes` denies for all paths; so do misspelt user-agent lines
    other_groups: bool = True  # where our own group holds none: what `*` and training crawlers are denied counts
    aliases: tuple[str, ...] = ("Scrapy",)  # what a group that names one of them denies, counts


def disallow_ai_training(facts: SiteFacts, settings: Settings) -> Finding:
    """Whether robots.txt denies AI training for this URL by DisallowAITraining (an expired draft, still in use).

    draft-canel-robots-ai-control: matched like Allow and Disallow in the group that RFC 9309 selects; the
    longest path decides, and a denial where two are equal. No standard binds us to it: every denial is our policy.
    """

    def read(records: tuple[Record, ...]) -> Said:
        match = for_target(records, facts.url.target)
        meant = Uses.denying(Use.TRAIN) if match.meant and settings.malformed else UNSTATED
        because = match.because + (match.meant if meant is not UNSTATED else ())
        match match.answer:
            case Answer.DENIED:
                return Said(policy=Uses.denying(Use.TRAIN), because=because)
            case Answer.ALLOWED:
                return Said(spec=Uses.allowing(Use.TRAIN), malformed=meant, because=because)
            case Answer.SILENT:
                return Said(malformed=meant, because=because)

    orphans = Basis.MALFORMED_RESTRICTIVE if settings.malformed else None
    audience = Audience(settings.other_groups, settings.aliases, settings.malformed, orphans)
    return judge(RULE, "DisallowAITraining", facts, FIELDS, audience, read)
