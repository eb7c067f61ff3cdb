"""Brings documentation of Debian and PyPI packages into the cache: downloaded and unpacked, never installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.realdocs import cache

MAX_BYTES = 2_000_000_000  # of everything that is unpacked
# Packages in whose documentation places, cards, identifiers and births do occur, and some about none of these.
DEBIAN = (
    "debian-faq", "debian-history", "exim4-doc-html", "geographiclib-doc", "geotranz-doc", "gnumed-doc",
    "gpsbabel-doc", "gramps", "grass-doc", "josm", "khal-doc", "khard", "ledgersmb", "libfolks-doc",
    "libgeocode-glib-doc", "libgeos-doc", "libjs-openlayers", "libreoffice-help-en-us", "lifelines-doc", "mapnik-doc",
    "mutt", "orthanc-doc", "python-astroplan-doc", "python-astropy-doc", "python-astroquery-doc", "python-django-doc",
    "python-geoalchemy2-doc", "python3-stdnum", "stellarium", "viking",
)  # fmt: skip
PYPI = (
    "adyen", "astral", "astropy", "braintree", "cinemagoer", "django-localflavor", "faker", "fhir.resources", "folium",
    "ged4py", "geopy", "kerykeion", "mimesis", "mollie-api-python", "paypalrestsdk", "phonenumbers",
    "presidio-analyzer", "pygeodesy", "pygeohash", "python-codicefiscale", "python-dateutil", "python-gedcom",
    "python-stdnum", "schwifty", "scrubadub", "skyfield", "squareup", "stripe", "timezonefinder", "vobject",
)  # fmt: skip
_BACKENDS = (
    "setuptools", "wheel", "flit_core", "hatchling", "hatch-vcs", "poetry-core", "setuptools_scm", "pdm-backend",
)  # fmt: skip
_WANTED = (".html", ".htm", ".rst", ".md", ".txt", ".doctest", ".py", "PKG-INFO", "METADATA")
_MAX_MEMBER = 5_000_000


def root() -> Path:
    """The folder of this cache, outside the repository where `$COLLECTOR_TEST_CACHE` says so."""
    return cache() / "evidence"


def size() -> int:
    """Bytes of all files fetched so far."""
    return sum(path.lstat().st_size for path in root().rglob("*") if path.is_file() and not path.is_symlink())


def debian(name: str) -> Path | None:
    """The unpacked package; None where the archive has it not."""
    target = root() / "debian" / name
    if not target.is_dir():
        target.mkdir(parents=True)
        _run(["apt-get", "download", "-qq", name], target)
    for archive in target.glob("*.deb"):
        _run(["dpkg-deb", "-x", str(archive), str(target)], target)
        archive.unlink()
    return target if any(target.iterdir()) else None


def pypi(name: str) -> Path | None:
    """The text files of the newest source distribution, else of the wheel; None where the index has neither."""
    target = root() / "pypi" / name
    if not target.is_dir():
        target.mkdir(parents=True)
        download = [str(_environment()), "-m", "pip", "download", "-q", "--no-deps", "-d", str(target)]
        _run([*download, "--no-build-isolation", "--no-binary", ":all:", name], target)
        if not any(target.iterdir()):
            _run([*download, name], target)
    for archive in sorted(target.glob("*.tar.*")):
        with tarfile.open(archive) as opened:
            wanted = [m for m in opened.getmembers() if m.isfile() and _is_wanted(m.name, m.size)]
            opened.extractall(target, members=wanted, filter="data")
        archive.unlink()
    for archive in [*target.glob("*.whl"), *target.glob("*.zip")]:
        with zipfile.ZipFile(archive) as opened:
            wanted = [m for m in opened.infolist() if not m.is_dir() and _is_wanted(m.filename, m.file_size)]
            opened.extractall(target, members=[m.filename for m in wanted])
        archive.unlink()
    return target if any(target.iterdir()) else None


def _is_wanted(name: str, octets: int) -> bool:
    return name.endswith(_WANTED) and octets <= _MAX_MEMBER


def _environment() -> Path:
    """An interpreter with what source distributions are described by, so that each need not bring its own."""
    folder = root() / "environment"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        _run([str(python), "-m", "pip", "install", "-q", *_BACKENDS], folder)
    return python


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=200)
    except subprocess.TimeoutExpired:
        print(f"{command[0]} took too long in {folder.name}", file=sys.stderr)


def everything(wanted: Sequence[str] = ()) -> list[tuple[str, Path]]:
    """(`debian/NAME` or `pypi/NAME`, folder) of `wanted`, else of all named above; what cannot be had is left out."""
    found: list[tuple[str, Path]] = []
    held = size() if root().is_dir() else 0
    for package in wanted or [*(f"debian/{name}" for name in DEBIAN), *(f"pypi/{name}" for name in PYPI)]:
        source, _, name = package.partition("/")
        is_new = not (root() / package).is_dir()
        if is_new and held > MAX_BYTES:
            print(f"{package} left out: the cache holds {held / 1e9:.1f} GB", file=sys.stderr)
            continue
        folder = debian(name) if source == "debian" else pypi(name)
        if folder is None:
            print(f"{package} is not to be had", file=sys.stderr)
            continue
        if is_new:
            held = size()
        found.append((package, folder))
    return found
