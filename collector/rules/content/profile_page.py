"""Rule `profile_page`: pages that are the profile of a person, by their own declaration."""

from __future__ import annotations

from collector.document.facts import PageFacts
from collector.model.decision import Finding
from collector.rules.content.marks import denied, flagged, passed
from collector.rules.facts import ContentFacts
from collector.rules.rule import NoSettings
from collector.signals.declared_types import read_declared_types

RULE = "profile_page"
CATEGORY = "social.profiles"
_CARDS = frozenset(("h-card", "vcard"))
_ACTOR = "application/activity+json"


def profile_page(facts: ContentFacts, settings: NoSettings) -> Finding:
    """Does the page declare itself as somebody's profile, and does a second mark agree?

    `og:type` profile and schema.org ProfilePage declare it; `profile:*` elements, an ActivityPub actor,
    `rel=me`, an hCard and a Person beside them agree. Both refuse the page (EDPB report on ChatGPT: public
    profiles are a source to leave out); one alone flags it: home pages of authors have a card too.
    """
    del settings
    declared, agreeing = _marks(facts.page)
    if declared and agreeing:
        return denied(RULE, f"the profile of a person: {declared} and {agreeing}", (declared, agreeing))
    if declared or agreeing:
        mark = declared or agreeing
        return flagged(RULE, f"perhaps the profile of a person: {mark} alone", CATEGORY, (mark,))
    return passed(RULE, "no mark of a profile")


def _marks(page: PageFacts) -> tuple[str, str]:
    types = page.once(read_declared_types).types
    declared = agreeing = ""
    for meta in page.metas:
        name = meta.property or meta.name
        if name == "og:type" and meta.content.strip().lower() in ("profile", "person"):
            declared = "og:type profile"
        elif name.startswith("profile:") and meta.content.strip():
            agreeing = agreeing or "profile:* elements"
    if "profilepage" in types:
        declared = declared or "schema.org ProfilePage"
    if not agreeing and any("alternate" in rel.split() and kind == _ACTOR for rel, kind, _ in page.link_rels):
        agreeing = "an ActivityPub actor"
    if not agreeing and any("me" in rel.split() for rel, _, _ in page.link_rels):
        agreeing = "rel=me"
    if not agreeing and _CARDS & page.element_ids:
        agreeing = "an hCard"
    if not agreeing and declared and "person" in types:
        agreeing = "schema.org Person"
    return declared, agreeing
