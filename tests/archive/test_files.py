"""The real file port: faults become StorageErrors that name the path and the mend."""

from __future__ import annotations

import os

import pytest

from collector.archive.files import PosixFile, PosixFiles
from collector.model.errors import ExitCode, IntegrityError, StorageError


def test_append_truncate_rename_and_listing(tmp_path):
    files = PosixFiles()
    opened = files.create(tmp_path / "a")
    opened.write(b"12345")
    opened.sync()
    opened.truncate(3)
    opened.write(b"x")
    opened.close()
    opened.close()
    files.rename(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"123x"
    assert files.size(tmp_path / "b") == 4
    assert files.size(tmp_path / "a") is None
    assert files.listing(tmp_path) == ("b",)
    assert files.listing(tmp_path / "none") == ()
    files.truncate(tmp_path / "b", 1)
    files.remove(tmp_path / "none")
    assert files.sha256(tmp_path / "b") == "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"


def test_a_file_of_somebody_else_is_not_appended_to(tmp_path):
    (tmp_path / "a").write_bytes(b"theirs")
    with pytest.raises(StorageError, match="one writing crawl"):
        PosixFiles().create(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"theirs"


def test_replace_leaves_the_old_file_when_the_disk_refuses(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")

    def refuse(fd, data):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StorageError) as caught:
        PosixFiles().replace(tmp_path / "a", b"new")
    monkeypatch.undo()
    assert caught.value.exit_code is ExitCode.STORAGE
    assert "free some space" in caught.value.mend
    assert (tmp_path / "a").read_bytes() == b"old"
    assert PosixFiles().listing(tmp_path) == ("a",)


def test_a_short_write_is_taken_up_again(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:2])))
    opened = PosixFile(tmp_path / "a")
    opened.write(b"1234567")
    opened.close()
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == b"1234567"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_somebody_else_names_the_right_that_is_missing(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    # In a child, so that the test process keeps its rights.
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            PosixFiles().create(folder / "a")
        except StorageError as exc:
            os._exit(0 if "right to write" in exc.mend and str(folder / "a") in str(exc) else 2)
        except BaseException:  # noqa: BLE001 - the child must not go on into pytest
            os._exit(3)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.rename(path.with_name("elsewhere")),
        lambda path: (path.unlink(), path.write_bytes(b"12345")),
        lambda path: path.write_bytes(b"123"),
        lambda path: path.write_bytes(b"12345678"),
    ],
    ids=["deleted", "moved", "replaced", "cut", "written to"],
)
def test_a_file_that_somebody_harms_while_it_is_written_is_seen_at_the_next_sync(tmp_path, harm):
    """Records would go on into a file that nobody can find, and the ledger would vouch for them."""
    path = tmp_path / "a.warc.gz.open"
    file = PosixFile(path)
    file.write(b"12345")
    file.sync()
    harm(path)
    with pytest.raises(IntegrityError) as lost:
        file.sync()
    assert str(path) in str(lost.value)
    assert lost.value.exit_code is ExitCode.INTEGRITY
    file.close()


def test_what_was_cut_back_is_written_on(tmp_path):
    file = PosixFile(tmp_path / "a")
    file.write(b"12345")
    file.truncate(2)
    file.write(b"6")
    file.sync()
    assert (tmp_path / "a").read_bytes() == b"126"
    file.close()
