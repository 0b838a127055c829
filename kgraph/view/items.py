"""Read items and links from the store, whole sets at a time and in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kgraph.schema import RelationshipType, graph_schema
from kgraph.store import GraphStore
from kgraph.store.reading import topic_names, written_by_kgraph
from kgraph.view.legend import kind_of
from kgraph.view.scene import Item, Key, Link

UNRATED = 0.3
"""The strength of a relationship whose type has no property for it, such as that to an author."""

_SPELLING = {"npmi": "NPMI"}


def read_items(store: GraphStore, keys: Iterable[Key]) -> dict[Key, Item]:
    """Return the items of these keys, by key, in the order of label and id."""
    found: dict[Key, Item] = {}
    for label, ids in _by_label(keys).items():
        topics = topic_names(store, label, ids) if label in ("Paper", "Concept") else {}
        rows = store.query(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN n", {"ids": ids}, timeout=None
        ).rows
        nodes = {row["n"]["properties"]["id"]: row["n"]["properties"] for row in rows}
        for node_id in ids:
            if node_id in nodes:
                found[label, node_id] = _item(label, node_id, nodes[node_id], topics.get(node_id))
    return found


def read_links(store: GraphStore, keys: Iterable[Key]) -> list[Link]:
    """Return the links that join two of these keys, by type and ends."""
    chosen = set(keys)
    by_label = _by_label(chosen)
    found: list[Link] = []
    for kind, head_label, tail_label in graph_schema().patterns():
        if head_label not in by_label or tail_label not in by_label:
            continue
        rows = store.query(
            f"UNWIND $ids AS id MATCH (a:{head_label} {{id: id}})-[r:{kind.name}]->(b:{tail_label}) "
            f"WHERE {written_by_kgraph('b')} RETURN a.id AS head, b.id AS tail, r",
            {"ids": by_label[head_label]},
            timeout=None,
        ).rows
        for row in rows:
            head, tail = (head_label, row["head"]), (tail_label, row["tail"])
            if tail in chosen:
                found.append(_link(head, tail, kind, row["r"]["properties"]))
    return sorted(found, key=lambda link: (link.type, link.head, link.tail))


def strongest(links: Sequence[Link], per_item: int = 1, among: Iterable[int] | None = None) -> frozenset[int]:
    """Return the indices of the links that are among the strongest of one of their ends.

    Of several links between the same two items only the strongest counts. A
    role goes before other links. ``among`` narrows the choice to some indices.
    """
    roles = {kind.name for kind in graph_schema().group("role")}

    def weight(index: int) -> float:
        return links[index].strength + (1.0 if links[index].type in roles else 0.0)

    best: dict[tuple[Key, Key], int] = {}
    for index in range(len(links)) if among is None else among:
        link = links[index]
        pair = (min(link.head, link.tail), max(link.head, link.tail))
        if pair not in best or weight(index) > weight(best[pair]):
            best[pair] = index
    ranked = sorted(best.values(), key=lambda index: (-weight(index), index))
    used: dict[Key, int] = {}
    kept: set[int] = set()
    for index in ranked:
        ends = (links[index].head, links[index].tail)
        if any(used.get(end, 0) < per_item for end in ends):
            kept.add(index)
        for end in ends:
            used[end] = used.get(end, 0) + 1
    return frozenset(kept)


def _by_label(keys: Iterable[Key]) -> dict[str, list[str]]:
    """Return the ids of each label, sorted."""
    by_label: dict[str, list[str]] = {}
    for label, node_id in sorted(set(keys)):
        by_label.setdefault(label, []).append(node_id)
    return by_label


def _item(label: str, node_id: str, properties: Mapping[str, Any], topic: str | None) -> Item:
    name = str(properties.get("name") or properties.get("title") or node_id)
    return Item((label, node_id), kind_of(label, properties), name, properties, topic)


def _link(head: Key, tail: Key, kind: RelationshipType, properties: Mapping[str, Any]) -> Link:
    rated = properties.get(kind.strength) if kind.strength else None
    strength = UNRATED if rated is None else min(1.0, max(0.0, float(rated)))
    evidence = tuple(str(text) for text in _listed(properties.get("evidence")))
    return Link(head, tail, kind.name, round(strength, 3), _note(kind, properties), evidence)


def _note(kind: RelationshipType, properties: Mapping[str, Any]) -> str:
    """Return how many papers say it, the value that ranks it, and the first reasons, where it has them."""
    parts = []
    if papers := int(properties.get("papers") or 0):
        parts.append(f"in {papers:,} {'paper' if papers == 1 else 'papers'}")
    if kind.strength and properties.get(kind.strength) is not None:
        parts.append(f"{_SPELLING.get(kind.strength, kind.strength)} {float(properties[kind.strength]):.2f}")
    if properties.get("in_title"):
        parts.append("in the title")
    reasons = ", ".join(str(reason) for reason in _listed(properties.get("reasons"))[:3])
    return " · ".join(part for part in (", ".join(parts), reasons) if part)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else []
