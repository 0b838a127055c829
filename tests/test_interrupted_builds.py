"""A build that is killed or interrupted loses nothing, and can be run again."""

import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from runs import PAPERS, SAMPLE, Cli, everything, jsonl, tuples_of

from kgraph.model import Paper
from kgraph.sources import read

KILLS = 5
ADDED = 15


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some papers of the sample, to be added to the graph of the kitchen."""
    papers = [item for item in read([SAMPLE]) if isinstance(item, Paper)]
    # With ids, because the graph keeps the line of a record without one.
    records = [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper in papers[:ADDED]]
    return jsonl(tmp_path_factory.mktemp("more") / "more.jsonl", *records)


@pytest.fixture(scope="module")
def expected(
    cli: Cli, kitchen_graph: Path, more: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], float]:
    """The graph after adding them, and the seconds that it takes."""
    store = copied(kitchen_graph, tmp_path_factory.mktemp("expected"))
    start = time.monotonic()
    cli.run("build", more, "--store", store)
    return everything(store), time.monotonic() - start


def copied(store: Path, folder: Path) -> Path:
    for suffix in ("", ".cache"):
        shutil.copy(f"{store}{suffix}", folder)
    return folder / store.name


def cached(store: Path) -> int:
    with closing(sqlite3.connect(f"{store}.cache", timeout=30)) as db:
        return int(db.execute("SELECT count(*) FROM extraction").fetchone()[0])


def wait_until_cached(store: Path) -> None:
    deadline = time.monotonic() + 60
    while cached(store) < len(PAPERS) + ADDED and time.monotonic() < deadline:
        time.sleep(0.005)


def is_intact(store: Path, before: bytes) -> bool:
    return store.read_bytes() == before and tuples_of(store, "MATCH (p:Paper) RETURN count(p)") == [
        (len(PAPERS),)
    ]


@pytest.mark.slow
def test_killed_at_any_moment(
    cli: Cli, kitchen: Path, more: Path, expected: tuple[list[str], float], tmp_path: Path
) -> None:
    wanted, seconds = expected
    store = kitchen
    before = store.read_bytes()
    chance = random.Random(20)
    killed = 0
    for kill in range(KILLS):
        # Kills are spread over the whole build. Later builds are shorter, because of the cache.
        delay = seconds * (kill + chance.random()) / KILLS * 0.9
        running = cli.start("build", more, "--store", store)
        time.sleep(delay)
        running.send(signal.SIGKILL)
        done = running.wait().code == 0
        if done or tuples_of(store, "MATCH (p:Paper) RETURN count(p)") != [(len(PAPERS),)]:
            assert everything(store) == wanted
            store.write_bytes(before)
        killed += not done
        assert is_intact(store, before)
    assert killed >= 2
    cli.run("build", more, "--store", store)
    assert everything(store) == wanted
    left = {path.name for path in tmp_path.iterdir()} - {"kitchen.kg", "kitchen.kg.cache", "kitchen.jsonl"}
    assert all(name.startswith(("kitchen.kg.lock", "kitchen.kg.cache-")) for name in left), left


@pytest.mark.slow
def test_extractions_before_a_kill_are_kept(
    cli: Cli, kitchen: Path, more: Path, expected: tuple[list[str], float]
) -> None:
    store = kitchen
    before = store.read_bytes()
    running = cli.start("build", more, "--store", store)
    wait_until_cached(store)
    running.send(signal.SIGKILL)
    assert running.wait().code == -signal.SIGKILL
    assert is_intact(store, before)
    assert cached(store) == len(PAPERS) + ADDED
    cli.run("build", more, "--store", store)
    assert cached(store) == len(PAPERS) + ADDED and everything(store) == expected[0]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["extracting", "linking"])
def test_interrupted(
    cli: Cli, kitchen: Path, more: Path, expected: tuple[list[str], float], moment: str
) -> None:
    before = kitchen.read_bytes()
    running = cli.start("build", more, "--store", kitchen)
    if moment == "linking":
        wait_until_cached(kitchen)
    else:
        time.sleep(expected[1] / 4)
    running.send(signal.SIGINT)
    ran = running.wait()
    assert ran.code == 1 and ran.out == ""
    assert ran.err.strip() == "kgraph: interrupted; finished extractions are kept"
    # An interruption during a save comes after it.
    assert is_intact(kitchen, before) or everything(kitchen) == expected[0]


@pytest.mark.slow
def test_two_builds_at_once_lose_nothing(
    cli: Cli, kitchen: Path, more: Path, expected: tuple[list[str], float], tmp_path: Path
) -> None:
    lines = more.read_text().splitlines(keepends=True)
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "more.jsonl").write_text("".join(lines[number::2]))
    files = [tmp_path / str(number) / "more.jsonl" for number in range(2)]
    running = [cli.start("build", file, "--store", kitchen) for file in files]
    runs = [each.wait() for each in running]
    assert 0 in [ran.code for ran in runs]
    for ran, file in zip(runs, files, strict=True):
        if ran.code:
            assert ran.code == 1 and "another process" in ran.err and "Traceback" not in ran.err
            cli.run("build", file, "--store", kitchen)
    assert everything(kitchen) == expected[0]
