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
from runs import ENGINES, PAPERS, SAMPLE, SHARED, Cli, built, jsonl, small_batches

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
    """Return a copy of the package that the test may change."""
    return copy_package(tmp_path / "package")


@pytest.fixture(scope="session")
def sample_graph(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the graph of the bundled page. Tests must not change it."""
    store = tmp_path_factory.mktemp("sample") / "sample.kg"
    cli.run("build", SAMPLE, "--store", store)
    return store


@pytest.fixture(scope="session")
def seed_page() -> Path:
    page = SHARED / "data" / "daily-papers.txt"
    if not page.exists():
        pytest.skip(f"no {page}: set KGRAPH_SHARED to the folder with data/daily-papers.txt")
    return page


@pytest.fixture(scope="session")
def seed_graph(cli: Cli, seed_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the graph of the page of 39 papers. Tests must not change it."""
    store = tmp_path_factory.mktemp("seed") / "seed.kg"
    cli.run("build", seed_page, "--store", store)
    return store


@pytest.fixture(scope="session")
def kitchen_graph(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the graph of PAPERS, next to its cache and input. Tests must not change it."""
    folder = tmp_path_factory.mktemp("kitchen")
    report = built(cli, folder / "kitchen.kg", jsonl(folder / "kitchen.jsonl", *PAPERS))
    assert (report["read"], report["added"], report["papers"]) == (3, 3, 3)
    return folder / "kitchen.kg"


@pytest.fixture
def kitchen(kitchen_graph: Path, tmp_path: Path) -> Path:
    """Return a copy of ``kitchen_graph`` that the test may change."""
    for path in kitchen_graph.parent.glob("kitchen*"):
        if "lock" not in path.name:
            shutil.copy(path, tmp_path)
    return tmp_path / "kitchen.kg"


@pytest.fixture
def warm_store(sample_graph: Path, tmp_path: Path) -> Path:
    """Return the path of a graph that does not exist, next to a cache with the sample's papers."""
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
    """Yield one Neo4j server for all tests. The fixture ``neo4j`` returns it without data."""
    server = new_neo4j_server("neo4j")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def neo4j(neo4j_server: Neo4jServer) -> Neo4jServer:
    """Return the server with an empty database."""
    neo4j_server.wipe()
    return neo4j_server


@pytest.fixture(params=ENGINES)
def store_name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the name of an empty store, once for each engine."""
    if request.param == "embedded":
        return str(tmp_path / "graph.kg")
    server: Neo4jServer = request.getfixturevalue("neo4j")
    return server.store


@pytest.fixture
def small_store(store_name: str) -> Iterator[GraphStore]:
    """Yield a store with ``batches``, once for each engine."""
    store = open_store(store_name)
    store.replace(*small_batches())
    yield store
    store.close()


@pytest.fixture(scope="module", params=ENGINES)
def module_store_name(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of an empty store for all tests of a module. None of them may take ``neo4j``."""
    if request.param == "embedded":
        return str(tmp_path_factory.mktemp("readonly") / "graph.kg")
    server: Neo4jServer = request.getfixturevalue("neo4j_server")
    server.wipe()
    return server.store


@pytest.fixture(scope="module")
def readonly_store(module_store_name: str) -> Iterator[GraphStore]:
    """Yield a store with ``batches``, once for each module and engine. Tests must not change it."""
    store = open_store(module_store_name)
    store.replace(*small_batches())
    yield store
    store.close()


@pytest.fixture
def batches() -> tuple[list[NodeBatch], list[EdgeBatch]]:
    """Return two papers and a concept, with the edges between them."""
    return small_batches()
