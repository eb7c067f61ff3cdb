"""National identifiers whose check digits fail, behind a word that can be of nothing else: the word is enough.

A mistyped number, one of another form than its country's today, one made up for an example: all of them look to
the reader like somebody's, and the word says so (personal-data §3.4: context and the way of writing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.begun import begun

# Words of several letters, in any case.
_WORDS = (
    r"(?i:social security (?:number|no\.?|nr|#|id)|national (?:insurance|identity|identification|id) (?:number"
    r"|no\.?|nr\.?|code)"
    r"|national id|ni (?:number|no\.?)|identity (?:card )?(?:number|no\.?)|(?:tax"
    r"|taxpayer) (?:payer )?identification (?:number|no\.?|code)"
    r"|(?:individual|personal) (?:taxpayer )?(?:identification |identity |registration |id |tax )?(?:number|code)"
    r"|tax (?:file |id )?number"
    r"|taxpayer registration number|(?:citizen|personal|resident) (?:id|identity)(?: card)?(?: number| no\.?)?"
    r"|nhs (?:number|no\.?)|pps (?:number|no\.?)|aadha{1,2}r(?: card)?(?: (?:number|no\.?))?|teudat zehut|my ?kad"
    r"|steuer-?(?:id|nummer|identifikationsnummer)|sozialversicherungs-?(?:nummer|nr\.?)|sv-?nummer"
    r"|rentenversicherungsnummer"
    r"|personalausweis-?(?:nummer|nr\.?)|ahv-?(?:nummer|nr\.?)|numéro (?:de sécurité sociale|fiscal|avs|national)"
    r"|n[°º] (?:de )?sécu(?:rité sociale)?|registre national|rijksregister(?:nummer)?|burgerservicenummer|sofinummer"
    r"|codice fiscale|person(?:al)?(?:nummer|number)|fødselsnummer|cpr-?(?:nummer|nr\.?)|henkilötunnus|hetu"
    r"|kennitala|isikukood"
    r"|asmens kodas|personas kods|rodné číslo|rodne cislo|személyi(?: igazolvány)?(?: ?szám\w{0,4})?"
    r"|adóazonosító(?: jel)?"
    r"|documento nacional de identidad|c[ée]dula(?: de (?:ciudadan[ií]a|identidad))?|número de (?:identidad"
    r"|identificación|contribuinte)"
    r"|cart[aã]o (?:de|do) cidad[aã]o|t\.?c\.? kimlik(?: no| numarası)?|nomor induk kependudukan)"
)
# Letters that are words in other languages, or of other things when written small.
_LETTERS = (
    r"SSN|DNI|NIE|NIF|NIPT|CURP|CUI[TL]|RUT|CPF|PESEL|CNP|BSN|OIB|EMŠO|JMBG|AMKA|EGN|CNIC|NRIC|NINO|AHV|AVS|NISS"
    r"|INSZ|NIK|SVNR|VSNR"
    r"|RČ|IRD|TFN|TCKN|UTR|SNILS|CPR(?=:|[ -]?nr)|MST|INN|PPSN|ITIN"
    r"|ΑΜΚΑ|ΑΦΜ|ЕГН|ЛНЧ|СНИЛС|ИНН|РНОКПП|ІПН|身份证号码?|身份证|身分證字號|주민등록번호"
    r"|マイナンバー|個人番号|ת\.ז\.?|מספר זהות|บัตรประชาชน"
)
_CONNECTED = (
    r"(?:[ -](?:(?i:number|no|nr|nummer|núm|num|numer)\b\.?|#|n[°º]))?"
    r"(?: (?:in|of|for) [A-Z]\w{2,20})?(?:\s(?:is|was|ist|lautet|est|es|è|jest|er|är|é)\b)?[\s:：#=()\-]{1,4}"
)
_LABELLED = re.compile(
    rf"(?<![\w-])(?:{_WORDS}|{_LETTERS}){_CONNECTED}"
    r"(?P<code>(?:[A-Z]{1,6}[ -]?)?\d[0-9A-Z]*(?:[ ./+-]{1,2}[0-9A-Z]{1,12}){0,6}(?:-?[A-Za-z]| [A-Z])?)(?![\w]|[-/]\d"
    r"|[.,]\d|%)"
)
_BEGINS = re.compile(r"[^\W\d_](?<![\w-].)")  # all of them with a letter, and a word
_NOT_A_NUMBER = re.compile(
    r"(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d|\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d\d?[./-]\d\d?"
)
_LAST_WORD = re.compile(r"[ -][0-9A-Z]+\Z")
FEWEST, FEWEST_DIGITS, MOST = 7, 5, 20  # characters without their separators


def labelled(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Begin and end of what stands behind such a word and is as long as such numbers are; time linear."""
    for match in begun(_LABELLED, _BEGINS, text, start, end):
        written = match["code"]
        while written and not _is_plausible(written):  # `12345678Z EXPIRES 2030`: further words are not the number
            shorter = _LAST_WORD.sub("", written)
            written = shorter if shorter != written else ""
        if written:
            yield match.start("code"), match.start("code") + len(written)


def _is_plausible(written: str) -> bool:
    bare = re.sub(r"[ ./+-]", "", written)
    last = re.split(r"[ -]", written)[-1]
    return (
        FEWEST <= len(bare) <= MOST
        and sum(map(str.isdigit, bare)) >= FEWEST_DIGITS
        and len(set(bare)) > 2
        and (len(last) == 1 or any(map(str.isdigit, last)))
        and not _NOT_A_NUMBER.fullmatch(written)
    )
