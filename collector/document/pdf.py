"""The text of a PDF, by pypdf: what a reader could select, page by page. Nothing else of the file is looked at."""

from __future__ import annotations

import io
import logging

MAX_BYTES = 30_000_000
MAX_PAGES = 1_000
MAX_TEXT = 5_000_000  # characters

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it quotes the file in its complaints


def text_of_pdf(body: bytes) -> str | None:
    """Pages divided by form feeds; None for what is no PDF, is encrypted, or is beyond the limits above.

    Raises MemoryError only. A file made to keep the parser busy is ended by the time limit for documents.
    """
    if len(body) > MAX_BYTES:
        return None
    from pypdf import PdfReader  # noqa: PLC0415  only for who meets one

    try:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return None
        if len(reader.pages) > MAX_PAGES:
            return None
        parts: list[str] = []
        length = 0
        for page in reader.pages:
            part = page.extract_text()
            length += len(part)
            if length > MAX_TEXT:
                return None
            parts.append(part)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  pypdf raises what it likes on a broken file
        return None
    return "\f".join(parts)
