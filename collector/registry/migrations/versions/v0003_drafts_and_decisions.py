"""A request may be a draft, and proven before somebody decides: when it was handed in, proven, and granted."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What was there had been handed in when it was received; when it was proven stands in the chain of events."""
    for name in ("submitted_at", "verified_at", "granted_at"):
        op.add_column("request", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("request", sa.Column("verified_strength", sa.Text(), nullable=False, server_default=""))
    request = sa.table("request", *(sa.column(name) for name in _COLUMNS))
    event = sa.table("event", *(sa.column(name) for name in ("seq", "at", "type", "subject", "payload")))
    tx = op.get_bind()
    tx.execute(sa.update(request).values(submitted_at=request.c.received_at))
    rows = tx.execute(sa.select(event).where(event.c.type == "verified").order_by(event.c.seq)).all()
    proven = {row.subject: row for row in rows}  # the last one counts
    for subject, row in proven.items():
        values = {"verified_at": row.at, "granted_at": row.at}
        strength = str(json.loads(row.payload).get("strength", ""))
        tx.execute(sa.update(request).where(request.c.id == subject).values(**values, verified_strength=strength))


_COLUMNS = ("id", "received_at", "submitted_at", "verified_at", "granted_at", "verified_strength")
