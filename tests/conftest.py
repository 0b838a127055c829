"""Shared fixtures: the command line, graphs built once per session, and stores of each engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from neo4j_server import Neo4jServer
from package_copy import PackageCopy, copy_package
from runs import ENGINES, PAPERS, SAMPLE, SHARED, Cli, built, jsonl, little_batches

from kgraph.model import EdgeBatch, NodeBatch
from kgraph.store import GraphStore, open_store

# A loaded machine must not fail a test, so no example has a time limit. In CI the examples are the
# same in every run. `--hypothesis-profile thorough` searches ten times as long where a test sets no number.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000, derandomize=False)
settings.load_profile("default")

NEEDS = {"new_neo4j_server": "neo4j", "browser": "browser", "seed_page": "shared"}
"""The marker of the tests that take a fixture."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they take, so that `-m` can leave out what they need."""
    for item in items:
        for fixture, marker in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    runs = Cli(tmp_path_factory.mktemp("runs"))
    yield runs
    runs.close()


@pytest.fixture
def package_copy(tmp_path: Path) -> PackageCopy:
    """A copy of the package that the test may change."""
    return copy_package(tmp_path / "package")


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


@pytest.fixture(scope="session")
def kitchen_graph(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of PAPERS, with its cache and its file; only to be read or copied."""
    folder = tmp_path_factory.mktemp("kitchen")
    report = built(cli, folder / "kitchen.kg", jsonl(folder / "kitchen.jsonl", *PAPERS))
    assert (report["read"], report["added"], report["papers"]) == (3, 3, 3)
    return folder / "kitchen.kg"


@pytest.fixture
def kitchen(kitchen_graph: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    for path in kitchen_graph.parent.glob("kitchen*"):
        if "lock" not in path.name:
            shutil.copy(path, tmp_path)
    return tmp_path / "kitchen.kg"


@pytest.fixture
def warm_store(sample_graph: Path, tmp_path: Path) -> Path:
    """The place of a graph that is not there, beside a cache that has the sample's papers."""
    shutil.copy(f"{sample_graph}.cache", tmp_path / "graph.kg.cache")
    return tmp_path / "graph.kg"


@pytest.fixture(scope="session")
def new_neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Neo4jServer]:
    """Return a function that takes a name and settings and returns a server that is not started.

    Every fixture with a server uses this one, so its tests get the marker ``neo4j``.
    """
    return lambda name, *settings: Neo4jServer(tmp_path_factory.mktemp(name), *settings)


@pytest.fixture(scope="session")
def neo4j_server(new_neo4j_server: Callable[..., Neo4jServer]) -> Iterator[Neo4jServer]:
    """One Neo4j server for all tests. The fixture ``neo4j`` returns it without data."""
    server = new_neo4j_server("neo4j")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def neo4j(neo4j_server: Neo4jServer) -> Neo4jServer:
    """The server with an empty database."""
    neo4j_server.wipe()
    return neo4j_server


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a store that holds nothing yet, of each engine."""
    if request.param == "embedded":
        return str(tmp_path / "graph.kg")
    server: Neo4jServer = request.getfixturevalue("neo4j")
    return server.store


@pytest.fixture
def little(place: str) -> Iterator[GraphStore]:
    """Two papers and a concept in a store of each engine, written without a build."""
    store = open_store(place)
    store.replace(*little_batches())
    yield store
    store.close()


@pytest.fixture(scope="module", params=ENGINES)
def standing_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """As ``place``, for one graph that all tests of a module read; none of them may take ``neo4j`` too."""
    if request.param == "embedded":
        return str(tmp_path_factory.mktemp("standing") / "graph.kg")
    server: Neo4jServer = request.getfixturevalue("neo4j_server")
    server.wipe()
    return server.store


@pytest.fixture(scope="module")
def standing(standing_place: str) -> Iterator[GraphStore]:
    """What ``little`` holds, once a module and engine; only to be read."""
    store = open_store(standing_place)
    store.replace(*little_batches())
    yield store
    store.close()


@pytest.fixture
def batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
    """What ``little`` holds."""
    return little_batches()
