"""The map of the whole graph, by community."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.reading import best_connected
from kgraph.view.items import read_items, read_links, strongest
from kgraph.view.legend import node_kinds
from kgraph.view.scene import Drawing, Item, Key, Limits, Link, Point, Region, Scene, SceneBuilder

LARGE = 3_000
"""A map of more papers than this shows only the concepts at first."""

_DENSE = 40_000
_LEVEL = 0.1
_NO_TOPIC = -1


class MapPage:
    """The whole graph. Topics are discs, papers and concepts are nodes in them."""

    name = "map"
    selector = None
    drawing: Drawing = "canvas"

    @property
    def limits(self) -> Limits:
        """As many papers and concepts as the schema allows."""
        return Limits(default=2 * max(label.map_limit for label in graph_schema().labels))

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the map. ``limit`` bounds papers and concepts together."""
        del selection  # the map is the page without a subject
        chosen, counts = _choose(store, limit)
        items = read_items(store, chosen)
        large = counts["Paper"] > LARGE
        links = _thin(read_links(store, items), large)
        linked = {end for link in links for end in (link.head, link.tail)}
        shown = [item for key, item in items.items() if key in linked]
        isolated, lower_ranked = len(items) - len(shown), sum(counts.values()) - len(items)
        groups, topics = _communities(shown, links)
        owners = _owners(links, groups)
        positions, regions = _positions(shown, links, groups, owners, topics)
        hidden = {kind.name for kind in node_kinds() if kind.hidden}
        return Scene(
            title="Map of the graph",
            subtitle=f"{counts['Paper']:,} papers and {counts['Concept']:,} concepts",
            items=tuple(shown),
            links=tuple(links),
            positions=positions,
            drawn=_backbone(links, groups, owners),
            left_out=lower_ranked + isolated,
            notes=tuple(_notes(isolated, lower_ranked, large, shown)),
            regions=regions,
            hidden_kinds=frozenset(hidden | {"Paper"} if large else hidden),
        )


def _choose(store: GraphStore, limit: int) -> tuple[list[Key], dict[str, int]]:
    """Return the keys of the map, and the number of nodes of each label in the graph.

    Labels with a limit of 0 are not nodes of the map. Topics are its regions.
    """
    chosen: list[Key] = []
    counts: dict[str, int] = {}
    for label in graph_schema().labels:
        if label.shape is None or not label.map_limit:
            continue
        ranked = best_connected(store, label.name)
        counts[label.name] = len(ranked)
        bound = min(label.map_limit, max(1, limit // 2))
        chosen.extend((label.name, node_id) for node_id in ranked[:bound])
    return chosen, counts


def _thin(links: list[Link], large: bool) -> list[Link]:
    """Return the links without the less significant co-occurrences if there are very many of these.

    Their number grows with the square of the number of concepts in a paper.
    """
    types = {kind.name for kind in graph_schema().group("derived") if "Concept" in kind.from_labels}
    together = [link for link in links if link.type in types and link.tail[0] == "Concept"]
    if not together or (not large and len(together) <= _DENSE):
        return links
    from kgraph.view.thinning import significant

    dropped = set(together) - set(significant(together, _LEVEL))
    return [link for link in links if link not in dropped]


def _communities(items: Sequence[Item], links: Sequence[Link]) -> tuple[dict[Key, int], list[str]]:
    """Return the community of each paper and concept, and the names of the topics.

    A community is the index of its topic. Nodes without a topic join that of
    most of their neighbours, weighted by strength. The rest form a last one.
    """
    topics = sorted({item.topic for item in items if item.topic is not None})
    index = {name: at for at, name in enumerate(topics)}
    groups = {
        item.key: index.get(item.topic or "", _NO_TOPIC)
        for item in items
        if item.key[0] in ("Paper", "Concept")
    }
    for _ in range(4):
        votes: dict[Key, dict[int, float]] = {}
        for link in links:
            for one, two in ((link.head, link.tail), (link.tail, link.head)):
                if groups.get(one) == _NO_TOPIC and groups.get(two, _NO_TOPIC) != _NO_TOPIC:
                    own = votes.setdefault(one, {})
                    own[groups[two]] = own.get(groups[two], 0.0) + link.strength + 0.05
        if not votes:
            break
        for key, own in votes.items():
            groups[key] = min(own, key=lambda group: (-round(own[group], 9), group))
    return {key: len(topics) if group == _NO_TOPIC else group for key, group in groups.items()}, topics


def _owners(links: Sequence[Link], groups: Mapping[Key, int]) -> dict[Key, list[Key]]:
    """Return the papers of each node outside the communities, such as an author or a result.

    A node without a paper has the other nodes that it is linked to instead.
    """
    papers: dict[Key, list[Key]] = {}
    others: dict[Key, list[Key]] = {}
    for link in links:
        for node, owner in ((link.head, link.tail), (link.tail, link.head)):
            if node not in groups and owner in groups:
                (papers if owner[0] == "Paper" else others).setdefault(node, []).append(owner)
    return others | papers


def _positions(
    items: Sequence[Item],
    links: Sequence[Link],
    groups: Mapping[Key, int],
    owners: Mapping[Key, Sequence[Key]],
    topics: Sequence[str],
) -> tuple[dict[Key, Point], tuple[Region, ...]]:
    """Return the positions of all items, and the regions of the topics that have any."""
    from kgraph.view.layout import community_positions, positions_around, rounded

    core = [item.key for item in items if item.key in groups]
    used = sorted({groups[key] for key in core})
    disc_of = {group: index for index, group in enumerate(used)}
    positions, discs = community_positions(core, links, [disc_of[groups[key]] for key in core])
    further = [item.key for item in items if item.key not in groups]
    positions |= positions_around(further, owners, positions)
    regions = tuple(
        Region(topics[group], round(disc.x), round(disc.y), round(disc.radius))
        for group, disc in zip(used, discs, strict=True)
        if group < len(topics)
    )
    return rounded(positions), regions


def _backbone(
    links: Sequence[Link], groups: Mapping[Key, int], owners: Mapping[Key, Sequence[Key]]
) -> frozenset[int]:
    """Return the index of the strongest link of each node, within its community if it has one there.

    Nodes outside the communities keep the link to one of their owners.
    """
    inside = [
        index for index, link in enumerate(links) if groups.get(link.head, -2) == groups.get(link.tail, -3)
    ]
    home = {end for index in inside for end in (links[index].head, links[index].tail)}
    across = [
        index
        for index, link in enumerate(links)
        if link.head in groups and link.tail in groups and not (link.head in home and link.tail in home)
    ]
    outside: dict[Key, int] = {}
    for index, link in enumerate(links):
        for node, owner in ((link.head, link.tail), (link.tail, link.head)):
            if node in owners and owner == owners[node][-1]:
                outside[node] = index
    return strongest(links, 1, inside) | strongest(links, 1, across) | frozenset(outside.values())


def _notes(isolated: int, lower_ranked: int, large: bool, shown: Sequence[Item]) -> list[str]:
    notes = []
    if isolated:
        notes.append(
            f"{isolated:,} {'node' if isolated == 1 else 'nodes'} without a link to others left out."
        )
    if lower_ranked:
        schema = graph_schema()
        bounds = " and ".join(
            f"{schema.label(name).map_limit:,} {name.lower()}s" for name in ("Paper", "Concept")
        )
        notes.append(
            f"{lower_ranked:,} nodes of lower rank were left out. A map has at most {bounds}, "
            "and the best connected are kept."
        )
    if large:
        papers = sum(item.kind == "Paper" for item in shown)
        notes.append(f"Only concepts are shown at first. Tick Papers in the legend to add {papers:,} papers.")
    kinds = {item.kind for item in shown}
    if hidden := [kind.heading for kind in node_kinds() if kind.hidden and kind.name in kinds]:
        named = " and ".join(hidden).capitalize()
        notes.append(f"{named} are hidden at first. Tick them in the legend to show them.")
    return notes


PAGE: SceneBuilder = MapPage()
