"""Alembic's entry: runs the steps on the connection, and in the transaction, that the caller opened."""

from __future__ import annotations

from alembic import context

from collector.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
    version_table="registry_version",
)
context.run_migrations()
