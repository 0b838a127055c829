"""Interactive pages of a graph, each a single HTML file that works offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgraph.errors import InputError
from kgraph.store import GraphStore
from kgraph.store.reading import papers_total
from kgraph.view.scenes import choose_page

__all__ = ["View", "view"]


@dataclass(frozen=True, slots=True)
class View:
    """A page, to be written as UTF-8, and the numbers of its nodes and edges.

    ``left_out`` counts the nodes that are not shown, because of their rank or
    because they have no link.
    """

    html: str
    nodes: int
    edges: int
    left_out: int
    title: str


def view(store: GraphStore, *, limit: int | None = None, **selection: str | Sequence[str] | None) -> View:
    """Return the page that the selection names, or the map of the whole graph without one.

    The selection is at most one of the pages in ``kgraph.view.scenes``, such
    as ``paper="TOFU"`` or ``path=("TOFU", "LoRA")``. Values are ids, names or
    unique parts of names. ``limit`` is the most nodes that the page shows.
    Raises InputError for an unknown page, more than one, a value that does not
    name exactly one node, papers without a path, a limit out of range, and an
    empty graph.
    """
    page, values = choose_page(selection)
    if limit is not None and limit < 1:
        raise InputError(f"the limit must be at least 1, not {limit}")
    most = page.limits.most
    if limit is not None and most is not None and limit > most:
        raise InputError(f"this page shows at most {most:,} nodes, not {limit:,}; lower the limit")
    if not papers_total(store):
        raise InputError("the graph is empty; fill it with `kgraph build` first")
    scene = page.build(store, values, limit or page.limits.default)
    # pyvis takes a second to import, and the command line imports this package for every command.
    from kgraph.view.page import page_of

    # UTF-8 cannot hold a lone surrogate, so it becomes a question mark.
    html = page_of(scene, page.drawing).encode("utf-8", "replace").decode("utf-8")
    return View(html, len(scene.items), len(scene.links), scene.left_out, scene.title)
