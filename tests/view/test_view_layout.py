"""Positions: deterministic, communities apart, neighbours near, no overlaps."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.spatial import cKDTree

from kgraph.view.layout import SPACING, Floats, Ints, Layout, community_layout
from kgraph.view.thinning import disparity


def planted(groups: int, size: int, seed: int = 1) -> tuple[Ints, Ints, Floats]:
    """Return communities of small cliques, with some edges between cliques and a few between communities."""
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(groups), size)
    ends: list[tuple[int, int]] = []
    for node in range(groups * size):
        clique = node - node % 5
        ends += [(node, other) for other in range(node + 1, clique + 5)]
        if rng.random() < 0.3:
            ends.append((node, int(rng.integers(number[node] * size, (number[node] + 1) * size))))
        if rng.random() < 0.05:
            ends.append((node, int(rng.integers(0, groups * size))))
    pairs = np.array([pair for pair in ends if pair[0] != pair[1]], dtype=np.int64)
    return number, pairs, rng.random(len(pairs)) * 0.5 + 0.5


def nearest_linked(layout: Layout, ends: Ints, nearest: int = 4) -> float:
    _, found = cKDTree(layout.positions).query(layout.positions, k=nearest + 1)
    linked = {(int(a), int(b)) for a, b in ends} | {(int(b), int(a)) for a, b in ends}
    hits = [(node, int(other)) in linked for node, row in enumerate(found) for other in row[1:]]
    return sum(hits) / len(hits)


def test_the_layout_is_deterministic() -> None:
    graph = planted(4, 40)
    assert np.array_equal(community_layout(*graph).positions, community_layout(*graph).positions)


def test_communities_are_apart_and_neighbours_near() -> None:
    groups, ends, weights = planted(6, 60)
    layout = community_layout(groups, ends, weights)
    own = np.linalg.norm(layout.positions - layout.centres[groups], axis=1)
    assert (own <= layout.radii[groups] + 1e-6).all()
    for one in range(6):
        for two in range(one):
            gap = np.linalg.norm(layout.centres[one] - layout.centres[two])
            assert gap > layout.radii[one] + layout.radii[two]
    # In a random layout, 1 or 2 in 100 of the 4 nearest nodes would be linked.
    assert nearest_linked(layout, ends) > 0.45


def test_nodes_do_not_overlap() -> None:
    layout = community_layout(*planted(3, 100))
    distance, _ = cKDTree(layout.positions).query(layout.positions, k=2)
    assert np.quantile(distance[:, 1], 0.02) > SPACING * 0.4


def test_linked_communities_are_nearer() -> None:
    groups = np.repeat(np.arange(8), 10)
    inside = [(g * 10 + a, g * 10 + b) for g in range(8) for a in range(10) for b in range(a)]
    across = [(node, node + 10) for node in range(70)]
    ends = np.array(inside + across, dtype=np.int64)
    layout = community_layout(groups, ends, np.ones(len(ends)))
    distance = np.linalg.norm(layout.centres[:, None] - layout.centres[None], axis=2)
    chained = np.mean([distance[g, g + 1] for g in range(7)])
    others = np.mean([distance[a, b] for a in range(8) for b in range(a - 1)])
    assert chained < 0.8 * others


def test_small_graphs_without_edges_have_positions() -> None:
    none = np.zeros((0, 2), dtype=np.int64)
    assert community_layout(np.zeros(0, dtype=np.int64), none, np.zeros(0)).positions.shape == (0, 2)
    for count in (1, 2, 7):
        layout = community_layout(np.zeros(count, dtype=np.int64), none, np.zeros(0))
        assert np.isfinite(layout.positions).all()
        assert len({(round(x), round(y)) for x, y in layout.positions}) == count


@pytest.mark.slow
def test_twenty_thousand_nodes_take_seconds() -> None:
    graph = planted(20, 1000)
    started = time.process_time()
    layout = community_layout(*graph)
    assert time.process_time() - started < 30
    assert np.isfinite(layout.positions).all()


def test_the_disparity_filter_keeps_significant_edges() -> None:
    # A star of one strong edge and many equal weak ones. Only the strong one is significant for the hub.
    ends = np.array([(0, leaf) for leaf in range(1, 11)] + [(1, 11), (2, 11), (3, 11)], dtype=np.int64)
    weights = np.array([50.0] + [1.0] * 9 + [0.1, 5.0, 5.0])
    kept = disparity(ends, weights, 12, 0.05)
    assert kept[0]
    assert not kept[10]
    assert kept[11] and kept[12]
    assert len(disparity(np.zeros((0, 2), dtype=np.int64), np.zeros(0), 3, 0.05)) == 0
