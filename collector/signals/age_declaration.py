"""age-de.xml (label format for age classification in telemedia, 3.0): from which age a site says it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from collector.document.xml import local_name, parse_xml

PATH = "/age-de.xml"
MAX_BYTES = 64_000  # the format's own limit is 50 kB
MAX_LABELS = 1_000
_ROOT = "age-declaration"
_EVERYTHING = frozenset(("", "*", ".*", "^.*$", "/", "/*", "/.*"))


@dataclass(frozen=True, slots=True)
class Label:
    """One label of the file. `whole`: it covers all of the site, as far as that can be told from its scope."""

    age: int
    whole: bool


@dataclass(frozen=True, slots=True)
class AgeDeclaration:
    """What the file says. `default`: the age of whatever no label covers."""

    default: int | None = None
    labels: tuple[Label, ...] = ()

    @property
    def site_age(self) -> int | None:
        """The age of the site as a whole: its label, else its default; None where it states neither."""
        whole = [label.age for label in self.labels if label.whole]
        return max(whole) if whole else self.default


@lru_cache(maxsize=64)
def read_age_declaration(body: bytes) -> AgeDeclaration | None:
    """§5.2 and §5.6: the default age and the labels that stand in the file itself. None where it is no such file.

    Never raises; bounded. Scopes are regular expressions of strangers: they are not run, and only those that
    plainly mean everything are taken for the whole site.
    """
    root = parse_xml(body[:MAX_BYTES]) if b"<!" not in body.replace(b"<!--", b"") else None
    if root is None or local_name(root) != _ROOT:
        return None
    default = None
    labels: list[Label] = []
    for element in root.iter():
        name = local_name(element)
        if name == "default-age" and default is None:
            default = _age(element.text)
        elif name == "label" and local_name(_parent(element)) == "labeltype-xmlfile" and len(labels) < MAX_LABELS:
            label = _label(element)
            if label is not None:
                labels.append(label)
    return AgeDeclaration(default, tuple(labels))


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _label(element: etree._Element) -> Label | None:
    ages: list[int] = []
    scopes: list[str] = []
    for child in element.iter():
        if local_name(child) in ("age", "min-age"):
            age = _age(child.text)
            ages += [] if age is None else [age]
        elif local_name(child) in ("scope", "url"):
            scopes.append((child.text or "").strip())
    if not ages:
        return None
    return Label(max(ages), not scopes or not _EVERYTHING.isdisjoint(scopes))


def _age(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else None
