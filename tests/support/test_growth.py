"""The check of growth refuses quadratic code and bears a busy machine: on a clock of its own, and on the real one."""

from __future__ import annotations

import gc
import math
import re

import pytest

from tests.support.growth import FLOOR, RETRIES, ROUNDS, assert_linear


class Machine:
    """A clock that goes on by what a run costs, in seconds; run number n takes `noise(n)` times as long."""

    def __init__(self, cost, noise=lambda number: 1.0):
        self.cost, self.noise, self.now, self.runs = cost, noise, 0.0, 0

    def run(self, size):
        self.now += self.cost(size) * self.noise(self.runs)
        self.runs += 1

    def check(self, small=1_000, **options):
        assert_linear(self.run, lambda size: size, small, clock=lambda: self.now, **options)


@pytest.mark.parametrize(
    "cost", [lambda n: 1e-5 * n, lambda n: 1e-6 * n * math.log(n), lambda n: 0.5, lambda n: 1e-5 * n**1.5]
)
def test_growth_within_three_times_passes(cost):
    Machine(cost).check()


@pytest.mark.parametrize("cost", [lambda n: 1e-8 * n**2, lambda n: 1e-9 * n**3, lambda n: 1e-6 * n + 1e-7 * n**2])
def test_quadratic_growth_fails_and_says_the_figures(cost):
    machine = Machine(cost)
    with pytest.raises(AssertionError, match=r"ms at size 1,000, .* times as long, 3 are allowed"):
        machine.check()
    assert machine.runs == (2 + 1) * (ROUNDS + RETRIES)


def test_disturbed_runs_are_forgiven():
    large = range(2, 3 * ROUNDS, 3)  # the third run of every round, until it is judged for the first time
    Machine(lambda n: 1e-5 * n, lambda number: 10.0 if number in large else 1.0).check()


def test_a_disturbed_small_run_does_not_let_quadratic_growth_pass():
    with pytest.raises(AssertionError):
        Machine(lambda n: 1e-8 * n**2, lambda number: 10.0 if number < 3 * ROUNDS - 3 else 1.0).check()


def test_below_the_floor_nothing_is_divided():
    machine = Machine(lambda n: FLOOR * 1.8e-7 * n**2)
    machine.check(small=2_000)
    assert machine.runs == 2 + 1
    with pytest.raises(AssertionError):
        machine.check(small=3_000)


def test_factor_and_allowance_can_be_chosen():
    Machine(lambda n: 1e-5 * n).check(factor=10, allowed=12)
    with pytest.raises(AssertionError, match=r"at 10 times the size: 10\.0 times as long, 3 are allowed"):
        Machine(lambda n: 1e-5 * n).check(factor=10)


def test_the_shape_is_made_off_the_clock_and_once_for_each_size():
    made = []
    machine = Machine(lambda n: 1e-5 * n)

    def shape(size):
        made.append(size)
        machine.now += 60 * size**2
        return size

    assert_linear(machine.run, shape, 1_000, clock=lambda: machine.now)
    assert made == [1_000, 2_000]


def test_the_collector_of_garbage_goes_on_afterwards():
    def broken(_):
        assert not gc.isenabled()
        raise LookupError

    with pytest.raises(LookupError):
        assert_linear(broken, lambda size: size, 1)
    assert gc.isenabled()


QUADRATIC = {
    "a pattern tried from every character": lambda n: re.search(r"a*b", "a" * n),
    "a list searched for every element": lambda n: [k in numbers for numbers in [list(range(n // 4))] for k in numbers],
}
LINEAR = {
    "a pattern": lambda n: re.findall(r"a", "a" * n * 20),
    "a sum": lambda n: sum(range(n * 20)),
    "a sorted list": lambda n: sorted(range(n * 20), key=str),
}


@pytest.mark.parametrize("code", QUADRATIC)
def test_real_quadratic_code_fails(code):
    with pytest.raises(AssertionError, match="are allowed"):
        assert_linear(
            QUADRATIC[code], lambda size: size, 3_000, factor=4, allowed=6.0
        )  # 16 times, so that noise hides none


@pytest.mark.parametrize("code", LINEAR)
def test_real_linear_code_passes(code):
    assert_linear(LINEAR[code], lambda size: size, 2_000)
