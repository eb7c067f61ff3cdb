"""Checks how time grows with the input: a limit in seconds fails on a busy machine, and a quadratic step hides below it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

ROUNDS = 3  # of both sizes by turns, before anything is judged
RETRIES = 9  # more rounds for a machine that is busy just now
FLOOR = 0.0005  # seconds; what the small size takes below that is the clock's noise and divides nothing


def assert_linear(
    run: Callable[[Input], object],
    shape: Callable[[int], Input],
    small: int,
    *,
    factor: int = 2,
    allowed: float = 3.0,
    clock: Callable[[], float] = time.thread_time,
) -> None:
    """Fail unless `run(shape(factor * small))` takes at most `allowed` times as long as `run(shape(small))`.

    `shape` makes an input of about that size, once for each size and off the clock. `run` is timed in CPU seconds of
    this thread, without the garbage collector; other threads and processes do not count, so it must neither start
    nor wait for any. The small size is run `factor` times in a row and counts by their mean, so that linear code is
    measured over stretches of the same length at both sizes and a busy machine disturbs both alike. The fastest of
    several rounds counts for each size; more are made before a failure, because what disturbs only ever slows down.

    Linear code takes twice as long at twice the size, quadratic code four times. Choose `small` so that linear code
    takes some milliseconds (stretches of a fifth of a second never meet a quiet moment), and that one step for each
    PAIR of elements would take well over `allowed` times FLOOR at the larger size: 5,000 elements and more. What is
    remembered between runs (an lru_cache on the path) hides its growth: let `run` go round it.
    """
    lesser, larger = shape(small), shape(factor * small)
    less, more = float("inf"), float("inf")
    for done in range(1, ROUNDS + RETRIES + 1):
        less = min(less, _seconds(run, lesser, factor, clock) / factor)
        more = min(more, _seconds(run, larger, 1, clock))
        # Below the floor the answer is final: `more` can only become less.
        if more <= allowed * FLOOR or (done >= ROUNDS and more <= allowed * less):
            return
    raise AssertionError(
        f"{less * 1e3:.2f} ms at size {small:,}, {more * 1e3:.2f} ms at {factor} times the size: "
        f"{more / max(less, 1e-9):.1f} times as long, {allowed:g} are allowed"
    )


def _seconds(run: Callable[[Input], object], subject: Input, times: int, clock: Callable[[], float]) -> float:
    collecting = gc.isenabled()
    gc.disable()
    try:
        before = clock()
        for _ in range(times):
            run(subject)
        return clock() - before
    finally:
        if collecting:
            gc.enable()
