"""One small host for every signal by which a site says no, for every row of conflicts, and for what only looks like a no.

Each host has one page with a word that stands nowhere else, so that a search of the disk tells whose page was kept.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from tests.support.simsite import HTML, RESET, Answer, Fields, Reply, Site, document, moved, paragraphs, text

PAGE = "/page"
LINKED = "/linked"
OPEN = "User-agent: *\nAllow: /\n"
TDM = "/.well-known/tdmrep.json"
SITE_FILES = frozenset((TDM, "/ai.txt", "/trust.txt", "/.well-known/trust.txt"))
NAMESPACE = "https://rslstandard.org/rsl"
RSL = "application/rsl+xml"
PROHIBITED = f'<rsl xmlns="{NAMESPACE}"><content url=""><license><prohibits type="usage">ai-all</prohibits></license></content></rsl>'


@dataclass(frozen=True, slots=True)
class Host:
    """What a site answers, and what must become of its page. No `rule`: it is kept."""

    name: str
    outcome: str = "archived"  # archived | refused | deferred | withheld
    rule: str = ""
    robots: Answer | str = OPEN
    files: dict[str, Answer | str] = field(default_factory=dict)
    headers: Fields = ()
    head: str = ""
    main: str = ""  # instead of an article
    title: str = "The old mill"
    status: int = 200
    train: str = "unknown"  # what the archived capture says of training
    linked: bool = True  # whether the page's link is followed, where the page is kept

    @property
    def host(self) -> str:
        return f"{self.name}.localhost"

    @property
    def marker(self) -> str:
        """A word that stands in the page and nowhere else: not in an address, not in another page."""
        digest = hashlib.sha256(self.name.encode()).hexdigest()[:16]
        return "quoz" + digest.translate(str.maketrans("0123456789", "ghijklmnop"))

    @property
    def asked(self) -> bool:
        """Whether the page itself may be requested."""
        return self.outcome in ("archived", "withheld")

    def serve(self, site: Site) -> None:
        """Put everything on the site."""
        site.robots(self.robots)
        for path, answer in self.files.items():
            site.serve(path, text(answer) if isinstance(answer, str) else answer)
        main = self.main or f"<p>About {self.marker}.</p>{paragraphs(f'the mill of {self.name}')}"
        body = document(
            self.title, main=f"{main}<!-- {self.marker} --><i>{self.marker}</i>", head=self.head, links=[LINKED]
        )
        site.serve(PAGE, Reply(self.status, body.encode(), (("Content-Type", HTML), *self.headers)))
        site.page(LINKED, f"Beside {self.name}", main=paragraphs(f"what lies beside {self.name}"))


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def tdm(value: object, location: str = "/") -> str:
    return json.dumps([{"location": location, "tdm-reservation": value}])


def robots(*lines: str) -> str:
    return "\n".join(("User-agent: *", *lines, "Allow: /", ""))


def barrier(status: int) -> Host:
    return Host(f"status-{status}", "withheld", "access_barrier", status=status)


def header(name: str, rule: str, field_name: str, value: str, **more: object) -> Host:
    return replace(Host(name, "withheld", rule, headers=((field_name, value),)), **more)  # type: ignore[arg-type]


# robots.txt: RFC 9309, and what the policy takes for a no beyond it
ROBOTS = [
    Host("disallowed", "refused", "robots_txt", "User-agent: *\nDisallow: /page\n"),
    Host("own-group", "refused", "robots_txt", "User-agent: corpusbot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
    Host("scrapy-group", "refused", "robots_txt", "User-agent: Scrapy\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
    Host("slip", "refused", "robots_txt", "User-agent: *\nDissallow: /\n"),
    Host("robots-401", "refused", "robots_txt", Reply(401)),
    Host("robots-403", "refused", "robots_txt", Reply(403)),
    Host("robots-451", "refused", "robots_txt", Reply(451)),
    Host("robots-429", "deferred", "robots_txt", Reply(429)),
    Host("robots-500", "deferred", "robots_txt", Reply(500)),
    Host("robots-reset", "deferred", "robots_txt", RESET),
    Host("robots-cut", "deferred", "robots_txt", Reply(200, OPEN.encode(), (("Content-Type", "text/plain"),), missing=5)),
    Host("robots-loop", "deferred", "robots_txt", moved("/robots.txt")),
    Host("robots-404", robots=text("User-agent: *\nDisallow: /\n", 404)),
    Host("ai-crawler", "refused", "ai_tokens", "User-agent: GPTBot\nDisallow: /\n"),
    Host("ai-crawler-elsewhere", robots="User-agent: GPTBot\nDisallow: /drafts/\n"),
    Host("search-crawler", robots="User-agent: Googlebot\nDisallow: /\n"),
    Host("usage-robots", "refused", "content_usage_robots", robots("Content-Usage: train-ai=n")),
    Host("usage-path", "refused", "content_usage_robots", robots("Content-Usage: /page train-ai=n", "Content-Usage: train-ai=y")),
    Host("usage-older", "refused", "content_usage_robots", robots("Content-Usage: ai=n")),
    Host("usage-yes", robots=robots("Content-Usage: train-ai=y"), train="allow"),
    Host("signal", "refused", "content_signal", robots("Content-Signal: search=yes, ai-train=no")),
    Host("signal-path", "refused", "content_signal", robots("Content-Signal: /page ai-train=no")),
    Host("signal-use", "refused", "content_signal", robots("Content-Signal: use=reference")),
    Host("signal-yes", robots=robots("Content-Signal: ai-train=yes"), train="allow"),
    Host("canel", "refused", "disallow_ai_training", robots("DisallowAITraining: /")),
    Host("rsl-robots", "refused", "rsl_licence", f"License: http://rsl-robots.localhost/l.xml\n{OPEN}"),
]  # fmt: skip
# files of their own
FILES = [
    Host("tdm-file", "refused", "tdmrep_file", files={TDM: tdm(1)}),
    Host("tdm-file-broken", "refused", "tdmrep_file", files={TDM: '{"tdm-reservation": 1}'}),
    Host("tdm-file-nought", files={TDM: tdm(0)}, train="allow"),
    Host("tdm-file-elsewhere", files={TDM: tdm(1, "/other/")}),
    Host("ai-txt", "refused", "ai_txt", files={"/ai.txt": "User-Agent: *\nDisallow: *.html\nDisallow: /\n"}),
    Host("ai-txt-page", files={"/ai.txt": "<!doctype html><p>User-Agent: *\nDisallow: /"}),
    Host("trust-txt", "refused", "trust_txt", files={"/trust.txt": "datatrainingallowed=no\n"}),
    Host("trust-txt-known", "refused", "trust_txt", files={"/.well-known/trust.txt": "datatrainingallowed=no\n"}),
    Host("llms-txt", files={"/llms.txt": "# no training, please\n"}),
]
# header fields and statuses of the page
HEADERS = [
    *(barrier(status) for status in (401, 402, 403, 407, 451)),
    header("challenge-header", "access_barrier", "cf-mitigated", "challenge"),
    header("noai", "x_robots_tag", "X-Robots-Tag", "noai"),
    header("noindex", "x_robots_tag", "X-Robots-Tag", "noindex, nofollow"),
    header("noarchive", "x_robots_tag", "X-Robots-Tag", "noarchive"),
    header("noml-to-us", "x_robots_tag", "X-Robots-Tag", "corpusbot: noml"),
    header("noai-to-trainer", "x_robots_tag", "X-Robots-Tag", "GPTBot: noai"),
    header("expired", "x_robots_tag", "X-Robots-Tag", "unavailable_after: Sat, 01 Jan 2022 00:00:00 GMT"),
    Host("noai-to-other", headers=(("X-Robots-Tag", "otherbot: noai"),)),
    Host("noimageai", headers=(("X-Robots-Tag", "noimageai"),)),
    Host("nofollow", headers=(("X-Robots-Tag", "nofollow"),), linked=False),
    header("twice", "x_robots_tag", "X-Robots-Tag", "noai", headers=(("X-Robots-Tag", "noai"), ("X-Robots-Tag", "all"))),
    header("tdm-header", "tdm_reservation", "TDM-Reservation", "1"),
    Host("tdm-header-nought", headers=(("tdm-reservation", "0"),), train="allow"),
    header("usage-header", "content_usage", "Content-Usage", "train-ai=n"),
    header("signal-header", "content_signal_header", "Content-Signal", "ai-train=no"),
    Host("signal-header-yes", headers=(("Content-Signal", "ai-train=yes"),)),
    header("rsl-link", "link_licence", "Link", f'<http://rsl-link.localhost/l.xml>; rel="license"; type="{RSL}"'),
    Host("deed-link", headers=(("Link", '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'),)),
]  # fmt: skip
# the page itself
CONTENT = [
    Host("meta-noai", "withheld", "meta_robots", head=meta("robots", "noai, noimageai")),
    Host("meta-noindex", "withheld", "meta_robots", head=meta("ROBOTS", "NOINDEX")),
    Host("meta-to-us", "withheld", "meta_robots", head=meta("CorpusBot", "noai")),
    Host("meta-to-trainer", "withheld", "meta_robots", head=meta("GPTBot", "noai")),
    Host("meta-equiv", "withheld", "meta_robots", head='<meta http-equiv="X-Robots-Tag" content="noai">'),
    Host("meta-to-other", head=meta("otherbot", "noai")),
    Host("meta-nofollow", head=meta("robots", "nofollow"), linked=False),
    Host("meta-tdm", "withheld", "meta_tdm_reservation", head=meta("tdm-reservation", "1")),
    Host("meta-tdm-nought", head=meta("tdm-reservation", "0"), train="allow"),
    Host("rsl-inline", "withheld", "inline_rsl", head=f'<script type="{RSL}">{PROHIBITED}</script>'),
    Host("rsl-element", "withheld", "inline_rsl", head=f'<link rel="license" type="{RSL}" href="/l.xml">'),
    Host("adult", "withheld", "self_label", head=meta("rating", "RTA-5042-1996-1400-1577-RTA")),
    Host("captcha", "withheld", "access_wall", title="Just a moment...", main='<div id="challenge-form">Checking your browser</div>'),
    Host("widget", "withheld", "access_wall", title="Are you a robot?", main='<div class="g-recaptcha"></div>'),
    Host("log-in", "withheld", "access_wall", title="Log in", main='<form><input name="u"><input type="password"></form>'),
    Host("paid", "withheld", "access_wall", head='<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'),
    Host("free", head='<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": true}</script>'),
]  # fmt: skip
# the conflict matrix of the specification, row by row
YES = ("Content-Usage: train-ai=y", "Content-Signal: ai-train=yes")
CONFLICTS = [
    Host("row-01"),
    Host("row-02", "refused", "robots_txt", robots("Disallow: /page", *YES), {TDM: tdm(0)}),
    Host("row-03", "refused", "ai_tokens", robots(YES[0]) + "\nUser-agent: GPTBot\nDisallow: /\n"),
    Host("row-04", "refused", "content_usage_robots", robots("Content-Usage: train-ai=n", YES[1])),
    Host("row-05", "refused", "tdmrep_file", files={TDM: tdm(1)}),
    # The report lets the header release what the file reserves, and wants the file checked before anything is
    # fetched: a crawl that needs training stops there and never sees the header (docs/compliance.md).
    Host("row-06", "refused", "tdmrep_file", files={TDM: tdm(1)}, headers=(("tdm-reservation", "0"),)),
    Host("row-07", "refused", "tdmrep_file", files={TDM: tdm(1)}, headers=(("tdm-reservation", "0"),), head=meta("tdm-reservation", "1")),
    Host("row-07-without-file", "withheld", "meta_tdm_reservation", headers=(("tdm-reservation", "0"),), head=meta("tdm-reservation", "1")),
    Host("row-08", "withheld", "meta_robots", robots(YES[0]), {TDM: tdm(0)}, head=meta("robots", "noai")),
    Host("row-09", robots=robots("Content-Usage: search=y", "Content-Signal: search=yes")),
    Host("row-10", "deferred", "robots_txt", Reply(503), headers=(("Content-Usage", "train-ai=y"),)),
    Host("row-11", "withheld", "content_usage", Reply(404), headers=(("Content-Usage", "train-ai=n"),)),
    Host("row-12", "refused", "content_usage_robots", robots("Content-Usage: train-ai=n") + "\nUser-agent: GPTBot\nAllow: /\n"),
]  # fmt: skip

HOSTS = (*ROBOTS, *FILES, *HEADERS, *CONTENT, *CONFLICTS)
