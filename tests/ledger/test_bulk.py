"""Rows in bulk: the same on both databases, and counts that add up."""

from __future__ import annotations

import pytest
from sqlalchemy import exc as sql
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from collector.ledger import bulk
from collector.ledger.bulk import add_counts, insert_rows
from collector.ledger.schema import finding, site_count


def test_counts_add_up_in_whatever_order_the_columns_come(tx):
    add_counts(tx, site_count, [{"host": "a", "pages": 1, "bytes": 10}, {"host": "b", "pages": 2, "bytes": 20}])
    add_counts(tx, site_count, [{"bytes": 5, "host": "a", "pages": 1}])
    add_counts(tx, site_count, [])
    assert sorted(tx.execute(select(site_count)).all()) == [("a", 2, 15), ("b", 2, 20)]


def test_a_row_twice_is_an_error_not_an_addition(tx):
    row = {"digest": b"d" * 16, "body": "{}"}
    insert_rows(tx, finding, [row])
    assert tx.execute(select(finding.c.digest, finding.c.body)).all() == [(b"d" * 16, "{}")]
    with pytest.raises(sql.IntegrityError):
        insert_rows(tx, finding, [row])


def test_postgresql_takes_its_values_by_name():
    text, positions = bulk._statement(postgresql.dialect(), site_count, ("host", "pages", "bytes"), add=True)
    assert positions is None
    assert "%(pages)s" in text
    assert "DO UPDATE SET pages = (site_count.pages + excluded.pages)" in text
