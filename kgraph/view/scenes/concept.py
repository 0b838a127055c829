"""The page of a concept: broader, narrower and neighbouring concepts, results and papers."""

from __future__ import annotations

from kgraph.lookup import find_concept
from kgraph.store import GraphStore
from kgraph.store.reading import (
    cooccurring_concepts,
    papers_of_concept,
    results_of_concept,
    stated_concepts,
    topics_of,
)
from kgraph.view.scene import NETWORK_LIMITS, Drawing, Scene, SceneBuilder, Selector
from kgraph.view.surroundings import best_of, keys_of, scene_around


class ConceptPage:
    """A concept with other concepts in the inner ring and its papers in the outer one."""

    name = "concept"
    selector = Selector(("CONCEPT",), "Show what surrounds a concept, given by id, name or alias.")
    drawing: Drawing = "network"
    limits = NETWORK_LIMITS

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the surroundings of the concept that the selection names."""
        concept = find_concept(store, *selection)
        stated = stated_concepts(store, concept)
        nearby = [id_ for id_ in cooccurring_concepts(store, concept) if id_ not in set(stated)]
        chosen, left_out = best_of(
            limit - 1,
            [
                (keys_of("Topic", topics_of(store, "Concept", concept)), 0.05),
                (keys_of("Concept", stated), 0.25),
                (keys_of("Concept", nearby), 0.3),
                (keys_of("Result", results_of_concept(store, concept)), 0.1),
                (keys_of("Paper", papers_of_concept(store, concept)), 0.4),
            ],
        )
        return scene_around(store, ("Concept", concept), chosen, left_out, "Surroundings of a concept")


PAGE: SceneBuilder = ConceptPage()
