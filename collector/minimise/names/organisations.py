"""Whose a contact is: what a document gives as an organisation's is a class of its own, which a policy may keep.

The values alone decide, so that a number that JSON-LD gives as a company's is the company's in the text as well. A
value that the document also gives as a person's is the person's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from collector.minimise.engine.span import Span
from collector.minimise.names import gazetteer
from collector.minimise.names.persons import Names
from collector.minimise.recognizers import email

# What stands in the text for a contact of each kind; the counts name the class, `org_contact`, for all of them.
TOKENS = {
    "email": "org_contact",
    "phone": "org_phone",
    "iban": "org_iban",
    "bank_account": "org_iban",
    "address": "org_address",
    "coordinates": "org_place",
}
MAX_VALUES = 1_000  # of one document
_TELLING = 8  # digits at the end of a telephone number that say which one it is, however it begins
_SHORTEST = 6  # letters and figures of a street

_WORD = re.compile(r"[^\W\d_]+")
_NOT_TOLD = re.compile(r"[\W_]+")
_BEFORE, _BEHIND = 200, 120  # characters around an account number in which its holder stands
_HOLDER = re.compile(
    r"(?:konto ?inhaber(?:in)?|account (?:holder|name|owner)|name of (?:the )?account|titulaire(?: du compte)?|titular"
    r"|intestat[oai]\w{0,4}(?: a)?|beneficiar\w{1,3}|bénéficiaire|posiadacz rachunku|odbiorca|rekeninghouder"
    r"|ten name van|t\.?n\.?v\.?|begünstigte[rn]?|empfänger(?:in)?|payee|recipient)\b\s{0,2}[:.]?\s{0,2}",
    re.IGNORECASE,
)
_HOLDER_ENDS = re.compile(r"[\n|;]|\biban\b", re.IGNORECASE)
_LEGAL_FORM = re.compile(
    r"\b(?:g?GmbH|mbH|AG|KGaA|KG|OHG|UG|e\.\s?V\.|eV|eG|e\.\s?G\.|GbR|Ltd|LLC|LLP|PLC|plc|Inc|Corp|CIC|CIO|S\.?A\.?S?"
    r"|S\.?A\.?R\.?L|ASBL|S\.?r\.?l|S\.?p\.?A|ONLUS|ETS|APS|S\.?L|ONG|B\.?V|N\.?V|VZW|vzw|Sp\. z o\.\s?o|S\.A)(?!\w)"
    r"|(?i:\b(?:stiftung|verein|verband|förderkreis|gemeinde|kirche|genossenschaft|foundation|charity|trust|association"
    r"|society|church|council|university|universit\w{1,4}|museum|institut\w{0,2}|fondation|asociación|fundación"
    r"|associazione|fondazione|stowarzyszenie|fundacja|stichting|vereniging|kerk|parafia|club|bank)\b)"
)
_GIFTS = re.compile(
    r"spende|donation|donate|\bdonor|gift aid|fundrais|\bdons?\b|faire un don|donativo|donacion|donaci[oó]n|donazion"
    r"|erogazion|darowizn|wsparci|\bgift(?:en|e)?\b|doneer|donatie|geschäftskonto|vereinskonto|business account"
    r"|mitgliedsbeitr|kontributi|membership fee",
    re.IGNORECASE,
)


@dataclass(slots=True, repr=False)
class Organisations:
    """The contacts of organisations in one document, in the normal forms of their recognizers. Raw: memory only."""

    _theirs: set[tuple[str, str]] = field(default_factory=set)
    _personal: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self._theirs)

    def add(self, kind: str, value: str) -> None:
        """The document gives `value` as an organisation's."""
        if len(self._theirs) < MAX_VALUES and (told := _told(kind, value)):
            self._theirs.add((kind, told))

    def add_personal(self, kind: str, value: str) -> None:
        """The document gives `value` as a person's, whoever else it names with it."""
        if len(self._personal) < MAX_VALUES and (told := _told(kind, value)):
            self._personal.add((kind, told))

    def take_accounts(self, text: str, spans: list[Span]) -> None:
        """Account numbers in `spans` of `text` beside which an organisation, or a request for gifts, stands.

        What is taken out itself tells nothing: without it, a second run would judge otherwise.
        """
        accounts = [span for span in spans if span.kind in ("iban", "bank_account")]
        if not accounts:
            return
        parts: list[str] = []
        position = 0
        for span in spans:
            if not self.hold(span.kind, span.value):
                parts += (text[position : span.start], " " * (span.end - span.start))
                position = span.end
        staying = "".join([*parts, text[position:]])
        for span in accounts:
            if is_an_organisations(staying, span.start, span.end):
                self.add(span.kind, span.value)

    def hold(self, kind: str, value: str) -> bool:
        """Whether `value` is an organisation's: by what the document says, or a mailbox that names a function."""
        told = _told(kind, value)
        if (kind, told) in self._personal:
            return False
        if kind == "email" and email.is_role(value):
            return True
        if (kind, told) in self._theirs:
            return True
        if kind != "address" or len(told) < _SHORTEST:
            return False
        streets = [known for at, known in self._theirs if at == kind]
        return any(known in told or told in known for known in streets)


def _told(kind: str, value: str) -> str:
    """What says which value it is, however it is written; nothing where it says too little."""
    if kind == "phone":
        digits = "".join(filter(str.isdigit, value))
        return digits[-_TELLING:] if len(digits) >= _TELLING else digits
    if kind == "email":
        return value.strip().casefold()
    told = _NOT_TOLD.sub("", value).casefold()
    return told if kind != "address" or len(told) >= _SHORTEST else ""


def is_persons_mailbox(address: str, names: Names) -> bool:
    """Whether the local part names somebody, whatever the mailbox is declared as: `jane.doe@`, `j.doe@`."""
    local = address.partition("@")[0]
    if next(names.find_spelled(local), None) is not None:
        return True
    return any(len(word) > 1 and gazetteer.is_given(word.capitalize()) for word in _WORD.findall(local))


def is_an_organisations(text: str, start: int, end: int) -> bool:
    """Whether the account number at `start` to `end` is one of an organisation.

    What is said of its holder decides; where nothing is, a legal form, or a word for gifts, in the same paragraph.
    """
    before = text[max(0, start - _BEFORE) : start]
    before = before[before.rfind("\n\n") + 1 :]
    behind = text[end : end + _BEHIND].partition("\n\n")[0]
    for part in (behind, before):
        if holder := _HOLDER.search(part):
            name = part[holder.end() : holder.end() + 80]
            return _LEGAL_FORM.search(_HOLDER_ENDS.split(name, maxsplit=1)[0]) is not None
    return any(pattern.search(part) is not None for part in (before, behind) for pattern in (_GIFTS, _LEGAL_FORM))
