"""What stands around a paper, a concept or a topic, ranked by how much it matters there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgraph.store import GraphStore
from kgraph.view.arcs import arc_places
from kgraph.view.layout import group_places
from kgraph.view.reading import read_items, read_links, strongest
from kgraph.view.scene import Item, Key, Link, Scene

Ranked = list[Key]

_FEW = 80
"""Up to this many nodes of a topic two lines a node can be followed, beyond it one."""


def paper_scene(store: GraphStore, paper: str, limit: int) -> Scene:
    """Return a paper with its concepts, authors, organisation and related papers, and a second ring.

    The second ring holds other papers that share its concepts, those first
    that share salient concepts which few papers name.
    """
    own = {"id": paper}
    concepts = _keys(
        store,
        "MATCH (:Paper {id: $id})-[r:MENTIONS]->(c:Concept) RETURN c.id AS id, r.salience AS score",
        own,
        "Concept",
    )
    around = [
        _keys(
            store,
            f"MATCH (:Paper {{id: $id}})-[r:{kind}]->(n:{label}) RETURN n.id AS id, {score} AS score",
            own,
            label,
        )
        for kind, label, score in (
            ("AUTHORED_BY", "Author", "-r.position"),
            ("AFFILIATED_WITH", "Organization", "1.0"),
            ("PUBLISHED_IN", "Venue", "1.0"),
            ("IN_TOPIC", "Topic", "1.0"),
        )
    ]
    related = _keys(
        store,
        "MATCH (:Paper {id: $id})-[r:RELATED_TO]-(q:Paper) RETURN q.id AS id, r.score AS score",
        own,
        "Paper",
    )
    sharing = _keys(
        store,
        "MATCH (p:Paper {id: $id})-[m:MENTIONS]->(c:Concept)<-[n:MENTIONS]-(q:Paper) WHERE q.id <> $id "
        "RETURN q.id AS id, sum(m.salience * n.salience / log(1.0 + c.papers)) AS score",
        own,
        "Paper",
    )
    centre: Key = ("Paper", paper)
    second = related + [key for key in sharing if key not in set(related)]
    first, left = _share(limit - 1, [(concepts, 0.5), *((keys, 0.05) for keys in around), (second, 0.3)])
    inner = [key for key in first if key[0] != "Paper"]
    outer = [key for key in first if key[0] == "Paper"]
    return _around(store, centre, inner, outer, left, "Surroundings of a paper")


def concept_scene(store: GraphStore, concept: str, limit: int) -> Scene:
    """Return a concept with the concepts above, below and beside it, its papers and its topic."""
    own = {"id": concept}
    stated: Ranked = []
    for kind in ("IS_A", "PART_OF", "USED_FOR", "EVALUATED_BY", "COMPARED_WITH"):
        stated += _keys(
            store,
            f"MATCH (:Concept {{id: $id}})-[r:{kind}]-(c:Concept) RETURN c.id AS id, max(c.papers) AS score",
            own,
            "Concept",
        )
    stated = list(dict.fromkeys(stated))
    beside = _keys(
        store,
        "MATCH (:Concept {id: $id})-[r:CO_OCCURS_WITH]-(c:Concept) "
        "RETURN c.id AS id, r.npmi * log(1.0 + r.papers) AS score",
        own,
        "Concept",
    )
    beside = [key for key in beside if key not in set(stated)]
    topics = _keys(
        store,
        "MATCH (:Concept {id: $id})-[:IN_TOPIC]->(t:Topic) RETURN t.id AS id, 1.0 AS score",
        own,
        "Topic",
    )
    papers = _keys(
        store,
        "MATCH (p:Paper)-[r:MENTIONS]->(:Concept {id: $id}) RETURN p.id AS id, r.salience AS score",
        own,
        "Paper",
    )
    chosen, left = _share(limit - 1, [(topics, 0.05), (stated, 0.25), (beside, 0.3), (papers, 0.4)])
    inner = [key for key in chosen if key[0] != "Paper"]
    outer = [key for key in chosen if key[0] == "Paper"]
    return _around(store, ("Concept", concept), inner, outer, left, "Surroundings of a concept")


def topic_scene(store: GraphStore, topic: str, limit: int) -> Scene:
    """Return the papers and concepts of a topic, those first that hold it together."""
    own = {"id": topic}
    concepts = _keys(
        store,
        "MATCH (c:Concept)-[:IN_TOPIC]->(:Topic {id: $id}) RETURN c.id AS id, c.papers AS score",
        own,
        "Concept",
    )
    scored = _keys(
        store,
        "MATCH (p:Paper)-[:IN_TOPIC]->(t:Topic {id: $id}) "
        "MATCH (p)-[m:MENTIONS]->(c:Concept)-[:IN_TOPIC]->(t) RETURN p.id AS id, sum(m.salience) AS score",
        own,
        "Paper",
    )
    members = _keys(
        store,
        "MATCH (p:Paper)-[:IN_TOPIC]->(:Topic {id: $id}) RETURN p.id AS id, 0.0 AS score",
        own,
        "Paper",
    )
    papers = list(dict.fromkeys(scored + members))
    chosen, left = _share(limit, [(papers, 0.5), (concepts, 0.5)])
    items = read_items(store, [*chosen, ("Topic", topic)])
    head = items.pop(("Topic", topic))
    shown = [key for key in chosen if key in items]
    links = read_links(store, shown)
    drawn = strongest(links, 2 if len(shown) <= _FEW else 1)
    places = group_places(shown, links, [0] * len(shown), spacing=120.0)
    return Scene(
        title=head.name,
        subtitle="Papers and concepts of a topic",
        items=tuple(items[key] for key in shown),
        links=tuple(links),
        places=places,
        drawn=drawn,
        left_out=left,
        notes=_notes(left, [items[key] for key in shown]),
    )


def _around(
    store: GraphStore, centre: Key, inner: Sequence[Key], outer: Sequence[Key], left: int, subtitle: str
) -> Scene:
    items = read_items(store, [centre, *inner, *outer])
    links = read_links(store, items)
    rank = {key: place for place, key in enumerate([centre, *inner, *outer])}
    drawn = _drawn_around(links, centre, set(outer))
    places = arc_places(centre, _by_topic(inner, items), outer, links)
    ordered = tuple(sorted(items.values(), key=lambda item: rank[item.key]))
    return Scene(
        title=items[centre].name,
        subtitle=subtitle,
        items=ordered,
        links=tuple(links),
        places=places,
        drawn=drawn,
        left_out=left,
        notes=_notes(left, ordered),
        centre=centre,
    )


def _drawn_around(links: Sequence[Link], centre: Key, outer: set[Key]) -> frozenset[int]:
    """Draw the links of the centre and, for each item, its two strongest from ring to ring."""
    direct = [index for index, link in enumerate(links) if centre in (link.head, link.tail)]
    across = [
        index
        for index, link in enumerate(links)
        if centre not in (link.head, link.tail) and (link.head in outer) != (link.tail in outer)
    ]
    return strongest(links, len(links), direct) | strongest(links, 2, across)


def _by_topic(keys: Sequence[Key], items: dict[Key, Item]) -> list[Key]:
    """Put items of one topic side by side, topics in the order of their first item."""
    order: dict[str, int] = {}
    for key in keys:
        order.setdefault(items[key].topic or "", len(order))
    return sorted(keys, key=lambda key: order[items[key].topic or ""])


def _keys(store: GraphStore, cypher: str, parameters: dict[str, Any], label: str) -> Ranked:
    """Return the keys that a query scores, best first; ties by id."""
    best: dict[str, float] = {}
    for row in store.query(cypher, parameters, timeout=None).rows:
        score = round(float(row["score"] or 0.0), 9)
        best[str(row["id"])] = max(score, best.get(str(row["id"]), score))
    return [(label, node_id) for node_id, _ in sorted(best.items(), key=lambda found: (-found[1], found[0]))]


def _share(limit: int, ranked: Sequence[tuple[Ranked, float]]) -> tuple[list[Key], int]:
    """Take the best of each list in proportion to its share until the limit is reached.

    Returns what was taken, list after list, and how many were not.
    """
    taken = [0] * len(ranked)
    total = sum(len(keys) for keys, _ in ranked)
    for _ in range(min(max(limit, 0), total)):
        open_lists = [place for place, (keys, _) in enumerate(ranked) if taken[place] < len(keys)]
        nearest = min(open_lists, key=lambda place: ((taken[place] + 0.5) / ranked[place][1], place))
        taken[nearest] += 1
    chosen = [key for place, (keys, _) in enumerate(ranked) for key in keys[: taken[place]]]
    return chosen, total - len(chosen)


def _notes(left: int, items: Sequence[Item]) -> tuple[str, ...]:
    if not left:
        return ("Everything that is linked this closely is shown.",)
    papers = sum(item.kind == "Paper" for item in items)
    return (
        f"{left:,} nodes of lower rank were left out; the {papers:,} papers and "
        f"{len(items) - papers:,} other nodes shown are the most relevant ones.",
    )
