"""Faults of the connection to a server give a clear error within seconds and without the password."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from neo4j.exceptions import ServiceUnavailable
from neo4j_server import Neo4jServer
from runs import Cli, Ran, small_batches

import kgraph
from kgraph.errors import InputError, KgraphError, QueryError, StoreError
from kgraph.store import open_store
from kgraph.store.address import server_address
from kgraph.store.neo4j_errors import translated

QUERY = ("query", "MATCH (p:Paper) RETURN count(p) AS n")
SECONDS = 20
"""The time limit for an error, also on a slow machine."""

LONG = "UNWIND range(1, 3000000) AS n RETURN n, 'some text to be sent with every row' AS text"


@pytest.fixture
def server(neo4j: Neo4jServer) -> Neo4jServer:
    """The server with the small graph."""
    store = open_store(neo4j.store)
    store.replace(*small_batches())
    store.close()
    return neo4j


def tuples_of(cli: Cli, store: str, expect: int, **env: str) -> Ran:
    start = time.monotonic()
    ran = cli.run(*QUERY, "--store", store, expect=expect, env=env)
    assert time.monotonic() - start < SECONDS
    return ran


def refused(cli: Cli, store: str, code: int, message: str, **env: str) -> None:
    ran = tuples_of(cli, store, code, **env)
    assert message in ran.err and ran.out == ""
    assert len(ran.err.strip().splitlines()) == 1, ran.err


def test_user_and_password_from_the_environment_or_the_address(cli: Cli, server: Neo4jServer) -> None:
    known = {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": server.password}
    for store, env in (
        (f"neo4j://{server.address}", known),
        (f"bolt://{server.address}", known),
        (f"bolt://{server.address}/neo4j", known),
        (f"neo4j://{server.address}", known | {"NEO4J_DATABASE": "neo4j"}),
        (server.store, {"NEO4J_USERNAME": "", "NEO4J_PASSWORD": ""}),
        (server.store, {"NEO4J_USERNAME": "somebody", "NEO4J_PASSWORD": "else"}),
    ):
        assert tuples_of(cli, store, 0, **env).out.split() == ["n", "2"]
    named = cli.run(*QUERY, env=known | {"KGRAPH_STORE": f"neo4j://{server.address}"})
    assert named.out.split() == ["n", "2"]


def test_wrong_user_password_or_database(cli: Cli, server: Neo4jServer) -> None:
    refused(
        cli, f"neo4j://neo4j:wrong-one@{server.address}", 2, "does not take this user 'neo4j' or the password"
    )
    refused(cli, f"bolt://nobody:wrong-one@{server.address}", 2, "does not take this user 'nobody'")
    nobody = {"NEO4J_USERNAME": "", "NEO4J_PASSWORD": ""}
    refused(cli, f"neo4j://{server.address}", 2, "asks for a user and a password", **nobody)
    refused(cli, f"{server.store}/nosuch", 2, f"neo4j://{server.address}/nosuch: there is no such database")
    refused(cli, server.store, 2, "there is no such database", NEO4J_DATABASE="nosuch")


@pytest.mark.parametrize("scheme", ["neo4j", "bolt", "neo4j+s", "bolt+ssc"])
def test_a_missing_server(cli: Cli, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    refused(
        cli,
        f"{scheme}://neo4j:secret-word@127.0.0.1:{port}",
        1,
        "no server answers ([Errno 111] Connection refused)",
    )
    refused(cli, f"{scheme}://neo4j:secret-word@nohost.invalid", 1, "no server answers ([Errno")


@contextmanager
def listening(answer: Callable[[socket.socket], Any]) -> Iterator[int]:
    """A port on which another kind of server answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()
        kept = []

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                kept.append(connection)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join()
            for connection in kept:
                connection.close()


@pytest.mark.slow
def test_a_port_of_another_server(cli: Cli) -> None:
    def http(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()

    with listening(http) as port:
        refused(cli, f"bolt://neo4j:secret-word@127.0.0.1:{port}", 1, "this is a port for HTTP")
    with listening(lambda _: None) as port:
        refused(cli, f"bolt://neo4j:secret-word@127.0.0.1:{port}", 1, "does not answer in time")


def test_no_tls_where_the_address_asks_for_it(cli: Cli, server: Neo4jServer) -> None:
    for scheme in ("neo4j+s", "bolt+s", "bolt+ssc"):
        refused(
            cli,
            f"{scheme}://neo4j:{server.password}@{server.address}",
            1,
            "or the reverse; with TLS the address",
        )


@pytest.fixture(scope="module")
def tls_server(
    neo4j_server: Neo4jServer,
    new_neo4j_server: Callable[..., Neo4jServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Neo4jServer]:
    """A server that requires TLS, with a self-signed certificate."""
    del neo4j_server  # skips if a server cannot be started
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        f"-keyout {folder}/private.key -out {folder}/public.crt".split(),
        check=True,
        capture_output=True,
    )
    server = new_neo4j_server(
        "tls",
        "server.bolt.tls_level=REQUIRED",
        "dbms.ssl.policy.bolt.enabled=true",
        f"dbms.ssl.policy.bolt.base_directory={folder}",
        "dbms.ssl.policy.bolt.client_auth=NONE",
    )
    server.start()
    yield server
    server.remove()


def test_tls(cli: Cli, tls_server: Neo4jServer) -> None:
    who = f"neo4j:{tls_server.password}@{tls_server.address}"
    refused(cli, f"bolt://{who}", 1, "expects TLS where the address has none")
    refused(cli, f"neo4j://{who}", 1, "expects TLS where the address has none")
    refused(cli, f"bolt+s://{who}", 1, "+ssc instead of +s takes it as it is")
    refused(cli, f"neo4j+s://{who}", 1, "+ssc instead of +s takes it as it is")
    for scheme in ("bolt+ssc", "neo4j+ssc"):
        refused(cli, f"{scheme}://{who}", 2, "no graph there; make one with `kgraph build`")


def test_a_member_of_a_cluster_that_cannot_be_reached() -> None:
    """The Community Edition has no clusters, so the error that the driver raises for one is made here."""
    error = ServiceUnavailable("Unable to retrieve routing information")
    unreachable = ServiceUnavailable("Couldn't connect to core-1.internal:7687 (resolved to ()):\n…")
    unreachable.__cause__ = OSError("Name or service not known")
    error.__cause__ = ExceptionGroup("All routing table requests failed", [unreachable])
    found = translated(error, server_address("neo4j://public.example:7687", {}), None)
    assert isinstance(found, StoreError)
    assert "it names core-1.internal:7687 as a member of its cluster" in str(found)
    assert "bolt://public.example:7687 talks to it alone" in str(found)


def interrupted(server: Neo4jServer, act: Callable[[], None], timeout: float) -> KgraphError:
    """Return the error of a query during which something happens to the server."""
    with kgraph.open(server.store) as graph:
        assert graph.query("RETURN 1 AS one").rows == ({"one": 1},)
        timer = threading.Timer(1, act)
        timer.start()
        start = time.monotonic()
        with pytest.raises(KgraphError) as raised:
            graph.query(LONG, timeout=timeout)
        assert time.monotonic() - start < SECONDS
        timer.join()
        return raised.value


def test_a_server_that_freezes_while_it_is_read(server: Neo4jServer) -> None:
    try:
        error = interrupted(server, lambda: os.kill(server.pid, signal.SIGSTOP), timeout=3)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert isinstance(error, QueryError) and "abandoned after 3 seconds" in str(error)


def test_a_killed_query_is_reported(server: Neo4jServer) -> None:
    def kill() -> None:
        for row in server.rows("SHOW TRANSACTIONS YIELD transactionId, currentQuery"):
            if row["currentQuery"].startswith("UNWIND"):
                server.rows(f"TERMINATE TRANSACTION '{row['transactionId']}'")

    error = interrupted(server, kill, timeout=60)
    assert isinstance(error, QueryError) and str(error) == "the query was killed on the server"


def test_a_server_that_restarts_during_a_query(server: Neo4jServer) -> None:
    with kgraph.open(server.store) as graph:
        assert graph.query("MATCH (p:Paper) RETURN count(p) AS n").rows == ({"n": 2},)
        error = interrupted(server, server.kill, timeout=60)
        assert isinstance(error, StoreError)
        assert (
            str(error)
            == f"neo4j://{server.address}: the connection was lost; what was committed is kept, run this again"
        )
        with pytest.raises(StoreError):
            graph.query("RETURN 1 AS one")
        server.start()
        # The same object continues with new connections.
        assert graph.query("MATCH (p:Paper) RETURN count(p) AS n").rows == ({"n": 2},)


def test_no_password_in_tracebacks_and_logs(cli: Cli, server: Neo4jServer, tmp_path: Path) -> None:
    for store in (
        f"neo4j://neo4j:secret-word@{server.address}",
        "neo4j://neo4j:secret-word@127.0.0.1:1",
        "neo4j://neo4j:secret-word@127.0.0.1:port",
        "neo4j://neo4j:secret-word/@127.0.0.1",
        "neo4j://neo4j:1/secret-word@127.0.0.1",
        "neo4j://neo4j:secret-word@",
        "neo4j://neo4j:secret-word@host?x=1",
        "http://neo4j:secret-word@host",
        f"neo4j+s://neo4j:secret-word@{server.address}",
    ):
        for how in ((), ("--debug",)):
            running = cli.start(*QUERY, "--store", store, *how)
            ran = running.wait()
            assert ran.code and "secret-word" not in ran.out + ran.err, (store, ran.err)
    pages = [
        cli.run("stats", "--store", server.store).out,
        cli.run("view", "--store", server.store, "-o", tmp_path / "map.html").err,
        (tmp_path / "map.html").read_text(),
    ]
    assert all(server.password not in page for page in pages)


def test_the_parts_of_an_address() -> None:
    environment = {"NEO4J_USERNAME": "u", "NEO4J_PASSWORD": "p", "NEO4J_DATABASE": "d"}
    address = server_address("neo4j+s://h.example:7688/papers", environment)
    assert (address.uri, address.user, address.password, address.database) == (
        "neo4j+s://h.example:7688", "u", "p", "papers",
    )  # fmt: skip
    address = server_address("BOLT://a%40b:c%2Fd@[::1]", environment)
    assert (address.uri, address.user, address.password, address.database) == (
        "bolt://[::1]",
        "a@b",
        "c/d",
        "d",
    )
    assert "c/d" not in f"{address} {address!r}" and str(address) == "bolt://[::1]/d"
    assert server_address("bolt://h", {}).user is None
    for wrong in ("ftp://h", "://", "neo4j://", "neo4j://:7687", "neo4j://h:99999", "bolt://u:p#w@h"):
        with pytest.raises(InputError):
            server_address(wrong, {})
