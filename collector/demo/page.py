"""What a page, a file and a host of the bundled web are, and how a page's light markup becomes HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

Fields = tuple[tuple[str, str], ...]

_LINK = re.compile(r"\[([^\]]{1,200})\]\(([^)\s]{1,500})\)")
_HOST = re.compile(r"//([a-z.]{1,60}\.localhost)/")


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page. `text` is paragraphs between blank lines, `- ` list lines and `[label](href)` links.

    In `text`, `head` and header values, `//name.localhost/` stands for an absolute URL on the running server's port.
    """

    path: str
    title: str
    text: str
    lang: str = "en"
    status: int = 200
    head: str = ""  # markup
    after: str = ""  # markup after the text
    headers: Fields = ()


@dataclass(frozen=True, slots=True)
class File:
    """Anything else: robots.txt, a feed, a redirect."""

    path: str
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Fields = ()


@dataclass(frozen=True, slots=True)
class Host:
    """One virtual host, and in one sentence what it is there to show."""

    name: str
    shows: str
    pages: tuple[Page, ...]
    files: tuple[File, ...] = ()
    headers: Fields = ()  # on every page


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: int
    headers: Fields
    body: bytes


def answer(host: Host, path: str, port: int) -> Answer | None:
    """What `host` answers for `path` on a server at `port`, whatever the query; None when it has nothing there."""
    path = path.partition("?")[0]
    for page in host.pages:
        if page.path == path:
            fields = (("Content-Type", "text/html; charset=utf-8"), *host.headers, *page.headers)
            return Answer(page.status, _fields(fields, port), _absolute(_rendered(page), port).encode())
    for file in host.files:
        if file.path == path:
            fields = (("Content-Type", file.media_type), *file.headers)
            return Answer(file.status, _fields(fields, port), _absolute(file.body, port).encode())
    return None


def _fields(fields: Fields, port: int) -> Fields:
    return tuple((name, _absolute(value, port)) for name, value in fields)


def _absolute(text: str, port: int) -> str:
    return _HOST.sub(rf"http://\1:{port}/", text)


def _rendered(page: Page) -> str:
    head = f"{page.head}\n" if page.head else ""
    return (
        f'<!doctype html>\n<html lang="{page.lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(page.title)}</title>\n{head}</head>\n<body>\n<main>\n"
        f"<h1>{html.escape(page.title)}</h1>\n{_blocks(page.text)}\n</main>\n{page.after}\n</body>\n</html>\n"
    )


def _blocks(text: str) -> str:
    blocks = []
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        if all(line.startswith("- ") for line in lines):
            blocks.append("<ul>\n" + "\n".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "\n</ul>")
        else:
            blocks.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "\n".join(blocks)


def _inline(text: str) -> str:
    return _LINK.sub(r'<a href="\2">\1</a>', html.escape(text, quote=False))
