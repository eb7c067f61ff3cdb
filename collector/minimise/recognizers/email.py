"""E-mail addresses: plain, with `[at]` and `dot` in words, percent-encoded, with an entity for the `@`.

Every pattern starts at the sign that makes it an address and looks a bounded way to both sides, because the
usual `local@domain` expression is quadratic on a page of `a!a!a!…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.handle import FEDIVERSE, LONGEST_HANDLE

KIND = "email"

# Scripts that write no spaces: an address inside such a sentence ends where its own letters end.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
_LETTER = rf"[^\W{_UNSPACED}]"
_LOCAL = re.compile(rf"(?:{_LETTER}|[\u0300-\u036f.!#$%&'*+\-/=?^`{{|}}~]){{1,64}}")  # RFC 5321 §4.5.3.1.1: 64 octets
_WIDE_LOCAL = re.compile(rf"[{_UNSPACED}]{{1,64}}")  # RFC 6531
_QUOTED = re.compile(r'"[^"\n\r]{1,64}"')
_LABEL = rf"(?:[^\W_{_UNSPACED}]|_)(?:[^\W_{_UNSPACED}]|-|_){{0,62}}"
_TLD = r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}(?![A-Za-z0-9])|[^\W\d_\x00-\x7f]{2,24})"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,9}}{_TLD}|[{_UNSPACED}]{{1,30}}\.{_TLD}|\[(?:\d{{1,3}}\.){{3}}\d{{1,3}}\]")

_AT_WORDS = "at|ät|æt|arroba|arobase|chiocciola|apenstaartje|klammeraffe|malpa|małpa|zavináč|kukac|собака"
# The letters that they begin with, told before any of them is tried.
_AT_LETTERS = r"AaCcKk\u212aMmZz\xe4\xc4\xe6\xc6\u0441\u0421"
_DOT_WORDS = "dot|punkt|punto|point|ponto|punt|kropka|точка|tečka"
_BRACKET_AT = re.compile(
    rf"[\[({{<|*_][\[({{<|*_]?\s?(?=[{_AT_LETTERS}@])(?:{_AT_WORDS}|@)\s?[\])}}>|*_]{{1,2}}", re.IGNORECASE
)  # john [at] example.org, john_at_example_dot_org
_CODED_AT = re.compile(r"[&%\\](?:#0{0,5}64;?|#x0{0,4}40;?|commat;|(?:25){0,2}40|u0040)", re.IGNORECASE)
# Its first characters are told first: `re` finds one of a set in a tenth of the time of an alternative.
_SPACED_AT = re.compile(
    rf"[\s@-](?:(?<=\s)(?:\s?(?=[{_AT_LETTERS}-])(?i:{_AT_WORDS}|-at-)\s{{1,2}}|@\s{{0,2}})"
    r"|(?<=-)(?i:at-)|(?<=@)(?:\s{1,2}|(?=[^\s@]{1,63}[\s\[({<_-])))"
)
_BRACKET_DOT = rf"\s?[\[({{<]\s?(?:{_DOT_WORDS}|\.)\s?[\])}}>]\s?|[_-](?:dot|punkt|punto)[_-]"
_SPOKEN_DOT = rf"\s{{1,2}}(?:{_DOT_WORDS})\s{{1,2}}"
_ANY_DOT = re.compile(rf"{_BRACKET_DOT}|{_SPOKEN_DOT}", re.IGNORECASE)
_A_SPOKEN_DOT = re.compile(_SPOKEN_DOT, re.IGNORECASE)
_SPOKEN_DOMAIN = re.compile(
    rf"{_LABEL}(?:(?:{_BRACKET_DOT}|{_SPOKEN_DOT}|\.){_LABEL}){{0,6}}(?P<last>{_BRACKET_DOT}|{_SPOKEN_DOT}|\.){_TLD}",
    re.IGNORECASE,
)
_SPOKEN_LOCAL = re.compile(
    rf"{_LETTER}{{1,40}}(?:(?:{_BRACKET_DOT}|{_SPOKEN_DOT}|[.+_-]){_LETTER}{{1,40}}){{0,4}}\Z", re.IGNORECASE
)

# `logo@2x.png`, `package@1.2.js`: file names, no top-level domains.
_FILE_ENDINGS = frozenset(
    "avif bmp css gif htm html ico jpeg jpg js json jsx less map mjs mp3 mp4 otf pdf php png scss svg ts tsx ttf txt "
    "vue wasm webm webp woff woff2 xml yaml yml".split()
)
_BUILDS = frozenset("bundle chunk cjs debug dev esm es latest legacy min mjs mod module prod slim umd".split())
_ENGLISH = frozenset(("point", "punt"))  # dots in French and Dutch, and words of English sentences
_AFTER_POINT = frozenset("bzh ch com eu fr info net nl org quebec".split())
# What stands between `://` and the sign is a user's name and password, and `credential` takes it.
_USERINFO = re.compile(r"://[^\s/@:]{0,128}:[^\s/@]{1,160}\Z")
# "the special @example.org syntax" is a sentence, "jane.doe @example.org" a slip
_HALF_SPACED = re.compile(r"\s@")
_IS_NAMELIKE = re.compile(r"[^\W\d].*[._\d-]|[._-].*[^\W\d]")  # no number of a line before `@decorator.name`
_NO_DOMAIN = frozenset(("", " ", "\n", "@", "(", "{", "/", ".", ",", ";", ":", ">", "<"))
_IN_CODE = ("(", "_", "[")  # what goes on as a call or a name
_TRIM = ".!#$%&'*/=?^`{|}~-+"


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of addresses in `text`, overlaps included."""
    position = text.find("@", start, end)
    while position >= 0:
        span = _around_sign(text, position)
        if span is not None:
            yield span
        position = text.find("@", position + 1, end)
    for signs in (_BRACKET_AT, _CODED_AT, _SPACED_AT):
        yield from _spelled_out(text, signs, start, end)


def has_spoken_dot(text: str) -> bool:
    """Whether a dot is written as a word between spaces: `example dot org`."""
    return _A_SPOKEN_DOT.search(text) is not None


def _is_handle(text: str, start: int, end: int) -> bool:
    """Whether an `@` before it makes it a name of the Fediverse, which its own recognizer takes whole."""
    if text[max(0, start - 1) : start] != "@" or end - start > LONGEST_HANDLE:
        return False
    handle = FEDIVERSE.match(text, start - 1)
    return handle is not None and handle.end() == end


def _around_sign(text: str, at: int) -> Span | None:
    if text[at + 1 : at + 2] in _NO_DOMAIN:
        return None
    domain = _DOMAIN.match(text, at + 1, at + 256)
    if domain is None:
        return None
    name = _without_file_ending(domain[0])
    if not name or _USERINFO.search(text, max(0, at - 300), at):
        return None
    start = _local_start(text, at)
    if start is None or _is_handle(text, start, domain.start() + len(name)):
        return None
    return Span(start, domain.start() + len(name), KIND, "email_plain", f"{text[start:at]}@{name}".casefold())


def _without_file_ending(name: str) -> str:
    """The domain; of `example.org.png`, a file named after an address, its beginning; of `2x.png` nothing."""
    rest, _, ending = name.rpartition(".")
    if ending.lower() not in _FILE_ENDINGS:
        return name
    last = rest.rpartition(".")[2].lower()
    is_domain = "." in rest and rest[0].isalpha() and 2 <= len(last) <= 24 and last.isalpha()
    return rest if is_domain and last not in _FILE_ENDINGS and last not in _BUILDS else ""


def _local_start(text: str, at: int) -> int | None:
    window = text[max(0, at - 66) : at]
    if window.endswith('"'):
        opened = window.rfind('"', 0, -1)
        return at - len(window) + opened if opened >= 0 and _QUOTED.fullmatch(window, opened) else None
    backwards = window[::-1]
    found = _LOCAL.match(backwards) or _WIDE_LOCAL.match(backwards)
    if found is None:
        return None
    local = found[0][::-1]
    # `to=john@…`, `https://x/?mail=john@…`: the address starts behind the last of these
    cut = max(local.rfind(sign) for sign in "/=?&|{}") + 1
    local = local[cut:] or local  # /G=John/S=Doe/@x400.example: X.400 through a gateway (RFC 2156)
    if local.startswith(("%20", "%3A", "%3a", "%3D", "%3d", "%22", "%3C", "%3c")):
        local = local[3:]
    local = local.lstrip(_TRIM)
    return at - len(local) if local.rstrip(_TRIM) else None


def _spelled_out(text: str, signs: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    for sign in signs.finditer(text, start, end):
        gap = 1 if text[sign.end() : sign.end() + 1] == " " else 0
        domain = _SPOKEN_DOMAIN.match(text, sign.end() + gap, sign.end() + 256)
        if domain is None:
            continue
        # "look at example.org" is a sentence; "look at example dot org" is an address in disguise
        if _needs_disguise(sign[0]) and not _is_disguise(domain):
            continue
        if domain[0].rpartition(".")[2].lower() in _FILE_ENDINGS:
            continue
        if "@" in sign[0] and (sign[0] == "\n@" or text[domain.end() : domain.end() + 1] in _IN_CODE):
            continue  # a decorator, a product of matrices
        window = text[max(0, sign.start() - 90) : sign.start()]
        before = window.rstrip()
        local = _SPOKEN_LOCAL.search(before) if len(window) - len(before) < 3 else None
        if local is None or (_HALF_SPACED.fullmatch(sign[0]) and not _IS_NAMELIKE.search(local[0])):
            continue
        if sign[0].strip() == "AT" and not local[0].islower():
            continue
        first = max(0, sign.start() - 90) + local.start()
        value = f"{_plain(local[0])}@{_plain(domain[0])}"
        yield Span(first, domain.end(), KIND, "email_obfuscated", value.casefold())


def _needs_disguise(sign: str) -> bool:
    """Whether the sign alone says nothing: a word between spaces, or `@` itself (then `_around_sign` has judged)."""
    bare = sign.strip(" \t\r\n\x0b\x0c\u3000-_*")
    return sign == "@" or (sign[0] not in "[({<|" and bare.isalpha() and sign.strip() != "AT")


def _is_disguise(domain: re.Match[str]) -> bool:
    """Whether the last dot is a word. "at some point in the year" is a sentence, "at exemple point fr" an address."""
    dot = domain["last"].strip().lower()
    if dot in _ENGLISH:
        return domain[0][domain.end("last") - domain.start() :].lower() in _AFTER_POINT
    return any(character.isalpha() for character in dot)


def _plain(spelled: str) -> str:
    return _ANY_DOT.sub(".", spelled)


ROLE_NAMES = frozenset(
    """abuse accueil admin administration advertising billing bonjour booking bookings buero careers compliance contact
    contacto contato copyright customercare data-protection dataprotection datenschutz dmca dpo editor editorial
    enquiries feedback hallo hello help helpdesk hostmaster hr impressum info information inquiries jobs kontakt
    legal licence licences license licenses licensing mail marketing media news newsletter no-reply noreply
    office orders permissions postmaster presse press privacy redaction redaktion reception recht rights sales
    secretariat security sekretariat service shop staff support team tips verwaltung webmaster welcome""".split()
)


def is_role(address: str) -> bool:
    """Whether the local part names a function, not a person (`press@…`)."""
    return address.partition("@")[0].partition("+")[0].strip().lower() in ROLE_NAMES


_BEYOND = 262  # a domain name, RFC 1035 §2.3.4: 255 octets
RECOGNIZER = Recognizer(
    KIND,
    "E-mail addresses: plain, quoted, international, percent- or entity-encoded, spelled out in nine languages",
    "a domain with a top-level label; no file name; spelled out only with brackets or a dot in words",
    (
        # no domain has another sign within three characters: a page of nothing but signs calls nobody
        Trigger("@[^@]{3}", 104, _BEYOND),
        Trigger(r"(?:%(?:25)?(?:25)?|\\u00)40", 100, _BEYOND),
        Trigger(r"(?i)&(?:#x?0?0?0?0?0?[64][40]|commat)", 100, _BEYOND),
        Trigger(
            r"(?i)[\[({<|*_]\s?(?:at|[\xe4\xc4\xe6\xc6]t|arroba|arobase|chiocciola|apenstaartje|klammeraffe|ma[l?]pa"
            r"|zavin\xe1\?|kukac|\?{6})\s?[\])}>|*_]",
            120,
            _BEYOND,
        ),
        Trigger(
            r"(?i)[\s\[({<_-](?:dot|punkt|punto|point|ponto|punt|kropka|te\?ka)[\s\])}>_-]", _BEYOND + 110, _BEYOND
        ),
        Trigger(r"[a-z0-9]\s\?{5}\s[a-z]", _BEYOND + 110, _BEYOND),
        Trigger(r"[a-z0-9]\sAT\s[a-z0-9]", 110, _BEYOND),
    ),
    find,
)
