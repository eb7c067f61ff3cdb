"""The SURT key under which replay tools look a URL up: host reversed, case, session ids and order of parameters gone.

By hand because the `surt` package is AGPL; what is here was written from its observable behaviour and is
compared with it, as an outside program, in the tests.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes, urlsplit

_WWW = re.compile(r"www\d*\.")
_ESCAPES = {byte: f"%{byte:02x}" for byte in (*range(0x21), *b"#%", *range(0x7F, 0x100))}
_PLAIN = re.compile(r'[!"$&-~]*')  # nothing to undo or to escape: most paths
_MAX_UNESCAPES = 8  # `%252525…` is undone layer by layer; nobody needs more

# Session ids by parameter: exact shapes only, so that an ordinary `sid=12` stays.
# The value stands in a look-ahead, so that a match inside another match is found too: the last one counts.
_QUERY_SESSIONS = tuple(
    re.compile(rf"{name}=(?=({value}(?:&|\Z)))")
    for name, value in (
        ("jsessionid", r"[0-9a-z]{32}"),
        ("phpsessid", r"[0-9a-z]{32}"),
        ("sid", r"[0-9a-z]{32}"),
        (r"aspsessionid[a-z]{8}", r"[a-z]{24}"),
        ("cfid", r"(?:(?!cfid=)[^&])+&cftoken=[^&]+"),
    )
)
_ASP_SESSIONS = (
    re.compile(r"/\((?:[a-z]\([0-9a-z]{24}\))+\)(?=/)"),
    re.compile(r"/\([0-9a-z]{24}\)(?=/)"),
)


def surt(uri: str) -> str:
    """`com,example)/path?a=1&b=2` for an http(s) URI; any other URI (`urn:…`) is its own key.

    Linear in the URI; never raises. Scheme, default port, credentials, `www.`, fragment and trailing slash go;
    escapes are undone and rewritten in lower case; empty queries vanish, parameters are sorted.
    """
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _escape(uri.encode("utf-8", "replace"))
    if parts.scheme not in ("http", "https") or not host:
        return _escape(uri.encode("utf-8", "replace"))
    host = _WWW.sub("", host.rstrip("."), count=1) if _WWW.match(host) else host.rstrip(".")
    key = ",".join(reversed(host.split(".")))
    if port is not None and port != (443 if parts.scheme == "https" else 80):
        key += f":{port}"
    path, query = _path(parts.path), _query(parts.query)
    return f"{key}){path}?{query}" if query else f"{key}){path}"


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in _normal(path).split("/"):
        if segment == ".." and segments and segments[-1] != "..":
            segments.pop()
        elif segment not in ("", "."):
            segments.append(segment)
    joined = "/" + "/".join(segments)
    for pattern in _ASP_SESSIONS:
        page = joined.rfind(".aspx")
        found = [match for match in pattern.finditer(joined) if match.end() + 1 < page]
        if found:
            joined = joined[: found[-1].start()] + joined[found[-1].end() :]
    return joined


def _query(query: str) -> str:
    normal = _normal(query)
    for pattern in _QUERY_SESSIONS:
        found = list(pattern.finditer(normal))
        if found:
            normal = normal[: found[-1].start()] + normal[found[-1].end(1) :]
    if "&" not in normal:
        return normal
    return "&".join(sorted(normal.split("&"), key=lambda pair: pair.partition("=")[::2]))


def _normal(text: str) -> str:
    """Escapes undone until nothing changes, then the few that must stay, all in lower case."""
    if _PLAIN.fullmatch(text) is not None:
        return text.lower()
    data = text.encode("utf-8", "replace")
    for _ in range(_MAX_UNESCAPES):
        undone = unquote_to_bytes(data)
        if undone == data:
            break
        data = undone
    return _escape(data).lower()


def _escape(data: bytes) -> str:
    """Controls, space, `#`, `%` and everything outside ASCII."""
    return data.decode("latin-1").translate(_ESCAPES)
