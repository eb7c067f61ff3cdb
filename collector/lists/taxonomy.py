"""The categories of sensitive sources: the legal anchor, what is done by default, and why, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from collector.lists.match import Action
from collector.model.resources import resource_folder


class Stage(StrEnum):
    """The first moment at which a category plays a part."""

    PRE_REQUEST = "pre_request"  # the host alone tells
    POST_RESPONSE = "post_response"  # the page has to be seen
    EXPORT = "export"  # collected; a release may leave it out


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of source."""

    id: str
    anchor: str  # the legal text it rests on
    default: Action
    reason: str  # for the person who asks why a page was not collected
    stage: Stage = Stage.PRE_REQUEST
    unless_allowlisted: bool = False  # a guard can lift its denials: `deny-unless-allowlisted`


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of source that lists of the categories in `lifts` take in by mistake."""

    id: str
    lifts: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Categories and guards, by id."""

    version: str
    categories: Mapping[str, Category]
    guards: Mapping[str, Guard]


@lru_cache(maxsize=1)
def shipped() -> Taxonomy:
    """The taxonomy that travels with the program, guards included."""
    from collector.lists.taxonomy_file import read_taxonomy  # noqa: PLC0415  pydantic loads sockets; deciding code none

    return read_taxonomy(resource_folder("blocklists") / "taxonomy.toml")


def taxonomy() -> Mapping[str, Category]:
    """The categories that travel with the program, by id."""
    return shipped().categories
