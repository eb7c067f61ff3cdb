"""Bank details beside the IBAN: account, sort code, bank code, routing number, BIC, each only behind its word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, words
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.checksum import is_valid

KIND = "bank_account"

_BETWEEN = (
    r"(?:\s?(?:(?:no|nr|num|number|nummer|code)\b\.?|#|n[°º])){0,2}(?:\s(?:is|was|ist|est|es|è"
    r"|jest))?[\s:.#=()\-]{0,6}"
)
_ACCOUNT = re.compile(
    rf"\b(?:bank account|account (?:number|no\b|nr\b|#)|acct\b|a/c\b|(?:checking|savings|current|deposit"
    rf"|giro) account|kontonummer|konto-?nr|kto\b"
    rf"|konto\b|numéro de compte|compte bancaire|número de cuenta|cuenta bancaria|numero di conto|conto corrente"
    rf"|c/c\b"
    rf"|numer konta|rachunek|nr rachunku|rekeningnummer|rekening|bankkonto){_BETWEEN}"
    rf"(?P<number>\d(?:[ -]?\d){{5,27}})(?![\w]|[.,]\d|%)",
    re.IGNORECASE,
)
_SORT_CODE = re.compile(rf"\bsort[ -]?code{_BETWEEN}(?P<number>\d{{2}}[ -]?\d{{2}}[ -]?\d{{2}})(?!\d)", re.IGNORECASE)
_BANK_CODE = re.compile(
    rf"\b(?:blz|bankleitzahl|abi|cab|bank code|code banque)\b{_BETWEEN}(?P<number>\d{{5}}"
    rf"|\d{{3}} ?\d{{3}} ?\d{{2}})(?!\d)",
    re.IGNORECASE,
)
_ROUTING = re.compile(rf"\b(?:routing|aba|rtn)\b{_BETWEEN}(?P<number>\d{{9}})(?!\d)", re.IGNORECASE)
_BIC = re.compile(
    rf"\b(?:[Bb][Ii][Cc]|[Ss][Ww][Ii][Ff][Tt])(?:[ /-]{{0,3}}(?:[Bb][Ii][Cc]|[Ss][Ww][Ii][Ff][Tt]))?\b{_BETWEEN}"
    r"(?P<number>[A-Z]{4} ?[A-Z]{2} ?[A-Z0-9]{2}(?: ?[A-Z0-9]{3})?)(?![A-Za-z0-9])"
)
_DIGIT = re.compile(r"\d")
_RULES = (
    (_ACCOUNT, "bank_account_named"),
    (_SORT_CODE, "bank_sort_code"),
    (_BANK_CODE, "bank_code"),
    (_ROUTING, "bank_routing"),
    (_BIC, "bank_bic"),
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the numbers, without the words before them."""
    figured = _DIGIT.search(text, start, end) is not None
    for pattern, rule in _RULES:
        if not figured and pattern is not _BIC:
            continue
        for match in pattern.finditer(text, start, end):
            number = re.sub(r"[ -]", "", match["number"])
            if pattern is _ROUTING and not is_valid("us.rtn", number):
                continue
            if pattern is _BIC and not is_valid("bic", number):
                continue
            yield Span(match.start("number"), match.end("number"), KIND, rule, number)


RECOGNIZER = Recognizer(
    KIND,
    "Account numbers, sort codes, bank codes, routing numbers and BICs",
    "a word directly before them; ABA check digit and ISO 9362 structure where there is one",
    (
        words(
            r"(?:account|\bacct\b|\ba/c\b|konto|\bkto\b|\bcompte\b|\bcuenta|\bconto\b|\bc/c\b|rachun|rekening"
            r"|\bsort[ -]?code"
            r"|\bblz\b|bankleitzahl|\babi\b|\bcab\b|bank code|code banque|\brouting|\baba\b|\brtn\b|\bbic\b"
            r"|\bswift\b)",
            before=40,
            after=120,
        ),
    ),
    find,
)
