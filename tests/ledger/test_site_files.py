"""What a site published: the newest answer, with its body, and every older one as evidence."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from collector.ledger.site_files import MAX_BODY, record_signal, signal_for, signals_of
from collector.model.page import Placement
from collector.signals.site_file import Reach, SiteFile
from tests.ledger.sample_account import NOW, begin, open_store

ORIGIN = "https://a.example.org"
ROBOTS = SiteFile(
    url=f"{ORIGIN}/robots.txt",
    reach=Reach.AVAILABLE,
    status=200,
    body=b"User-agent: *\nDisallow: /private\n",
    media_type="text/plain",
    redirects=("https://example.org/robots.txt",),
    fetched_at=NOW,
    valid_until=NOW + timedelta(hours=24),
    record_id=UUID(int=7).urn,
)


def test_the_newest_answer_and_the_last_good_one(tmp_path):
    """RFC 9309 §2.4: an unreachable file may leave the older copy in use."""
    gone = SiteFile(f"{ORIGIN}/robots.txt", Reach.UNREACHABLE, status=503, fetched_at=NOW + timedelta(hours=25))
    with open_store(tmp_path).transaction() as tx:
        run = begin(tx)
        assert signal_for(tx, ORIGIN, "/robots.txt") is None
        place = Placement(UUID(int=7).urn, "signals/corpus-20260304050607-00001-here.warc.gz", 300, 200)
        record_signal(tx, run, ORIGIN, "/robots.txt", ROBOTS, placement=place)
        assert signal_for(tx, ORIGIN, "/robots.txt") == ROBOTS
        record_signal(tx, run, ORIGIN, "/robots.txt", gone)
        assert signal_for(tx, ORIGIN, "/robots.txt") == gone
        assert signal_for(tx, ORIGIN, "/robots.txt", reach=Reach.AVAILABLE) == ROBOTS
        assert signal_for(tx, "http://a.example.org", "/robots.txt") is None  # RFC 9309 §2.3: scheme, host, port
        assert signals_of(tx, ORIGIN) == [("/robots.txt", ROBOTS), ("/robots.txt", gone)]


def test_the_same_bytes_are_kept_once_and_never_too_many(tmp_path):
    large = SiteFile(f"{ORIGIN}/robots.txt", Reach.AVAILABLE, 200, b"#" * (MAX_BODY + 5))
    with open_store(tmp_path).transaction() as tx:
        run = begin(tx)
        for number in range(20):
            record_signal(tx, run, f"https://h{number}.example.org", "/robots.txt", ROBOTS)
        record_signal(tx, run, ORIGIN, "/robots.txt", large)
        assert tx.exec_driver_sql("SELECT COUNT(*) FROM signal_body").scalar() == 2
        kept = signal_for(tx, ORIGIN, "/robots.txt")
    assert kept is not None
    assert len(kept.body) == MAX_BODY
