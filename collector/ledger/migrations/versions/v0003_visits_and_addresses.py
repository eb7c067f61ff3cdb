"""Further visits with their validators, a mark for near-duplicates, and the clocks of shared addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What was kept before has no validators and no mark; it is due for a visit since it was kept."""
    op.create_table(
        "address",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("shard", sa.Integer(), primary_key=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=False),
    )
    op.add_column("capture", sa.Column("simhash", sa.BigInteger(), nullable=True))
    op.add_column("url", sa.Column("visited_at", sa.Double(), nullable=True))
    op.add_column("url", sa.Column("listing", sa.SmallInteger(), nullable=True))
    op.add_column("url", sa.Column("etag", sa.Text(), nullable=True))
    op.add_column("url", sa.Column("last_modified", sa.Text(), nullable=True))
    only = sa.text("visited_at IS NOT NULL")
    op.create_index("url_visited", "url", ["visited_at", "id"], sqlite_where=only, postgresql_where=only)
    listing = sa.text("listing = 1")
    op.create_index("url_listing", "url", ["visited_at", "id"], sqlite_where=listing, postgresql_where=listing)
    again = sa.text("visit > 1")
    op.create_index("event_again", "event", ["id"], sqlite_where=again, postgresql_where=again)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_VISITED.format("CAST(strftime('%s', c.fetched_at) AS REAL)"))
    else:
        op.execute(_VISITED.format("EXTRACT(EPOCH FROM CAST(c.fetched_at AS TIMESTAMPTZ))"))


_VISITED = """
UPDATE url SET visited_at = (
    SELECT {} FROM capture c WHERE c.url_key = url.key AND c.visit = url.visit AND c.source = ''
) WHERE state = 2
"""
