"""How much CPU a program spends in trafilatura and in langdetect, for `benchmarks/crawl.py --text`.

Imported by Python itself where this folder is on PYTHONPATH, in every process of a contestant; so both are measured in
the same way, without a line in either. Each process keeps its sums in a file named by its id in `$BENCH_SPLIT`: seconds
in extraction and in language, as two doubles.
"""

from __future__ import annotations

import atexit
import importlib.abc
import importlib.machinery
import os
import struct
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

MEASURED = {
    "trafilatura.core": (0, ("extract",)),
    "langdetect.detector": (1, ("Detector.append", "Detector.get_probabilities")),
}
spent = [0.0, 0.0]
inside = [0]


def timed(place: int, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if inside[0]:
            return function(*arguments, **options)
        inside[0] = 1
        started = time.thread_time()
        try:
            return function(*arguments, **options)
        finally:
            spent[place] += time.thread_time() - started
            inside[0] = 0
            write()

    return call


def write() -> None:
    """After every call: a worker may be ended without notice."""
    os.pwrite(sums, struct.pack("=dd", *spent), 0)


class Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader) -> None:
        self.loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        place, names = MEASURED[module.__name__]
        for name in names:
            owner: Any = module
            *path, last = name.split(".")
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, last, timed(place, getattr(owner, last)))


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in MEASURED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = Loader(spec.loader)
        return spec


if os.environ.get("BENCH_SPLIT"):
    sums = os.open(os.path.join(os.environ["BENCH_SPLIT"], str(os.getpid())), os.O_WRONLY | os.O_CREAT)  # noqa: PTH118
    atexit.register(write)
    sys.meta_path.insert(0, Finder())
