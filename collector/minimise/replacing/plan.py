"""What minimising does with each kind of personal data under a policy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.minimise.engine.span import KINDS, OPTIONAL
from collector.minimise.names import name_models
from collector.minimise.names.asked import Persons
from collector.minimise.replacing.becoming import GENERALISED, RANDOMISED
from collector.model.errors import PolicyError
from collector.policy.policy import Minimise, Treatment

ORG_CONTACT = "org_contact"  # whatever kind it is of: see `organisations`
SETTABLE = (*KINDS, ORG_CONTACT)
_DEFAULTS = {kind: Treatment.KEEP if kind in OPTIONAL else Treatment.PLACEHOLDER for kind in SETTABLE}
# Kinds that no pattern finds alone: what is found, and because of what.
DECLARED: Mapping[str, tuple[str, str]] = {
    "person": (
        "Names of persons, in every spelling, all over the document",
        "the page declares them, a byline or a letter's line gives them, or lists of names do beside such places",
    ),
    "person_date": (
        "Exact dates that stand with a person: of what somebody wrote, of coming and dying",
        "the sentence or line of a name, a word of dying, or markup of a page that names its author",
    ),
    ORG_CONTACT: (
        "Contacts of organisations: a class of hits of other kinds, whose treatment goes before theirs",
        "a mailbox of a function; JSON-LD, microdata, a card of an organisation; an account's holder, a word for gifts",
    ),
}
ZONES, ALL, OFF = "zones", "all", "off"  # where listed names count: beside what names people, anywhere, nowhere


@dataclass(frozen=True, slots=True)
class Plan:
    """`treatments` holds every kind. `off` leaves everything as it came."""

    profile: str = "strict"
    treatments: Mapping[str, Treatment] = field(default_factory=lambda: dict(_DEFAULTS))
    names: str = ZONES
    ner: tuple[str, ...] = ()  # models that look for names in running text
    decades: bool = False  # a date of birth that is generalised becomes a decade
    key: bytes = field(default=b"", repr=False)  # of the campaign; needed for pseudonyms and noise only
    persons: Persons | None = field(default=None, repr=False, compare=False)  # who asked not to be named

    @property
    def off(self) -> bool:
        """Nothing is minimised (a policy says why)."""
        return self.profile == "off"

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that are taken out."""
        return frozenset(kind for kind in KINDS if self.treatments[kind] is not Treatment.KEEP)

    @property
    def keeps_org_contacts(self) -> bool:
        """Contacts of organisations stay."""
        return self.treatments[ORG_CONTACT] is Treatment.KEEP


STRICT = Plan()


KEYED = frozenset((Treatment.PSEUDONYM, Treatment.RANDOMISE))


def needs_key(minimise: Minimise) -> bool:
    """Whether a treatment rests on the campaign's key."""
    return not KEYED.isdisjoint(minimise.kinds.values())


def unfit(kinds: Mapping[str, Treatment], ner: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What does not fit of `[minimise.kinds]` and `[minimise] ner`: key below `[minimise]`, message, mend.

    A kind nobody recognises, a treatment that the kind has not, a model of names that is not installed.
    """
    for kind, treatment in kinds.items():
        where = ("kinds", kind)
        if kind not in _DEFAULTS:
            near = difflib.get_close_matches(kind, SETTABLE, n=1)
            yield where, f"no recognizer finds {kind!r}", f"did you mean {near[0]}?" if near else _one_of(SETTABLE)
        elif treatment not in (fitting := treatments_of(kind)):
            yield where, f"{kind} cannot be {treatment}d", _one_of(fitting)
    for model in ner:
        try:
            name_models.check((model,))
        except PolicyError as error:
            yield ("ner",), error.message, error.mend


def treatments_of(kind: str) -> tuple[Treatment, ...]:
    """What a policy may let `kind` become."""
    without = {Treatment.GENERALISE: GENERALISED, Treatment.RANDOMISE: RANDOMISED}
    return tuple(each for each in Treatment if each not in without or kind in without[each])


def _one_of(words: Sequence[str]) -> str:
    return f"one of {', '.join(words)}"


def plan_of(minimise: Minimise, key: bytes = b"", persons: Persons | None = None) -> Plan:
    """The plan for `[minimise]`, with the campaign's key where one is needed, and the registry's persons.

    `standard` keeps the contacts of organisations; `strict` keeps nothing.

    Raises PolicyError for a kind nobody recognises, for a treatment that the kind has not, and for a model of names
    that is not installed.
    """
    if minimise.profile not in ("strict", "standard", "off"):
        raise PolicyError(
            f"no profile {minimise.profile!r}", where="[minimise] profile", mend="strict, standard or off"
        )
    treatments = dict(_DEFAULTS)
    if minimise.profile == "standard":
        treatments[ORG_CONTACT] = Treatment.KEEP
    for at, message, mend in unfit(minimise.kinds, minimise.ner):
        raise PolicyError(message, where=f"[minimise] {'.'.join(at)}", mend=mend)
    for kind, treatment in minimise.kinds.items():
        if treatment in KEYED and not key:
            raise PolicyError(
                f"{treatment} needs a key that lives outside the collection, and none is set up",
                where=f"[minimise] kinds.{kind}",
                mend="use placeholder: it numbers alike values within a document and links nothing beyond it",
            )
        treatments[kind] = treatment
    return Plan(
        minimise.profile,
        treatments,
        minimise.names,
        ner=minimise.ner,
        decades=minimise.birth_dates == "decade",
        key=key,
        persons=persons,
    )
