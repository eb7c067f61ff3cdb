"""Rule `sensitive_content`: special categories and children's ages that sentences tie to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collector.lists.lexicon import lexicons
from collector.lists.page_triggers import seen_on
from collector.model.decision import Finding
from collector.rules.content.linkage import Linkage, linkage
from collector.rules.content.marks import denied, flagged, guarded, passed
from collector.rules.facts import ContentFacts

RULE = "sensitive_content"
_TOLD = re.compile(r"(?<![\w-])([a-z][a-z_-]{0,40}) (\d{1,9})(?![\w.])")
_FLAG = "social.forums"  # the category of a flag where a lexicon names none


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.sensitive_content]`. Sentences per thousand words of the page."""

    own_per_thousand: float = 1.0  # people speak of themselves or of somebody close
    named_per_thousand: float = 5.0  # of a person who is named: news on public figures stay below
    categories: tuple[str, ...] = ()  # empty: every lexicon


def sensitive_content(facts: ContentFacts, settings: Settings) -> Finding:
    """Do sentences of the page tie a special category, an offence or a child's age to a person?

    GDPR Art. 9(1) and 10, recital 38. A term alone never counts: an encyclopaedia of illnesses passes whatever
    its length. What counts is a sentence in which the writer, somebody close to him, or a person who is named
    has, is or did it (lexicons: blocklists/lexicons). Above the settings' density the page is withheld, below it
    is flagged. The finding holds categories and counts, never words; the event keeps no URL.
    """
    page = facts.page
    found = linkage(page.read_text, page.html_lang, seen_on(page))
    wanted = frozenset(settings.categories) or frozenset(lexicon.category for lexicon in lexicons().categories)
    own = {category: count for category, count in found.own.items() if category in wanted}
    named = {category: count for category, count in found.named.items() if category in wanted}
    if not own and not named:
        return passed(RULE, "no sentence ties a special category to a person")
    told = ", ".join(
        f"{category} {own.get(category, 0) + named.get(category, 0)}" for category in sorted(own.keys() | named.keys())
    )
    marks = (f"sentences by category: {told}",)
    if _dense(found, sum(own.values()), settings.own_per_thousand) or _dense(
        found, sum(named.values()), settings.named_per_thousand
    ):
        categories = own.keys() | named.keys()
        communities = [_community(category) for category in categories]
        if all(community and guarded(facts.url, community) for community in communities):
            return flagged(RULE, f"special categories tied to persons ({told}); guarded source", communities[0], marks)
        return denied(RULE, f"special categories tied to persons: {told}", marks)
    first = _community(min(own.keys() | named.keys())) or _FLAG
    return flagged(RULE, f"few sentences tie a special category to a person: {told}", first, marks)


def categories_told(reason: str) -> Mapping[str, int]:
    """The categories and counts of sentences that a reason of this rule names; nothing where it names none."""
    known = {lexicon.category for lexicon in lexicons().categories}
    return {match[1]: int(match[2]) for match in _TOLD.finditer(reason[:400]) if match[1] in known}


def _dense(found: Linkage, sentences: int, per_thousand: float) -> bool:
    return sentences > 0 and sentences * 1_000 >= per_thousand * found.words


def _community(category: str) -> str:
    return next((one.community for one in lexicons().categories if one.category == category), "")
