"""The assessments a controller owes: skeletons with prompts, and which prompts of a filled one are unanswered."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One heading of an assessment, and what its answer should cover."""

    title: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """A document to fill in: questions in parts."""

    title: str
    preface: str
    parts: tuple[tuple[str, tuple[Question, ...]], ...]


LEGITIMATE_INTEREST = Assessment(
    "Legitimate interest assessment",
    "GDPR Art. 6(1)(f): three questions in this order. Where one cannot be answered, this is not the legal basis.\n"
    "Answer below each prompt; keep the headings. Have it dated and signed off at the end.",
    (
        (
            "1 Interest",
            (
                Question("Which interest", "Whose interest is it, and what is it exactly? Name the use of the texts."),
                Question("Why it is legitimate", "Is it lawful, clearly stated, real and present, not speculative?"),
                Question("Who benefits", "The controller, users, the public: and what would be lost without it?"),
            ),
        ),
        (
            "2 Necessity",
            (
                Question("Why the data is needed", "Why does the purpose need texts from these sources?"),
                Question(
                    "Less intrusive ways", "Which were looked at (licensed, synthetic, fewer sources) and why not them?"
                ),
                Question("Collection criteria", "Which sites, languages, formats, amounts: and what is left out, how?"),
                Question("Data minimisation", "Which personal data is taken out before storage, and what remains?"),
            ),
        ),
        (
            "3 Balancing",
            (
                Question(
                    "Whose data", "Which people may be met in the texts? Children, patients, other vulnerable people?"
                ),
                Question("What they expect", "Would they expect this use of what they or others published there?"),
                Question("Consequences", "What could it do to them: exposure, memorised data, wrong statements?"),
                Question("Special categories", "How is data of GDPR Art. 9 and 10 kept out, and what if some gets in?"),
                Question(
                    "Safeguards",
                    "Opt-outs honoured, sources refused, minimisation, security, retention, release delay.",
                ),
                Question("Rights", "How do people learn of it, object without giving reasons, and have data erased?"),
                Question("Result", "Do the interests of the people concerned override yours? Say why or why not."),
            ),
        ),
        (
            "4 Decision",
            (
                Question("Decided by", "Name or office, and date."),
                Question(
                    "Advice of the data protection officer", "What was advised and done about it; or: none appointed."
                ),
                Question("Next review", "Date, and what would bring it forward."),
            ),
        ),
    ),
)

DPIA_SCREENING = Assessment(
    "Data protection impact assessment: screening",
    "GDPR Art. 35. The European guidelines (WP 248 rev. 01, endorsed by the EDPB) name nine criteria; where two or\n"
    "more are met, an impact assessment is normally owed. Answer each with yes or no, and why.",
    (
        (
            "1 The nine criteria",
            (
                Question("Evaluation or scoring", "Are people evaluated, scored, profiled or predicted?"),
                Question("Automated decisions", "Are decisions with legal or similar effect taken automatically?"),
                Question("Systematic monitoring", "Are people observed systematically, also in public places online?"),
                Question("Sensitive data", "May special categories, offences or highly personal data be met?"),
                Question("Large scale", "How many people, how much data, for how long, from where?"),
                Question("Matching or combining", "Are data sets combined beyond what people would expect?"),
                Question("Vulnerable people", "Children, patients, employees, others who cannot easily object?"),
                Question("New technology", "Is technology used in a new way, such as training a generative model?"),
                Question("Preventing a right or service", "Does it keep people from a right, a service or a contract?"),
            ),
        ),
        (
            "2 Result",
            (
                Question("Criteria met", "How many, and which?"),
                Question("Conclusion", "Is an impact assessment carried out? If not, why not?"),
                Question("Decided by", "Name or office, and date."),
            ),
        ),
    ),
)

BLANK = "<answer>"


def skeleton(assessment: Assessment) -> str:
    """The document with every prompt and no answer, in Markdown."""
    lines = [f"# {assessment.title}", "", assessment.preface, ""]
    for part, questions in assessment.parts:
        lines += [f"## {part}", ""]
        for question in questions:
            lines += [f"### {question.title}", "", f"> {question.prompt}", "", BLANK, ""]
    return "\n".join(lines)


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LEAST = 2  # letters or digits: "no" is an answer, "-" is none


def unanswered(text: str, assessment: Assessment = LEGITIMATE_INTEREST) -> list[str]:
    """Titles of the questions that `text` leaves open or does not ask, in the assessment's order.

    An answer is whatever stands below the question's heading besides its prompt, quotes, comments and
    `<blanks>`; further headings of a lower level belong to it.
    """
    answers = _answers(_COMMENT.sub("", text[:2_000_000]))
    # The same title may stand in a document more than once; each part has its own, and all must be answered.
    return [
        question.title
        for _, questions in assessment.parts
        for question in questions
        if not all(_says_something(answer) for answer in answers.get(_folded(question.title), [""]))
    ]


def _answers(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    level, title, body = 0, "", list[str]()
    for line in text.splitlines():
        heading = _HEADING.match(line[:1_000])
        if heading is None or (title and len(heading[1]) > level):
            body.append(line)
            continue
        if title:
            found.setdefault(title, []).append("\n".join(body))
        level, title, body = len(heading[1]), _folded(heading[2]), []
        if level < _QUESTION_LEVEL:
            title = ""
    if title:
        found.setdefault(title, []).append("\n".join(body))
    return found


_QUESTION_LEVEL = 3


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())


def _says_something(answer: str) -> bool:
    said = "\n".join(
        line for line in answer.splitlines() if not line.lstrip().startswith(">") and not _HEADING.match(line[:1_000])
    )
    said = re.sub(r"<[^<>\n]{0,200}>|\b(?:TBD|to be (?:done|decided|filled in))\b", "", said, flags=re.IGNORECASE)
    return sum(character.isalnum() for character in said) >= _LEAST
