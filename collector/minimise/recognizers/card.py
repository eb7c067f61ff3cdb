"""Payment card numbers: Luhn, an issuer's prefix, and either the printed grouping or a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.checksum import is_valid

KIND = "card"

_RUN = re.compile(r"(?<![A-Za-z0-9_.+])\d(?:[ -]?\d){11,40}(?![\w]|[.-]\d)")
_PRINTED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}")
_ABOUT_CARD = re.compile(
    r"card|credit|debit|visa|master ?card|amex|american express|maestro|discover|diners|kreditkarte|karten|carte"
    r"|tarjeta|carta|cartão|karta|karty|kaart|карт|\bcc\b|\bpan\b|\bcvv|\bcvc|expir",
    re.IGNORECASE,
)
_LOOK_BACK, _LOOK_ON = 60, 40
# ISO/IEC 7812: issuer identification numbers and the lengths they come in; JCB's as test data write them.
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|(?:1800|2131)\d{11}|62\d{14,17}|220[0-4]\d{12}|9792\d{12}|35\d{14}|0604\d{8,15}|(?:50|5[6-9]|6\d)\d{10,17}"
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of card numbers in `text`."""
    for run in _RUN.finditer(text, start, end):
        printed = _PRINTED.search(run[0])
        if printed and _is_number(printed[0]):
            yield _span(run.start() + printed.start(), printed[0], "card_printed")
        elif _is_number(run[0]) and (
            _ABOUT_CARD.search(text, max(0, run.start() - _LOOK_BACK), run.start())
            or _ABOUT_CARD.search(text, run.end(), run.end() + _LOOK_ON)
        ):
            yield _span(run.start(), run[0], "card_named")


def _span(start: int, written: str, rule: str) -> Span:
    return Span(start, start + len(written), KIND, rule, _digits(written))


def _digits(written: str) -> str:
    return written.replace(" ", "").replace("-", "")


def _is_number(written: str) -> bool:
    digits = _digits(written)
    return len(set(digits)) > 1 and bool(_ISSUER.fullmatch(digits)) and is_valid("luhn", digits)


RECOGNIZER = Recognizer(
    KIND,
    "Payment card numbers, 12 to 19 digits",
    "Luhn, an issuer's prefix with its lengths (ISO/IEC 7812), and the printed grouping or a word beside it",
    (Trigger(r"\d(?:[ -]?\d){11}(?:[^0-9]|$)", 110, 110),),
    find,
)
