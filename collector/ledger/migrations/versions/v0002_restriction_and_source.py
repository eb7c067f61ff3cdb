"""A capture says what it is restricted to, and whose archive it came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What was kept before was fetched by us, and under no policy that knew a restriction."""
    op.add_column("capture", sa.Column("restriction", sa.Text(), nullable=False, server_default=""))
    op.add_column("capture", sa.Column("source", sa.Text(), nullable=False, server_default=""))
