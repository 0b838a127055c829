"""Faults of operation with a graph file: links, a full disk, interruptions, killed processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs import Cli, everything, small_batches, tuples_of

import kgraph
from kgraph.model import Node, NodeBatch
from kgraph.store import open_store, values

COUNT = "MATCH (p:Paper) RETURN count(p) AS n, count(p.mark) AS marked"


def limited(kilobytes: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run kgraph in a process that can write no file longer than this, as on a full disk."""
    command = 'ulimit -f "$1"; shift; exec "$@"'
    return subprocess.run(
        ["bash", "-c", command, "bash", str(kilobytes), sys.executable, "-m", "kgraph.cli", *arguments],
        capture_output=True,
        text=True,
        # coverage would report that it cannot write its own file.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
    )


def test_a_symbolic_link_is_written_through(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "mine.kg"
    link.symlink_to(kitchen)
    cli.run("query", "MATCH (p:Paper) SET p.mark = 1", "--write", "--store", link)
    cli.run("build", kitchen.with_suffix(".jsonl"), "--thesaurus", thesaurus(tmp_path), "--store", link)
    assert link.is_symlink()
    assert tuples_of(kitchen, COUNT) == tuples_of(link, COUNT) == [(3, 3)]


def thesaurus(folder: Path) -> Path:
    """Return a thesaurus that makes a build write the graph again."""
    path = folder / "thesaurus.tsv"
    path.write_text("label\treplace by\ntoast\tbread\n")
    return path


def test_a_link_to_nothing_gets_its_target(tmp_path: Path) -> None:
    (tmp_path / "link.kg").symlink_to("real.kg")
    store = open_store(tmp_path / "link.kg")
    assert not store.exists()
    store.replace(*small_batches())
    assert (tmp_path / "link.kg").is_symlink() and (tmp_path / "real.kg").is_file()


def test_a_link_into_a_missing_folder(tmp_path: Path) -> None:
    (tmp_path / "link.kg").symlink_to("missing/real.kg")
    with pytest.raises(kgraph.InputError, match="missing: no such folder"):
        open_store(tmp_path / "link.kg").exists()


def test_two_names_of_a_graph_have_one_lock(tmp_path: Path) -> None:
    (tmp_path / "link.kg").symlink_to("real.kg")
    first, second = open_store(tmp_path / "real.kg"), open_store(tmp_path / "link.kg")
    first.replace(*small_batches())

    def nodes() -> Iterator[NodeBatch]:
        with pytest.raises(kgraph.StoreError, match="another process is writing"):
            second.query("MATCH (p:Paper) SET p.mark = 1", write=True)
        yield from small_batches()[0]

    first.replace(nodes(), [])


def test_a_full_disk_is_reported(kitchen: Path) -> None:
    before = everything(kitchen)
    ran = limited(8, "query", "MATCH (p:Paper) SET p.mark = 1", "--write", "--store", kitchen)
    assert ran.returncode == 1 and ran.stdout == ""
    assert (
        ran.stderr == f"kgraph: {kitchen}: cannot be written: File I/O error: File too large (os error 27)\n"
    )
    assert everything(kitchen) == before
    assert not list(kitchen.parent.glob("*.tmp.*"))
    with kgraph.open(kitchen) as graph:  # the lock is free
        graph.query("MATCH (p:Paper) SET p.mark = 1", write=True)
    assert tuples_of(kitchen, COUNT) == [(3, 3)]


def test_a_load_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "graph.kg")
    store.replace(*small_batches())
    before = (tmp_path / "graph.kg").read_bytes()

    def nodes() -> Iterator[NodeBatch]:
        yield NodeBatch("Paper", [Node("p3", {"name": "Third", "title": "Third"})])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.replace(nodes(), [])
    assert (tmp_path / "graph.kg").read_bytes() == before


def test_a_result_that_is_refused_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MAX_VALUE", 10)
    store = open_store(tmp_path / "graph.kg")
    store.replace(*small_batches())
    with pytest.raises(kgraph.QueryError, match="more than 10 characters"):
        store.query("MATCH (p:Paper) SET p.mark = 1 RETURN range(1, 11) AS x", write=True)
    assert [tuple(row.values()) for row in store.query(COUNT).rows] == [(2, 0)]


SAVING = """
import sys
from kgraph.model import Node, NodeBatch
from kgraph.store import open_store
store = open_store(sys.argv[1])
papers = [Node(str(n), {"name": str(n), "title": "t", "abstract": f"{n} " * 200}) for n in range(20_000)]
print("ready", flush=True)
while True:
    store.replace([NodeBatch("Paper", papers)], [])
"""


@pytest.mark.slow
def test_an_unfinished_save_is_deleted_at_the_next_write(tmp_path: Path) -> None:
    """A process is killed in the middle of a save, which leaves the engine's temporary file."""
    path = tmp_path / "graph[1].kg"
    open_store(path).replace(*small_batches())
    with subprocess.Popen([sys.executable, "-c", SAVING, path], stdout=subprocess.PIPE) as saving:
        assert saving.stdout is not None
        try:
            saving.stdout.readline()
            deadline = time.monotonic() + 60
            while not unfinished(path) and time.monotonic() < deadline:
                time.sleep(0.001)
        finally:
            saving.send_signal(signal.SIGKILL)
    left = unfinished(path)
    assert [name.split(".")[-2] for name in left] == [str(saving.pid)]
    store = open_store(path)
    store.query("RETURN 1")
    assert unfinished(path) == left  # a reader deletes nothing
    store.query("MATCH (p:Paper) SET p.mark = 1", write=True)
    assert unfinished(path) == []


def unfinished(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir() if ".kg.tmp." in entry.name)


def test_files_of_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "graph.kg"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    kept = [
        f"graph.kg.tmp.{os.getppid()}.0",  # of a running process
        f"other.kg.tmp.{dead.pid}.0",
        f"graph.kg.tmp.{dead.pid}.0.mine",
        "graph.kg.tmp.notes",
    ]
    for name in (*kept, f"graph.kg.tmp.{dead.pid}.7", f"graph.kg.tmp.{os.getpid()}.0"):
        (tmp_path / name).write_text("x")
    open_store(path).replace(*small_batches())
    assert unfinished(path) == sorted(kept)
