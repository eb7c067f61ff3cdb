"""One site, end to end: what was fetched, what was kept, what was refused and why."""

from tests.support.crawling import verify


def test_a_small_site_is_crawled_archived_and_accounted_for(crawling, simweb):
    site = simweb.site("news.localhost").robots("User-agent: *\nDisallow: /private/\nSitemap: /sitemap.xml\n")
    site.page("/", "Front", links=["/a", "/b", "/private/x", "https://elsewhere.test/", "/gone"])
    site.page("/a", "Page A", links=["/", "/b"])
    site.page("/b", "Page B", links=["/a#part", "/c?utm_source=x"])
    site.page("/c", "Page C")
    site.page("/from-sitemap", "Only in the sitemap")
    site.page("/private/x", "Private", links=["/private/y"])
    site.sitemap("/sitemap.xml", [simweb.url("news.localhost", "/from-sitemap")])
    crawling.seeds = [simweb.url("news.localhost")]
    summary = crawling.run()
    outcomes = crawling.outcomes()
    url = lambda path: simweb.url("news.localhost", path)  # noqa: E731
    assert summary["pages"] == 5
    for path in ("/", "/a", "/b", "/c", "/from-sitemap"):
        assert outcomes[url(path)][0] == "archived", path
    assert outcomes[url("/private/x")][:2] == ("refused", "robots_txt")
    assert "line 2" in outcomes[url("/private/x")][2]
    assert outcomes["https://elsewhere.test/"][:2] == ("refused", "in_scope")
    assert outcomes[url("/gone")][0] == "failed"
    assert url("/private/y") not in outcomes
    asked = simweb.log.paths("news.localhost")
    assert asked.count("/robots.txt") == 1
    assert not [path for path in asked if path.startswith("/private/")]
    assert len(asked) == len(set(asked)), "a URL was asked for twice"
    assert len(crawling.warcs()) == len(crawling.warcs("signals")) == len(crawling.warcs("text")) == 1
    assert verify(crawling) == ""


def test_a_second_run_asks_nothing_again(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front", links=["/b"]).page("/b", "B")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    simweb.log.clear()
    crawling.run()
    assert simweb.log.paths("a.localhost") == []


def test_the_user_agent_names_product_version_page_and_contact(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    (agent,) = {request.headers["user-agent"] for request in simweb.log.requests(host="a.localhost")}
    assert agent.startswith("corpusbot/")
    assert "(+https://example.org/bot; tests@example.org)" in agent
    for request in simweb.log.requests(host="a.localhost"):
        assert "cookie" not in request.headers
        assert "referer" not in request.headers


def test_identical_content_is_a_revisit_not_a_second_copy(crawling, simweb):
    site = simweb.site("a.localhost")
    site.page("/", "Front", links=["/one", "/two"])
    site.page("/one", "Same").page("/two", "Same")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    outcomes = {path: crawling.outcomes()[simweb.url("a.localhost", path)][0] for path in ("/one", "/two")}
    assert sorted(outcomes.values()) == ["archived", "duplicate"]
    assert verify(crawling) == ""


def test_a_redirect_is_a_candidate_of_its_own(crawling, simweb):
    site = simweb.site("a.localhost").robots("User-agent: *\nDisallow: /closed\n")
    site.page("/", "Front", links=["/old", "/trap", "/away"])
    site.redirect("/old", "/new").page("/new", "New")
    site.redirect("/trap", "/closed/page").page("/closed/page", "Closed")
    site.redirect("/away", simweb.url("b.localhost", "/secret"))
    simweb.site("b.localhost").robots("User-agent: *\nDisallow: /secret\n").page("/secret", "Secret")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    outcomes = crawling.outcomes()
    assert outcomes[simweb.url("a.localhost", "/new")][0] == "archived"
    assert outcomes[simweb.url("a.localhost", "/closed/page")][:2] == ("refused", "robots_txt")
    assert outcomes[simweb.url("b.localhost", "/secret")][:2] == ("refused", "robots_txt")
    assert simweb.log.paths("b.localhost") == ["/robots.txt"]
    assert "/closed/page" not in simweb.log.paths("a.localhost")


def test_budgets_end_the_run_and_what_waits_is_closed_as_deferred(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front", links=[f"/p{i}" for i in range(20)]).pages("/p", 20)
    crawling.seeds = [simweb.url("a.localhost")]
    summary = crawling.run("--max-pages", "5")
    assert summary["ended"] == "budget"
    assert summary["pages"] == 5
    ends = [(outcome, rule) for outcome, rule, _ in crawling.outcomes().values()]
    assert ends.count(("deferred", "budget")) == 16, "each says which setting left it unasked"
    assert {end for end in ends if end[0] == "deferred"} == {("deferred", "budget")}
