"""Faults of the extraction cache are named by their cause."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from runs import PAPERS, jsonl

from kgraph.errors import StoreError
from kgraph.extract.run.cache import ExtractionCache


def limited(kilobytes: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run kgraph in a process that can write no file longer than this, as on a full disk."""
    command = 'ulimit -f "$1"; shift; exec "$@"'
    return subprocess.run(
        ["bash", "-c", command, "bash", str(kilobytes), sys.executable, "-m", "kgraph.cli", *arguments],
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path) -> None:
    papers = jsonl(tmp_path / "papers.jsonl", *PAPERS)
    ran = limited(16, "build", papers, "--jobs", "1", "--store", tmp_path / "graph.kg")
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.startswith(
        f"kgraph: {tmp_path / 'graph.kg.cache'}: the extraction cache cannot be read or written ("
    )
    assert "free some disk space" in ran.stderr and "damaged" not in ran.stderr


def test_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(StoreError, match=r"cannot be written .*; name another file with --cache"):
        ExtractionCache(Path("/proc/kgraph.cache"))


def test_a_locked_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ExtractionCache(tmp_path / "cache")
    cache.close()
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda path, **options: connect(path, **{**options, "timeout": 0.01})
    )
    other = connect(tmp_path / "cache", isolation_level=None)
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="is used by another process"):
        ExtractionCache(tmp_path / "cache")
    other.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_cache(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(content)
    with pytest.raises(StoreError, match=r"the extraction cache is damaged .*; delete it"):
        ExtractionCache(tmp_path / "cache")
    assert (tmp_path / "cache").read_bytes() == content
