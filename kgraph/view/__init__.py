"""Interactive pages of a graph: one HTML file each that needs no network."""

from __future__ import annotations

from dataclasses import dataclass

from kgraph.errors import InputError
from kgraph.lookup import find_concept, find_paper, find_topic
from kgraph.store import GraphStore
from kgraph.view.map import map_scene
from kgraph.view.page import map_page, network_page
from kgraph.view.paths import path_scene
from kgraph.view.surroundings import concept_scene, paper_scene, topic_scene

DEFAULT_LIMIT = 300
"""Nodes on a page of surroundings, of a topic or of paths, unless the caller says otherwise."""

MAX_LIMIT = 1_000
"""Nodes that vis-network can draw at a usable speed."""

__all__ = ["DEFAULT_LIMIT", "MAX_LIMIT", "View", "view"]


@dataclass(frozen=True, slots=True)
class View:
    """A page, to be written as UTF-8, and what it holds.

    ``left_out`` counts the nodes that were ranked away or have no link.
    """

    html: str
    nodes: int
    edges: int
    left_out: int
    title: str


def view(
    store: GraphStore,
    *,
    paper: str | None = None,
    concept: str | None = None,
    path: tuple[str, str] | None = None,
    topic: str | None = None,
    limit: int | None = None,
) -> View:
    """Return a page around a paper, concept or topic, of the paths between two papers, or of the whole graph.

    The selectors are what a person would type: an id, a name or a unique part
    of one. ``limit`` is the most nodes that the page shows. Raises InputError
    for more than one selector, a name that fits nothing or several nodes,
    papers that nothing links, a limit out of range, and an empty graph.
    """
    given = [name for name in (paper, concept, path, topic) if name is not None]
    if len(given) > 1:
        raise InputError("give one of a paper, a concept, a path or a topic, not several")
    if limit is not None and limit < 1:
        raise InputError(f"the limit must be at least 1, not {limit}")
    if given and limit is not None and limit > MAX_LIMIT:
        raise InputError(
            f"a page of this kind shows at most {MAX_LIMIT:,} nodes, not {limit:,}; lower the limit"
        )
    if not store.query("MATCH (n:Paper) RETURN n.id AS id LIMIT 1", timeout=None).rows:
        raise InputError("the graph is empty; fill it with `kgraph build` first")
    most = limit or DEFAULT_LIMIT
    if paper is not None:
        scene = paper_scene(store, find_paper(store, paper), most)
    elif concept is not None:
        scene = concept_scene(store, find_concept(store, concept), most)
    elif topic is not None:
        scene = topic_scene(store, find_topic(store, topic), most)
    elif path is not None:
        scene = path_scene(store, find_paper(store, path[0]), find_paper(store, path[1]), most)
    else:
        scene = map_scene(store, limit)
    page = network_page(scene) if given else map_page(scene)
    # A lone surrogate, which no UTF-8 file can hold, becomes a question mark.
    page = page.encode("utf-8", "replace").decode("utf-8")
    return View(page, len(scene.items), len(scene.links), scene.left_out, scene.title)
