"""Whatever else is listed: an objection never admits what was refused (spec §5, tier 0)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.model.url import parse_url


def refused(lookup: MemoryLookup, url: str) -> bool:
    found = lookup.match(parse_url(url))
    return bool(found) and found[0].action is Action.DENY


HOSTS = st.sampled_from(["a.test", "b.a.test", "c.b.a.test", "x.test"])
ENTRIES = st.builds(
    lambda host, kind, action, tier, force: Entry(
        Kind(kind), *canonical(Kind(kind), host), action=action, tier=tier, force=force, list="l", rule=host
    ),
    HOSTS,
    st.sampled_from(["host", "subtree"]),
    st.sampled_from(list(Action)),
    st.sampled_from(list(Tier)),
    st.booleans(),
)


@given(st.lists(ENTRIES, max_size=8), HOSTS, HOSTS, st.sampled_from(["host", "subtree"]))
def test_an_objection_never_admits_what_was_refused(entries: list[Entry], host: str, asked: str, kind: str) -> None:
    url = f"http://{asked}/"
    objection = Entry(Kind(kind), host, tier=Tier.OPT_OUT, list="r", rule=host)
    if refused(MemoryLookup(entries), url):
        assert refused(MemoryLookup([*entries, objection]), url)
