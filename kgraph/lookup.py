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
    """Return the id of the concept with this id, name, alias or unique part of a name.

    Where a part fits several names, the concept that most papers mention wins
    only if the text is one of its aliases; otherwise InputError lists them.
    """
    aliased = _rows(
        store,
        "MATCH (n:Concept) WHERE any(a IN n.aliases WHERE toLower(a) = toLower($text)) "
        "RETURN n.id AS id, n.name AS name ORDER BY n.papers DESC, n.id",
        text,
    )
    exact = _exact(store, "Concept", text)
    if not exact and len(aliased) == 1:
        return str(aliased[0]["id"])
    return _find(store, "Concept", text)


def find_topic(store: GraphStore, text: str) -> str:
    """Return the id of the topic with this id, name or unique part of a name; raises InputError."""
    return _find(store, "Topic", text)


def _find(store: GraphStore, label: str, text: str) -> str:
    if not text.strip():
        raise InputError(f"no {label.lower()} is named by an empty text")
    found = _exact(store, label, text) or _rows(
        store,
        f"MATCH (n:{label}) WHERE toLower(n.name) CONTAINS toLower($text) "
        "RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id",
        text.strip(),
    )
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


def _exact(store: GraphStore, label: str, text: str) -> list[Mapping[str, Any]]:
    by_id = _rows(store, f"MATCH (n:{label} {{id: $text}}) RETURN n.id AS id, n.name AS name", text)
    return by_id or _rows(
        store,
        f"MATCH (n:{label}) WHERE toLower(n.name) = toLower($text) "
        "RETURN n.id AS id, n.name AS name ORDER BY n.id",
        text.strip(),
    )


def _rows(store: GraphStore, cypher: str, text: str) -> list[Mapping[str, Any]]:
    return list(store.query(cypher, {"text": text}).rows)
