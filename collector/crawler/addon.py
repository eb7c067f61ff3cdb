"""The add-on: one line in ADDONS gates a Scrapy project, its own spiders and anybody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings, default_settings

from collector import __version__
from collector.crawler.crawl import attach, attached
from collector.crawler.lifecycle import tell
from collector.crawler.network.convert import ACCEPT
from collector.crawler.wiring import Options, open_crawl
from collector.model.errors import CollectorError, PolicyError
from collector.policy.policy import Policy

PRIORITY = 1_000  # above custom_settings and the command line: nothing in a project loosens what the policy binds

OFF = (
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
    "scrapy.downloadermiddlewares.retry.RetryMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",  # the download handler decodes
)
UNUSED = (  # switched off by their settings, too; not even imported: the first costs 8 MB
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.telnet.TelnetConsole",
)
OFFSITE = "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware"
GATE = "collector.crawler.gating.gate_middleware.GateMiddleware"


class CollectorAddon:
    """`ADDONS = {"collector.crawler.addon.CollectorAddon": 100}` and `COLLECTOR_POLICY = "policies/….toml"`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to build a component."""
        return cls(crawler)

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Before any spider is asked for its settings: none can leave the add-on out."""
        settings.set("ADDONS", settings.getdict("ADDONS"), priority=PRIORITY)

    def update_settings(self, settings: BaseSettings) -> None:
        """Open the collection under the policy and bind every setting that touches what may be fetched."""
        crawl = attached(self._crawler)
        if crawl is None:
            try:
                crawl = open_crawl(self._options(settings))
            except CollectorError as exc:
                tell(exc)
            attach(self._crawler, crawl)
        for name, value in bound_settings(crawl.policy).items():
            settings.set(name, value, priority=PRIORITY)
        middlewares: dict[Any, Any] = {**settings.getdict("DOWNLOADER_MIDDLEWARES"), **dict.fromkeys(OFF)}
        innermost = max([1_000, *(place for place in middlewares.values() if place is not None)]) + 1
        middlewares[GATE] = innermost
        if middlewares.get(OFFSITE, 50) is not None:
            middlewares[OFFSITE] = None
            middlewares["collector.crawler.gating.offsite.Offsite"] = 50
        settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority=PRIORITY)
        spider_middlewares: dict[Any, Any] = dict(settings.getdict("SPIDER_MIDDLEWARES"))
        spider_middlewares["scrapy.spidermiddlewares.referer.RefererMiddleware"] = None
        spider_middlewares["collector.crawler.gating.candidate_middleware.CandidateMiddleware"] = 5
        settings.set("SPIDER_MIDDLEWARES", spider_middlewares, priority=PRIORITY)
        extensions: dict[Any, Any] = dict(settings.getdict("EXTENSIONS"))
        extensions["collector.crawler.lifecycle.Lifecycle"] = 0
        settings.set("EXTENSIONS", extensions, priority=PRIORITY)
        # out of the base itself: Scrapy would import what is set to None, to compare it
        needed = {name: place for name, place in settings.getdict("EXTENSIONS_BASE").items() if name not in UNUSED}
        settings.set("EXTENSIONS_BASE", needed, priority=PRIORITY)

    def _options(self, settings: BaseSettings) -> Options:
        spider: Spider | type[Spider] = self._crawler.spider or self._crawler.spidercls
        arguments = settings.getdict("COLLECTOR_ARGUMENTS")
        policy = arguments.get("policy") or getattr(spider, "policy", None) or settings.get("COLLECTOR_POLICY")
        if not policy:
            raise PolicyError(
                "no policy: a crawl is bound to one",
                where="COLLECTOR_POLICY",
                mend="name the policy file in settings.py (COLLECTOR_POLICY) or with `-a policy=FILE`",
            )
        data = getattr(spider, "data", None) or settings.get("COLLECTOR_DATA") or "data"
        return Options(policy=Path(policy), data=Path(data), actor=settings.get("COLLECTOR_ACTOR") or "")


def bound_settings(policy: Policy) -> dict[str, Any]:
    """Every setting the policy binds, and every default of Scrapy 2.19 that must not stand."""
    politeness = policy.politeness
    handler = "collector.crawler.network.download_handler.GatedDownloadHandler"
    return {
        "USER_AGENT": policy.crawler.user_agent(__version__),
        "ROBOTSTXT_OBEY": False,  # the site gate does it, and does it right
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # on by default since 2.19; it executes code
        "HTTPCACHE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # an environment proxy would get round the address check
        "METAREFRESH_ENABLED": False,
        "REDIRECT_ENABLED": False,  # every hop is a candidate
        "RETRY_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,  # the frontier's clock keeps the delay, over processes and restarts
        "DOWNLOAD_DELAY_JITTER": 0,  # Scrapy's would halve it
        "CONCURRENT_REQUESTS": politeness.concurrency * 2,  # site files beside pages
        "CONCURRENT_REQUESTS_PER_DOMAIN": max(
            [politeness.concurrency_per_host, *(host.concurrency_per_host or 1 for host in politeness.hosts)]
        ),
        "DOWNLOAD_TIMEOUT": politeness.request_timeout,
        "DOWNLOAD_MAXSIZE": max(policy.scope.max_body_bytes, 600_000),
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": policy.network.verify_tls,
        "DOWNLOAD_HANDLERS": {
            "http": handler,
            "https": handler,
            **dict.fromkeys(("data", "file", "ftp", "s3", "h2")),
        },
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOADER": default_settings.DOWNLOADER,
        "DOWNLOADER_CLIENTCONTEXTFACTORY": default_settings.DOWNLOADER_CLIENTCONTEXTFACTORY,
        "SCHEDULER": default_settings.SCHEDULER,  # in memory: what waits may be personal
        "SCHEDULER_DEBUG": False,  # it logs requests
        "TWISTED_REACTOR_ENABLED": True,  # the address guard is the reactor's
        "CONCURRENT_REQUESTS_PER_IP": 0,
        "DOWNLOAD_SLOTS": {},
        "DEFAULT_REQUEST_HEADERS": {"Accept": ACCEPT},
        "URLLENGTH_LIMIT": 0,  # `in_scope` refuses over-long URLs, with a reason
        "DEPTH_LIMIT": 0,
        "JOBDIR": None,
        "DUPEFILTER_CLASS": "collector.crawler.gating.duplicates.SeenInThisRun",
        "LOG_FORMATTER": "collector.crawler.watching.log_format.WithoutContent",
        "DNSCACHE_ENABLED": False,
        "REFERRER_POLICY": "no-referrer",
        "HTTPERROR_ALLOW_ALL": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }
