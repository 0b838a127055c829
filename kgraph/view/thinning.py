"""Keep the significant edges of a dense graph with the disparity filter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kgraph.view.scene import Key, Link


def significant(links: Sequence[Link], level: float) -> list[Link]:
    """Return the links that :func:`disparity` keeps by their strength."""
    row: dict[Key, int] = {}
    for link in links:
        for end in (link.head, link.tail):
            row.setdefault(end, len(row))
    ends = np.array([(row[link.head], row[link.tail]) for link in links], dtype=np.int64).reshape(-1, 2)
    weights = np.array([link.strength + 1e-6 for link in links], dtype=np.float64)
    kept = disparity(ends, weights, len(row), level)
    return [link for link, keep in zip(links, kept, strict=True) if keep]


def disparity(
    ends: NDArray[np.int64], weights: NDArray[np.float64], nodes: int, level: float
) -> NDArray[np.bool_]:
    """Return for each edge whether its weight is higher than chance explains at one of its ends.

    The disparity filter of Serrano, Boguñá and Vespignani, "Extracting the
    multiscale backbone of complex weighted networks", PNAS 106(16), 2009: an
    edge with share p of the strength of a node of degree k is kept if
    (1 - p)^(k - 1) is below ``level`` at either end. The strongest edge of each
    node is always kept, so that every node keeps an edge.
    """
    if not len(ends):
        return np.zeros(0, dtype=np.bool_)
    heads = np.concatenate([ends[:, 0], ends[:, 1]])
    doubled = np.concatenate([weights, weights])
    strength = np.bincount(heads, doubled, nodes)
    degree = np.bincount(heads, minlength=nodes)
    share = doubled / np.maximum(strength[heads], 1e-12)
    chance = np.where(degree[heads] > 1, (1.0 - np.minimum(share, 1.0)) ** (degree[heads] - 1), 0.0)
    best = np.zeros(nodes)
    np.maximum.at(best, heads, doubled)
    kept = (chance < level) | (doubled >= best[heads])
    count = len(ends)
    return np.asarray(kept[:count] | kept[count:], dtype=np.bool_)
