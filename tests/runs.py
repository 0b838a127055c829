"""The real command line, and small helpers that several tests share."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import kgraph
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SAMPLE = ROOT / "kgraph" / "sample" / "papers.txt"
SHARED = Path(os.environ.get("KGRAPH_SHARED", ROOT.parent / "shared"))

ENGINES = ["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)]
"""Parameters of a fixture with a store of each engine."""

NODES = "MATCH (n) RETURN labels(n) AS labels, n"
RELATIONSHIPS = (
    "MATCH (a)-[r]->(b) RETURN labels(a) AS heads, a.id AS head, r, labels(b) AS tails, b.id AS tail"
)


PAPERS: list[dict[str, Any]] = [
    {
        "id": "kettle",
        "title": "KettleNet: Predicting When Water Boils",
        "abstract": "Boiling prediction is a task of kitchen robotics. We introduce KettleNet, a recurrent network "
        "that listens to a kettle. KettleNet is evaluated on SteamBench and beats Long Short-Term Memory (LSTM).",
        "authors": ["Ada Byron", "Li Wei"],
        "date": "2021-03-04",
        "venue": "Kitchen Robotics",
        "url": "https://example.org/kettle",
        "keywords": ["water"],
    },
    {
        "id": "toast",
        "title": "Toast Classification with Recurrent Networks",
        "abstract": "Kitchen robotics needs toast classification. We train an LSTM and other recurrent networks on "
        "ToastImages, and report accuracy. Fine-tuning behaviour differs from KettleNet.",
        "authors": ["Li Wei"],
        "year": 2022,
    },
    {
        "id": "soup",
        "title": "SoupBench: A Benchmark for Kitchen Robotics",
        "abstract": "This paper presents SoupBench, a benchmark of soup recognition. Recurrent networks and "
        "fine-tuning reach a low accuracy on SoupBench.",
    },
]


def jsonl(path: Path, *papers: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    return path


@dataclass(frozen=True)
class Ran:
    """The exit code and output of a run of ``kgraph``."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def tuples_of(store: Path, cypher: str, **params: Any) -> list[Any]:
    """Return the rows of a query as tuples."""
    with kgraph.open(store) as graph:
        return [tuple(row.values()) for row in graph.query(cypher, params).rows]


def rows(store: GraphStore, cypher: str, **params: Any) -> list[dict[str, Any]]:
    """Return the rows of a query."""
    return [dict(row) for row in store.query(cypher, params).rows]


def one(store: GraphStore, cypher: str, **params: Any) -> Any:
    """Return the only value of the only row of a query."""
    (row,) = rows(store, cypher, **params)
    (value,) = row.values()
    return value


def everything(store: str | Path) -> list[str]:
    """Return every node and relationship of a graph with labels and properties, sorted."""
    with kgraph.open(store) as graph:
        return sorted(
            json.dumps(row)
            for cypher in (NODES, RELATIONSHIPS)
            for row in graph.query(cypher, timeout=None).rows
        )


class Cli:
    """Runs each ``kgraph`` command in a new process. See warm_cli.py."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KGRAPH_")}
        self._server = subprocess.Popen(
            [sys.executable, TESTS / "warm_cli.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"OPENBLAS_NUM_THREADS": "1", "COLUMNS": "80", "PYTHONHASHSEED": "1"},
        )

    def start(
        self,
        *arguments: object,
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

    def run(self, *arguments: object, expect: int | None = 0, **how: Any) -> Ran:
        ran = self.start(*arguments, **how).wait()
        assert "Traceback" not in ran.err, ran.err
        assert expect is None or ran.code == expect, (ran.code, ran.err)
        return ran

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
        self._cli, self.pid, self._files = cli, pid, files

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def error_text(self) -> str:
        path = self._files.with_suffix(".err")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def wait(self, seconds: float = 180) -> Ran:
        code = self._cli._ask({"wait": self.pid, "seconds": seconds})["code"]
        assert code is not None, f"still running after {seconds} s"
        out = self._files.with_suffix(".out")
        return Ran(code, out.read_text(encoding="utf-8") if out.exists() else "", self.error_text())


def built(cli: Cli, store: Path, *inputs: Path, **how: Any) -> dict[str, Any]:
    options = [part for name, value in how.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    report: dict[str, Any] = cli.run("build", *inputs, "--store", store, "--format", "json", *options).json()
    return report


def small_batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
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
