"""Reading XML from strangers: no entities, no DTD, no network, bounded."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree

MAX_TREE_BYTES = 20_000_000
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 §2.2: what lxml does not take
_SURROGATE = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]));",
    re.IGNORECASE,
)


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
        root = etree.fromstring(without_surrogates(body), parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None or not isinstance(root.tag, str):
        return None
    if b"&" in body:
        _write_out_references(root)
    return root


def without_surrogates(body: bytes) -> bytes:
    """Without references to code points that are no characters: libxml2 lets them by, and lxml cannot read them."""
    return _SURROGATE.sub(b"\xef\xbf\xbd", body) if b"&#" in body else body


def _write_out_references(root: etree._Element) -> None:
    """References to entities that nobody declared become the characters that HTML names so, or are text.

    They would leave the tree with words cut in two (`jane&commat;example.org`), and XML that no parser takes again.
    """
    for reference in list(root.iter(etree.Entity)):
        parent = reference.getparent()
        if parent is None:
            continue
        text = unescape(str(reference.text)) + (reference.tail or "")
        previous = reference.getprevious()
        if previous is not None:
            previous.tail = FORBIDDEN.sub(" ", (previous.tail or "") + text)  # a character reference brought them in
        else:
            parent.text = FORBIDDEN.sub(" ", (parent.text or "") + text)
        parent.remove(reference)


def local_name(element: etree._Element) -> str:
    """The tag without its namespace or a prefix that nobody declared, lower case; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
