"""The page of a paper: its concepts, results, people and related papers."""

from __future__ import annotations

from kgraph.lookup import find_paper
from kgraph.store import GraphStore
from kgraph.store.reading import (
    bibliographic_nodes,
    concepts_of_paper,
    papers_sharing_concepts,
    related_papers,
    results_of_paper,
    topics_of,
)
from kgraph.view.scene import NETWORK_LIMITS, Drawing, Scene, SceneBuilder, Selector
from kgraph.view.surroundings import best_of, keys_of, scene_around


class PaperPage:
    """A paper with its concepts in the inner ring and other papers in the outer one.

    Related papers come first, then papers that share salient concepts which
    few papers name.
    """

    name = "paper"
    selector = Selector(("PAPER",), "Show what surrounds a paper, given by id or title.")
    drawing: Drawing = "network"
    limits = NETWORK_LIMITS

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the surroundings of the paper that the selection names."""
        paper = find_paper(store, *selection)
        others = dict.fromkeys([*related_papers(store, paper), *papers_sharing_concepts(store, paper)])
        chosen, left_out = best_of(
            limit - 1,
            [
                (keys_of("Concept", concepts_of_paper(store, paper)), 0.5),
                (keys_of("Result", results_of_paper(store, paper)), 0.1),
                *((keys, 0.05) for keys in bibliographic_nodes(store, paper)),
                (keys_of("Topic", topics_of(store, "Paper", paper)), 0.05),
                (keys_of("Paper", others), 0.3),
            ],
        )
        return scene_around(store, ("Paper", paper), chosen, left_out, "Surroundings of a paper")


PAGE: SceneBuilder = PaperPage()
