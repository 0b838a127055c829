"""One graph in both stores, and a comparison of two results."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import kgraph
from kgraph.store import QueryResult


@dataclass(frozen=True)
class Both:
    """The same graph in each store."""

    embedded: kgraph.KnowledgeGraph
    neo4j: kgraph.KnowledgeGraph

    def graphs(self) -> tuple[kgraph.KnowledgeGraph, kgraph.KnowledgeGraph]:
        return self.embedded, self.neo4j

    def answers(
        self, statement: str, parameters: Mapping[str, Any] | None = None, **how: Any
    ) -> list[QueryResult]:
        return [graph.query(statement, parameters, **how) for graph in self.graphs()]


def difference(one: QueryResult, other: QueryResult, statement: str) -> str | None:
    """Describe a difference in columns, rows, types of values, and the order if the statement defines one."""
    if one.columns != other.columns:
        return f"columns {one.columns} and {other.columns}"
    if len(one.rows) != len(other.rows):
        return f"{len(one.rows)} and {len(other.rows)} rows"
    ours, theirs = ([list(row.values()) for row in result.rows] for result in (one, other))
    if not orders(statement):
        ours, theirs = sorted(ours, key=_text), sorted(theirs, key=_text)
    for a, b in zip(ours, theirs, strict=True):
        if not same(a, b):
            return f"{a} and {b}"
    return None


def orders(statement: str) -> bool:
    """Return whether the last RETURN has an ORDER BY."""
    return "ORDER BY" in statement.rpartition("RETURN")[2]


def same(one: Any, other: Any) -> bool:
    """Return whether two values have the same type and are equal, up to the last digits of floats."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, dict):
        # The order of keys matters too, because people compare printed JSON.
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _text(value: Any) -> str:
    # Digits that may differ must not decide the position of a row.
    return re.sub(r"\d+\.\d+(e-?\d+)?", lambda m: f"{float(m[0]):.6g}", json.dumps(value))


def own_notes(graphs: Sequence[kgraph.KnowledgeGraph], statements: Sequence[str]) -> None:
    """Add nodes and properties to each graph, as a user might."""
    for graph in graphs:
        for statement in statements:
            graph.query(statement, write=True)
