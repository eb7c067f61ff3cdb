"""Who asked not to be named: looked up by keyed hash, so that a worker holds no name, address or number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import RegistryError
from collector.model.key_file import KEY_BYTES
from collector.model.layout import Layout
from collector.registry.entry import Effect, ScopeKind
from collector.registry.in_force import PERSONS_FILE, PERSONS_KIND
from collector.registry.layered import read_layers
from collector.registry.person import canonical_identifier, digest_of_form, keyed, letters_of

PEPPER_FILE = "pepper.key"


def persons_in_force(layout: Layout) -> PersonList:
    """The organisation's list with its pepper. Raises RegistryError where there are persons and no pepper: it would
    match nobody, and those who asked would be collected.
    """
    path = layout.keys("registry") / PEPPER_FILE
    try:
        pepper = path.read_bytes()
    except FileNotFoundError:
        pepper = b""
    except OSError as exc:
        raise RegistryError(f"the registry's pepper cannot be read: {exc.strerror}", where=str(path)) from exc
    found = PersonList(layout.registry, pepper)
    if len(found) and len(pepper) != KEY_BYTES:
        raise RegistryError(
            "the registry names persons by keyed hash, and the key is not there",
            where=str(path),
            mend="put the registry's keys back ($COLLECTOR_KEYS); without them a person who asked would be collected",
        )
    return found


def persons_stamp(layout: Layout) -> tuple[int, int, int] | None:
    """Changes whenever the list does; None where there is none."""
    try:
        stat = (layout.registry / PERSONS_FILE).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


class PersonLine(BaseModel):
    """One person in force."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    effect: Effect
    entry: Annotated[str, Field(max_length=300)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: ScopeKind
    owner: Annotated[str, Field(max_length=300)] = ""
    scheme: str


class PersonList:
    """`find("email", "a@example.org")`: the entries that name this person. Immutable."""

    def __init__(self, folder: Path, pepper: bytes) -> None:
        """Raises RegistryError where the file is not whole; a registry without persons has an empty one."""
        path = folder / PERSONS_FILE
        self._pepper = pepper
        self._held: dict[str, tuple[PersonLine, ...]] = {}
        try:
            layers = read_layers(path, PERSONS_KIND)
        except FileNotFoundError:
            return
        except OSError as exc:
            raise RegistryError(f"the list of persons cannot be read: {exc.strerror}", where=str(path)) from exc
        for raw in (*layers.lower(), *layers.lines):
            try:
                line = PersonLine.model_validate_json(raw)
            except ValidationError as exc:
                raise RegistryError("a line of the list of persons cannot be read", where=str(path)) from exc
            self._held[line.hash] = (*self._held.get(line.hash, ()), line)

    def __len__(self) -> int:
        return sum(len(lines) for lines in self._held.values())

    def find(self, scheme: str, value: str) -> tuple[PersonLine, ...]:
        """The entries that name the person so written; empty where nobody asked, or the text is no such identifier."""
        if not self._held:
            return ()
        try:
            form = canonical_identifier(scheme, value)
        except RegistryError:
            return ()
        return self.find_form(scheme, form)

    def form(self, scheme: str, value: str) -> str:
        """`value` as it is hashed; empty where it is no identifier. A name's form is that of its words in a row."""
        if value.isascii() and value.isalnum() and scheme == "name":
            return value.lower()  # what nearly every word is, at a tenth of the cost
        try:
            return canonical_identifier(scheme, value)
        except RegistryError:
            return letters_of(value) if scheme == "name" else ""

    def find_form(self, scheme: str, form: str) -> tuple[PersonLine, ...]:
        """As `find`, for a form."""
        lines = self._held.get(keyed(self._pepper, digest_of_form(scheme, form)))
        return tuple(line for line in lines if line.scheme == scheme) if lines else ()
