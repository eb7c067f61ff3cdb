"""One finding from several readings of the same lines: what the standard says, what our policy adds, what was meant."""

from __future__ import annotations

from functools import lru_cache

from collector.model.decision import Basis
from collector.model.uses import UNSTATED, Permission, Uses


@lru_cache(maxsize=1_024)
def denials(uses: Uses) -> Uses:
    """Only what it denies: for a statement that may restrict us and grant us nothing."""
    return Uses.denying(*(use for use, permission in uses if permission is Permission.DENY))


@lru_cache(maxsize=4_096)
def layered(spec: Uses, policy: Uses = UNSTATED, malformed: Uses = UNSTATED) -> tuple[Uses, Basis]:
    """All readings hold at once; the basis is that of the weakest reading without which a denial would be missing.

    Of `policy` and `malformed` only denials count. Thus a finding never says `spec` of a denial that the
    standard does not know (specification of opt-out signals, §0).
    """
    uses, basis = spec, Basis.SPEC
    for added, weaker in ((policy, Basis.POLICY), (malformed, Basis.MALFORMED_RESTRICTIVE)):
        if added == UNSTATED:
            continue
        stricter = uses.and_(denials(added))
        if denials(stricter.closed()) != denials(uses.closed()):
            basis = weaker
        uses = stricter
    return uses, basis


@lru_cache(maxsize=1_024)
def told(uses: Uses, carrier: str) -> str:
    """`Content-Usage denies train and allows index`, or that it says nothing about a use."""
    denied = [use.value for use, permission in uses if permission is Permission.DENY]
    allowed = [use.value for use, permission in uses if permission is Permission.ALLOW]
    said = [f"denies {', '.join(denied)}"] if denied else []
    said += [f"allows {', '.join(allowed)}"] if allowed else []
    return f"{carrier} {' and '.join(said)}" if said else f"{carrier} says nothing that we know of a use"


MEANT = " (malformed, but plainly meant)"
