"""The file of the embedded engine: damage, locks, invalid paths, and names of stores."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs import one, small_batches

from kgraph.errors import InputError, QueryError, StoreError
from kgraph.model import EdgeBatch, NodeBatch
from kgraph.store import GraphStore, open_store, store_path

Batches = tuple[list[NodeBatch], list[EdgeBatch]]


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[GraphStore]:
    """The nodes and edges of ``batches`` in little.kg."""
    store = open_store(tmp_path / "little.kg")
    store.replace(*small_batches())
    yield store
    store.close()


@pytest.mark.parametrize("write", [False, True])
def test_a_query_that_fails_leaves_the_file_as_it_is(
    small_store: GraphStore, tmp_path: Path, write: bool
) -> None:
    before = (tmp_path / "little.kg").read_bytes()
    with pytest.raises(QueryError):
        small_store.query("MATCH (p:Paper) SET p.mark = 1 WITH p RETURN 1 / 0", write=write)
    assert (tmp_path / "little.kg").read_bytes() == before


def test_work_is_bounded_without_a_timeout(small_store: GraphStore) -> None:
    with pytest.raises(QueryError):
        small_store.query("UNWIND range(1, 1000000000) AS x RETURN count(x)", timeout=None)


@pytest.fixture(params=["empty", "text", "cut", "flipped", "sqlite"])
def damaged(request: pytest.FixtureRequest, small_store: GraphStore, tmp_path: Path) -> Path:
    small_store.close()
    whole = (tmp_path / "little.kg").read_bytes()
    path = tmp_path / "damaged.kg"
    path.write_bytes(
        {
            "empty": b"",
            "text": b"Dear diary, today I learned about graphs.\n" * 40,
            "cut": whole[: len(whole) // 2],
            "flipped": whole[:-40] + bytes(byte ^ 255 for byte in whole[-40:]),
            "sqlite": b"SQLite format 3\0" + bytes(4096),
        }[request.param]
    )
    return path


def test_files_that_are_not_a_graph(damaged: Path, batches: Batches) -> None:
    before = damaged.read_bytes()
    with pytest.raises(InputError, match=r"damaged\.kg: not a graph of kgraph, or damaged"):
        open_store(damaged).query("RETURN 1")
    with pytest.raises(InputError, match=r"damaged\.kg: not a graph of kgraph, or damaged"):
        open_store(damaged).replace(*batches)
    assert damaged.read_bytes() == before


def test_a_missing_graph(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(InputError, match=r"no\.kg: no graph there; make one with `kgraph build`"):
            open_store(tmp_path / "no.kg").query("CREATE (:X {id: 1})", write=write)
    assert not open_store(tmp_path / "no.kg").exists()
    assert list(tmp_path.iterdir()) == []


def test_invalid_paths(tmp_path: Path, batches: Batches) -> None:
    (tmp_path / "file").write_text("x")
    for place, message in (
        (tmp_path, "this is a folder"),
        (tmp_path / "no" / "x.kg", "no such folder"),
        (tmp_path / "file" / "x.kg", "no such folder"),
    ):
        store = open_store(place)
        for use in (store.exists, lambda: store.query("RETURN 1"), lambda: store.replace(*batches)):  # noqa: B023
            with pytest.raises(InputError, match=message):
                use()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be_written(batches: Batches) -> None:
    with pytest.raises(StoreError, match=r"/proc/x\.kg: cannot be"):
        open_store("/proc/x.kg").replace(*batches)


def test_the_name_of_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KGRAPH_STORE", raising=False)
    assert store_path(None) == "papers.kg"
    monkeypatch.setenv("KGRAPH_STORE", "mine.kg")
    assert store_path(None) == "mine.kg"
    with pytest.raises(InputError, match="empty"):
        store_path("")
    assert store_path(tmp_path) == str(tmp_path)


WRITER = """
import sys, time
from kgraph.model import Node, NodeBatch
from kgraph.store import open_store
def slowly():
    print("writing", flush=True)
    sys.stdin.readline()
    yield NodeBatch("Paper", [Node("late", {"name": "Late", "title": "Late"})])
open_store(sys.argv[1]).replace(slowly(), [])
"""


def test_the_second_of_two_writers_is_refused(
    small_store: GraphStore, tmp_path: Path, batches: Batches
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path / "little.kg"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin and other.stdout and other.stdout.readline() == "writing\n"
        for write in (
            lambda: small_store.replace(*batches),
            lambda: small_store.query("CREATE (:X)", write=True),
        ):
            with pytest.raises(StoreError, match="another process is writing this graph"):
                write()
        # Readers need no lock and see the last save.
        assert one(open_store(tmp_path / "little.kg"), "MATCH (p:Paper) RETURN count(p)") == 2
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.wait(30) == 0
    fresh = open_store(tmp_path / "little.kg")
    assert one(fresh, "MATCH (p:Paper) RETURN collect(p.id)") == ["late"]
    fresh.replace(*batches)
    assert one(fresh, "MATCH (p:Paper) RETURN count(p)") == 2


def test_a_killed_writer_leaves_no_lock(small_store: GraphStore, tmp_path: Path, batches: Batches) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path / "little.kg"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdout.readline() == "writing\n"
        other.kill()
    assert one(small_store, "MATCH (p:Paper) RETURN count(p)") == 2
    small_store.replace(*batches)
    assert one(small_store, "MATCH (p:Paper) RETURN count(p)") == 2


def test_a_graph_that_another_process_made_first_is_not_undone(tmp_path: Path, batches: Batches) -> None:
    first, second = open_store(tmp_path / "new.kg"), open_store(tmp_path / "new.kg")
    assert not first.exists() and not second.exists()
    first.replace(*batches)
    with pytest.raises(StoreError, match="changed by another process"):
        second.replace([], [])
    assert one(first, "MATCH (p:Paper) RETURN count(p)") == 2
