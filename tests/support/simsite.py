"""What a simulated site answers, said declaratively: pages, redirects, site files, and ways to misbehave."""

from __future__ import annotations

import asyncio
import gzip
import html
import mimetypes
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http import HTTPStatus
from pathlib import Path
from typing import Self
from urllib.parse import unquote

import brotli

from tests.support.simlog import Request

Fields = tuple[tuple[str, str], ...]
HTML = "text/html; charset=utf-8"


Speech = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Manner(Enum):
    """How a server behaves once it has read the request."""

    ANSWER = auto()
    HANG = auto()  # never answers
    RESET = auto()  # TCP reset
    CLOSE = auto()  # closes without a word


class Framing(Enum):
    """How the end of the body is told (RFC 9112 §6)."""

    LENGTH = auto()
    CHUNKED = auto()
    CLOSE = auto()  # no length: the body ends with the connection


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `body` is before content coding; `missing` bytes of it are announced and never sent."""

    status: int = 200
    body: bytes = b""
    headers: Fields = ()
    delay: float = 0.0  # seconds before the status line
    trickle: float = 0.0  # seconds between pieces of 16 KiB
    manner: Manner = Manner.ANSWER
    framing: Framing = Framing.LENGTH
    coding: str = ""  # gzip | deflate | br, whatever the client accepts
    missing: int = 0
    version: str = "HTTP/1.1"
    spoken: Speech | None = None  # says everything itself, in raw bytes, instead; then the connection ends

    def on_wire(self, request: Request) -> tuple[bytes, bytes, bool]:
        """Head, body as sent, and whether the connection stays open."""
        body = _coded(self.body, self.coding)
        fields = list(self.headers)
        keep_open = self.version == "HTTP/1.1" and request.headers.get("connection", "").lower() != "close"
        if self.coding:
            fields.append(("Content-Encoding", self.coding))
        match self.framing:
            case Framing.LENGTH if self.status not in (204, 304):
                fields.append(("Content-Length", str(len(body))))
            case Framing.CHUNKED:
                fields.append(("Transfer-Encoding", "chunked"))
                end = b"" if self.missing else b"0\r\n\r\n"
                pieces = [body[i : i + 4_096] for i in range(0, len(body), 4_096)]
                body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end
            case _:
                keep_open = keep_open and self.status in (204, 304)
        if self.missing:
            body, keep_open = body[: max(0, len(body) - self.missing)], False
        if not keep_open:
            fields.append(("Connection", "close"))
        try:
            reason = HTTPStatus(self.status).phrase
        except ValueError:
            reason = "Odd"
        lines = [f"{self.version} {self.status} {reason}", *(f"{name}: {value}" for name, value in fields)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body, keep_open


def _coded(body: bytes, coding: str) -> bytes:
    match coding:
        case "":
            return body
        case "gzip":
            return gzip.compress(body, 6, mtime=0)
        case "deflate":
            return zlib.compress(body)
        case "br":
            return brotli.compress(body, quality=4)
        case _:
            raise ValueError(f"no content coding {coding!r}")


HANG = Reply(manner=Manner.HANG)
RESET = Reply(manner=Manner.RESET)
CLOSE = Reply(manner=Manner.CLOSE)

Answer = Reply | Callable[[Request], Reply]


def text(body: str | bytes, status: int = 200, headers: Fields = ()) -> Reply:
    """A plain-text answer."""
    raw = body.encode() if isinstance(body, str) else body
    return Reply(status, raw, (("Content-Type", "text/plain; charset=utf-8"), *headers))


def moved(to: str, status: int = 301) -> Reply:
    """A redirect."""
    return Reply(status, b"", (("Location", to),))


def paragraphs(subject: str, count: int = 6) -> str:
    """Readable English text about `subject`, the same each time, long enough for a language detector."""
    sentences = (
        "The people who live near {0} have known about it for a long time, and they speak of it with some pride.",
        "In the early morning, when the light is still low, {0} looks quite different from how it does at noon.",
        "Nobody can say for certain who was the first to write about {0}, but the oldest notes are well kept.",
        "Visitors often ask how long it takes to walk around {0}, and the answer depends on the weather.",
        "There is a small path behind {0} that leads down to the river and from there back into the town.",
        "Every autumn the school brings its younger pupils here, and each of them draws a picture of {0}.",
    )
    return "\n".join(f"<p>{sentences[i % len(sentences)].format(html.escape(subject))}</p>" for i in range(count))


def document(
    title: str, *, main: str | None = None, links: Sequence[str] = (), head: str = "", lang: str = "en", rel: str = ""
) -> str:
    """A whole HTML page. `main` and `head` are markup; `links` become anchors, with `rel` where given."""
    attribute = f' rel="{html.escape(rel)}"' if rel else ""
    anchors = "\n".join(f'<li><a{attribute} href="{html.escape(href)}">{html.escape(href)}</a></li>' for href in links)
    content = paragraphs(title) if main is None else main
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f"{head}\n</head>\n<body>\n<main>\n<h1>{html.escape(title)}</h1>\n{content}\n</main>\n"
        f"<nav><ul>\n{anchors}\n</ul></nav>\n</body>\n</html>\n"
    )


@dataclass(slots=True)
class Site:
    """One virtual host. Every method that adds something returns the site, so that calls can be chained."""

    host: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)  # by target, else by path
    folder: Path | None = None
    asked: dict[str, int] = field(default_factory=dict)
    otherwise: Answer = field(default_factory=lambda: text("not found\n", 404))
    everywhere: Fields = ()  # header fields of every page, site files excepted

    def serve(self, path: str, *answers: Answer) -> Self:
        """Answer `path` (or path and query) with these in turn; the last one stays."""
        if not answers:
            raise ValueError("say what to answer")
        self.answers[path] = list(answers)
        return self

    def page(
        self,
        path: str,
        title: str = "",
        *,
        links: Sequence[str] = (),
        main: str | None = None,
        head: str = "",
        lang: str = "en",
        status: int = 200,
        headers: Fields = (),
        **how: object,
    ) -> Self:
        """An HTML page; `how` are further fields of `Reply`: delay, coding, framing, version …"""
        body = document(title or f"{self.host}{path}", main=main, links=links, head=head, lang=lang).encode()
        reply = Reply(status, body, (("Content-Type", HTML), *headers))
        return self.serve(path, replace(reply, **how))  # type: ignore[arg-type]

    def pages(self, prefix: str, count: int, **how: object) -> Self:
        """`prefix`0 … `prefix`(count-1), each linking the next one."""
        for number in range(count):
            following = [f"{prefix}{number + 1}"] if number + 1 < count else []
            self.page(f"{prefix}{number}", links=following, **how)  # type: ignore[arg-type]
        return self

    def robots(self, *answers: str | bytes | Answer) -> Self:
        """robots.txt: text, or a whole answer; several are given in turn, the last one stays."""
        return self.serve("/robots.txt", *(text(a) if isinstance(a, str | bytes) else a for a in answers))

    def redirect(self, path: str, to: str, status: int = 301) -> Self:
        """`path` leads to `to`, absolute or relative."""
        return self.serve(path, moved(to, status))

    def redirects(self, path: str, hops: int, to: str) -> Self:
        """`hops` redirects in a row, the first at `path`, the last one leading to `to`."""
        for number in range(hops):
            here = path if number == 0 else f"{path}.hop{number}"
            self.redirect(here, to if number == hops - 1 else f"{path}.hop{number + 1}")
        return self

    def loop(self, path: str) -> Self:
        """Two URLs that lead to each other."""
        return self.redirect(path, f"{path}.back").redirect(f"{path}.back", path)

    def sitemap(self, path: str, locations: Sequence[str], *, coding: str = "") -> Self:
        """A sitemap of absolute URLs; with `coding` it is a compressed file, not a content coding."""
        urls = "".join(f"<url><loc>{html.escape(loc)}</loc></url>" for loc in locations)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"{urls}</urlset>\n"
        )
        kind = "application/gzip" if coding else "application/xml"
        return self.serve(path, Reply(200, _coded(body.encode(), coding), (("Content-Type", kind),)))

    def validators(self, path: str, title: str, *, etag: str = "", modified: str = "") -> Self:
        """A page that answers 304 to a matching If-None-Match or If-Modified-Since (RFC 9110 §13)."""
        fields = tuple((name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value)

        def conditional(request: Request) -> Reply:
            same = (etag and request.headers.get("if-none-match") == etag) or (
                modified and request.headers.get("if-modified-since") == modified
            )
            body = document(title).encode()
            return Reply(304, b"", fields) if same else Reply(200, body, (("Content-Type", HTML), *fields))

        return self.serve(path, conditional)

    def files(self, folder: Path) -> Self:
        """Serve a folder of files for every path not said otherwise."""
        self.folder = folder.resolve()
        return self

    def answer(self, request: Request) -> Reply:
        """What to say to `request`."""
        key = request.target if request.target in self.answers else request.path
        turn = self.asked.get(key, 0)
        self.asked[key] = turn + 1
        answers = self.answers.get(key)
        if answers is None:
            chosen: Answer = self._file(request) or self.otherwise
        else:
            chosen = answers[min(turn, len(answers) - 1)]
        reply = chosen if isinstance(chosen, Reply) else chosen(request)
        if self.everywhere and request.path != "/robots.txt":
            reply = replace(reply, headers=(*reply.headers, *self.everywhere))
        return reply

    def _file(self, request: Request) -> Reply | None:
        if self.folder is None:
            return None
        path = (self.folder / unquote(request.path).lstrip("/")).resolve()
        if path.is_dir():
            path /= "index.html"
        if not path.is_relative_to(self.folder) or not path.is_file():
            return None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Reply(200, path.read_bytes(), (("Content-Type", kind),))
