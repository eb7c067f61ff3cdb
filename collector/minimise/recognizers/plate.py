"""Number plates of vehicles, behind a word that says so. Off unless a policy names a treatment for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, words
from collector.minimise.engine.span import Span

KIND = "plate"

_PLATE = re.compile(
    r"\b(?i:licen[cs]e plate|number ?plate|registration (?:plate|number|no)|vehicle registration|vrm|vrn"
    r"|kfz-kennzeichen|kennzeichen"
    r"|immatriculation|matrícula|matricula|targa|rejestracyjn\w{1,3}|kenteken)(?i:\s(?:no|nr|number|is|was|ist|est"
    r"|es|è))?[\s:.#=()\"'-]{0,6}"
    r"(?P<plate>[A-ZÄÖÜ0-9]{1,4}(?:[ -][A-ZÄÖÜ0-9]{1,4}){0,3})(?![\w])"
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of plates: four to nine letters and figures, both of them."""
    for match in _PLATE.finditer(text, start, end):
        code = re.sub(r"[ -]", "", match["plate"])
        if 4 <= len(code) <= 9 and any(map(str.isdigit, code)) and any(map(str.isalpha, code)):
            yield Span(match.start("plate"), match.end("plate"), KIND, "plate_named", code)


RECOGNIZER = Recognizer(
    KIND,
    "Number plates of vehicles (off by default)",
    "the word in seven languages directly before; letters and figures, four to nine",
    (
        words(
            r"(?:plate|registration|\bvr[mn]\b|kennzeichen|immatriculation|matr[i?\xed]cula|\btarga|rejestracyjn"
            r"|kenteken)",
            before=40,
            after=60,
        ),
    ),
    find,
)
