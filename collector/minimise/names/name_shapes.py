"""How a person's name looks in running text, and what speaks against a run of capitalised words being one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import gazetteer
from collector.minimise.names.author_field import is_person

_U = gazetteer._UPPER  # noqa: SLF001
WORD = rf"(?:(?:Dr|Prof|St)\.|[{_U}](?:[^\W\d_]|['\u2019\-](?=[^\W\d_])){{1,30}}|[{_U}]\.?)"
PART = r"(?:(?:von|van|der|den|de|del|della|di|da|dos|du|la|le|zu|bin|al|el|y)\s)"
NAME = rf"(?:{WORD}(?:[ \u00a0]{PART}{{0,2}}{WORD}){{0,3}})"
NICK = r"(?:[^\W_][\w.\-]{1,29})"

NOT_NICKS = frozenset(
    """the a an and or der die das den dem ein eine einer einem les la le los las el il lo un une uno una am im on at
    in for to by von mit und unserem unserer unser our us you me mir uns ihnen us all his her their its my de du des
    home share print email comments comment kommentare kommentar date datum posted tags tag category kategorie
    admin team more mehr here hier this that diese dieser dieses no not nicht it is are was each many most anyone
    anonymous anonym gast guest unknown staff redaktion about click subscribe view reply antworten link links
    january february march april may june july august september october november december""".split()
)
# No person is called so; what has one of these words is a firm, an office, a program or a heading.
_NOT_PERSONS = frozenset(
    """systems networks network technology technologies technologie consortium corporation laboratory laboratories lab
    labs research center centre zentrum solutions services service consulting international limited holdings holding
    industries electronics semiconductor semiconductors devices instruments graphics microsystems communications telecom
    interactive entertainment digital design designs publishing publishers partners ventures games studios works
    robotics analytics informatics computing computers computer engineering sciences science institut instituto istituto
    instytut department departement dept division office bureau agency administration government ministerie ministère
    federal regents trustees board commission council authority alliance association federation union society academy
    akademie faculty fakultät universidade universiteit uniwersytet politecnico polytechnic tecnologico
    owners holders holder owner maintainers hackers translators packagers volunteers friends users people
    plc oyj oy ab as asa nv bv sas sarl srl spa gbr ohg mbh kk pty pvt sp zoo
    microsoft google intel nokia oracle novell suse canonical mozilla adobe amazon facebook siemens nvidia cisco xerox
    motorola samsung fujitsu hitachi huawei debian ubuntu freebsd netbsd openbsd gnu creative commons hat packard
    trolltech digia collabora ibm amd arm hp att bsd mit python sphinx wordpress github gitlab
    programs program programme application applications package packages module modules interface application framework
    toolkit language standard standards specification protocol internet web www api sdk
    associates incorporated
    fundacja fondation fundación fondazione stichting vereniging associazione asociación asociacion stowarzyszenie
    towarzystwo zespół équipe equipo gruppo grupo projekt projet progetto proyecto uitgeverij verlag wydawnictwo
    éditions ediciones edizioni spółka firma gesellschaft genossenschaft verband
    theme themes template font fonts icon icons image images photo photos video videos page pages index search
    cookbook cuisine kitchen kitchens recipes recipe rezept rezepte recettes food foods cooking""".split()
)
_TITLE_CASE = re.compile(
    rf"(?:(?:Ma?c|O['\u2019]|D['\u2019]|De|Van|Le|La|Du|Di|Fitz)?[{_U}][^\W\d_{_U}]+(?:[-'\u2019][^\W\d_]+)*)\Z"
)
_INITIALS = re.compile(rf"(?:[{_U}]\.?-?){{1,3}}\Z")


_HYPHENATED = re.compile(r"\u2010\n\s+")


@dataclass(frozen=True, slots=True)
class Byline:
    """Characters `start` to `end` of the text are a person's name, as `spelt`. `sure`: the words before it say so.

    `guessed`: only its place and look do, so that it may be a firm's; it is no reason to rewrite an address.
    """

    start: int
    end: int
    name: str
    sure: bool
    guessed: bool = False


def spelt(name: str) -> str:
    """The name on one line, with single spaces: as it is written where lines have room."""
    return " ".join(_HYPHENATED.sub("", name).split())


def is_listed(words: Sequence[str]) -> bool:
    """Whether the first word that is no initial is a given name, or a part of it: `D. Richard Roe`, `Carl-Eric Roe`."""
    spelt = [word for word in words if len(word.rstrip(".")) > 1] or words
    return any(gazetteer.is_given(part) for part in (spelt[0].rstrip("."), spelt[0].partition("-")[0]))


def is_known(words: Sequence[str]) -> bool:
    """Whether a list holds the given name, or the family name beside one that may be a given name."""
    return is_listed(words) or (gazetteer.is_family(words[-1]) and gazetteer.may_be_given(words[0].rstrip(".")))


def is_organisation(words: Sequence[str]) -> bool:
    """Whether one of the words is a firm's, an office's or a heading's: `Park`, too, but in `Jane Park`."""
    bare = [word.strip(".,'\u2019").casefold() for word in words]
    if not _NOT_PERSONS.isdisjoint(bare) or not is_person(" ".join(words)):
        return True
    if not any(map(gazetteer.is_other, bare)):
        return False
    surname = len(bare) > 1 and gazetteer.is_family(bare[-1]) and not any(map(gazetteer.is_other, bare[:-1]))
    return not (surname and is_listed(words))


def is_shaped(words: Sequence[str], seen: WordsOf) -> bool:
    """Whether two to four words look like somebody's name, on no list or on one.

    Each begins with its only capital, or is an initial; `seen` are the document's words: one that writes the last word,
    or all of them, small as well means no person by them, unless a list knows it.
    """
    words = [word for word in words if not word.islower() and word not in ("Dr.", "Prof.", "St.")]
    if not 2 <= len(words) <= 4 or words[0].casefold() in NOT_NICKS or is_organisation(words):
        return False
    spelt = [word.rstrip(".") for word in words if not _INITIALS.match(word)]
    if not spelt or max(map(len, spelt)) < 3:
        return False
    if not all(map(_TITLE_CASE.match, spelt)):
        return False
    return gazetteer.is_family(spelt[-1]) or is_listed(words) or spelt[-1].lower() not in seen
