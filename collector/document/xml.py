"""Reading XML from strangers: no entities, no DTD, no network, bounded."""

from __future__ import annotations

from lxml import etree

MAX_TREE_BYTES = 20_000_000


def parse_xml(body: bytes) -> etree._Element | None:
    """The root, or None where the bytes hold none. Entity references stay unexpanded (no billion laughs)."""
    if len(body) > MAX_TREE_BYTES:
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        return None
    return root if root is not None and isinstance(root.tag, str) else None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, lower case; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
