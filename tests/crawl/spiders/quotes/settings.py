"""A project as somebody would start it who never read more than the tutorial, and one line of ours."""

BOT_NAME = "quotes"
SPIDER_MODULES = ["quotes.spiders"]
NEWSPIDER_MODULE = "quotes.spiders"

ADDONS = {"collector.crawler.addon.CollectorAddon": 100}
COLLECTOR_POLICY = "policy.toml"
COLLECTOR_DATA = "data"

# What people write to be faster, and to be let in.
ROBOTSTXT_OBEY = False
DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS = 100
CONCURRENT_REQUESTS_PER_DOMAIN = 100
