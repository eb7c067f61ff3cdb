"""What an entry is about, canonical; and how wide it may be before anybody has proven anything."""

from __future__ import annotations

from dataclasses import dataclass

from collector.lists.entry import Kind, canonical
from collector.lists.plain import kind_of
from collector.lists.suffixes import is_public_suffix, registrable_domain
from collector.model.addresses import parse_address
from collector.model.errors import ListError, RegistryError
from collector.registry.entry import PLACES, RegistryEntry, ScopeKind

_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Scope:
    """`host` and `path` are as `lists.entry.canonical` answers; both empty for what is no place of the web."""

    kind: ScopeKind
    value: str
    host: str = ""
    path: str = ""

    @property
    def page(self) -> str:
        """The one path that speaks for it: `/a/` where the prefix was written so, else `/a`; `/` for a host."""
        folder = self.kind is ScopeKind.PREFIX and self.value.endswith("/")
        return f"{self.path}/" if folder else self.path or "/"

    @property
    def covers_all_of_host(self) -> bool:
        """Whether the whole host is meant."""
        return self.kind in {ScopeKind.HOST, ScopeKind.SUBTREE}


def read_scope(value: str, kind: ScopeKind | None = None) -> Scope:
    """The scope that `value` means; a bare host is its subtree. Raises RegistryError, with the mend."""
    text = value.strip()
    try:
        if kind is None:
            kind = ScopeKind(kind_of(text, Kind.SUBTREE).value)
        if kind not in PLACES:
            return Scope(kind, _plain_text(text))
        bare = text.removeprefix("*.") if kind is ScopeKind.SUBTREE else text
        host, path = canonical(Kind(kind.value), bare)
    except ListError as error:
        raise RegistryError(error.message, mend=error.mend) from error
    return Scope(kind, bare, host, path)


def scope_of(entry: RegistryEntry) -> Scope:
    """The scope of an entry that was read before. Raises RegistryError where somebody else wrote it wrongly."""
    return read_scope(entry.scope_value, entry.scope_kind)


def _plain_text(text: str) -> str:
    if not text or len(text) > _MAX_TEXT or not text.isprintable():
        raise RegistryError("an entry is empty, too long, or holds control characters")
    return text


def check_width(scope: Scope, *, whole_suffix: bool) -> None:
    """A whole public suffix needs its holder's confirmation. Raises RegistryError."""
    if scope.kind is ScopeKind.SUBTREE and is_public_suffix(scope.host) and not whole_suffix:
        raise RegistryError(
            f"{scope.host} is a public suffix: every site below it would be refused",
            mend="name the site, or confirm with --whole-suffix that the suffix's own holder objects",
        )


def too_wide_to_protect(scope: Scope, popular: frozenset[str] = frozenset()) -> str:
    """Why an unproven word alone must not take this off the crawl, so that nobody knocks out others' sites; or ''."""
    if scope.kind is ScopeKind.CIDR:
        return "a network is protected once it is verified, not before"
    if scope.kind not in PLACES:
        return ""
    if is_public_suffix(scope.host):
        return f"{scope.host} is a public suffix"
    domain = registrable_domain(scope.host)
    if domain in popular and scope.kind is not ScopeKind.URL:
        return f"{domain} is among the most visited sites: it is protected once control is verified"
    return ""


def authorised_by(host: str) -> tuple[str, ...]:
    """The host and its parents up to the registrable domain: whoever controls one of them speaks for the host."""
    if parse_address(host) is not None:
        return (host,)
    top = registrable_domain(host) or host
    labels = host.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    return tuple(parent for parent in parents if parent == top or parent.endswith(f".{top}"))
