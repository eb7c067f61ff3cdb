"""Rule `feed_licence`: the RSL licence that a feed of the same site gave with the entry for this page."""

from __future__ import annotations

from collector.model.decision import Evidence, Finding
from collector.rules.facts import SiteFacts
from collector.rules.licensed import Judged, Settings, finding_of, judge_document, without_permission
from collector.signals.rsl import read_rsl
from collector.signals.rsl_associations import IN_FEED

RULE = "feed_licence"


def feed_licence(facts: SiteFacts, settings: Settings) -> Finding:
    """What `rsl:content` in the feed entry that led to this page permits, prohibits and asks for.

    RSL §4.7, judged as in `rsl_licence`, by the settings of `[rules.rsl_licence]`. Only feeds of the page's own
    registrable domain speak for it; what came over http, or is older than the document allows, may refuse and
    not permit.
    """
    file = facts.files.get(IN_FEED)
    judged: tuple[Judged, ...] = ()
    if file is not None:
        one = judge_document(read_rsl(file.body), facts.url, settings, Evidence(file.url, file.digest))
        expired = file.valid_until is not None and facts.now > file.valid_until
        if expired or (settings.https_only and not file.url.startswith("https:")):
            one = without_permission(one)
        judged = (one,)
    return finding_of(RULE, "licence in a feed", judged, "no feed gave an RSL licence for this page")
