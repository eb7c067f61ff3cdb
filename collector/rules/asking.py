"""Puts together the facts of the site gate: the one place that knows what every asker of it must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.model.url import Url
from collector.rules.facts import SiteFacts
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import SiteFile


@dataclass(frozen=True, slots=True)
class Asking:
    """In whose name sites are asked, and whose exclusion counts as ours."""

    product_token: str
    training_tokens: tuple[str, ...] = ()  # blocklists/ai-tokens

    def of_site(
        self,
        url: Url,
        robots: SiteFile,
        rules: RobotsTxt,
        now: datetime,
        files: Mapping[str, SiteFile] | None = None,
    ) -> SiteFacts:
        """The facts of gate 2. `rules` are those of `robots`; `files` what else is at hand, by path or absolute URL."""
        return SiteFacts(url, self.product_token, robots, rules, now, files or {}, self.training_tokens)
