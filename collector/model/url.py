"""A URL as it will be requested: canonical by the WHATWG URL Standard, without fragment and trackers."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, fields
from functools import lru_cache

import can_ada

from collector.model.errors import UrlError

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_LENGTH = 8_192  # RFC 9110 §4.1 recommends that at least 8000 octets be supported

# Parameters that name a visitor or a campaign, never a page. They go before anything is stored.
TRACKING_PARAMETERS = frozenset(
    """_ga _gl _hsenc _hsmi dclid fbclid gad_source gbraid gclid gclsrc igsh igshid mc_cid mc_eid mkt_tok
    msclkid oly_anon_id oly_enc_id rb_clickid s_cid srsltid ttclid twclid vero_conv vero_id wbraid wickedid
    yclid ysclid""".split()
)
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_")

# UTS 46 §4: the four deviation characters that IDNA 2003 maps and IDNA 2008 keeps.
_DEVIATIONS = {ord("ß"): "ss", ord("ς"): "\u03c3", ord("\u200c"): None, ord("\u200d"): None}


@dataclass(frozen=True, slots=True)
class Origin:
    """RFC 6454 §4: scheme, host (ASCII, lower case) and port. The key of every site file."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """`https://example.org`, with the port where it is not the scheme's own."""
        shown = "" if DEFAULT_PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{self.host}{shown}"


@dataclass(frozen=True, slots=True)
class Url:
    """A parsed, canonical, fetchable URL. Build it with `parse_url`, never by hand."""

    href: str
    scheme: str
    host: str
    port: int
    path: str
    query: str
    credentials: bool

    def __str__(self) -> str:
        return self.href

    @property
    def origin(self) -> Origin:
        """The authority whose robots.txt binds this URL (RFC 9309 §2.3)."""
        return Origin(self.scheme, self.host, self.port)

    @property
    def target(self) -> str:
        """The request target, path and query: what robots.txt rules match (RFC 9309 §2.2.2)."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def host_forms(self) -> tuple[str, ...]:
        """The host under IDNA 2008 and, where it differs, under IDNA 2003, which older lists use."""
        return host_forms(self.host)


# Millions of URLs are parsed, and the constructor of a frozen dataclass takes twice as long as filling its slots.
_new = object.__new__
_set_href, _set_scheme, _set_host, _set_port, _set_path, _set_query, _set_credentials = (
    Url.__dict__[field.name].__set__ for field in fields(Url)
)


def parse_url(text: str, base: Url | None = None) -> Url:
    """Parse and canonicalise `text`, relative to `base` where given.

    WHATWG URL Standard, without the fragment, the trailing dot of the host, and tracking parameters.
    Raises UrlError for anything that is not an absolute http(s) URL with a host.
    """
    parsed, href, query = _parsed(text, base)
    scheme = parsed.protocol[:-1]
    port = parsed.port
    url = _new(Url)
    _set_href(url, href)
    _set_scheme(url, scheme)
    _set_host(url, parsed.hostname)
    _set_port(url, int(port) if port else DEFAULT_PORTS[scheme])
    _set_path(url, parsed.pathname)
    _set_query(url, query)
    _set_credentials(url, "@" in href and bool(parsed.username or parsed.password))
    return url


def absolute(text: str, base: Url) -> str:
    """`parse_url(text, base).href`: for who has thousands of links and needs no more of them."""
    return _parsed(text, base)[1]


def _parsed(text: str, base: Url | None) -> tuple[can_ada.URL, str, str]:
    """What `parse_url` says of `text`, its address and its query."""
    if len(text) > MAX_URL_LENGTH * 4:
        raise UrlError(f"URL of {len(text):,} characters", mend=f"URLs end at {MAX_URL_LENGTH:,} characters")
    try:
        parsed = _base(base.href) + text if base is not None else can_ada.parse(text)
    except (ValueError, TypeError) as exc:  # TypeError: half of a surrogate pair
        raise UrlError(f"not a URL: {text[:200]!r}", mend="write it as https://host/path") from exc
    scheme = parsed.protocol[:-1]
    if scheme not in DEFAULT_PORTS:
        raise UrlError(f"not an http or https URL: {text[:200]!r}", mend="only http and https are crawled")
    if "#" in text:
        parsed.hash = ""
    query = parsed.search[1:]
    if query:
        kept = _without_tracking(query)
        if kept != query:
            parsed.search = kept
            query = parsed.search[1:]
    host = parsed.hostname
    if host.endswith(".") and not host.startswith("["):
        host = host.rstrip(".")
        if not host:
            raise UrlError(f"no host in {text[:200]!r}", mend="write it as https://host/path")
        parsed.hostname = host
    href = parsed.href
    href = href.removesuffix("?")
    if len(href) > MAX_URL_LENGTH * 4:
        raise UrlError(f"URL of {len(href):,} characters", mend=f"URLs end at {MAX_URL_LENGTH:,} characters")
    return parsed, href, query


@lru_cache(maxsize=8)
def _base(href: str) -> can_ada.URL:
    """Never changed: what is added to it makes another."""
    return can_ada.parse(href)


atexit.register(_base.cache_clear)  # what outlives the interpreter, the binding reports as leaked on standard error


def _without_tracking(query: str) -> str:
    kept = []
    for pair in query.split("&"):
        name = pair.partition("=")[0].lower()
        if name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES):
            continue
        kept.append(pair)
    return "&".join(kept)


def host_forms(host: str) -> tuple[str, ...]:
    """The ASCII host, and its IDNA 2003 spelling where that is another host (UTS 46 §4)."""
    if "xn--" not in host:
        return (host,)
    try:
        unicode = can_ada.idna_decode(host.encode())  # type: ignore[arg-type]  # its stub says str
        older = can_ada.idna_encode(unicode.translate(_DEVIATIONS))
    except (ValueError, UnicodeError):
        return (host,)
    text = older.decode("ascii", "replace") if isinstance(older, bytes) else older
    return (host,) if not text or text == host else (host, text)
