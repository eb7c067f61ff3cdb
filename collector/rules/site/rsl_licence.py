"""Rule `rsl_licence`: the RSL licence documents that robots.txt names."""

from __future__ import annotations

from collector.model.decision import Evidence, Finding
from collector.rules.facts import SiteFacts
from collector.rules.licensed import Settings, documents_named, finding_of, judge_named
from collector.rules.rule import Needed
from collector.signals.rsl_associations import in_robots

RULE = "rsl_licence"


def needs(facts: SiteFacts, settings: Settings) -> tuple[Needed, ...]:
    """The licence documents that robots.txt names for us."""
    return documents_named(in_robots(facts.robots_txt, facts.product_token, facts.url), settings)


def rsl_licence(facts: SiteFacts, settings: Settings) -> Finding:
    """What the RSL 1.0 documents named by `License:` lines of robots.txt permit, prohibit and ask for.

    The lines of the groups that apply to us count, else those of no group (§4.4). In a document a narrower
    scope speaks before a broader one, a prohibition holds against a permit of the same licence, and what is
    missing from a list of permits is not permitted; a licence that permits without conditions is enough.
    Payment, a licence server, users, places and reports are conditions: unmet, they deny. A document that is
    named and cannot be had, or is not conformant, licenses nothing; texts of Creative Commons are recorded
    and mean no refusal. Robots.txt rules stay what they are: the use `fetch` is not spoken of.
    """
    robots = facts.robots
    carrier = Evidence(robots.url, robots.digest)
    found = in_robots(facts.robots_txt, facts.product_token, facts.url)
    judged = judge_named(found, facts.files, facts.url, settings, carrier=carrier, now=facts.now)
    return finding_of(RULE, "licence named in robots.txt", judged, "robots.txt names no RSL licence for us")
