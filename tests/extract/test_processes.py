"""Extraction in several processes gives what one gives, and ends as cleanly."""

from __future__ import annotations

import gc
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import psutil
import pytest
from runs import SAMPLE, Cli, jsonl, tuples_of
from spacy.language import Language

from kgraph.errors import InputError, KgraphError
from kgraph.extract.run import processes
from kgraph.extract.run.cache import ExtractionCache
from kgraph.extract.run.pipeline import BATCH, extract
from kgraph.extract.run.processes import MOST_JOBS, extract_in_parallel
from kgraph.extract.run.record import extraction_to_json
from kgraph.model import Extraction, Paper

# Short, since what is tried is what happens between the processes.
PAPERS = [
    Paper(str(number), f"KettleNet {number}: Boiling Prediction", "We train an LSTM on SteamBench.")
    for number in range(3 * BATCH + 5)
]
MANY = 7 * BATCH
SLOWEST = 300
"""Seconds for what takes ten on a machine that does nothing else."""


def written(found: Iterator[tuple[Paper, Extraction]]) -> list[tuple[str, bytes]]:
    return [(paper.id, extraction_to_json(extraction)) for paper, extraction in found]


def workers() -> list[psutil.Process]:
    """The workers of this process."""
    return [child for child in psutil.Process().children() if is_worker(child)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return processes.__name__ in process.cmdline()
    except psutil.Error:
        return False


def ended(processes: list[psutil.Process], seconds: float = SLOWEST) -> bool:
    """Return whether all of them end. Each may first load its model and read what it was given."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(process.is_running() and is_worker(process) for process in processes):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def expected(nlp: Language) -> list[tuple[str, bytes]]:
    return written(extract(PAPERS, nlp))


@pytest.mark.slow
def test_two_processes_give_the_result_of_one(expected: list[tuple[str, bytes]], tmp_path: Path) -> None:
    cache = ExtractionCache(tmp_path / "cache")
    done: list[int] = []
    assert cache.fill(PAPERS, 2, done.append) == sum(done) == len(PAPERS)
    assert written(cache.read(PAPERS)) == expected
    assert cache.fill(PAPERS, 2) == 0
    cache.close()


@pytest.mark.slow
def test_no_more_processes_than_batches(expected: list[tuple[str, bytes]]) -> None:
    with closing(extract_in_parallel(PAPERS[: BATCH + 1], 9)) as found:
        first = next(found)
        assert len(workers()) == 2
        assert written(iter([first, *found])) == expected[: BATCH + 1]
    assert not workers()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [None, 1, 5])
def test_few_papers_are_read_here(jobs: int | None, expected: list[tuple[str, bytes]]) -> None:
    with closing(extract_in_parallel(PAPERS[:BATCH], jobs)) as found:
        first = next(found)
        assert not workers()
        assert written(iter([first, *found])) == expected[:BATCH]


@pytest.mark.parametrize("jobs", [None, 1, 2])
def test_no_papers(jobs: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "load_pipeline", lambda _: pytest.fail("the pipeline was loaded"))
    assert list(extract_in_parallel([], jobs)) == []


@pytest.mark.parametrize(
    ("count", "jobs"), [(processes.MIN_PAPERS_FOR_WORKERS, 3), (processes.MIN_PAPERS_FOR_WORKERS - BATCH, 1)]
)
def test_the_default_goes_by_the_number_of_papers(
    monkeypatch: pytest.MonkeyPatch, count: int, jobs: int
) -> None:
    used: list[int] = []

    def here(papers: Iterator[Paper], _: Language) -> Iterator[tuple[Paper, Extraction]]:
        used.append(1)
        return ((paper, Extraction((), ())) for paper in papers)

    def there(
        batches: Iterator[list[Paper]], jobs: int, _: Path | None
    ) -> Iterator[tuple[Paper, Extraction]]:
        used.append(jobs)
        return ((paper, Extraction((), ())) for batch in batches for paper in batch)

    monkeypatch.setattr(processes, "default_jobs", lambda: 3)
    monkeypatch.setattr(processes, "extract", here)
    monkeypatch.setattr(processes, "_extract_in_workers", there)
    papers = [Paper(str(number), "") for number in range(count)]
    assert [paper for paper, _ in extract_in_parallel(papers)] == papers
    assert used == [jobs]


@pytest.mark.parametrize("jobs", [0, -1, MOST_JOBS + 1])
def test_numbers_that_cannot_be(jobs: int) -> None:
    with pytest.raises(InputError, match=f"{jobs} jobs: the number of processes is at least 1"):
        extract_in_parallel(PAPERS, jobs)


@pytest.mark.slow
def test_papers_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[Paper]:
        nonlocal taken
        while True:
            taken += 1
            yield PAPERS[taken % len(PAPERS)]

    found = extract_in_parallel(endless(), 2)
    assert len(list(islice(found, 3 * BATCH))) == 3 * BATCH
    # Two batches a worker beyond what was handed out.
    assert taken <= (3 + 2 * 2) * BATCH
    # Nobody closes it.
    running = workers()
    assert len(running) == 2
    del found
    gc.collect()
    assert ended(running)


@pytest.mark.slow
def test_a_worker_that_dies_is_reported() -> None:
    found = extract_in_parallel(PAPERS * 2, 2)
    first = next(found)
    for worker in workers():
        worker.kill()
    with pytest.raises(KgraphError, match="was killed by signal 9; run it again, with fewer --jobs"):
        list(found)
    assert first[0] == PAPERS[0] and not workers()


@pytest.mark.slow
def test_an_error_of_a_worker_is_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = extract_in_parallel(PAPERS, 2, tmp_path)
    with pytest.raises(KgraphError, match="ended with exit code 1; its messages are above"):
        next(found)
    said = capfd.readouterr().err
    assert f"kgraph: {tmp_path}: there is no encoder.onnx" in said and "Traceback" not in said


SCRIPT = """
import sys
from kgraph.extract.run.processes import extract_in_parallel
from kgraph.model import Paper

papers = [Paper(str(number), "Kettle Networks", "We train an LSTM.") for number in range(130)]
for paper, _ in extract_in_parallel(papers, 2):
    print(paper.id, flush=True)
    if sys.argv[1:] == ["wait"] and paper.id == "0":
        sys.stdin.read()
"""


@pytest.mark.slow
def test_a_script_on_stdin_will_do(tmp_path: Path) -> None:
    # A module of the working folder must not come before one that kgraph needs.
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module')")
    ran = subprocess.run(
        [sys.executable, "-P", "-"], input=SCRIPT, capture_output=True, text=True, cwd=tmp_path
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.split() == [str(number) for number in range(130)]


@pytest.mark.slow
def test_a_script_without_a_main_guard_that_is_killed_leaves_no_worker(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, script, "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as parent:
        assert parent.stdout and parent.stderr and parent.stdout.readline() == b"0\n"
        running = [child for child in psutil.Process(parent.pid).children() if is_worker(child)]
        assert len(running) == 2
        parent.kill()
        assert ended(running)
        assert parent.stderr.read() == b""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of enough papers for two commits to the cache."""
    records = [
        {"id": str(number), "title": f"Kettle {number}", "abstract": "We train an LSTM on SteamBench."}
        for number in range(MANY)
    ]
    return jsonl(tmp_path_factory.mktemp("many") / "many.jsonl", *records)


@pytest.mark.slow
def test_a_build_in_several_processes_is_interrupted_and_resumes(
    cli: Cli, many: Path, tmp_path: Path
) -> None:
    store = tmp_path / "graph.kg"
    running = cli.start("build", many, "--store", store, "--jobs", "2")
    wait_for_a_commit(store)
    children = [child for child in psutil.Process(running.pid).children() if is_worker(child)]
    running.send(signal.SIGINT)
    ran = running.wait(SLOWEST)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.strip() == "kgraph: interrupted; finished extractions are kept"
    assert len(children) == 2 and ended(children) and not store.exists()
    assert 4 * BATCH <= cached(store) < MANY
    assert cli.start("build", many, "--store", store, "--jobs", "2").wait(SLOWEST).code == 0
    assert cached(store) == MANY
    assert tuples_of(store, "MATCH (p:Paper) RETURN count(p)") == [(MANY,)]


def wait_for_a_commit(store: Path) -> None:
    deadline = time.monotonic() + SLOWEST
    while time.monotonic() < deadline and not (Path(f"{store}.cache").exists() and cached(store)):
        time.sleep(0.02)


def cached(store: Path) -> int:
    with closing(sqlite3.connect(f"{store}.cache", timeout=30)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM extraction").fetchone()[0])
        except sqlite3.OperationalError:  # its table is still to be made
            return 0


@pytest.mark.slow
def test_the_command_prints_the_same(cli: Cli, many: Path) -> None:
    one, two = (cli.start("extract", many, "--jobs", jobs).wait(SLOWEST) for jobs in ("1", "2"))
    assert len(one.lines()) == MANY and two == one


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1000"])
def test_the_commands_refuse_numbers_that_cannot_be(cli: Cli, tmp_path: Path, jobs: str) -> None:
    for command in (["extract", SAMPLE], ["build", SAMPLE, "--store", tmp_path / "no.kg"]):
        ran = cli.run(*command, "--jobs", jobs, expect=2)
        assert ran.out == "" and jobs in ran.err
    assert not list(tmp_path.iterdir())
