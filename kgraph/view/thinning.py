"""Fewer edges that say the same: the disparity filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def disparity(
    ends: NDArray[np.int64], weights: NDArray[np.float64], nodes: int, level: float
) -> NDArray[np.bool_]:
    """Return which edges carry more of a node's weight than chance would give them.

    The disparity filter of Serrano, Boguñá and Vespignani, "Extracting the
    multiscale backbone of complex weighted networks", PNAS 106(16), 2009: an
    edge with share p of the strength of a node of degree k is kept if
    (1 - p)^(k - 1) is below ``level`` at either end. The strongest edge of each
    node is always kept, so that none falls out of the picture.
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
