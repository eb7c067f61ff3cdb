"""Streets in nine languages of other scripts, by their own words for one: `中山路12号`, `3丁目8番4号`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "address"

_LOOK_BACK = 60
_HAN = "[\u4e00-\u9fff]"
_KANA = "[\u3040-\u30ff\u4e00-\u9fff]"
_ARABIC = "[\u0600-\u06ff\u200c]"


@dataclass(frozen=True, slots=True)
class _Street:
    """`word` is looked for first; `before` is what belongs to the address before it, `behind` what does behind it.

    Where `either` is set, the number may stand on one side of the name or on the other, but must stand.
    """

    word: re.Pattern[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    either: bool = False


def _street(word: str, before: str, behind: str, *, either: bool = False) -> _Street:
    return _Street(re.compile(word), re.compile(rf"(?:{before})\Z"), re.compile(behind), either)


def _town(letter: str) -> str:
    """The town with its postal code before or behind it."""
    words = rf"{letter}{{2,15}}(?: {letter}{{2,15}}){{0,2}}"
    code = r"\d{4,7}(?:-\d{4,5})?(?!\d)"
    return rf"(?:[,،]?\s{{1,2}}(?:{code} {words}|{words} {code}))?"


_STREETS = (
    _street(
        r"[路街道巷弄段同]\d{1,6}[号號弄]",
        rf"(?:{_HAN}{{2,12}}[省市区區县縣镇鎮乡鄉村州盟] {{0,2}}){{0,4}}{_HAN}{{1,10}}",
        r"(?: ?\d{1,5}(?:室|楼|樓|栋|棟|层|層|单元|單元|座|号|號)| 公寓 \d{1,5}){0,3}"
        r"(?:,?\s\d{5,6} [\u4e00-\u9fff]{2,8})?",
    ),
    _street(
        r"\d{1,3}丁目\d{1,4}(?:番地?|-)(?:\d{1,4}号?)?",
        rf"(?:〒? ?\d{{3}}-\d{{4}}\s?)?(?:{_KANA}{{1,12}} ?){{0,4}}",
        rf"(?: ?{_KANA}{{1,12}}\d{{1,5}}号室)?(?:,?\s\d{{3}}-\d{{4}} {_KANA}{{2,12}})?",
    ),
    _street(
        r"[로길] ?\d{1,4}(?:-\d{1,3})?(?!\d)",
        r"(?:[가-힣]{1,8}[도시군구읍면] ){1,4}[가-힣\d.]{1,12}",
        r"(?: ?[가-힣]{1,8} ?\d{1,4}[동호층]){0,3}",
    ),
    _street(
        r"(?<!\w)(?:شارع|طريق|نهج|ساحة|ميدان|جولة|سكة|حظيرة|زنقة|درب|خیابان|کوچه|بلوار|میدان|گذرگاه|بزرگراه)(?!\w)",
        r"(?<![\w.,:])\d{1,5}[a-z]?,? ",
        rf"(?: (?:\d{{1,2}} )?{_ARABIC}{{1,15}}){{1,5}}(?P<number>[,،]? (?:پلاک |رقم )?\d{{1,4}}(?!\d)"
        rf"(?: {{1,2}}(?:طابق|شقة|واحد)(?: \d{{1,4}})?)?)?{_town(_ARABIC)}",
        either=True,
    ),
    _street(
        r"(?<!\w)(?:רחוב|רח['׳]|שדרות|שד['׳]|סמטת|כיכר|דרך)(?!\w)",
        r"(?<![\w.,:])\d{1,5}[a-z]?,? ",
        rf"(?: [א-ת\"'׳״-]{{1,15}}){{1,4}}?(?P<number>,? '?[א-ת]?\d{{1,4}}(?: ?[א-ת]['׳]?)?"
        rf"(?: \d{{1,4}} דירה)?(?!\d))?{_town('[א-ת]')}",
        either=True,
    ),
    _street(
        r"(?:ქუჩა|გამზირი|გზატკეცილი)(?!\w)",
        r"(?:[ა-ჰ.]{1,15} ){1,3}",
        rf"(?P<number>,? (?:N|№)? ?\d{{1,4}}(?: კორპ\. ?\d{{1,4}})?(?: ბინა \d{{1,4}})?){_town('[ა-ჰ]')}",
    ),
    _street(
        r"(?:փողոց|պողոտա|պող\.|փող\.)(?!\w)",
        r"(?:[Ա-Ֆա-և]{2,20}\s{1,2}){1,2}",
        rf"(?P<number>,? \d{{1,4}}(?:/\d{{1,3}})?(?: [Բբ]ն\. ?\d{{1,4}})?){_town('[Ա-Ֆա-և]')}",
    ),
    _street(
        r"(?:ถนน|ถ\.|ซอย|ซ\.)",
        r"(?<![\w.,:])\d{1,4}(?:/\d{1,4})? (?:หมู่ ?\d{1,3} )?",
        r" ?[\u0e00-\u0e7f]{2,24}(?: [\u0e00-\u0e7f.]{2,24}){0,4}(?: \d{5})?",
    ),
)
_ANY = re.compile("|".join(f"(?:{street.word.pattern})" for street in _STREETS))


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans from the region or the number before the street to the flat or the town behind it."""
    if not _ANY.search(text, start, end):
        return
    for street in _STREETS:
        for word in street.word.finditer(text, start, end):
            floor = max(0, word.start() - _LOOK_BACK)
            before = street.before.search(text[floor : word.start()])
            behind = street.behind.match(text, word.end())
            if behind is None or (before is None and not street.either):
                continue
            if street.either and before is None and behind["number"] is None:
                continue
            first = word.start() if before is None else floor + before.start()
            yield Span(first, behind.end(), KIND, "address_scripts", " ".join(text[first : behind.end()].split()))


RECOGNIZER = Recognizer(
    KIND,
    "Streets in Chinese, Japanese, Korean, Arabic, Persian, Hebrew, Thai, Georgian and Armenian: `中山路12号`",
    "the language's word for a street beside a number; in Korean with the town or province before it",
    (
        # characters beyond Latin-1 are question marks here
        Trigger(r"\?\? ?\d{1,5}", 130, 130),
        Trigger(r"\d{1,5}[ ,]{1,2}\?\?\?", 20, 130),
    ),
    find,
)
