"""Files that are written whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zirconkit import files


def fill_the_disk(path, content):
    """What Path.write_bytes does on a full disk: a part of the file is there, then an OSError."""
    with open(path, "wb") as file:
        file.write(bytes(content)[:5])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_bytes_text_and_arrays_are_written_as_they_are(tmp_path):
    path = tmp_path / "file.txt"
    for content, wanted in [
        (b"\x00\xff", b"\x00\xff"),
        ("a\r\nµ\n", b"a\r\n\xc2\xb5\n"),
        (np.uint8([7, 8]), b"\x07\x08"),
    ]:
        files.write_whole(path, content)
        assert path.read_bytes() == wanted
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_a_whole_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    files.write_whole(tmp_path / "whole", "")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_full_disk_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    files.write_whole(path, "earlier")
    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        files.write_whole(path, "later and longer")
    assert path.read_text() == "earlier" and list(tmp_path.iterdir()) == [path]


WRITE = """
import sys
from zirconkit import files
for _ in range(100):
    files.write_whole(sys.argv[1], sys.argv[2] * 200_000)
"""


def test_processes_that_write_one_file_do_not_meet(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a" * 200_000)
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, str(path), letter]) for letter in "ab"]
    while any(writer.poll() is None for writer in writers):
        text = path.read_text()
        assert len(text) == 200_000 and len(set(text)) == 1
    assert [writer.returncode for writer in writers] == [0, 0] and list(tmp_path.iterdir()) == [path]
