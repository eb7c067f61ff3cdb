"""Rule `age_declaration`: sites that say in age-de.xml that they are for adults."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.rules.facts import SiteFacts
from collector.rules.rule import Needed
from collector.signals.age_declaration import MAX_BYTES, PATH, read_age_declaration
from collector.signals.site_file import Reach
from collector.signals.site_files import at_path

RULE = "age_declaration"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.age_declaration]`."""

    age: int = 18  # years; a site that is meant from here on is refused
    top_level_domains: tuple[str, ...] = ("de",)  # where the file is asked for: it is a German standard


def needs(facts: SiteFacts, settings: Settings) -> tuple[Needed, ...]:
    """The file, on hosts where it may be expected."""
    if facts.url.host.rpartition(".")[2] not in settings.top_level_domains:
        return ()
    return (Needed(PATH, MAX_BYTES, own_domain=True),)


def age_declaration(facts: SiteFacts, settings: Settings) -> Finding:
    """Does the site say in age-de.xml that all of it is for adults?

    The label of the whole site counts, else the default age. A label for a part of the site is told and refuses
    nothing: its scope is a regular expression, and pages of that part carry labels of their own (`self_label`).
    A file that is missing or cannot be read says nothing.
    """
    file = at_path(facts.files, PATH, facts.url)
    if file is None:
        return no_objection(RULE, "no age-de.xml was asked for")
    if file.reach is not Reach.AVAILABLE:
        return no_objection(RULE, "the site has no age-de.xml that can be read")
    read = read_age_declaration(file.body)
    if read is None:
        return no_objection(RULE, "what the site answers for age-de.xml is none")
    record = f"record {file.record_id}" if file.record_id is not None else ""
    evidence = (Evidence(file.url, file.digest, record),)
    age = read.site_age
    if age is not None and age >= settings.age:
        reason = f"age-de.xml declares the site to be for people from {age} years"
        return Finding(RULE, Verdict.DENY, reason, basis=Basis.POLICY, evidence=evidence)
    parts = sum(1 for label in read.labels if label.age >= settings.age)
    more = f"; {parts} of its labels, for parts of the site, are for {settings.age} and more" if parts else ""
    reason = f"age-de.xml declares the site to be for people from {age or 0} years{more}"
    return Finding(RULE, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=evidence)
