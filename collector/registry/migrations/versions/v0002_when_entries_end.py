"""Every version says when it ends without anybody's word, so that a change need not read all entries to find out."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
_BATCH = 5_000


def upgrade() -> None:
    """Filled from what is there, as `RegistryEntry.ends_at` says."""
    op.add_column("entry", sa.Column("ends_at", sa.Text()))
    op.create_index("entry_ends", "entry", ["ends_at"])
    table = sa.table("entry", *(sa.column(name) for name in ("id", "version", "digest", "state", "body", "ends_at")))
    c, tx = table.c, op.get_bind()
    live = c.state.in_(("pending", "in_force", "suspended"))
    rows = tx.execute(sa.select(c.id, c.version, c.digest, c.state, c.body).where(live))
    key = (c.id == sa.bindparam("i")) & (c.version == sa.bindparam("v")) & (c.digest == sa.bindparam("d"))
    fill = sa.update(table).where(key).values(ends_at=sa.bindparam("e"))
    ends = []
    for row in rows.all():
        body = json.loads(row.body)
        known = [body.get("expires_at"), body.get("provisional_until") if row.state == "pending" else None]
        if any(known):
            ends.append({"i": row.id, "v": row.version, "d": row.digest, "e": min(filter(None, known))})
    for start in range(0, len(ends), _BATCH):
        tx.execute(fill, ends[start : start + _BATCH])
