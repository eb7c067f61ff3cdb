"""The report of a run: one file that names nobody, fetches nothing, and shows what the account says."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close, end_run, record_act
from collector.ledger.segments import segment_committed
from collector.ledger.timeline import Span, Timeline, timeline
from collector.model.decision import Gate, Verdict
from collector.model.errors import InputError
from collector.model.event import ClosingEvent, Outcome
from collector.model.layout import CollectionLayout
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.reports.plots import HEIGHT, WIDTH, over_time, rounded, shares
from collector.reports.render import run_report, write_run_report
from collector.reports.run_facts import NAMELESS, run_facts
from tests.ledger.sample_account import NOW, OPERATOR, SEGMENT, archived, begin, decided, found, open_store, refused

A = "https://a.example.org/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def paths(tmp_path):
    """A collection: a page kept, refusals, a host whose name is personal, an act, a run that was stopped."""
    paths = CollectionLayout(tmp_path)
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx, NOW - timedelta(seconds=90))
        frontier = SqliteFrontier(Pace(HostPace(2.0, 30.0)), fence=1)
        hrefs = [f"{A}{n}" for n in range(4)]
        frontier.discover(tx, found(hrefs), 0.0)
        segment_committed(tx, SEGMENT, "archive", 5_000)
        for number, href in enumerate(hrefs):
            claim = found([href])[0]
            event = archived(href, number) if number == 0 else refused(href, reason=f"no, {HOSTILE} {'x' * number}")
            close(tx, run, claim.key, event)
        record_act(tx, OPERATOR, "crawl paused", "crawl", NOW - timedelta(seconds=5), run=run, detail="Anna rang")
        end_run(tx, run, OPERATOR, "stopped", NOW + timedelta(seconds=1))
    store.close()
    return paths


def test_it_shows_what_the_account_says_and_names_nobody(paths):
    path = write_run_report(paths, NOW, title=f"Corpus {HOSTILE}")
    assert path == paths.reports / "run-000001.html"
    text = path.read_text()
    assert HOSTILE not in text
    page = html.fromstring(text)
    said = " ".join(" ".join(page.itertext()).split())
    assert f"Corpus {HOSTILE}" in said
    assert "candidates closed 4" in said
    assert "crawl paused" in said
    assert "stopped" in said
    assert "a.example.org" in said
    for unnamed in (OPERATOR.name, "Anna", A):
        assert not re.search(rf"(?<!\w){re.escape(unnamed)}(?!\w)", said), unnamed


def test_it_fetches_and_runs_nothing(paths):
    page = html.fromstring(write_run_report(paths, NOW, title="Corpus").read_text())
    assert {e.tag for e in page.iter(etree.Element)} <= set(
        "html head meta title style body h1 h2 p b dl div dt dd table caption thead tbody tr th td figure figcaption"
        " svg rect line text".split()
    )
    assert not page.xpath("//@href|//@src|//@*[starts-with(name(), 'on')]")
    assert "url(" not in page.xpath("string(//style)")
    assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]


def test_a_browser_shows_it(paths, tmp_path):
    """Laid out by a real browser: nothing is wider than the page, every bar is inside its plot."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("NO BROWSER: the report was not looked at; apt-get install chromium")
    path = write_run_report(paths, NOW, title="Corpus")
    shot = tmp_path / "report.png"
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    subprocess.run(
        [browser, *arguments, "--window-size=900,1600", f"--screenshot={shot}", path.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 20_000  # a blank page of this size has 5 kB


def test_another_run_or_none(paths, tmp_path):
    with pytest.raises(InputError, match="no run 7"):
        write_run_report(paths, NOW, title="Corpus", run=7)
    to = tmp_path / "elsewhere" / "report.html"
    assert write_run_report(paths, NOW, title="Corpus", run=1, to=to) == to
    assert to.is_file()


def test_a_run_without_anything(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        begin(tx)
        facts = run_facts(tx, NOW)
    store.close()
    text = run_report(facts, title="Corpus", made=NOW)
    assert "Nothing was closed" in text
    assert "Nobody was asked" in text


def test_whom_a_refusal_protects_is_not_named(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx, NOW - timedelta(seconds=9))
        for rule, reason in (
            ("opted_out", "an objection is in force: subtree anna.example"),
            ("sensitive_domain", "host clinic.example is listed in the category health.forum"),
            ("frontier_purge", "an operator has taken it out of the queue: Anna rang"),
        ):
            href = f"https://{rule.replace('_', '-')}.example.org/"
            no = (decided(Gate.URL, Verdict.DENY, rule=rule, reason=reason),)
            close(
                tx,
                run,
                found([href])[0].key,
                ClosingEvent(Candidate(parse_url(href)), Outcome.REFUSED, reason, no, NOW),
            )
        end_run(tx, run, OPERATOR, "finished", NOW)
        facts = run_facts(tx, NOW)
    store.close()
    assert {stop.rule: stop.reason for stop in facts.stops} == {
        "opted_out": "an objection is in force: subtree (host)",
        "sensitive_domain": "host (host) is listed in the category health.forum",
        "frontier_purge": "an operator has taken it out of the queue",
    }


def test_a_host_whose_name_is_personal_is_counted_and_not_named(tmp_path):
    from collector.reports.run_facts import _named  # noqa: PLC0415

    assert _named("a.example.org") == "a.example.org"
    assert _named("not a host") == NAMELESS


@pytest.mark.parametrize(
    ("lasted", "step"),
    [(1, 1), (120, 1), (121, 10), (1_300, 60), (7_300, 600), (80_000, 3_600), (10_000_000, 86_400)],
)
def test_steps_grow_with_the_run(tmp_path, lasted, step):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx)
        close(tx, run, found([A])[0].key, refused(A))
        line = timeline(tx, run, timedelta(seconds=lasted))
    store.close()
    assert line.step == timedelta(seconds=step)
    (span,) = line.spans
    assert timedelta() <= NOW - span.begins < line.step


@given(numbers=st.lists(st.tuples(st.integers(0, 110), st.sampled_from(Outcome), st.integers(1, 10**9)), max_size=40))
def test_every_bar_is_inside_its_plot(numbers):
    begin_ = datetime(2026, 1, 1, tzinfo=UTC)
    step = timedelta(minutes=1)
    spans = tuple(Span(begin_ + step * at, outcome, "", 0, n) for at, outcome, n in sorted(numbers))
    plot = over_time(Timeline(step, spans), begin_, begin_ + step * 110)
    assert len({(r.x, r.kind) for r in plot.rectangles}) == len(plot.rectangles)
    for one in plot.rectangles:
        assert 0 <= one.x <= one.x + one.width <= WIDTH + 1e-6
        assert -1e-6 <= one.y <= one.y + one.height <= HEIGHT + 1e-6


@given(st.integers(0, 10**12))
def test_marks_cover_the_greatest_number(most):
    marks = rounded(most)
    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= 6
    assert list(marks) == sorted(set(marks))


def test_shares():
    assert shares([4, 2, 0]) == [1.0, 0.5, 0.0]
    assert shares([]) == []
    assert shares([0]) == [0.0]
