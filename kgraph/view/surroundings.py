"""Choose the nodes around a paper or concept, and arrange them in two rings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgraph.store import GraphStore
from kgraph.view.arcs import arc_positions
from kgraph.view.items import read_items, read_links, strongest
from kgraph.view.scene import Item, Key, Link, Scene

Ranked = list[Key]


def keys_of(label: str, ids: Iterable[str]) -> Ranked:
    """Return the keys of the nodes of one label."""
    return [(label, node_id) for node_id in ids]


def best_of(limit: int, ranked: Sequence[tuple[Ranked, float]]) -> tuple[list[Key], int]:
    """Take the best of each list in proportion to its share until the limit is reached.

    Returns the chosen keys, list after list, and the number of keys left out.
    """
    taken = [0] * len(ranked)
    total = sum(len(keys) for keys, _ in ranked)
    for _ in range(min(max(limit, 0), total)):
        unfinished = [index for index, (keys, _) in enumerate(ranked) if taken[index] < len(keys)]
        nearest = min(unfinished, key=lambda index: ((taken[index] + 0.5) / ranked[index][1], index))
        taken[nearest] += 1
    chosen = [key for index, (keys, _) in enumerate(ranked) for key in keys[: taken[index]]]
    return chosen, total - len(chosen)


def scene_around(
    store: GraphStore, centre: Key, chosen: Sequence[Key], left_out: int, subtitle: str
) -> Scene:
    """Return a scene with one node in the centre, papers in the outer ring and the rest in the inner one."""
    inner = [key for key in chosen if key[0] != "Paper"]
    outer = [key for key in chosen if key[0] == "Paper"]
    items = read_items(store, [centre, *inner, *outer])
    links = read_links(store, items)
    rank = {key: index for index, key in enumerate([centre, *inner, *outer])}
    ordered = tuple(sorted(items.values(), key=lambda item: rank[item.key]))
    return Scene(
        title=items[centre].name,
        subtitle=subtitle,
        items=ordered,
        links=tuple(links),
        positions=arc_positions(centre, _by_topic(inner, items), outer, links),
        drawn=_drawn_around(links, centre, set(outer)),
        left_out=left_out,
        notes=selection_notes(left_out, ordered),
        centre=centre,
        outer=frozenset(items.keys() & outer),
    )


def selection_notes(left_out: int, items: Sequence[Item]) -> tuple[str, ...]:
    """Return the note that says which nodes are shown."""
    if not left_out:
        return ("All nodes that are linked this closely are shown.",)
    papers = sum(item.kind == "Paper" for item in items)
    return (
        f"{left_out:,} nodes of lower rank were left out. The {papers:,} papers and "
        f"{len(items) - papers:,} other nodes shown are the most relevant.",
    )


def _drawn_around(links: Sequence[Link], centre: Key, outer: set[Key]) -> frozenset[int]:
    """Return the links of the centre and, for each item, its two strongest from ring to ring."""
    direct = [index for index, link in enumerate(links) if centre in (link.head, link.tail)]
    across = [
        index
        for index, link in enumerate(links)
        if centre not in (link.head, link.tail) and (link.head in outer) != (link.tail in outer)
    ]
    return strongest(links, len(links), direct) | strongest(links, 2, across)


def _by_topic(keys: Sequence[Key], items: dict[Key, Item]) -> list[Key]:
    """Group keys by topic, topics in the order of their first item."""
    order: dict[str, int] = {}
    for key in keys:
        order.setdefault(items[key].topic or "", len(order))
    return sorted(keys, key=lambda key: order[items[key].topic or ""])
