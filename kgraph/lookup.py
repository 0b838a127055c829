"""Find the node that a person means by an id, a name or a part of a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.errors import InputError
from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.reading import written_by_kgraph

_OTHER_NAMES = ("other_ids", "aliases")
_IDENTIFIERS = ("doi", "arxiv", "openalex", "semantic_scholar", "pmid", "acl")
_SHOWN = 5
"""How many candidates an error lists."""


def find_paper(store: GraphStore, text: str) -> str:
    """Return the id of the paper with this id, exact title, identifier or unique part of a title.

    The ids that its records have, or that it had in an earlier graph, find it
    too. Ignores case. Raises InputError if no paper or more than one matches. The
    message lists the first of several.
    """
    return _find(store, "Paper", text)


def find_concept(store: GraphStore, text: str) -> str:
    """Return the id of the concept with this id, name, alias or unique part of a name.

    Raises InputError as :func:`find_paper` does.
    """
    return _find(store, "Concept", text)


def find_topic(store: GraphStore, text: str) -> str:
    """Return the id of the topic with this id, name or unique part of a name.

    Raises InputError as :func:`find_paper` does.
    """
    return _find(store, "Topic", text)


def _find(store: GraphStore, label: str, text: str) -> str:
    if not text.strip():
        raise InputError(f"the name of the {label.lower()} is empty")
    text = text.strip()
    conditions = ["n.id = $text", "toLower(n.name) = toLower($text)"]
    declared = {prop.name for prop in graph_schema().label(label).properties}
    conditions += [
        f"any(other IN n.{name} WHERE toLower(other) = toLower($text))"
        for name in _OTHER_NAMES
        if name in declared
    ]
    conditions += [f"toLower(n.{name}) = toLower($text)" for name in _IDENTIFIERS if name in declared]
    conditions.append("toLower(n.name) CONTAINS toLower($text)")
    # Use the first condition that any node meets.
    found = next(filter(None, (_matches(store, label, condition, text) for condition in conditions)), [])
    if not found:
        raise InputError(
            f"no {label.lower()} has the id or a name with {text!r}; "
            f"list them with `kgraph query 'MATCH (n:{label}) RETURN n.id, n.name'`"
        )
    if len(found) > 1:
        listed = "".join(f"\n  {row['id']}  {row['name']}" for row in found[:_SHOWN])
        more = f"\n  … and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InputError(f"{text!r} matches {len(found)} {label.lower()}s; give the id of one:{listed}{more}")
    return str(found[0]["id"])


def _matches(store: GraphStore, label: str, condition: str, text: str) -> list[Mapping[str, Any]]:
    # Names of other nodes may be numbers or lists, which Neo4j cannot turn to lower case. It may check
    # the parts of a conjunction in any order, but not those of CASE.
    cypher = (
        f"MATCH (n:{label}) WHERE CASE WHEN {written_by_kgraph('n')} THEN {condition} ELSE false END "
        "RETURN n.id AS id, n.name AS name ORDER BY n.name, n.id"
    )
    return list(store.query(cypher, {"text": text}).rows)
