"""A user's mistake: what is wrong, where and how to mend it; the right exit code; nobody contacted; no traceback."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.support.agreement import disagreements
from tests.support.changing import until
from tests.support.crawling import Crawling, finished, verify
from tests.support.simweb import SimulatedWeb


def refused(crawling: Crawling, *arguments: str, code: int = 2, **environment: str) -> str:
    """What a crawl says that ends with `code` and has contacted nobody."""
    with pytest.MonkeyPatch.context() as changed:
        for name, value in environment.items():
            changed.setenv(name, value)
        answer = finished(crawling.command(*arguments), timeout=60)
    assert answer.returncode == code, answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert crawling.web.log.connections == [], "it contacted somebody all the same"
    return answer.stderr


@pytest.fixture(name="site")
def _site(crawling: Crawling, simweb: SimulatedWeb) -> Crawling:
    simweb.site("a.localhost").page("/", "Front", links=["/b"]).page("/b", "B")
    crawling.seeds = [simweb.url("a.localhost")]
    return crawling


def line_of(crawling: Crawling, text: str) -> int:
    """The number of the policy's line that begins with `text`."""
    lines = crawling.policy.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


def test_a_typo_in_the_policy(site):
    """Design §7: unknown key = error with the nearest known one, all faults at once, each with its line."""
    site.scope = "max_depht = 3\nmax_pages = -1"
    said = refused(site)
    assert f"{site.policy}:{line_of(site, 'max_depht')}" in said
    assert "max_depht" in said
    assert "max_depth" in said.replace("max_depht", "")
    assert f"{line_of(site, 'max_pages')}" in said
    assert "mend" in said
    assert not site.collection.exists(), "nothing was begun"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[collection\nid = 1", "broken.toml:1: not TOML"),
        (b"\xff\xfe\x00\x01" * 100, "UTF-8"),
        ("", "collection"),
    ],
    ids=["no TOML", "binary junk", "empty"],
)
def test_a_policy_that_is_none(site, text, says):
    site.policy.unlink()
    broken = site.folder / "broken.toml"
    broken.write_bytes(text.encode() if isinstance(text, str) else text)
    command = [sys.executable, "-m", "collector.cli", "crawl", str(broken), "--data", str(site.data)]
    answer = finished(command, timeout=60)
    assert answer.returncode == 2
    assert "broken.toml" in answer.stderr
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_policy_that_is_not_there(site):
    command = [sys.executable, "-m", "collector.cli", "crawl", "strict-ue", "--data", str(site.data)]
    answer = finished(command, timeout=60)
    assert answer.returncode == 2
    assert "no such policy" in answer.stderr
    assert "strict-eu" in answer.stderr
    assert not site.data.exists()


def test_a_list_with_binary_junk(site):
    junk = site.folder / "list.txt"
    junk.write_bytes(b"fine.example.org\n\x00\xff\xfe\x01\x80\n")
    site.more = '[lists]\nfiles = ["list.txt"]'
    said = refused(site)
    assert f"{junk}:2" in said
    assert "UTF-8" in said
    junk.write_bytes(b"fine.example.org\nlook ~at~ this!\n")
    assert f"{junk}:2" in refused(site)
    junk.unlink()
    assert "list.txt" in refused(site)


@pytest.mark.parametrize("trouble", ["missing", "junk", "folder", "own folder"])
def test_a_registry_that_cannot_be_read_means_no_crawl(site, trouble):
    """Design §5: `opted_out` is of the floor; a line that cannot be read could be somebody's objection."""
    registry = site.folder / "registry.txt"
    site.more = '[registry]\nsources = ["registry.txt"]'
    match trouble:
        case "junk":
            registry.write_bytes(b"objects.example.org\n\xff\xfe\n")
        case "folder":
            registry.mkdir()
            (registry / "entries.jsonl").write_text('{"kind": "host"\n')
        case "own folder":
            registry.write_text("")
            (site.data / "registry").mkdir(parents=True)
            (site.data / "registry" / "objections.txt").write_bytes(b"\x00\x01\x02\n")
    said = refused(site)
    assert "regist" in said
    assert "mend" in said
    if site.collection.joinpath("collection.db").exists():
        assert site.rows("SELECT COUNT(*) FROM run") == [(0,)], "no run begins without the registry"
    (site.data / "registry" / "objections.txt").unlink(missing_ok=True)
    site.more = ""
    site.run()
    assert len(site.archived()) == 2


@pytest.mark.parametrize("seed", ["not a url", "ftp://example.org/", "https://", "mailto:someone@example.org", ""])
def test_a_seed_that_is_no_url(site, seed):
    site.seeds = [seed]
    said = refused(site)
    assert "seed" in said
    assert not site.collection.exists()


def test_lines_of_a_seeds_file_that_are_no_urls_are_counted_and_told(site, simweb):
    """Issue 2: the work is done for the others; exit code 1 says that some inputs were refused."""
    lines = [b"# a comment", b"", b"not a url", b"ftp://example.org/x", b"https://\xff\xfe/", b"x" * 3_000_000]
    lines += [b"http://[::1", b"\x00\x01\x02", simweb.url("a.localhost", "/c").encode() + b"  "]
    (site.folder / "seeds").write_bytes(b"\r\n".join(lines))
    simweb.site("a.localhost").page("/c", "C")
    summary = site.run("--seeds", str(site.folder / "seeds"), code=1)
    assert summary["seeds"]["rejected"] == 6
    assert len(summary["seeds"]["first_rejected"]) == 6
    assert "'not a url'" in summary["seeds"]["first_rejected"][0]
    assert summary["pages"] == 3
    assert verify(site) == ""
    plain = [part for part in site.command("--seeds", str(site.folder / "seeds")) if part != "--json"]
    answer = finished(plain, timeout=60)
    assert answer.returncode == 1
    assert "6 seeds could not be used" in answer.stdout
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_seeds_file_that_cannot_be_read(site, name):
    said = refused(site, "--seeds", str(site.folder / name))
    assert "director" in said
    assert "one a line" in said
    assert not site.collection.exists()


def test_twenty_thousand_seeds_from_standard_input(site, simweb):
    """Seeds by the million: taken in by batches."""
    simweb.site("a.localhost").pages("/s", 3)
    lines = "".join(f"https://h{n % 500}.elsewhere.test/{n}\n" for n in range(20_000))
    lines += "".join(f"{simweb.url('a.localhost', f'/s{n}')}\n" for n in range(3))
    summary = site.run("--seeds", "-", stdin=lines)
    assert summary["seeds"] == {"admitted": 4, "refused": 20_000, "known": 0, "rejected": 0, "first_rejected": []}
    assert summary["pages"] == 5
    assert simweb.log.hosts() == {"a.localhost"}
    assert verify(site) == ""


def test_a_file_that_is_no_key(site):
    keys = site.folder / "keys"
    (keys / site.id).mkdir(parents=True)
    (keys / site.id / "url.key").write_bytes(b"too short")
    site.run()
    said = refused_later(site, code=3, COLLECTOR_KEYS=str(keys))
    assert "not a key" in said
    assert str(keys) in said


def test_the_key_of_another_collection(site):
    """Under another key every URL would be a new one: captured again, objections to it unheard."""
    site.run()
    other = site.folder / "keys" / site.id
    other.mkdir(parents=True)
    (other / "url.key").write_bytes(bytes(range(32)))
    said = refused_later(site, code=3, COLLECTOR_KEYS=str(other.parent))
    assert "not the key that the collection was made with" in said
    (other / "url.key").unlink()
    said = refused_later(site, code=4, COLLECTOR_KEYS=str(other.parent))
    assert "cannot be read" in said
    assert not (other / "url.key").exists(), "a collection that has a key is not given a second one"
    site.run()
    assert disagreements(site.collection) == []


def refused_later(crawling: Crawling, code: int, **environment: str) -> str:
    """Like `refused`, of a collection that was crawled before: nothing is asked for and nothing changes."""
    crawling.web.log.connections.clear()
    before = crawling.rows("SELECT COUNT(*) FROM event"), crawling.rows("SELECT COUNT(*) FROM run")
    said = refused(crawling, code=code, **environment)
    assert before == (crawling.rows("SELECT COUNT(*) FROM event"), crawling.rows("SELECT COUNT(*) FROM run"))
    return said


def test_a_second_crawl_is_told_who_holds_the_collection(site, simweb):
    """Design §6: one writing crawl, any number of readers."""
    simweb.site("a.localhost").page("/b", "B", links=["/p0"]).page("/p0")
    simweb.hold_after(3)  # robots.txt and two pages
    process = site.start()
    until(lambda: "/p0" in simweb.log.paths("a.localhost"), process)
    second = finished(site.command(), timeout=60)
    assert second.returncode == 4, second.stderr
    assert f"process {process.pid} on" in second.stderr
    assert "since" in second.stderr
    assert "Traceback" not in second.stderr
    front = simweb.url("a.localhost")
    for reader in (["status", site.id], ["ledger", "show", front, "--collection", site.id]):
        command = [sys.executable, "-m", "collector.cli", *reader, "--data", str(site.data)]
        answer = finished(command, timeout=60)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout
    assert process.poll() is None, "it had ended by itself: nothing was held"
    process.send_signal(signal.SIGINT)
    until(lambda: bool(site.logged("stopping")), process)
    simweb.release()
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said + out
    assert len(site.archived()) >= 2
    assert verify(site) == ""
