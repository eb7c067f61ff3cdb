"""What a requester is asked to publish or answer, and how an answer is compared."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import Strength
from collector.registry.scope import Scope, authorised_by

NAME = "corpus-optout"
WELL_KNOWN = f"/.well-known/{NAME}/"
VALID_FOR = timedelta(days=14)
RECHECK = timedelta(days=180)
MAX_ATTEMPTS = 10
ROLES = ("abuse", "hostmaster", "info", "postmaster", "privacy", "webmaster")  # RFC 2142, and who answers for data


class Method(StrEnum):
    """How control or identity is proven."""

    DNS_TXT = "dns_txt"
    WELL_KNOWN = "well_known"
    HTML_META = "html_meta"
    HTTP_HEADER = "http_header"
    EMAIL_ROLE = "email_role"
    DISCOVERED = "discovered"  # the site itself publishes the reservation
    SIGNED_STATEMENT = "signed_statement"
    MANUAL = "manual"


STRENGTH = {
    Method.DNS_TXT: Strength.CONTROL_VERIFIED,
    Method.WELL_KNOWN: Strength.CONTROL_VERIFIED,
    Method.HTML_META: Strength.CONTROL_VERIFIED,
    Method.HTTP_HEADER: Strength.CONTROL_VERIFIED,
    Method.EMAIL_ROLE: Strength.EMAIL_VERIFIED,
    Method.DISCOVERED: Strength.CONTROL_VERIFIED,
    Method.SIGNED_STATEMENT: Strength.CONTROL_VERIFIED,
    Method.MANUAL: Strength.IDENTITY_VERIFIED,
}
# What a site goes on publishing can be looked at again; a letter or a code was a moment.
LASTING = frozenset({Method.DNS_TXT, Method.WELL_KNOWN, Method.HTML_META, Method.HTTP_HEADER, Method.DISCOVERED})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen: the signal's own bytes, at most 4 KiB, and the digest of the whole answer."""

    kind: str
    source: str
    sha256: str
    head: str
    excerpt: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer of one check. `unknown`: the other side could not be asked, which says nothing either way."""

    ok: bool
    detail: str
    evidence: Evidence | None = None
    unknown: bool = False


def new_token(act: Act) -> str:
    """160 bits, in characters that every record, file name and header may hold."""
    return base64.b32encode(act.fresh(20)).decode().lower()


def new_code(act: Act) -> str:
    """Ten characters to be typed from an e-mail: 50 bits, and ten attempts."""
    return base64.b32encode(act.fresh(7)).decode()[:10]


def same(one: str, other: str) -> bool:
    """Compared in constant time; upper and lower case, and blanks around, do not matter."""
    left, right = (text.strip().casefold().encode("utf-8", "surrogatepass") for text in (one, other))
    return hmac.compare_digest(left, right)


def check_method(method: Method, scope: Scope) -> None:
    """Whether the method says anything about this scope. Raises RegistryError, with the mend."""
    if method is Method.MANUAL:
        return
    if not scope.host:
        raise RegistryError(f"{method} proves control of a site, and this is none", mend="use --method manual --note …")
    if scope.kind == "cidr":
        raise RegistryError("a network has no site that could be asked", mend="use --method manual --note …")
    if method is Method.HTML_META and scope.covers_all_of_host:
        raise RegistryError(
            "a tag in a page speaks for that page and what lies below it, not for a whole host",
            mend="use dns_txt, well_known or http_header, or object for host/path",
        )


def instructions(method: Method, scope: Scope, token: str) -> str:
    """What the requester has to do, in plain words; copied into an answer as it is."""
    host = scope.host
    match method:
        case Method.DNS_TXT:
            names = " or ".join(f"_{NAME}.{name}" for name in authorised_by(host))
            return f'publish a TXT record at {names} with the value "v=co1; t={token}"'
        case Method.WELL_KNOWN:
            return f"publish a file at https://{host}{WELL_KNOWN}{token} that holds {token}"
        case Method.HTML_META:
            return f'put <meta name="{NAME}" content="{token}"> into the head of https://{host}{scope.page}'
        case Method.HTTP_HEADER:
            return f'send the header field "{NAME}: {token}" with https://{host}{scope.page}'
        case Method.EMAIL_ROLE:
            return f"answer with the code that was sent to an address of {authorised_by(host)[-1]}"
        case Method.DISCOVERED:
            return f"nothing: what https://{host}/ publishes is read (tdmrep.json, robots.txt, header fields, tags)"
        case Method.SIGNED_STATEMENT:
            return (
                f'sign {{"host": "{host}", "token": "{token}"}} with the Ed25519 key whose public part stands in the '
                f'TXT record "v=co1; k=ed25519; p=<base64>" at _{NAME}.{authorised_by(host)[-1]}'
            )
        case Method.MANUAL:
            return "the keeper checks, and notes what was checked"
