import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgraph.errors import InputError, QueryError, StoreError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store, store_path

Batches = tuple[list[NodeBatch], list[EdgeBatch]]


def rows(store: GraphStore, cypher: str, **params: Any) -> list[Any]:
    return [dict(row) for row in store.query(cypher, params).rows]


def one(store: GraphStore, cypher: str, **params: Any) -> Any:
    (row,) = rows(store, cypher, **params)
    (value,) = row.values()
    return value


def test_what_is_written_is_read(little: GraphStore) -> None:
    assert one(little, "MATCH (p:Paper {id: 'p1'}) RETURN p") == {
        "labels": ["Paper"],
        "properties": {"authors": ["A", "B"], "id": "p1", "name": "First", "title": "First", "year": 2020},
    }
    assert one(little, "MATCH (c:Task) RETURN c") == {
        "labels": ["Concept", "Task"],
        "properties": {"aliases": [], "id": "c1", "name": "tea", "title": "tea"},
    }
    assert one(little, "MATCH (:Paper)-[r:MENTIONS]->(:Concept) RETURN r") == {
        "type": "MENTIONS",
        "properties": {"count": 2, "salience": 0.5},
    }
    assert one(little, "MATCH (:Paper)-[r:RELATED_TO]->(:Paper) RETURN r.reasons") == ["tea"]


@pytest.mark.usefixtures("little")
def test_another_process_sees_it(tmp_path: Path) -> None:
    code = "import sys, kgraph; print(len(kgraph.open(sys.argv[1]).query('MATCH (n) RETURN n').rows))"
    found = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "little.kg"], capture_output=True, text=True, check=True
    )
    assert found.stdout == "3\n"


def test_replace_takes_away_what_is_no_longer_there(little: GraphStore, batches: Batches) -> None:
    nodes, _ = batches
    nodes[0] = NodeBatch("Paper", [Node("p1", {"name": "First", "title": "First"})])
    little.replace(nodes, [])
    assert rows(little, "MATCH (p:Paper) RETURN p.id AS id, p.year AS year, p.authors AS a") == [
        {"id": "p1", "year": None, "a": None}
    ]
    assert one(little, "MATCH ()-[r]->() RETURN count(r)") == 0
    little.replace([], [])
    assert one(little, "MATCH (n) RETURN count(n)") == 0


def test_replacing_with_the_same_changes_nothing(little: GraphStore, batches: Batches) -> None:
    everything = "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n, r, m.id"
    before = sorted(map(str, rows(little, everything)))
    little.replace(*batches)
    assert sorted(map(str, rows(little, everything))) == before and len(before) > 3


def test_second_labels_follow_the_kind(little: GraphStore) -> None:
    def relabel(*labels: str) -> Any:
        node = Node("c1", {"name": "tea", "title": "tea"}, labels)
        little.replace([NodeBatch("Concept", [node])], [])
        return one(little, "MATCH (c:Concept) RETURN labels(c)")

    assert relabel("Method") == ["Concept", "Method"]
    assert one(little, "MATCH (c:Task) RETURN count(c)") == 0
    assert relabel() == ["Concept"]
    assert relabel("Dataset") == ["Concept", "Dataset"]


def test_what_the_user_added_survives(little: GraphStore, batches: Batches) -> None:
    little.query(
        "MATCH (p:Paper {id: 'p1'}) SET p.mark = 'read', p:Favourite "
        "CREATE (n:Note {id: 'n1', text: 'mine'}) CREATE (p)-[:NOTED {on: 'Monday'}]->(n)",
        write=True,
    )
    nodes, edges = batches
    nodes[0] = NodeBatch("Paper", [Node("p1", {"name": "New", "title": "New"}), nodes[0].nodes[1]])
    little.replace(nodes, edges)
    (row,) = rows(little, "MATCH (p:Favourite)-[r:NOTED]->(n:Note) RETURN p, r, n.text AS text")
    assert row["p"]["properties"] == {"id": "p1", "name": "New", "title": "New", "mark": "read"}
    assert row["r"]["properties"] == {"on": "Monday"} and row["text"] == "mine"


def test_a_batch_may_repeat_neither_nodes_nor_edges(little: GraphStore) -> None:
    twice = [Node("p1", {"name": "x", "title": "x"}), Node("p1", {"name": "y", "title": "y"})]
    little.replace([NodeBatch("Paper", twice)], [])
    assert one(little, "MATCH (p:Paper) RETURN collect(p.name)") == ["y"]


def test_every_label_has_unique_ids(little: GraphStore) -> None:
    for label in graph_schema().labels:
        create = f"CREATE (:{label.name} {{id: 'twin'}})"
        little.query(create, write=True)
        with pytest.raises(QueryError):
            little.query(create, write=True)
    assert one(little, "MATCH (n {id: 'twin'}) RETURN count(n)") == len(graph_schema().labels)


def test_an_edge_of_unknown_ends_is_not_made(little: GraphStore, batches: Batches) -> None:
    nodes, _ = batches
    little.replace(nodes, [EdgeBatch("MENTIONS", "Paper", "Concept", [Edge("p1", "nobody", {})])])
    assert one(little, "MATCH ()-[r]->() RETURN count(r)") == 0


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("null", None),
        ("true", True),
        ("12", 12),
        ("1.5", 1.5),
        ("'tea'", "tea"),
        ("[1, [null, 'a'], {b: 2}]", [1, [None, "a"], {"b": 2}]),
        ("{a: {b: [1]}}", {"a": {"b": [1]}}),
        ("date('2024-02-29')", "2024-02-29"),
        ("localtime('10:30')", "10:30:00"),
        ("1.0 / 0", None),
        ("'\\u0041\\n'", "A\n"),
    ],
)
def test_values_come_back_plain(little: GraphStore, expression: str, value: Any) -> None:
    assert one(little, f"RETURN {expression} AS value") == value


def test_dates_with_times_and_durations_come_back_plain(little: GraphStore) -> None:
    (row,) = rows(little, "RETURN datetime('2024-02-29T10:30:00Z') AS t, duration('P1DT2H') AS d")
    assert row["t"].startswith("2024-02-29T10:30:00")
    assert row["d"] == {"months": 0, "days": 1, "seconds": 7200}


def test_paths_come_back_plain(little: GraphStore) -> None:
    path = one(little, "MATCH p = (:Paper {id: 'p1'})-[:MENTIONS]->(:Concept) RETURN p")
    assert [node["labels"][0] for node in path["nodes"]] == ["Paper", "Concept"]
    assert [edge["type"] for edge in path["relationships"]] == ["MENTIONS"]


@pytest.mark.parametrize("value", [1, 2.5, "x", "it's \\ \" `", None, True, [1, None], {"a": {"b": [2]}}])
def test_parameters_of_every_kind(little: GraphStore, value: Any) -> None:
    assert one(little, "RETURN $value AS value", value=value) == value


@pytest.mark.parametrize("value", [2**64, "\ud800", object()])
def test_parameters_that_no_store_can_hold(little: GraphStore, value: Any) -> None:
    with pytest.raises(QueryError):
        little.query("RETURN $value", {"value": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_no_json_can_hold_are_null(little: GraphStore, value: float) -> None:
    assert one(little, "RETURN $value AS value", value=value) is None


def test_columns_keep_their_order_and_may_be_empty(little: GraphStore) -> None:
    found = little.query("MATCH (p:Paper {id: 'none'}) RETURN p.year AS z, p.id AS a")
    assert found.columns == ("z", "a") and found.rows == () and not found.truncated


def test_what_is_absent_is_null(little: GraphStore) -> None:
    (row,) = rows(little, "MATCH (p:Paper {id: 'p2'}) RETURN p.year AS year, p.nothing AS nothing")
    assert row == {"year": None, "nothing": None}


@pytest.mark.parametrize(("limit", "kept", "truncated"), [(3, 3, True), (10, 10, False), (10**30, 10, False)])
def test_a_limit_says_that_it_cut(little: GraphStore, limit: int, kept: int, truncated: bool) -> None:
    found = little.query("UNWIND range(1, 10) AS x RETURN x", limit=limit)
    assert len(found.rows) == kept and found.truncated is truncated


def test_the_engine_warns_of_unknown_labels(little: GraphStore) -> None:
    assert "Papre" in little.query("MATCH (p:Papre) RETURN p").warnings[0]


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (:X)",
        "MERGE (:Paper {id: 'p9'})",
        "MATCH (p:Paper) SET p.year = 1",
        "MATCH (p:Paper) SET p:X",
        "MATCH (p:Paper) REMOVE p.year",
        "MATCH (p:Paper) DETACH DELETE p",
        "CREATE CONSTRAINT x FOR (n:X) REQUIRE n.id IS UNIQUE",
        "UNWIND [1] AS x CREATE (:X {id: x})",
    ],
)
def test_writing_needs_to_be_asked_for(little: GraphStore, tmp_path: Path, cypher: str) -> None:
    before = (tmp_path / "little.kg").read_bytes()
    with pytest.raises(QueryError, match="--write"):
        little.query(cypher)
    assert (tmp_path / "little.kg").read_bytes() == before
    assert one(little, "MATCH (n) RETURN count(n)") == 3


def test_a_write_is_kept(little: GraphStore, tmp_path: Path) -> None:
    little.query("MATCH (p:Paper {id: 'p1'}) SET p.mark = $m", {"m": "x"}, write=True)
    assert one(little, "MATCH (p:Paper {id: 'p1'}) RETURN p.mark") == "x"
    assert one(open_store(tmp_path / "little.kg"), "MATCH (p:Paper {id: 'p1'}) RETURN p.mark") == "x"


def test_a_write_that_fails_changes_nothing(little: GraphStore, tmp_path: Path) -> None:
    before = (tmp_path / "little.kg").read_bytes()
    with pytest.raises(QueryError):
        little.query("MATCH (p:Paper) SET p.mark = 1 WITH p RETURN 1 / 0", write=True)
    assert (tmp_path / "little.kg").read_bytes() == before
    assert one(little, "MATCH (p:Paper) RETURN count(p.mark)") == 0


@pytest.mark.parametrize(
    "cypher",
    [
        "",
        "  ",
        "// nothing",
        "RETURN",
        "MATCH (p",
        "MATCH (p) RETURN q",
        "RETURN $missing",
        "FOO BAR",
        "RETURN 1/0",
    ],
)
def test_wrong_statements_are_query_errors(little: GraphStore, cypher: str) -> None:
    with pytest.raises(QueryError):
        little.query(cypher)


def test_a_timeout_says_so_and_leaves_the_store_usable(little: GraphStore) -> None:
    slow = "UNWIND range(1, 3000) AS x UNWIND range(1, 3000) AS y RETURN max(x * y) AS z"
    with pytest.raises(QueryError, match=r"stopped after 0\.05 seconds.*--timeout"):
        little.query(slow, timeout=0.05)
    assert one(little, "RETURN 1") == 1


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, None])
def test_timeouts_without_an_end(little: GraphStore, timeout: float | None) -> None:
    assert little.query("RETURN 1 AS x", timeout=timeout).rows == ({"x": 1},)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_timeouts_that_are_none(little: GraphStore, timeout: float) -> None:
    with pytest.raises(QueryError, match="timeout must be more than 0"):
        little.query("RETURN 1", timeout=timeout)


def test_work_is_bounded_without_a_timeout(little: GraphStore) -> None:
    with pytest.raises(QueryError):
        little.query("UNWIND range(1, 1000000000) AS x RETURN count(x)", timeout=None)


@pytest.fixture(params=["empty", "text", "cut", "flipped", "sqlite"])
def damaged(request: pytest.FixtureRequest, little: GraphStore, tmp_path: Path) -> Path:
    little.close()
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


def test_files_that_are_no_graph(damaged: Path, batches: Batches) -> None:
    before = damaged.read_bytes()
    with pytest.raises(InputError, match=r"damaged\.kg: not a graph of kgraph, or damaged"):
        open_store(damaged).query("RETURN 1")
    with pytest.raises(InputError, match=r"damaged\.kg: not a graph of kgraph, or damaged"):
        open_store(damaged).replace(*batches)
    assert damaged.read_bytes() == before


def test_a_graph_that_is_not_there(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(InputError, match=r"no\.kg: no graph there; make one with `kgraph build`"):
            open_store(tmp_path / "no.kg").query("CREATE (:X {id: 1})", write=write)
    assert not open_store(tmp_path / "no.kg").exists()
    assert list(tmp_path.iterdir()) == []


def test_places_where_no_graph_can_be(tmp_path: Path, batches: Batches) -> None:
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


def test_a_server_is_not_supported_yet() -> None:
    with pytest.raises(InputError, match="servers are not supported yet"):
        open_store("bolt://localhost:7687")


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


def test_of_two_writers_one_is_told_to_wait(little: GraphStore, tmp_path: Path, batches: Batches) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path / "little.kg"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin and other.stdout and other.stdout.readline() == "writing\n"
        for write in (lambda: little.replace(*batches), lambda: little.query("CREATE (:X)", write=True)):
            with pytest.raises(StoreError, match="another process is writing this graph"):
                write()
        # Readers need no lock, and see what was saved last.
        assert one(open_store(tmp_path / "little.kg"), "MATCH (p:Paper) RETURN count(p)") == 2
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.wait(30) == 0
    fresh = open_store(tmp_path / "little.kg")
    assert one(fresh, "MATCH (p:Paper) RETURN collect(p.id)") == ["late"]
    fresh.replace(*batches)
    assert one(fresh, "MATCH (p:Paper) RETURN count(p)") == 2


def test_a_writer_that_was_killed_locks_nobody_out(
    little: GraphStore, tmp_path: Path, batches: Batches
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path / "little.kg"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdout.readline() == "writing\n"
        other.kill()
    assert one(little, "MATCH (p:Paper) RETURN count(p)") == 2
    little.replace(*batches)
    assert one(little, "MATCH (p:Paper) RETURN count(p)") == 2


def test_what_another_process_wrote_is_not_undone(
    little: GraphStore, tmp_path: Path, batches: Batches
) -> None:
    assert one(little, "MATCH (p:Paper) RETURN count(p)") == 2
    newer = [NodeBatch("Paper", [Node("new", {"name": "New", "title": "New"})])]
    open_store(tmp_path / "little.kg").replace(newer, [])
    with pytest.raises(StoreError, match="changed by another process since it was read"):
        little.replace(*batches)
    # It reads anew now, and what it makes of that may be written.
    assert one(little, "MATCH (p:Paper) RETURN collect(p.id)") == ["new"]
    little.replace(*batches)
    assert one(little, "MATCH (p:Paper) RETURN count(p)") == 2


def test_a_graph_that_another_process_made_first_is_not_undone(tmp_path: Path, batches: Batches) -> None:
    first, second = open_store(tmp_path / "new.kg"), open_store(tmp_path / "new.kg")
    assert not first.exists() and not second.exists()
    first.replace(*batches)
    with pytest.raises(StoreError, match="changed by another process"):
        second.replace([], [])
    assert one(first, "MATCH (p:Paper) RETURN count(p)") == 2
