"""Make the constraints and indexes of a Neo4j database from ``schemas/``."""

from __future__ import annotations

from kgraph.schema import graph_schema

PAPER_CONSTRAINT = "kgraph_paper_id"
"""The constraint that marks a database as set up by kgraph."""


def constraint_statements() -> tuple[str, ...]:
    """Return the statements that make ``id`` the key of every label. Running them again changes nothing."""
    return tuple(
        f"CREATE CONSTRAINT kgraph_{label.name.lower()}_id IF NOT EXISTS "
        f"FOR (n:{label.name}) REQUIRE n.id IS UNIQUE"
        for label in graph_schema().labels
    )


def index_statements() -> tuple[str, ...]:
    """Return the statements that make the full-text indexes. Running them again changes nothing."""
    texts = {
        label.name: [prop.name for prop in label.properties if prop.fulltext]
        for label in graph_schema().labels
    }
    return tuple(
        f"CREATE FULLTEXT INDEX kgraph_{name.lower()}_text IF NOT EXISTS "
        f"FOR (n:{name}) ON EACH [{', '.join(f'n.{prop}' for prop in properties)}]"
        for name, properties in texts.items()
        if properties
    )
