"""Issue "Commands": a pilot says what would be collected, obeys every gate, and keeps nothing."""

import json
import sys

from tests.support.crawling import finished
from tests.support.simweb import SimulatedWeb

OWN = "My daughter has epilepsy and takes her tablets every morning."
NAMED = "Laura Bennett joined the union in her first week at the plant."


def test_a_pilot_reports_and_keeps_nothing(crawling, simweb: SimulatedWeb, tmp_path, monkeypatch):
    site = simweb.site("news.localhost").robots("User-agent: *\nDisallow: /private/\n")
    site.page(
        "/",
        "Front",
        main="<p>By Jane Doe. Write to jane@b.example or john@b.example.</p>",
        links=["/a", "/diary", "/club", "/private/x"],
    )
    site.page("/a", "Page A", main="<p>Nothing here but the bridge.</p>")
    site.page("/private/x", "Private")
    site.page("/diary", "Diary", main=f"<p>{OWN}</p>")
    site.page("/club", "Club", main=f"<p>{'The river was high and the boats lay still. ' * 60}</p><p>{NAMED}</p>")
    crawling.seeds = [simweb.url("news.localhost")]
    command = [sys.executable, "-m", "collector.cli", "pilot", str(crawling.policy), "--data", str(crawling.data)]
    command += ["--seed", crawling.seeds[0], "--json"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    answer = finished(command, timeout=120)
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert report["pages"] == 3
    assert report["special_categories"] == {
        "health": {"sentences": 1, "pages": 1, "withheld": 1},
        "union": {"sentences": 1, "pages": 1, "withheld": 0},
    }
    assert sum(report["flags"].values()) == 1
    assert "epilepsy" not in answer.stdout + answer.stderr
    assert report["kinds"]["email"]["spans"] == 2
    assert report["kinds"]["email"]["pages"] == 1
    assert report["kinds"]["person"]["per_thousand_words"] > 0
    assert ["robots_txt", 1] in [[stop["rule"], stop["candidates"]] for stop in report["not_kept"]]
    assert "/private/x" not in simweb.log.paths("news.localhost")
    assert list(temporary.iterdir()) == []
    assert not crawling.data.exists() or not any(crawling.data.rglob("*.warc.gz*"))
