"""Alembic's entry: runs the steps on the connection, and in the transaction, that the caller opened."""

from __future__ import annotations

from alembic import context

from collector.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite has it; the driver's own commits are off
    render_as_batch=True,
)
context.run_migrations()
