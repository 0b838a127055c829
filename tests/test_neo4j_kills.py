"""``kill -9`` of the client and of the server in the middle of a load.

KGRAPH_KILLS says how often (1), KGRAPH_KILL_INPUT with which papers (the sample).
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer
from runs import SAMPLE, Cli, Running, everything

KILLS = int(os.environ.get("KGRAPH_KILLS", "1"))
INPUT = Path(os.environ.get("KGRAPH_KILL_INPUT", SAMPLE))
LOADING = "MATCH (b:Build) WHERE b.writer IS NOT NULL RETURN count(b) AS n"
HELD = "OPTIONAL MATCH (n) WITH count(n) AS nodes OPTIONAL MATCH ()-[r]->() RETURN nodes, count(r) AS edges"


@pytest.fixture(scope="module")
def server(new_neo4j_server: Callable[..., Neo4jServer]) -> Iterator[Neo4jServer]:
    """A separate server that the tests kill."""
    server = new_neo4j_server("killed")
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def expected(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of an embedded build and its cache, so that only the load takes time."""
    store = tmp_path_factory.mktemp("expected") / "graph.kg"
    cli.start("build", INPUT, "--store", store).wait(1200)
    return store


@pytest.fixture(scope="module")
def seconds(cli: Cli, server: Neo4jServer, expected: Path) -> float:
    """The seconds of an undisturbed load."""
    server.wipe()
    running = cli.start(*command(server, expected))
    wait_for_load(server)
    start = time.monotonic()
    assert running.wait(1200).code == 0
    return time.monotonic() - start


def command(server: Neo4jServer, expected: Path) -> list[str]:
    return ["build", str(INPUT), "--store", server.store, "--cache", f"{expected}.cache"]


def wait_for_load(server: Neo4jServer) -> None:
    deadline = time.monotonic() + 600
    while not server.rows(LOADING)[0]["n"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def load_until(cli: Cli, server: Neo4jServer, expected: Path, seconds: float, kill: int) -> Running:
    """Start a load into the empty server and wait until a random moment of it."""
    server.wipe()
    running = cli.start(*command(server, expected))
    wait_for_load(server)
    time.sleep(seconds * (kill + random.Random(kill).random()) / KILLS)
    return running


def held(server: Neo4jServer) -> tuple[int, int]:
    (row,) = server.rows(HELD)
    return row["nodes"], row["edges"]


def completed(cli: Cli, server: Neo4jServer, expected: Path) -> None:
    assert cli.start(*command(server, expected)).wait(1200).code == 0
    assert everything(server.store) == everything(expected)


@pytest.mark.parametrize("kill", range(KILLS))
def test_the_client_is_killed(
    cli: Cli, server: Neo4jServer, expected: Path, seconds: float, kill: int
) -> None:
    running = load_until(cli, server, expected, seconds, kill)
    running.send(signal.SIGKILL)
    running.wait()
    # The last batch that it sent may still be committed.
    completed(cli, server, expected)


@pytest.mark.parametrize("kill", range(KILLS))
def test_the_server_is_killed(
    cli: Cli, server: Neo4jServer, expected: Path, seconds: float, kill: int
) -> None:
    running = load_until(cli, server, expected, seconds, kill)
    before = held(server)
    server.kill()
    server.start()
    after = held(server)
    assert after[0] >= before[0] and after[1] >= before[1]
    ran = running.wait(1200)
    # Either it waited for the server, or it reports the fault.
    assert ran.code == 0 or (ran.code == 1 and "Traceback" not in ran.err), ran.err
    completed(cli, server, expected)
