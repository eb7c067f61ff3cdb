"""TDMRep policy documents (ODRL 2.2 as JSON-LD): who offers what on which terms. Read and recorded, never obeyed.

Hand-written: a JSON-LD processor would fetch the contexts that a stranger's document names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from collector.signals.excerpt import excerpt

MAX_BYTES = 512_000
CONTEXT = ("http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld")
PROFILE = "http://www.w3.org/ns/tdmrep"
_MOST = 64  # of a kind
_EXTRA = 400  # characters of all permissions told


@dataclass(frozen=True, slots=True)
class Offered:
    """One permission of the policy. It is an offer: to take it up is for people and a contract."""

    action: str  # `tdm:mine`
    target: str = ""
    duties: tuple[str, ...] = ()  # `obtainConsent`, `compensate`
    constraints: tuple[str, ...] = ()  # `purpose eq tdm:research`

    @property
    def told(self) -> str:
        """`tdm:mine (purpose eq tdm:research), duty compensate`."""
        terms = f" ({', '.join(self.constraints)})" if self.constraints else ""
        return f"{self.action}{terms}" + (f", duty {', '.join(self.duties)}" if self.duties else "")


@dataclass(frozen=True, slots=True)
class TdmPolicy:
    """What could be read. With a `fault` it is no policy of TDMRep, which changes nothing of the reservation."""

    uid: str = ""
    offers: tuple[Offered, ...] = ()
    named_assigner: bool = False  # whoever it is: contact data stay in the stored file
    fault: str = ""

    @property
    def told(self) -> str:
        """One line for the evidence."""
        if self.fault:
            return f"no readable TDMRep policy ({self.fault})"
        offers = excerpt("; ".join(offer.told for offer in self.offers), _EXTRA) or "nothing"
        return f"TDMRep policy {excerpt(self.uid, 200)} offers {offers}".replace("  ", " ")


@lru_cache(maxsize=32)
def read_tdm_policy(body: bytes) -> TdmPolicy:
    """The `Offer` of TDMRep §7 in `body`. Never raises; at most 512,000 bytes and 64 permissions.

    §7.2 wants both contexts, the profile and the type `Offer`; what lacks one is told with its fault. No context
    is fetched: names are taken as they are written.
    """
    if len(body) > MAX_BYTES:
        return TdmPolicy(fault=f"longer than {MAX_BYTES:,} bytes")
    try:
        given = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return TdmPolicy(fault="not JSON")
    if not isinstance(given, dict):
        return TdmPolicy(fault="not a JSON object")
    fault = _fault(given)
    offers = tuple(_offered(one) for one in _each(given.get("permission")) if isinstance(one, dict))
    return TdmPolicy(_name(given.get("uid")), offers, bool(given.get("assigner")), fault)


def _fault(given: Mapping[str, object]) -> str:
    contexts = {one for one in _each(given.get("@context")) if isinstance(one, str)}
    if not contexts.issuperset(CONTEXT):
        return "its contexts are not those of ODRL and TDMRep"
    if _name(given.get("@type") or given.get("type")).rpartition("/")[2] != "Offer":
        return "it is no Offer"
    if _name(given.get("profile")).rstrip("/#") != PROFILE:
        return "its profile is not that of TDMRep"
    return ""


def _offered(given: Mapping[str, object]) -> Offered:
    return Offered(
        action=_name(given.get("action")) or "an unnamed action",
        target=_name(given.get("target")),
        duties=tuple(
            _name(duty.get("action") if isinstance(duty, dict) else duty) or "an unnamed duty"
            for duty in _each(given.get("duty"))
        ),
        constraints=tuple(_constraint(one) for one in _each(given.get("constraint"))),
    )


def _constraint(given: object) -> str:
    if not isinstance(given, dict):
        return _name(given) or "an unnamed constraint"
    parts = (_name(given.get(key)) for key in ("leftOperand", "operator", "rightOperand"))
    return " ".join(part or "?" for part in parts)


def _name(given: object) -> str:
    """A text, or the identifier or value of an object."""
    if isinstance(given, dict):
        given = given.get("@id", given.get("@value", given.get("rdf:value")))
    if isinstance(given, list):
        given = given[0] if given else ""
    return excerpt(given, 200) if isinstance(given, str) else ""


def _each(given: object) -> Iterable[object]:
    if given is None:
        return ()
    return given[:_MOST] if isinstance(given, list) else (given,)
