"""The page of the paths between two papers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kgraph.lookup import find_paper
from kgraph.store import GraphStore
from kgraph.view.arcs import column_positions
from kgraph.view.items import read_items, read_links, strongest
from kgraph.view.scene import NETWORK_LIMITS, Drawing, Key, Route, Scene, SceneBuilder, Selector


class PathPage:
    """The cheapest paths between two papers, laid out from left to right."""

    name = "path"
    selector = Selector(("A", "B"), "Show the paths from one paper to another.")
    drawing: Drawing = "network"
    limits = NETWORK_LIMITS

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the paths between the two papers that the selection names.

        Raises InputError if the two are the same or nothing links them.
        """
        from kgraph.view.routes import routes_between

        start, end = (find_paper(store, text) for text in selection)
        routes = routes_between(store, start, end, limit)
        keys = list(dict.fromkeys(key for route in routes.found for key in route))
        items = read_items(store, keys)
        links = read_links(store, keys)
        steps = {frozenset(pair) for route in routes.found for pair in pairwise(route)}
        on_route = [index for index, link in enumerate(links) if frozenset((link.head, link.tail)) in steps]
        count, between = len(routes.found), max(len(route) for route in routes.found) - 2
        left_out = routes.nodes - len(keys)
        return Scene(
            title=f"{items['Paper', start].name} ↔ {items['Paper', end].name}",
            subtitle="Paths between two papers",
            items=tuple(items[key] for key in keys),
            links=tuple(links),
            positions=column_positions(_columns(routes.found), [links[index] for index in on_route]),
            drawn=strongest(links, len(links), on_route),
            left_out=left_out,
            notes=(
                f"{count} {'path' if count == 1 else 'paths'} with at most {between} "
                f"{'step' if between == 1 else 'steps'} between the papers. "
                "Concepts that few papers share come first.",
                f"{routes.weaker:,} weaker paths and {left_out:,} nodes near them were left out.",
            ),
            routes=tuple(Route(route) for route in routes.found),
        )


def _columns(routes: Sequence[tuple[Key, ...]]) -> list[list[Key]]:
    """Return the nodes of the paths in columns, by their relative position on their path."""
    start, end = routes[0][0], routes[0][-1]
    columns: list[list[Key]] = [[] for _ in range(max(3, *map(len, routes)))]
    columns[0].append(start)
    columns[-1].append(end)
    seen = {start, end}
    for route in routes:
        for step, key in enumerate(route):
            if key not in seen:
                seen.add(key)
                columns[round(step / (len(route) - 1) * (len(columns) - 1))].append(key)
    return [column for column in columns if column]


PAGE: SceneBuilder = PathPage()
