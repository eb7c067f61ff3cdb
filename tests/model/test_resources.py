"""collector.model.resources: policies and block lists are found, and every file of them travels in the wheel."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from collector.model import resources
from collector.model.resources import resource_folder

ROOT = Path(resources.__file__).parent.parent.parent


@pytest.mark.parametrize(("name", "file"), [("policies", "strict-eu.toml"), ("blocklists", "taxonomy.toml")])
def test_found_where_the_package_lies(name: str, file: str) -> None:
    assert (resource_folder(name) / file).is_file()


def test_a_folder_that_is_nowhere_names_both_places() -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder 'none': neither .* nor .* is there"):
        resource_folder("none")


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="only a checkout has a pyproject.toml")
@pytest.mark.parametrize("name", ["policies", "blocklists"])
def test_every_file_is_package_data(name: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    package = ROOT / "collector"
    packed = {path.resolve() for glob in settings["package-data"]["collector"] for path in package.glob(glob)}
    files = {path for path in (ROOT / name).rglob("*") if path.is_file()}
    assert files
    assert files <= packed
