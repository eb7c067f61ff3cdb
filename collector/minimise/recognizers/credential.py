"""Credentials in running text: user and password in a URL, token parameters, a password that is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span, is_placeholder

KIND = "credential"

_USERINFO = re.compile(r"://([^\s/@:\"'<>]{0,128}:[^\s/@\"'<>]{1,160})@")
_REACH = 295  # from the sign back to `://`
_PARAMETER = re.compile(
    r"[?&;](?:(?:access|auth|id|refresh|session|csrf|reset)?[_-]?token|api[_-]?key|access[_-]?key|client[_-]?secret"
    r"|phpsessid|jsessionid|sessionid|session_id|sid|password|passwd|pwd|auth|signature|sig)="
    r"([A-Za-z0-9._~+/%-]{8,512})",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:password|passwort|passwd|kennwort|passphrase|mot de passe|contraseña|parola d'ordine|hasło|wachtwoord"
    r"|senha)"
    r"(?:\s(?:is|was|to|ist|lautet|est|es|è"
    r"|jest))?(?=[\s:=\"'`«“])\s?[:=]?\s{0,2}[\"'`«“]?(?P<value>[^\s\"'`<>«»“”]{6,64})",
    re.IGNORECASE,
)
_MAYBE_DIGIT = re.compile(r"[0-9\x80-\U0010ffff]")  # what `_is_mixed` asks for
# What examples in manuals say.
_EXAMPLES = frozenset(
    ("user:password", "user:pass", "username:password", "user:passwd", "user:pw", "login:password", "name:password")
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the secret parts; of a URL never the host."""
    near = text.find("://", max(0, start - _REACH), end) >= 0
    at = text.find("@", start, end) if near else -1
    while at >= 0:
        scheme = text.rfind("://", max(0, at - _REACH), at)
        match = _USERINFO.match(text, scheme) if scheme >= 0 else None
        if match and match.end() == at + 1 and match[1].lower() not in _EXAMPLES and "[" not in match[1]:
            yield Span(match.start(1), match.end(1), KIND, "credential_userinfo", match[1])
        at = text.find("@", at + 1, end)
    if not _MAYBE_DIGIT.search(text, start, end):
        return
    for match in _PARAMETER.finditer(text, start, end):
        value = match[1].rstrip(".")
        if _is_mixed(value) and not is_placeholder(value):
            yield Span(match.start(1), match.start(1) + len(value), KIND, "credential_parameter", value)
    for match in _TOLD.finditer(text, start, end):
        value = match["value"].rstrip(".,;:!?)]}")
        if len(value) >= 6 and _is_mixed(value) and not any(sign in value for sign in "[(={"):
            yield Span(match.start("value"), match.start("value") + len(value), KIND, "credential_told", value)


def _is_mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


RECOGNIZER = Recognizer(
    KIND,
    "User and password in a URL, session and access tokens in its query, passwords that are told",
    "their place in the URL or the word before them; letters and digits mixed",
    (
        Trigger(r"://[^\s/@\x22'<>]+@", 1, 1),
        Trigger(
            r"(?i)[?&;][a-z_-]{0,12}(?:token|key|secret|sess(?:ion_?)?id|sid|passw(?:or)?d|pwd|auth|sig|signature)=",
            24,
            520,
        ),
        words(
            r"(?:passwor[td]|passwd|kennwort|passphrase|mot de passe|contrase[?\xf1]a|parola d'ordine|has[?]o"
            r"|wachtwoord|senha)",
            before=24,
            after=84,
        ),
    ),
    find,
)
