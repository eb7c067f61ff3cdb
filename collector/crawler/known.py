"""What policies are held against beyond their form: kinds and what they may become, models, registrable domains."""

from __future__ import annotations

from collector.lists.suffixes import registrable_domain
from collector.minimise.replacing.plan import unfit
from collector.model.url import parse_url
from collector.policy.demands import Known


def _registered(domain: str) -> str:
    host = parse_url(f"http://{domain}/").host
    return registrable_domain(host) or host


KNOWN = Known(unfit, _registered)
