"""The real command line, and the graphs that most tests look at, built once by it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SAMPLE = ROOT / "kgraph" / "sample" / "papers.txt"
SHARED = Path(os.environ.get("KGRAPH_SHARED", ROOT.parent / "shared"))

NODES = "MATCH (n) RETURN labels(n) AS labels, n"
RELATIONSHIPS = "MATCH (a)-[r]->(b) RETURN labels(a) AS heads, a.id AS head, r, labels(b) AS tails, b.id AS tail"


@dataclass(frozen=True)
class Ran:
    """What a run of ``kgraph`` gave."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """Runs ``kgraph`` as a process of its own; see warm_cli.py."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KGRAPH_")}
        self._server = subprocess.Popen(
            [sys.executable, TESTS / "warm_cli.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"OPENBLAS_NUM_THREADS": "1", "COLUMNS": "80"},
        )

    def start(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | Path = os.devnull,
        stdout: str | Path | None = None,
    ) -> Running:
        files = self._folder / str(next(self._numbers))
        job = {
            "run": [str(argument) for argument in arguments],
            "cwd": str(cwd or self._folder),
            "env": dict(env or {}),
            "stdin": str(stdin),
            "stdout": str(stdout or files.with_suffix(".out")),
            "stderr": str(files.with_suffix(".err")),
        }
        return Running(self, self._ask(job)["pid"], files)

    def run(self, *arguments: str | Path, expect: int | None = 0, **how: Any) -> Ran:
        ran = self.start(*arguments, **how).wait()
        assert "Traceback" not in ran.err, ran.err
        assert expect is None or ran.code == expect, (ran.code, ran.err)
        return ran

    def export(self, store: Path) -> bytes:
        """Return everything in a graph as ``kgraph query`` prints it, sorted."""
        parts = [
            self.run("query", cypher, "--store", store, "--format", "jsonl", "--limit", "1000000")
            for cypher in (NODES, RELATIONSHIPS)
        ]
        return "\n".join(line for part in parts for line in sorted(part.out.splitlines())).encode()

    def close(self) -> None:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer


class Running:
    """A run that has been started."""

    def __init__(self, cli: Cli, pid: int, files: Path) -> None:
        self._cli, self._pid, self._files = cli, pid, files

    def send(self, number: signal.Signals) -> None:
        os.kill(self._pid, number)

    def error_text(self) -> str:
        path = self._files.with_suffix(".err")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def wait(self, seconds: float = 60) -> Ran:
        code = self._cli._ask({"wait": self._pid, "seconds": seconds})["code"]
        assert code is not None, f"still running after {seconds} s"
        out = self._files.with_suffix(".out")
        return Ran(code, out.read_text(encoding="utf-8") if out.exists() else "", self.error_text())


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    runs = Cli(tmp_path_factory.mktemp("runs"))
    yield runs
    runs.close()


@pytest.fixture(scope="session")
def sample_graph(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the bundled page; only to be read."""
    store = tmp_path_factory.mktemp("sample") / "sample.kg"
    cli.run("build", SAMPLE, "--store", store)
    return store


@pytest.fixture(scope="session")
def seed_page() -> Path:
    page = SHARED / "data" / "daily-papers.txt"
    if not page.exists():
        pytest.skip(f"{page} is not there; KGRAPH_SHARED names the folder that holds data/daily-papers.txt")
    return page


@pytest.fixture(scope="session")
def seed_graph(cli: Cli, seed_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the page that the project was asked for; only to be read."""
    store = tmp_path_factory.mktemp("seed") / "seed.kg"
    cli.run("build", seed_page, "--store", store)
    return store


@pytest.fixture
def warm_store(sample_graph: Path, tmp_path: Path) -> Path:
    """The place of a graph that is not there, beside a cache that has the sample's papers."""
    shutil.copy(f"{sample_graph}.cache", tmp_path / "graph.kg.cache")
    return tmp_path / "graph.kg"


@pytest.fixture
def little(tmp_path: Path) -> Iterator[GraphStore]:
    """Two papers and a concept, written without a build."""
    store = open_store(tmp_path / "little.kg")
    store.replace(*little_batches())
    yield store
    store.close()


def little_batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
    nodes = [
        NodeBatch(
            "Paper",
            [
                Node("p1", {"name": "First", "title": "First", "year": 2020, "authors": ["A", "B"]}),
                Node("p2", {"name": "Second", "title": "Second"}),
            ],
        ),
        NodeBatch("Concept", [Node("c1", {"name": "tea", "title": "tea", "aliases": []}, ("Task",))]),
    ]
    edges = [
        EdgeBatch("MENTIONS", "Paper", "Concept", [Edge("p1", "c1", {"count": 2, "salience": 0.5})]),
        EdgeBatch("RELATED_TO", "Paper", "Paper", [Edge("p1", "p2", {"score": 0.25, "reasons": ["tea"]})]),
    ]
    return nodes, edges


@pytest.fixture
def batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
    """What ``little`` holds."""
    return little_batches()
