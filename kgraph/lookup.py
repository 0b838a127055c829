"""From what a person types to the one node that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.errors import InputError
from kgraph.store import GraphStore

_SHOWN = 5
"""How many candidates an error lists."""


def find_paper(store: GraphStore, text: str) -> str:
    """Return the id of the paper with this id, exact title or unique part of a title.

    Upper and lower case are the same. Raises InputError when no paper or more
    than one fits; the text lists them.
    """
    return _find(store, "Paper", text)


def find_concept(store: GraphStore, text: str) -> str:
    """Return the id of the concept with this id, name, alias or unique part of a name; raises InputError."""
    return _find(store, "Concept", text)


def find_topic(store: GraphStore, text: str) -> str:
    """Return the id of the topic with this id, name or unique part of a name; raises InputError."""
    return _find(store, "Topic", text)


def _find(store: GraphStore, label: str, text: str) -> str:
    if not text.strip():
        raise InputError(f"no {label.lower()} is named by an empty text")
    text = text.strip()
    conditions = ["n.id = $text", "toLower(n.name) = toLower($text)"]
    if label == "Concept":
        conditions.append("any(alias IN n.aliases WHERE toLower(alias) = toLower($text))")
    conditions.append("toLower(n.name) CONTAINS toLower($text)")
    # The first condition that anything fits decides.
    found = next(filter(None, (_fitting(store, label, condition, text) for condition in conditions)), [])
    if not found:
        raise InputError(
            f"no {label.lower()} has the id or a name with {text!r}; "
            f"`kgraph query 'MATCH (n:{label}) RETURN n.id, n.name'` lists them"
        )
    if len(found) > 1:
        listed = "".join(f"\n  {row['id']}  {row['name']}" for row in found[:_SHOWN])
        more = f"\n  … and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InputError(f"{text!r} fits {len(found)} {label.lower()}s; give the id of one:{listed}{more}")
    return str(found[0]["id"])


def _fitting(store: GraphStore, label: str, condition: str, text: str) -> list[Mapping[str, Any]]:
    cypher = f"MATCH (n:{label}) WHERE {condition} RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id"
    return list(store.query(cypher, {"text": text}).rows)
