"""The clock that hosts of one address share: across hosts, workers and restarts."""

from __future__ import annotations

from collector.frontier.addresses import BUSY_SECONDS, AddressClocks, clocks_of
from collector.policy.policy import Politeness

A, B = "192.0.2.1", "2001:db8::1"


def test_nothing_is_kept_unless_the_policy_asks():
    assert not clocks_of(Politeness(), 0).kept
    assert clocks_of(Politeness(min_delay_per_address=0.5), 0).kept
    assert clocks_of(Politeness(concurrency_per_address=4), 0).kept


def test_a_start_moves_the_address_on_for_every_worker(tx):
    ours, theirs = (AddressClocks(0.5, None, shard) for shard in range(2))
    assert ours.next_at(tx, A, 10.0) == 10.0
    ours.begin(tx, A, 10.0)
    assert theirs.next_at(tx, A, 10.1) == 10.5
    assert theirs.next_at(tx, B, 10.1) == 10.1, "another address has another clock"
    ours.end(tx, A)
    assert theirs.next_at(tx, A, 10.1) == 10.5, "from start to start"
    theirs.begin(tx, A, 10.5)
    assert ours.next_at(tx, A, 10.5) == 11.0


def test_requests_in_flight_are_counted_over_all_workers(tx):
    ours, theirs = (AddressClocks(0.0, 2, shard) for shard in range(2))
    ours.begin(tx, A, 1.0)
    theirs.begin(tx, A, 1.0)
    assert ours.next_at(tx, A, 1.0) == 1.0 + BUSY_SECONDS
    theirs.end(tx, A)
    assert ours.next_at(tx, A, 1.0) == 1.0


def test_what_a_killed_worker_had_in_flight_is_over_and_its_distance_is_not(tx):
    for shard in range(3):
        AddressClocks(5.0, 1, shard).begin(tx, A, 1.0)
    fewer = AddressClocks(5.0, 1, 0)
    fewer.recover(tx, 2)
    assert fewer.next_at(tx, A, 2.0) == 6.0
    assert fewer.next_at(tx, A, 7.0) == 7.0 + BUSY_SECONDS, "shard 1 is at work still"
    AddressClocks(5.0, 1, 1).recover(tx, 2)
    assert fewer.next_at(tx, A, 7.0) == 7.0
