"""The map of the whole graph: what goes on it, by community, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np

from kgraph.model import RelationType
from kgraph.store import GraphStore
from kgraph.view.layout import beside, community_layout
from kgraph.view.reading import read_items, read_links, strongest
from kgraph.view.scene import Item, Key, Link, Region, Scene
from kgraph.view.thinning import disparity

LARGE = 3_000
"""From this many papers on the map starts with the concepts alone."""

BOUNDS: Mapping[str, int] = {
    "Paper": 5_000,
    "Concept": 12_000,
    "Author": 4_000,
    "Organization": 1_000,
    "Venue": 500,
}
"""How many nodes of each label one file holds at most; the best linked go first."""

_DENSE = 40_000
_LEVEL = 0.1
_RANKED: Mapping[str, str] = {
    "Paper": "MATCH (n:Paper) OPTIONAL MATCH (n)-[r:RELATED_TO]-() "
    "RETURN n.id AS id, coalesce(sum(r.score), 0.0) AS score",
    "Concept": "MATCH (n:Concept) RETURN n.id AS id, n.papers AS score",
    "Author": "MATCH (n:Author) OPTIONAL MATCH (n)<-[r:AUTHORED_BY]-() RETURN n.id AS id, count(r) AS score",
    "Organization": "MATCH (n:Organization) OPTIONAL MATCH (n)<-[r:AFFILIATED_WITH]-() "
    "RETURN n.id AS id, count(r) AS score",
    "Venue": "MATCH (n:Venue) OPTIONAL MATCH (n)<-[r:PUBLISHED_IN]-() RETURN n.id AS id, count(r) AS score",
}
_TYPES = (
    "MENTIONS",
    *get_args(RelationType),
    "CO_OCCURS_WITH",
    "RELATED_TO",
    "AUTHORED_BY",
    "AFFILIATED_WITH",
    "PUBLISHED_IN",
)


def map_scene(store: GraphStore, limit: int | None = None) -> Scene:
    """Return the whole graph as a map; ``limit`` bounds papers and concepts together."""
    chosen, counts = _chosen(store, limit)
    items = read_items(store, chosen)
    large = counts["Paper"] > LARGE
    links = _thinned(read_links(store, items, _TYPES), large)
    linked = {end for link in links for end in (link.head, link.tail)}
    isolated = len(items) - len(linked)
    shown = [item for key, item in items.items() if key in linked]
    groups, names = _communities(shown, links)
    places, regions = _places(shown, links, groups, names)
    ranked_away = sum(counts.values()) - len(items)
    return Scene(
        title="Map of the graph",
        subtitle=f"{counts['Paper']:,} papers and {counts['Concept']:,} concepts",
        items=tuple(shown),
        links=tuple(links),
        places=places,
        drawn=_backbone(links, groups),
        left_out=ranked_away + isolated,
        notes=tuple(_notes(isolated, ranked_away, large, shown)),
        regions=regions,
        hidden_kinds=frozenset({"Author", "Paper"} if large else {"Author"}),
    )


def _chosen(store: GraphStore, limit: int | None) -> tuple[list[Key], dict[str, int]]:
    """Return the keys that go on the map and how many nodes of each label there are."""
    chosen: list[Key] = []
    counts: dict[str, int] = {}
    for label, cypher in _RANKED.items():
        rows = store.query(cypher, timeout=None).rows
        scored = sorted((-round(float(row["score"] or 0), 6), str(row["id"])) for row in rows)
        counts[label] = len(scored)
        bound = BOUNDS[label] if limit is None else min(BOUNDS[label], max(1, limit // 2))
        chosen.extend((label, node_id) for _, node_id in scored[:bound])
    return chosen, counts


def _thinned(links: list[Link], large: bool) -> list[Link]:
    """Thin co-occurrence by the disparity filter where there is very much of it."""
    together = [place for place, link in enumerate(links) if link.type == "CO_OCCURS_WITH"]
    if not together or (not large and len(together) <= _DENSE):
        return links
    number: dict[Key, int] = {}
    for place in together:
        for end in (links[place].head, links[place].tail):
            number.setdefault(end, len(number))
    ends = np.array([(number[links[p].head], number[links[p].tail]) for p in together], dtype=np.int64)
    weights = np.array([links[p].strength + 1e-6 for p in together], dtype=np.float64)
    kept = disparity(ends, weights, len(number), _LEVEL)
    dropped = {place for place, keep in zip(together, kept, strict=True) if not keep}
    return [link for place, link in enumerate(links) if place not in dropped]


def _communities(items: Sequence[Item], links: Sequence[Link]) -> tuple[dict[Key, int], list[str]]:
    """Number the communities: topics by name, then one for what belongs to none.

    Papers and concepts without a topic go with that of most of their
    neighbours, by strength.
    """
    names = sorted({item.topic for item in items if item.topic is not None})
    number = {name: place for place, name in enumerate(names)}
    groups = {
        item.key: number.get(item.topic or "", -1) for item in items if item.key[0] in ("Paper", "Concept")
    }
    for _ in range(4):
        votes: dict[Key, dict[int, float]] = {}
        for link in links:
            for one, two in ((link.head, link.tail), (link.tail, link.head)):
                if groups.get(one) == -1 and groups.get(two, -1) >= 0:
                    own = votes.setdefault(one, {})
                    own[groups[two]] = own.get(groups[two], 0.0) + link.strength + 0.05
        if not votes:
            break
        for key, own in votes.items():
            groups[key] = min(own, key=lambda group: (-round(own[group], 9), group))
    homeless = len(names)
    return {key: homeless if group < 0 else group for key, group in groups.items()}, names


def _places(
    items: Sequence[Item], links: Sequence[Link], groups: Mapping[Key, int], names: Sequence[str]
) -> tuple[dict[Key, tuple[int, int]], tuple[Region, ...]]:
    core = [item.key for item in items if item.key in groups]
    used = sorted({groups[key] for key in core})
    dense = {group: place for place, group in enumerate(used)}
    number = {key: place for place, key in enumerate(core)}
    inside = [link for link in links if link.head in number and link.tail in number]
    ends = np.array([(number[link.head], number[link.tail]) for link in inside], dtype=np.int64)
    weights = np.array([0.05 + link.strength for link in inside], dtype=np.float64)
    layout = community_layout(
        np.array([dense[groups[key]] for key in core], dtype=np.int64), ends.reshape(-1, 2), weights
    )
    places = {
        key: (round(float(x)), round(float(y))) for key, (x, y) in zip(core, layout.places, strict=True)
    }
    others = [item.key for item in items if item.key not in groups]
    if others:
        outside = {key: place for place, key in enumerate(others)}
        pairs = [(outside[link.tail], number[link.head]) for link in links if link.tail in outside]
        anchors = np.array([pair[0] for pair in pairs], dtype=np.int64)
        owners = np.array([pair[1] for pair in pairs], dtype=np.int64)
        around = beside(anchors, owners, layout.places, len(others))
        places |= {
            key: (round(float(x)), round(float(y))) for key, (x, y) in zip(others, around, strict=True)
        }
    regions = tuple(
        Region(names[group], round(float(x)), round(float(y)), round(float(radius)))
        for group, (x, y), radius in zip(used, layout.centres, layout.radii, strict=True)
        if group < len(names)
    )
    return places, regions


def _backbone(links: Sequence[Link], groups: Mapping[Key, int]) -> frozenset[int]:
    """Return each node's strongest link, within its community where it has one there.

    Authors, organisations and venues keep one each.
    """
    inside = [
        place for place, link in enumerate(links) if groups.get(link.head, -2) == groups.get(link.tail, -3)
    ]
    home = {end for place in inside for end in (links[place].head, links[place].tail)}
    across = [
        place
        for place, link in enumerate(links)
        if link.tail in groups and not (link.head in home and link.tail in home)
    ]
    people = {link.tail: place for place, link in enumerate(links) if link.tail not in groups}
    return strongest(links, 1, inside) | strongest(links, 1, across) | frozenset(people.values())


def _notes(isolated: int, ranked_away: int, large: bool, shown: Sequence[Item]) -> list[str]:
    notes = []
    if isolated:
        notes.append(
            f"{isolated:,} {'node' if isolated == 1 else 'nodes'} without a link to others left out."
        )
    if ranked_away:
        bounds = ", ".join(f"{bound:,} {label.lower()}s" for label, bound in list(BOUNDS.items())[:3])
        notes.append(
            f"{ranked_away:,} nodes of lower rank were left out: one file holds at most {bounds}; "
            "the best linked were kept."
        )
    if large:
        papers = sum(item.kind == "Paper" for item in shown)
        notes.append(
            f"Concepts first: {papers:,} papers are in this file and show when Paper is ticked in the legend."
        )
    if any(item.kind == "Author" for item in shown):
        notes.append("Authors are hidden until they are ticked in the legend.")
    return notes
