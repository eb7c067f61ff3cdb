"""The rules that no policy can switch off: it may tighten them, and add others."""

from __future__ import annotations

FLOOR = frozenset(
    {
        "access_barrier",
        "access_wall",
        "opted_out",
        "personal_url",
        "plain_request",
        "public_address",
        "robots_txt",
        "sensitive_domain",
        "suppressed",
    }
)
