"""Reading from a store, on both engines."""

from typing import Any

import pytest
from runs import one, rows

from kgraph.errors import QueryError
from kgraph.store import GraphStore


def test_written_nodes_and_edges_are_read(readonly_store: GraphStore) -> None:
    assert one(readonly_store, "MATCH (p:Paper {id: 'p1'}) RETURN p") == {
        "labels": ["Paper"],
        "properties": {"authors": ["A", "B"], "id": "p1", "name": "First", "title": "First", "year": 2020},
    }
    assert one(readonly_store, "MATCH (c:Task) RETURN c") == {
        "labels": ["Concept", "Task"],
        "properties": {"aliases": [], "id": "c1", "name": "tea", "title": "tea"},
    }
    assert one(readonly_store, "MATCH (:Paper)-[r:MENTIONS]->(:Concept) RETURN r") == {
        "type": "MENTIONS",
        "properties": {"count": 2, "salience": 0.5},
    }
    assert one(readonly_store, "MATCH (:Paper)-[r:RELATED_TO]->(:Paper) RETURN r.reasons") == ["tea"]


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
def test_values_come_back_plain(readonly_store: GraphStore, expression: str, value: Any) -> None:
    assert one(readonly_store, f"RETURN {expression} AS value") == value


def test_dates_with_times_and_durations_come_back_plain(readonly_store: GraphStore) -> None:
    (row,) = rows(readonly_store, "RETURN datetime('2024-02-29T10:30:00Z') AS t, duration('P1DT2H') AS d")
    assert row["t"].startswith("2024-02-29T10:30:00")
    assert row["d"] == {"months": 0, "days": 1, "seconds": 7200}


def test_paths_come_back_plain(readonly_store: GraphStore) -> None:
    path = one(readonly_store, "MATCH p = (:Paper {id: 'p1'})-[:MENTIONS]->(:Concept) RETURN p")
    assert [node["labels"][0] for node in path["nodes"]] == ["Paper", "Concept"]
    assert [edge["type"] for edge in path["relationships"]] == ["MENTIONS"]


@pytest.mark.parametrize("value", [1, 2.5, "x", "it's \\ \" `", None, True, [1, None], {"a": {"b": [2]}}])
def test_parameters_of_every_kind(readonly_store: GraphStore, value: Any) -> None:
    assert one(readonly_store, "RETURN $value AS value", value=value) == value


@pytest.mark.parametrize("value", [2**64, "\ud800", object()])
def test_unsupported_parameters(readonly_store: GraphStore, value: Any) -> None:
    with pytest.raises(QueryError):
        readonly_store.query("RETURN $value", {"value": value})
    assert one(readonly_store, "RETURN 1") == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_cannot_hold_are_null(readonly_store: GraphStore, value: float) -> None:
    assert one(readonly_store, "RETURN $value AS value", value=value) is None


def test_columns_keep_their_order_and_may_be_empty(readonly_store: GraphStore) -> None:
    found = readonly_store.query("MATCH (p:Paper {id: 'none'}) RETURN p.year AS z, p.id AS a")
    assert found.columns == ("z", "a") and found.rows == () and not found.truncated


def test_absent_properties_are_null(readonly_store: GraphStore) -> None:
    (row,) = rows(readonly_store, "MATCH (p:Paper {id: 'p2'}) RETURN p.year AS year, p.nothing AS nothing")
    assert row == {"year": None, "nothing": None}


@pytest.mark.parametrize(("limit", "kept", "truncated"), [(3, 3, True), (10, 10, False), (10**30, 10, False)])
def test_a_limit_reports_that_it_cut_rows(
    readonly_store: GraphStore, limit: int, kept: int, truncated: bool
) -> None:
    found = readonly_store.query("UNWIND range(1, 10) AS x RETURN x", limit=limit)
    assert len(found.rows) == kept and found.truncated is truncated


def test_the_engine_warns_of_unknown_labels(readonly_store: GraphStore) -> None:
    assert "Papre" in readonly_store.query("MATCH (p:Papre) RETURN p").warnings[0]


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
def test_writing_needs_the_write_argument(readonly_store: GraphStore, cypher: str) -> None:
    before = sorted(map(str, rows(readonly_store, "MATCH (n) RETURN n")))
    with pytest.raises(QueryError, match="--write"):
        readonly_store.query(cypher)
    assert sorted(map(str, rows(readonly_store, "MATCH (n) RETURN n"))) == before
    assert one(readonly_store, "MATCH (n) RETURN count(n)") == 3


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
def test_wrong_statements_are_query_errors(readonly_store: GraphStore, cypher: str) -> None:
    with pytest.raises(QueryError):
        readonly_store.query(cypher)


def test_a_timeout_is_reported_and_leaves_the_store_usable(readonly_store: GraphStore) -> None:
    # This query takes minutes, because a server checks timeouts only every second or two.
    slow = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN max(x * y) AS z"
    with pytest.raises(QueryError, match=r"stopped after 0\.05 seconds.*--timeout"):
        readonly_store.query(slow, timeout=0.05)
    assert one(readonly_store, "RETURN 1") == 1


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, None])
def test_timeouts_without_an_end(readonly_store: GraphStore, timeout: float | None) -> None:
    assert readonly_store.query("RETURN 1 AS x", timeout=timeout).rows == ({"x": 1},)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_invalid_timeouts(readonly_store: GraphStore, timeout: float) -> None:
    with pytest.raises(QueryError, match="timeout must be more than 0"):
        readonly_store.query("RETURN 1", timeout=timeout)
