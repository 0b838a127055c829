"""Positions for many nodes: first the communities, then the nodes of each.

Each community gets a disc, near the discs that it shares many edges with.
Inside a disc, the few strongest edges pull a node and random other nodes push
it away, as in UMAP (McInnes, Healy, Melville 2018). This keeps neighbours
together, which forces over all edges do not. No step looks at all pairs of
nodes, only at all pairs of communities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kgraph.view.scene import Key, Link, Point

SEED = 11
SPACING = 34.0
"""The distance between nodes, in the units of the page."""

_NEAREST = 4
_ROUNDS = 240
_PUSHED = 4

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of nodes and centres of communities (rows of x and y), and radii of communities."""

    positions: Floats
    centres: Floats
    radii: Floats


@dataclass(frozen=True, slots=True)
class Disc:
    """The area of a community: centre and radius."""

    x: float
    y: float
    radius: float


def community_positions(
    keys: Sequence[Key], links: Sequence[Link], groups: Sequence[int], spacing: float = SPACING
) -> tuple[dict[Key, tuple[float, float]], list[Disc]]:
    """Return x and y of each key, and the disc of each community.

    ``groups`` has the community of each key, numbered from 0. Links to other
    keys are ignored.
    """
    row = {key: index for index, key in enumerate(keys)}
    inside = [link for link in links if link.head in row and link.tail in row]
    ends = np.array([(row[link.head], row[link.tail]) for link in inside], dtype=np.int64)
    weights = np.array([0.05 + link.strength for link in inside], dtype=np.float64)
    layout = community_layout(np.array(groups, dtype=np.int64), ends.reshape(-1, 2), weights, spacing)
    discs = [
        Disc(float(x), float(y), float(radius))
        for (x, y), radius in zip(layout.centres, layout.radii, strict=True)
    ]
    return _by_key(keys, layout.positions), discs


def positions_around(
    keys: Sequence[Key], owners: Mapping[Key, Sequence[Key]], positions: Mapping[Key, tuple[float, float]]
) -> dict[Key, tuple[float, float]]:
    """Return positions for further keys, each near the mean of its owners.

    ``positions`` has those of all owners. A key without an owner is put near
    the origin.
    """
    pairs = [(row, positions[owner]) for row, key in enumerate(keys) for owner in owners.get(key, ())]
    anchors = np.array([row for row, _ in pairs], dtype=np.int64)
    known = np.array([position for _, position in pairs], dtype=np.float64).reshape(-1, 2)
    return _by_key(keys, spiral_around(anchors, known, len(keys)))


def rounded(positions: Mapping[Key, tuple[float, float]]) -> dict[Key, Point]:
    """Return the positions in whole numbers, which take less room in a page."""
    return {key: (round(x), round(y)) for key, (x, y) in positions.items()}


def _by_key(keys: Sequence[Key], positions: Floats) -> dict[Key, tuple[float, float]]:
    return {key: (float(x), float(y)) for key, (x, y) in zip(keys, positions, strict=True)}


def community_layout(groups: Ints, ends: Ints, weights: Floats, spacing: float = SPACING) -> Layout:
    """Return positions for nodes of numbered communities.

    ``groups`` has the community of each node. Each row of ``ends`` is an edge,
    with its weight in ``weights``.
    """
    count = len(groups)
    number = int(groups.max()) + 1 if count else 0
    if not count:
        return Layout(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    rng = np.random.default_rng(SEED)
    sizes = np.bincount(groups, minlength=number).astype(np.float64)
    radii = spacing * 0.56 * np.sqrt(sizes + 1.0)
    centres = _disc_centres(_between(groups, ends, weights, number), radii, rng, gap=spacing * 2.4)
    within = groups[ends[:, 0]] == groups[ends[:, 1]] if len(ends) else np.zeros(0, dtype=bool)
    pairs, pulls = _strongest(ends[within], weights[within], count)
    inner = _attract(_smooth_start(groups, sizes, pairs, pulls, rng), groups, sizes, pairs, pulls, rng)
    positions = centres[groups] + _fill_disc(inner, groups, radii)
    return Layout(_push_apart(positions, groups, centres, radii, spacing), centres, radii)


def spiral_around(rows: Ints, known: Floats, count: int, spacing: float = SPACING) -> Floats:
    """Return ``count`` positions around known ones.

    Entry i says that node ``rows[i]`` belongs to the position ``known[i]``. A
    node is put near the mean of its positions. Nodes with the same mean form a
    spiral.
    """
    weights = np.bincount(rows, minlength=count).astype(np.float64)
    safe = np.maximum(weights, 1.0)
    mean = np.stack(
        [np.bincount(rows, weights=known[:, axis], minlength=count) / safe for axis in (0, 1)],
        axis=1,
    )
    angles = np.arange(count) * 2.399963
    steps = spacing * (0.45 + 0.05 * (np.arange(count) % 7))
    around: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=1) * steps[:, None]
    return mean + around


def _between(groups: Ints, ends: Ints, weights: Floats, number: int) -> Floats:
    """Return the strength of the links between any two communities, relative to their sizes."""
    total = np.zeros((number, number))
    if len(ends):
        one, two = groups[ends[:, 0]], groups[ends[:, 1]]
        total += np.bincount(one * number + two, weights=weights, minlength=number * number).reshape(
            number, number
        )
        total += total.T
        np.fill_diagonal(total, 0.0)
        strength = np.maximum(total.sum(axis=1), 1e-9)
        total = total / np.sqrt(np.outer(strength, strength))
    return total


def _disc_centres(pull: Floats, radii: Floats, rng: np.random.Generator, gap: float) -> Floats:
    """Return centres of discs that do not overlap, with strongly linked discs near each other."""
    number = len(radii)
    if number == 1:
        return np.zeros((1, 2))
    reach = np.sqrt((radii**2).sum()) * 1.5
    spread = _spectral(pull) * reach + rng.standard_normal((number, 2)) * reach * 0.05
    apart = radii[:, None] + radii[None, :] + gap
    for step in range(400):
        heat = 1.0 - step / 400
        delta = spread[None, :, :] - spread[:, None, :]
        distance = np.sqrt((delta**2).sum(axis=2)) + 1e-9
        wanted = np.where(distance > apart, pull * (distance - apart) / distance, 0.0)
        spread += 0.35 * heat * np.einsum("ij,ijk->ik", wanted, delta)
        spread -= 0.02 * heat * spread * np.array([0.6, 1.0])  # wider than high, as screens are
        overlap = np.where(distance < apart, (apart - distance) / distance, 0.0)
        np.fill_diagonal(overlap, 0.0)
        share = radii[None, :] ** 2 / (radii[:, None] ** 2 + radii[None, :] ** 2)
        spread -= 0.5 * np.einsum("ij,ijk->ik", overlap * share, delta)
    centred: Floats = spread - spread.mean(axis=0)
    return centred


def _spectral(pull: Floats) -> Floats:
    """Return positions within -1 to 1 from the slowest modes of the graph of communities."""
    number = len(pull)
    linked = pull + 1e-3 / number
    strength = linked.sum(axis=1)
    _, modes = np.linalg.eigh(np.diag(strength) - linked)
    positions = np.zeros((number, 2))
    for axis, mode in enumerate(modes.T[1:3]):
        signed = mode * np.sign(mode[np.argmax(np.round(np.abs(mode), 6))])
        # With values instead of ranks, one distant community would press all others together.
        positions[np.argsort(np.round(signed, 6), kind="stable"), axis] = np.linspace(-1, 1, number)
    return positions


def _strongest(ends: Ints, weights: Floats, count: int) -> tuple[Ints, Floats]:
    """Return each node's few strongest edges, from the node outwards, with weights up to 1."""
    if not len(ends):
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    heads = np.concatenate([ends[:, 0], ends[:, 1]])
    tails = np.concatenate([ends[:, 1], ends[:, 0]])
    doubled = np.concatenate([weights, weights])
    # A hub is a neighbour of many nodes and says little about where one of them belongs.
    degree = np.bincount(heads, minlength=count)
    informative = doubled / np.sqrt(1.0 + degree[tails])
    order = np.lexsort((tails, -informative, heads))
    heads, tails, informative = heads[order], tails[order], informative[order]
    first = np.searchsorted(heads, np.arange(count), side="left")
    rank = np.arange(len(heads)) - first[heads]
    kept = rank < _NEAREST
    best = informative[np.minimum(first, len(informative) - 1)]
    pulls = informative[kept] / np.maximum(best[heads[kept]], 1e-9)
    return np.stack([heads[kept], tails[kept]], axis=1), np.sqrt(pulls)


def _smooth_start(
    groups: Ints, sizes: Floats, pairs: Ints, pulls: Floats, rng: np.random.Generator
) -> Floats:
    """Return random positions smoothed along the edges, a cheap spectral layout of each community."""
    count, number = len(groups), len(sizes)
    positions = rng.standard_normal((count, 2))
    if not len(pairs):
        return positions * np.sqrt(sizes)[groups][:, None] * 0.3
    heads = np.concatenate([pairs[:, 0], pairs[:, 1]])
    tails = np.concatenate([pairs[:, 1], pairs[:, 0]])
    weights = np.concatenate([pulls, pulls])
    strength = np.bincount(heads, weights=weights, minlength=count)
    for _ in range(60):
        for axis in (0, 1):
            pulled = np.bincount(heads, weights=weights * positions[tails, axis], minlength=count)
            positions[:, axis] = 0.5 * positions[:, axis] + 0.5 * np.where(
                strength > 0, pulled / np.maximum(strength, 1e-9), 0.0
            )
            positions[:, axis] -= (np.bincount(groups, positions[:, axis], minlength=number) / sizes)[groups]
        # Keep the second axis independent of the first.
        cross = np.bincount(groups, positions[:, 0] * positions[:, 1], minlength=number)
        own = np.bincount(groups, positions[:, 0] ** 2, minlength=number) + 1e-12
        positions[:, 1] -= (cross / own)[groups] * positions[:, 0]
        scale = np.stack(
            [
                np.sqrt(np.bincount(groups, positions[:, axis] ** 2, minlength=number) / sizes)
                for axis in (0, 1)
            ],
            axis=1,
        )
        positions /= np.maximum(scale, 1e-9)[groups]
    return np.clip(positions, -3, 3) * np.sqrt(sizes)[groups][:, None] * 0.5


def _attract(
    positions: Floats, groups: Ints, sizes: Floats, pairs: Ints, pulls: Floats, rng: np.random.Generator
) -> Floats:
    """Pull linked nodes together and push random others of the same community away."""
    count = len(groups)
    order = np.argsort(groups, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    heads, tails = (pairs[:, 0], pairs[:, 1]) if len(pairs) else (order[:0], order[:0])
    repeated = np.repeat(np.arange(count), _PUSHED)
    for step in range(_ROUNDS):
        heat = 1.0 - step / _ROUNDS
        delta = positions[tails] - positions[heads]
        square = (delta**2).sum(axis=1)
        pull = (pulls * np.sqrt(square) / (1.0 + np.sqrt(square)))[:, None] * delta
        pull = np.clip(pull, -4, 4)
        pick = starts[groups[repeated]] + (rng.random(len(repeated)) * sizes[groups[repeated]]).astype(
            np.int64
        )
        other = order[np.minimum(pick, count - 1)]
        away = positions[repeated] - positions[other]
        push = np.clip(away * (2.0 / (0.1 + (away**2).sum(axis=1)))[:, None], -4, 4)
        for axis in (0, 1):
            drawn = np.bincount(heads, pull[:, axis], count) - np.bincount(tails, pull[:, axis], count)
            moved = 0.12 * drawn + 0.5 * np.bincount(repeated, push[:, axis], count) / _PUSHED
            positions[:, axis] += heat * np.clip(moved, -2.5, 2.5)
    return positions


def _fill_disc(positions: Floats, groups: Ints, radii: Floats) -> Floats:
    """Spread each community evenly over its disc, keeping directions and the order of distances."""
    number = len(radii)
    size = np.maximum(np.bincount(groups, minlength=number), 1)
    middle = np.stack([np.bincount(groups, positions[:, axis], number) / size for axis in (0, 1)], axis=1)
    offset = positions - middle[groups]
    distance = np.sqrt((offset**2).sum(axis=1)) + 1e-9
    order = np.lexsort((distance, groups))
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    rank = np.empty(len(positions))
    rank[order] = np.arange(len(positions)) - first[groups[order]]
    even = np.sqrt((rank + 0.3) / size[groups]) * radii[groups]
    largest = np.zeros(number)
    np.maximum.at(largest, groups, distance)
    plain = distance / np.maximum(largest, 1e-9)[groups] * radii[groups]
    reach = 0.85 * even + 0.15 * plain
    filled: Floats = offset / distance[:, None] * reach[:, None]
    return filled


def _push_apart(positions: Floats, groups: Ints, centres: Floats, radii: Floats, spacing: float) -> Floats:
    """Move nodes apart that are too close, and keep each in its disc."""
    spread = positions.copy()
    for _ in range(40):
        pairs = cKDTree(spread).query_pairs(spacing * 0.8, output_type="ndarray")
        if not len(pairs):
            break
        one, two = pairs[:, 0], pairs[:, 1]
        delta = spread[two] - spread[one]
        same = (delta == 0).all(axis=1)
        delta[same] = np.stack([np.cos(one[same] * 2.4), np.sin(one[same] * 2.4)], axis=1) * 1e-3
        distance = np.sqrt((delta**2).sum(axis=1)) + 1e-9
        move = delta / distance[:, None] * ((spacing * 0.8 - distance) * 0.35)[:, None]
        for axis in (0, 1):
            spread[:, axis] += np.bincount(two, move[:, axis], len(spread))
            spread[:, axis] -= np.bincount(one, move[:, axis], len(spread))
        offset = spread - centres[groups]
        distance = np.sqrt((offset**2).sum(axis=1)) + 1e-9
        spread = centres[groups] + offset * np.minimum(1.0, radii[groups] / distance)[:, None]
    return spread
