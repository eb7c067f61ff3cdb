"""Scrapy settings of this checkout: nothing but the add-on, which sets and enforces everything else."""

BOT_NAME = "collector"
SPIDER_MODULES = ["collector.crawler.spiders"]
ADDONS = {"collector.crawler.addon.CollectorAddon": 100}
