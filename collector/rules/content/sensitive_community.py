"""Rule `sensitive_community`: places where people write of their own illness, orientation or faith."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.document.facts import PageFacts
from collector.lists.lexicon import lexicons
from collector.lists.page_triggers import seen_on
from collector.model.decision import Finding
from collector.rules.content.linkage import guess_languages, linkage
from collector.rules.content.marks import denied, flagged, guarded, passed
from collector.rules.facts import ContentFacts
from collector.signals.declared_types import forum_engine, read_declared_types

RULE = "sensitive_community"
_WRITTEN_BY_USERS = frozenset(
    "discussionforumposting qapage question answer comment socialmediaposting usercomments forumposting".split()
)
_MEDICAL = frozenset(
    """medicalwebpage medicalcondition medicalsymptom patient medicaltherapy medicalsignorsymptom
    medicalscholarlyarticle infectiousdisease drug medicalprocedure medicaltest""".split()
)
_MIN_WORDS = 30  # below that a share of words says nothing


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.sensitive_community]`."""

    terms: int = 5  # terms of one category on the page
    per_thousand: float = 5.0  # of every thousand words
    categories: tuple[str, ...] = ("health", "orientation", "religion")


def sensitive_community(facts: ContentFacts, settings: Settings) -> Finding:
    """Do users write here, and is it about a special category (schema.org type, or the words of the page)?

    A type of user content or a forum engine says that users write; a medical type, or terms of a lexicon beyond
    `terms` and `per_thousand`, say of what. Both together refuse the page: two kinds of evidence, as no host
    name gives. Orientation and religion need a sentence by which somebody speaks of himself as well, since
    people also discuss history. Users alone flag the page as a forum; the words alone are an encyclopaedia.
    """
    page = facts.page
    declared = page.once(read_declared_types).types
    users = next(iter(sorted(declared & _WRITTEN_BY_USERS)), "") or forum_engine(page, facts.url.path)
    if not users:
        return passed(RULE, "nothing says that users write here")
    medical = next(iter(sorted(declared & _MEDICAL)), "")
    community, subject = ("health.forum", medical) if medical else _subject(page, settings)
    if not community:
        return flagged(RULE, f"users write here ({users})", "social.forums", (users,))
    marks = (users, subject)
    if guarded(facts.url, community):
        return flagged(RULE, f"users write here ({users}) on {subject}; the source is guarded", community, marks)
    return denied(RULE, f"users write here ({users}) on {subject}: {community}", marks)


def _subject(page: PageFacts, settings: Settings) -> tuple[str, str]:
    """The community's category and how it was told, or two empty strings."""
    words = page.words
    if len(words) < _MIN_WORDS:
        return "", ""
    for lexicon in lexicons().categories:
        if lexicon.category not in settings.categories or not lexicon.community:
            continue
        for code in guess_languages(words, page.html_lang):
            terms = lexicon.terms.get(code)
            counted = len(terms.spans(words)) if terms else 0
            if counted < settings.terms or counted * 1_000 < settings.per_thousand * len(words):
                continue
            if (
                lexicon.category != "health"
                and lexicon.category not in linkage(page.read_text, page.html_lang, seen_on(page)).own
            ):
                continue
            return lexicon.community, f"words of the category {lexicon.category}"
    return "", ""


def _own(page: PageFacts) -> Mapping[str, int]:
    """The categories that people speak of as their own."""
    return linkage(page.read_text, page.html_lang, seen_on(page)).own
