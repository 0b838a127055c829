"""The page of a topic: its papers and concepts."""

from __future__ import annotations

from kgraph.lookup import find_topic
from kgraph.store import GraphStore
from kgraph.store.reading import concepts_of_topic, papers_of_topic
from kgraph.view.items import read_items, read_links, strongest
from kgraph.view.scene import NETWORK_LIMITS, Drawing, Scene, SceneBuilder, Selector
from kgraph.view.surroundings import best_of, keys_of, selection_notes

_FEW = 80
"""Up to this many nodes, a reader can follow two lines a node. Beyond it, one is drawn."""

_SPACING = 120.0


class TopicPage:
    """The papers and concepts of a topic, the most central first."""

    name = "topic"
    selector = Selector(("TOPIC",), "Show the papers and concepts of a topic, given by id or name.")
    drawing: Drawing = "network"
    limits = NETWORK_LIMITS

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the papers and concepts of the topic that the selection names."""
        from kgraph.view.layout import community_positions, rounded

        topic = find_topic(store, *selection)
        chosen, left_out = best_of(
            limit,
            [
                (keys_of("Paper", papers_of_topic(store, topic)), 0.5),
                (keys_of("Concept", concepts_of_topic(store, topic)), 0.5),
            ],
        )
        items = read_items(store, [*chosen, ("Topic", topic)])
        head = items.pop(("Topic", topic))
        shown = [key for key in chosen if key in items]
        links = read_links(store, shown)
        positions, _ = community_positions(shown, links, [0] * len(shown), spacing=_SPACING)
        return Scene(
            title=head.name,
            subtitle="Papers and concepts of a topic",
            items=tuple(items[key] for key in shown),
            links=tuple(links),
            positions=rounded(positions),
            drawn=strongest(links, 2 if len(shown) <= _FEW else 1),
            left_out=left_out,
            notes=selection_notes(left_out, [items[key] for key in shown]),
        )


PAGE: SceneBuilder = TopicPage()
