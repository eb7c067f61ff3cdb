"""Tries everything that could get a request past a gate; `way` says what. Counts in the statistics what came back."""

import asyncio
import base64

import scrapy
from scrapy import FormRequest, Request
from scrapy.http import JsonRequest


class BypassSpider(scrapy.Spider):
    name = "bypass"

    def __init__(self, way="", allowed="", forbidden="", **kwargs):
        super().__init__(**kwargs)
        self.way, self.allowed, self.forbidden = way, allowed, forbidden

    def ways(self, way):
        url, page = self.forbidden, f"{self.allowed}secret-{way}"
        decision = {"verdict": "allow", "gate": "site"}
        return {
            "dont_obey": lambda: [Request(url, meta={"dont_obey_robotstxt": True})],
            "dont_filter": lambda: [Request(self.allowed, dont_filter=True) for _ in range(3)],
            "post": lambda: [FormRequest(page, formdata={"a": "b"})],
            "json": lambda: [JsonRequest(page, data={"a": "b"})],
            "head": lambda: [Request(page, method="HEAD")],
            "put": lambda: [Request(page, method="PUT", body=b"x")],
            "get_body": lambda: [Request(page, body=b"x")],
            "cookies": lambda: [Request(page, cookies={"session": "1"})],
            "cookie_header": lambda: [Request(page, headers={"Cookie": "session=1"})],
            "authorization": lambda: [
                Request(page, headers={"Authorization": b"Basic " + base64.b64encode(b"user:pass")})
            ],
            "userinfo": lambda: [Request(page.replace("://", "://user:pass@"))],
            "host": lambda: [Request(page, headers={"Host": "refused.localhost"})],
            "proxy": lambda: [Request(page, meta={"proxy": self.forbidden})],
            "bindaddress": lambda: [Request(page, meta={"bindaddress": "127.0.0.9"})],
            "splash": lambda: [Request(page, meta={"splash": {"args": {"url": url}}})],
            "playwright": lambda: [Request(page, meta={"playwright": True, "playwright_include_page": True})],
            "zyte": lambda: [Request(page, meta={"zyte_api_automap": True})],
            "statuses": lambda: [Request(self.allowed + "wall", meta={"handle_httpstatus_all": True})],
            "meta": lambda: [
                Request(
                    url,
                    meta={
                        "collector": decision,
                        "admitted": True,
                        "ticket": decision,
                        "depth": -5,
                        "redirect_times": 0,
                    },
                ),
                Request(self.allowed + "?depth", meta={"depth": "abc", "download_maxsize": 0, "download_slot": "mine"}),
            ],
            "schemes": lambda: [
                Request("data:text/html,<title>data</title>"),
                Request("file:///etc/hostname"),
                Request("ftp://refused.localhost/a"),
                Request("s3://bucket/key"),
            ],
            "headers": lambda: [
                Request(
                    self.allowed + "?headers",
                    headers={
                        "User-Agent": "Mozilla/5.0",
                        "X-Forwarded-For": "198.51.100.7",
                        "Referer": "https://search.example/",
                        "Range": "bytes=0-9",
                        "Accept-Language": "de",
                        "Upgrade": "h2c",
                    },
                )
            ],
        }

    async def start(self):
        for way in self.way.split():
            for request in self.ways(way).get(way, list)():
                yield request.replace(callback=self.parse, errback=self.failed)
        if self.way == "engine.crawl":
            for url in (self.forbidden, self.allowed, self.allowed):
                self.crawler.engine.crawl(Request(url, callback=self.parse, errback=self.failed, dont_filter=True))
        elif self.way == "engine.download":
            first = Request(self.allowed)
            await asyncio.gather(*(self.download(Request(url)) for url in (self.forbidden, self.allowed, self.allowed)))
            await self.download(first)
            await self.download(first)
        elif self.way == "downloader":
            engine = self.crawler.engine
            for request in (Request(self.forbidden), Request(self.allowed)):
                for send in (
                    engine.downloader.handlers.download_request_async,
                    engine.downloader._enqueue_request,
                ):
                    await self.tried(send(request))
        elif self.way == "again":
            yield Request(self.allowed, callback=self.again)

    async def again(self, response):
        self.crawler.stats.inc_value("seen")
        await self.download(response.request)
        await self.tried(self.crawler.engine.downloader.handlers.download_request_async(response.request))

    async def download(self, request):
        await self.tried(self.crawler.engine.download_async(request))

    async def tried(self, sending):
        try:
            response = await sending
        except Exception as exc:  # noqa: BLE001  whatever it is, it is counted
            self.crawler.stats.inc_value(f"failed/{type(exc).__name__}")
        else:
            self.crawler.stats.inc_value("seen")
            assert response.body

    def parse(self, response):
        self.crawler.stats.inc_value("seen")
        yield {"url": response.url, "body": response.body.decode()}

    def failed(self, failure):
        self.crawler.stats.inc_value(f"failed/{failure.type.__name__}")


class LoudSpider(BypassSpider):
    """The same, with every setting turned against the policy."""

    name = "loud"
    user_agent = "Mozilla/5.0"
    download_timeout = 600
    download_maxsize = 0
    http_user = "user"
    http_pass = "pass"
    http_auth_domain = None
    custom_settings = {  # noqa: RUF012  as everybody writes it
        "ADDONS": {},
        "ROBOTSTXT_OBEY": False,
        "COOKIES_ENABLED": True,
        "HTTPPROXY_ENABLED": True,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": "cache",
        "JOBDIR": "job",
        "TELNETCONSOLE_ENABLED": True,
        "REMOTE_CONTROL_ENABLED": True,
        "REMOTE_CONTROL_JOBS_DIR": "control",
        "USER_AGENT": "Mozilla/5.0",
        "REFERRER_POLICY": "unsafe-url",
        "DOWNLOAD_HANDLERS": {"http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"},
        "REDIRECT_ENABLED": True,
        "RETRY_ENABLED": True,
        "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOADER_MIDDLEWARES": {
            "collector.crawler.gating.gate_middleware.GateMiddleware": None,
            "quotes.middlewares.Outer": 1,
            "quotes.middlewares.Inner": 50_000,
            "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 60_000,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 60_001,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 60_002,
            "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": 60_003,
        },
        "SPIDER_MIDDLEWARES": {"collector.crawler.gating.candidate_middleware.CandidateMiddleware": None},
        "EXTENSIONS": {"collector.crawler.lifecycle.Lifecycle": None, "quotes.middlewares.Listener": 0},
        "SCHEDULER_DEBUG": True,
        "DUPEFILTER_DEBUG": True,
    }
