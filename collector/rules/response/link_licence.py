"""Rule `link_licence`: the RSL licence documents that the Link header field names."""

from __future__ import annotations

from collector.model.decision import Evidence, Finding
from collector.rules.facts import ResponseFacts
from collector.rules.licensed import Settings, documents_named, finding_of, judge_named
from collector.rules.rule import Needed
from collector.signals.rsl_associations import in_headers

RULE = "link_licence"


def needs(facts: ResponseFacts, settings: Settings) -> tuple[Needed, ...]:
    """The licence documents that an answer with content names."""
    if not 200 <= facts.status < 300:
        return ()
    return documents_named(in_headers(facts.headers, facts.url), settings)


def link_licence(facts: ResponseFacts, settings: Settings) -> Finding:
    """What RSL documents named by `Link: <…>; rel="license"; type="application/rsl+xml"` say of this page.

    RSL §4.5, judged as in `rsl_licence`, by the settings of `[rules.rsl_licence]`. A document that was named
    and is not at hand licenses nothing (§4.3). Links of another type, or of another context than the page,
    are no RSL.
    """
    found = in_headers(facts.headers, facts.url)
    judged = judge_named(found, facts.files, facts.url, settings, carrier=Evidence("header"), now=facts.now)
    return finding_of(RULE, "licence named in the Link field", judged, "no Link field names an RSL licence")
