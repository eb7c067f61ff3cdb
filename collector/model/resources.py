"""Where the ready policies and block lists lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

# `collector/resources/policies` is a link to `policies/` in a checkout and a folder of its own in a wheel.
_PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str) -> Path:
    """The folder `policies` or `blocklists`. Raises FileNotFoundError, naming the places, where it is nowhere."""
    inside, beside = _PACKAGE / "resources" / name, _PACKAGE.parent / name
    for place in (inside, beside):  # beside: a checkout on a file system without links
        if place.is_dir():
            return place.resolve()
    raise FileNotFoundError(f"no folder {name!r}: neither {inside} nor {beside} is there; install the package again")
