"""The bundled web: which hosts there are, what each is there to show, and where a crawl of it begins."""

from __future__ import annotations

from collector.demo.hosts.herald import HERALD
from collector.demo.hosts.kueche import KUECHE
from collector.demo.hosts.musee import MUSEE
from collector.demo.hosts.reserved import ATLAS, PAPER, STUDIO
from collector.demo.hosts.uncontacted import GARDEN, HEALTH
from collector.demo.hosts.walls import LINKS, MEMBERS
from collector.demo.page import Host

HOSTS: tuple[Host, ...] = (HERALD, KUECHE, MUSEE, MEMBERS, LINKS, PAPER, STUDIO, ATLAS, GARDEN, HEALTH)

SENSITIVE = (HEALTH.name,)  # what the demo's list of sensitive domains must hold, as health.forum
OPTED_OUT = (GARDEN.name,)  # what the demo's opt-out registry must hold


def seeds(port: int) -> tuple[str, ...]:
    """The front page of every host, also of those that must not be contacted: their refusal is the point."""
    return tuple(f"http://{host.name}:{port}/" for host in HOSTS)
