"""Who owns the copyright: the persons behind `© 2011-2022,`, firms, projects and "contributors" beside them kept.

A claim is always followed by somebody, so that a name needs less to be one here than in prose: no list has to hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import gazetteer
from collector.minimise.names.name_shapes import NOT_NICKS, PART, WORD, Byline, is_known, is_listed, is_shaped, spelt

MAX_HOLDERS = 16  # of one claim

_MARK = r"(?:©|\([cC]\)|(?i:copyrighted|copyright)\b)"
_YEAR = r"(?:(?:19|20)\d\d(?:\s?[-\u2013/]\s?(?:\d{2,4}|(?i:present|now|today|heute|date)\b))?\+?)"
_BY = r"(?:(?i:by|von|par|por|di|da|door|przez|af|av|and|und|to)\b)"
CLAIM = re.compile(
    rf"{_MARK}(?:[\s:,;.\-\u2013]{{0,6}}(?:{_MARK}|{_YEAR}|{_BY})){{0,60}}(?:[:,;\-\u2013]?\s{{1,4}}){{0,3}}"
)
_HOLDER = re.compile(rf"{WORD}(?:[ \u00a0]{{1,2}}{PART}{{0,2}}{WORD}){{0,5}}")
_SMALL = re.compile(r"([^\W\d_]{2,20}) ([^\W\d_]{3,20})(?=\s{0,2}(?:[.|,<(]|$|\s\s))")
_PLAIN = re.compile(r"(?:©|\d{4}).{0,20}\Z")  # what `Copyright` alone before small letters is not: a claim
_SPAN = re.compile(r"\S+")
# Behind a name and no part of it: what a footer goes on with.
_STOPS = frozenset(
    """all alle alla tous toute todos tutti wszelkie some no rights reserved powered created built made generated
    licensed license licence last letzte revision version contact kontakt privacy terms impressum imprint designed
    design theme page source released distributed published updated website site home back top hosted permission this
    the documentation copyright redistribution see portions on in under and for from with free email mail e-mail
    tel phone datenschutz mentions aviso nota""".split()
)
_FIRM = re.compile(
    r"\s{0,2},?\s{0,2}(?:(?:Inc|Incorporated|Ltd|Limited|LLC|LLP|L\.L\.C|Corp|Co|GmbH|AG|KG|UG|e\.?\s?V|S\.?A|SARL|SAS"
    r"|S\.?r\.?l|S\.?p\.?A|B\.?V|N\.?V|Oyj?|AB|AS|A/S|plc|PLC|Pty|Sp\. z o|s\.r\.o|Foundation|Stiftung|University)\b"
    r"|(?:project|team|developers?|contributors|authors|community|group|foundation|and its)\b)"
)
_BESIDE = re.compile(
    r"(?:\s{0,2}(?:<[^<>\n]{1,80}>|\([^()\n]{1,60}\)|\[[^\[\]\n]{1,60}\]))?"
    r"\s{0,2}(?:[,;]\s{0,2}(?:(?:and|und|et|y|e|en|i|og|och)\s)?|[&/+]\s{0,2}|(?:and|und|et|y|e|en|i|og|och)\s)"
    rf"\s{{0,2}}(?:{_YEAR}[,\s]{{1,3}}(?:by\s)?)?"
)


def claims(line: str) -> Iterator[re.Match[str]]:
    """Every mark of copyright in the line, with years and `by` behind it; `(c)` alone counts points of a list."""
    return (claim for claim in CLAIM.finditer(line) if len(claim[0].rstrip()) > len("(c)") or claim[0][0] == "©")


def is_claim(line: str) -> bool:
    """Whether the line is nothing but a mark of copyright and years: whose it is says the line below."""
    claim = CLAIM.match(line)
    return claim is not None and claim.end() == len(line)


def find(line: str, position: int, at: int, seen: WordsOf) -> Iterator[Byline]:
    """The persons named from offset `at` of a line on; it begins at `position` of the text, whose words are `seen`."""
    small = _SMALL.match(line, at) if _PLAIN.search(line, max(0, at - 24), at) else None
    if small and small[0].islower() and gazetteer.is_given(small[1]) and small[1] not in NOT_NICKS:
        yield Byline(position + at, position + small.end(), spelt(small[0]), sure=False)
        return
    for _ in range(MAX_HOLDERS):
        found = _HOLDER.match(line, at)
        if found is None:
            return
        words = _kept(found)
        if words:
            end = words[-1].end()
            if not _FIRM.match(line, end) and _is_holder([word[0] for word in words], seen):
                name = line[at:end].rstrip(".,:;-")
                guessed = not is_known(name.split())
                yield Byline(position + at, position + at + len(name), spelt(name), sure=False, guessed=guessed)
        if words and words[-1].end() < found.end():
            return  # the footer goes on with something else
        beside = _BESIDE.match(line, found.end())
        if beside is None:
            return
        at = beside.end()


def _kept(found: re.Match[str]) -> list[re.Match[str]]:
    """The words of a holder before the first that only a footer has, particles at the end taken off."""
    words: list[re.Match[str]] = []
    for word in _SPAN.finditer(found.string, found.start(), found.end()):
        if word[0].rstrip(".").casefold() in _STOPS:
            break
        words.append(word)
    while words and words[-1][0].islower():
        words.pop()
    return words


def _is_holder(words: list[str], seen: WordsOf) -> bool:
    if len(words) == 1:
        return (
            len(words[0]) > 2
            and not words[0].isupper()
            and gazetteer.is_given(words[0])
            and words[0].casefold() not in NOT_NICKS
        )
    long = [word for word in words if len(word.rstrip(".")) > 1]
    if long and all(word.isupper() for word in long):
        words = [word.capitalize() for word in words]
        return is_listed(words) and is_shaped(words, seen)
    return is_shaped(words, seen)
