"""ai.txt as Spawning publishes it (2023): the grammar of robots.txt, with file types where robots has paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from posixpath import splitext

from collector.model.decision import Verdict
from collector.model.url import Url
from collector.signals import robots_reader
from collector.signals.excerpt import excerpt
from collector.signals.path_pattern import Hit, PathRules, Rule, compile_rules
from collector.signals.percent import normalise_target
from collector.signals.product_token import ANY, key_of

MAX_BYTES = 64_000

_PAGES = ("html", "htm", "php")  # what a page of HTML is called where its address has no file type
_TEXTS = ("txt", "md")  # such a page is text, too: these may refuse it, and not permit it
_MADE_AS_PAGES = frozenset(("html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "jspx", "cgi", "cfm"))
_OTHER_FILES = frozenset(
    """txt text md rst csv tsv json xml pdf doc docx odt rtf tex epub ppt pptx xls xlsx ods log
    jpg jpeg png gif webp svg bmp tif tiff ico avif heic mp3 wav ogg oga flac m4a aac mp4 m4v webm mov avi mkv mpg mpeg
    js mjs css py c h cpp cc java go rs rb ts tsx jsx sh sql ipynb zip gz bz2 xz 7z tar rar woff woff2
    ttf otf""".split()
)
_FILE_TYPE = re.compile(rb"\*?\.[A-Za-z0-9]{1,10}\$?")


@dataclass(frozen=True, slots=True)
class AiTxtMatch:
    """What the file says of one address. `verdict` None: nothing."""

    verdict: Verdict | None = None  # ALLOW or DENY
    line: int | None = None  # 1-based
    text: str = ""  # `Disallow: *.html`
    reads_as: str = ""  # the file type that decided where the address has none
    malformed: bool = False  # written as `.html` and not as `*.html`


@dataclass(frozen=True, slots=True)
class AiTxt:
    """A parsed file. Build it with `read_ai_txt`."""

    allows: PathRules
    disallows: PathRules
    groups: bool = True  # a user agent with at least one rule stands in it; else it is another format of that name
    mended: frozenset[int] = frozenset()  # lines that say `.html` where `*.html` is meant

    def match(self, url: Url) -> AiTxtMatch:
        """The longest match, Disallow where two are equal.

        At the site gate nobody knows the media type: an address without a file type is taken for a page of
        HTML, so that `*.html`, `*.htm` and `*.php` decide over it beside paths, and `*.txt` and `*.md` may
        refuse it where those say nothing.
        """
        own = [(url.target, "")]
        stem, suffix = splitext(url.path)
        kind = suffix[1:].lower()
        if kind in _MADE_AS_PAGES:
            own += [(f"{stem}.{name}", name) for name in ("html", "htm", kind)]
        elif kind in _OTHER_FILES:
            return self._longest([*own, (f"{stem}.{kind}", "")])
        else:
            stem = f"{url.path}index" if url.path.endswith("/") else url.path
            own += [(f"{stem}.{name}", name) for name in _PAGES]
        found = self._longest(own)
        if found.verdict is None and kind not in _MADE_AS_PAGES:
            as_text = self._longest([(f"{stem}.{name}", name) for name in _TEXTS])
            if as_text.verdict is Verdict.DENY:
                return as_text
        return found

    def _longest(self, readings: list[tuple[str, str]]) -> AiTxtMatch:
        best: tuple[int, bool] = (0, False)
        found = AiTxtMatch()
        for target, name in readings:
            octets = normalise_target(target)
            for hit in (self.allows.best(octets), self.disallows.best(octets)):
                if hit is not None and (hit.octets, not hit.allow) > best:
                    best = (hit.octets, not hit.allow)
                    found = self._told(hit, name)
        return found

    def _told(self, hit: Hit, reads_as: str) -> AiTxtMatch:
        text = f"{'Allow' if hit.allow else 'Disallow'}: {excerpt(hit.pattern, 200)}"
        verdict = Verdict.ALLOW if hit.allow else Verdict.DENY
        return AiTxtMatch(verdict, hit.line, text, reads_as, hit.line in self.mended)


@lru_cache(maxsize=64)
def read_ai_txt(body: bytes, token: str) -> AiTxt:
    """The groups for `token`, else those for `*`. Never raises, whatever the octets; linear time; 64 KB are read."""
    text, _ = robots_reader.octets_of(body[:MAX_BYTES])
    groups = [group for group in robots_reader.read(text).groups if group.keys and group.rules]
    key = key_of(token)
    ours = [group for group in groups if key in group.keys] or [group for group in groups if ANY in group.keys]
    written = [rule for group in ours for rule in group.rules]
    rules = [rule._replace(pattern=_pattern(rule)) for rule in written]
    return AiTxt(
        compile_rules([[rule for rule in rules if rule.allow]]),
        compile_rules([[rule for rule in rules if not rule.allow]]),
        groups=bool(groups),
        mended=frozenset(rule.line for rule in written if not rule.allow and rule.pattern.startswith(b".")),
    )


def _pattern(rule: Rule) -> bytes:
    """File types compare without case; where one lacks its star, a Disallow is plainly meant, an Allow is not."""
    if not _FILE_TYPE.fullmatch(rule.pattern):
        return rule.pattern
    star = b"" if rule.allow or rule.pattern.startswith(b"*") else b"*"
    return star + rule.pattern.lower()
