"""Places for many nodes: communities first, then the nodes of each, then room for everyone.

Each community gets a disc; discs stand near those that they share many edges
with. Inside its disc a node is drawn to the few nodes that it is linked to most
strongly and pushed from random others of its community, as UMAP does (McInnes,
Healy, Melville 2018), which keeps neighbours together where forces over all
edges do not. No step looks at all pairs of nodes, only at pairs of communities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kgraph.view.scene import Key, Link

SEED = 11
SPACING = 34.0
"""Distance that nodes keep, in the units of the page."""

_NEAREST = 4
_ROUNDS = 240
_PUSHED = 4

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of nodes (rows of x and y), and centre and radius of each community."""

    places: Floats
    centres: Floats
    radii: Floats


def group_places(
    keys: Sequence[Key], links: Sequence[Link], groups: Sequence[int], spacing: float = SPACING
) -> dict[Key, tuple[int, int]]:
    """Return whole-number places for keys whose communities are given as numbers from 0."""
    number = {key: place for place, key in enumerate(keys)}
    inside = [link for link in links if link.head in number and link.tail in number]
    ends = np.array([(number[link.head], number[link.tail]) for link in inside], dtype=np.int64)
    weights = np.array([0.05 + link.strength for link in inside], dtype=np.float64)
    layout = community_layout(np.array(groups, dtype=np.int64), ends.reshape(-1, 2), weights, spacing)
    return {key: (round(float(x)), round(float(y))) for key, (x, y) in zip(keys, layout.places, strict=True)}


def community_layout(groups: Ints, ends: Ints, weights: Floats, spacing: float = SPACING) -> Layout:
    """Place nodes of numbered communities (``groups[node]``) by weighted edges (rows of ``ends``)."""
    count = len(groups)
    number = int(groups.max()) + 1 if count else 0
    if not count:
        return Layout(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    rng = np.random.default_rng(SEED)
    sizes = np.bincount(groups, minlength=number).astype(np.float64)
    radii = spacing * 0.56 * np.sqrt(sizes + 1.0)
    centres = _place_discs(_between(groups, ends, weights, number), radii, rng, gap=spacing * 2.4)
    within = groups[ends[:, 0]] == groups[ends[:, 1]] if len(ends) else np.zeros(0, dtype=bool)
    pairs, pulls = _strongest(ends[within], weights[within], count)
    inner = _attract(_smooth_start(groups, sizes, pairs, pulls, rng), groups, sizes, pairs, pulls, rng)
    places = centres[groups] + _fill_disc(inner, groups, radii)
    return Layout(_push_apart(places, groups, centres, radii, spacing), centres, radii)


def beside(anchors: Ints, owners: Ints, places: Floats, count: int, spacing: float = SPACING) -> Floats:
    """Place ``count`` further nodes around the nodes that they belong to.

    ``anchors`` (the further node) and ``owners`` (a placed node) are the two
    ends of their edges. A node stands between its owners, those of one owner
    spiral around it.
    """
    weights = np.bincount(anchors, minlength=count).astype(np.float64)
    safe = np.maximum(weights, 1.0)
    mean = np.stack(
        [np.bincount(anchors, weights=places[owners, axis], minlength=count) / safe for axis in (0, 1)],
        axis=1,
    )
    angles = np.arange(count) * 2.399963
    steps = spacing * (0.45 + 0.05 * (np.arange(count) % 7))
    around: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=1) * steps[:, None]
    return mean + around


def _between(groups: Ints, ends: Ints, weights: Floats, number: int) -> Floats:
    """Return how strongly each two communities are linked, beyond what their sizes explain."""
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


def _place_discs(pull: Floats, radii: Floats, rng: np.random.Generator, gap: float) -> Floats:
    """Place discs so that none overlap and those that pull each other most are near."""
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
    placed: Floats = spread - spread.mean(axis=0)
    return placed


def _spectral(pull: Floats) -> Floats:
    """Return places within -1 to 1 from the slowest modes of the communities' graph."""
    number = len(pull)
    linked = pull + 1e-3 / number
    strength = linked.sum(axis=1)
    _, modes = np.linalg.eigh(np.diag(strength) - linked)
    places = np.zeros((number, 2))
    for axis, mode in enumerate(modes.T[1:3]):
        signed = mode * np.sign(mode[np.argmax(np.round(np.abs(mode), 6))])
        # Ranks, not values: one community far off would press all others together.
        places[np.argsort(np.round(signed, 6), kind="stable"), axis] = np.linspace(-1, 1, number)
    return places


def _strongest(ends: Ints, weights: Floats, count: int) -> tuple[Ints, Floats]:
    """Return each node's few strongest edges, from the node outwards, with weights up to 1."""
    if not len(ends):
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    heads = np.concatenate([ends[:, 0], ends[:, 1]])
    tails = np.concatenate([ends[:, 1], ends[:, 0]])
    doubled = np.concatenate([weights, weights])
    # A hub is everybody's neighbour and says little of where one belongs.
    degree = np.bincount(heads, minlength=count)
    telling = doubled / np.sqrt(1.0 + degree[tails])
    order = np.lexsort((tails, -telling, heads))
    heads, tails, telling = heads[order], tails[order], telling[order]
    first = np.searchsorted(heads, np.arange(count), side="left")
    rank = np.arange(len(heads)) - first[heads]
    kept = rank < _NEAREST
    best = telling[np.minimum(first, len(telling) - 1)]
    pulls = telling[kept] / np.maximum(best[heads[kept]], 1e-9)
    return np.stack([heads[kept], tails[kept]], axis=1), np.sqrt(pulls)


def _smooth_start(
    groups: Ints, sizes: Floats, pairs: Ints, pulls: Floats, rng: np.random.Generator
) -> Floats:
    """Start from random places smoothed along the edges: a cheap spectral layout per community."""
    count, number = len(groups), len(sizes)
    places = rng.standard_normal((count, 2))
    if not len(pairs):
        return places * np.sqrt(sizes)[groups][:, None] * 0.3
    heads = np.concatenate([pairs[:, 0], pairs[:, 1]])
    tails = np.concatenate([pairs[:, 1], pairs[:, 0]])
    weights = np.concatenate([pulls, pulls])
    strength = np.bincount(heads, weights=weights, minlength=count)
    for _ in range(60):
        for axis in (0, 1):
            pulled = np.bincount(heads, weights=weights * places[tails, axis], minlength=count)
            places[:, axis] = 0.5 * places[:, axis] + 0.5 * np.where(
                strength > 0, pulled / np.maximum(strength, 1e-9), 0.0
            )
            places[:, axis] -= (np.bincount(groups, places[:, axis], minlength=number) / sizes)[groups]
        # Keep the second axis from falling onto the first.
        cross = np.bincount(groups, places[:, 0] * places[:, 1], minlength=number)
        own = np.bincount(groups, places[:, 0] ** 2, minlength=number) + 1e-12
        places[:, 1] -= (cross / own)[groups] * places[:, 0]
        scale = np.stack(
            [np.sqrt(np.bincount(groups, places[:, axis] ** 2, minlength=number) / sizes) for axis in (0, 1)],
            axis=1,
        )
        places /= np.maximum(scale, 1e-9)[groups]
    return np.clip(places, -3, 3) * np.sqrt(sizes)[groups][:, None] * 0.5


def _attract(
    places: Floats, groups: Ints, sizes: Floats, pairs: Ints, pulls: Floats, rng: np.random.Generator
) -> Floats:
    """Draw linked nodes together and push random others of the same community away."""
    count = len(groups)
    order = np.argsort(groups, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    heads, tails = (pairs[:, 0], pairs[:, 1]) if len(pairs) else (order[:0], order[:0])
    everyone = np.repeat(np.arange(count), _PUSHED)
    for step in range(_ROUNDS):
        heat = 1.0 - step / _ROUNDS
        delta = places[tails] - places[heads]
        square = (delta**2).sum(axis=1)
        pull = (pulls * np.sqrt(square) / (1.0 + np.sqrt(square)))[:, None] * delta
        pull = np.clip(pull, -4, 4)
        pick = starts[groups[everyone]] + (rng.random(len(everyone)) * sizes[groups[everyone]]).astype(
            np.int64
        )
        other = order[np.minimum(pick, count - 1)]
        away = places[everyone] - places[other]
        push = np.clip(away * (2.0 / (0.1 + (away**2).sum(axis=1)))[:, None], -4, 4)
        for axis in (0, 1):
            drawn = np.bincount(heads, pull[:, axis], count) - np.bincount(tails, pull[:, axis], count)
            moved = 0.12 * drawn + 0.5 * np.bincount(everyone, push[:, axis], count) / _PUSHED
            places[:, axis] += heat * np.clip(moved, -2.5, 2.5)
    return places


def _fill_disc(places: Floats, groups: Ints, radii: Floats) -> Floats:
    """Spread each community evenly over its disc, keeping directions and the order of distances."""
    number = len(radii)
    size = np.maximum(np.bincount(groups, minlength=number), 1)
    middle = np.stack([np.bincount(groups, places[:, axis], number) / size for axis in (0, 1)], axis=1)
    offset = places - middle[groups]
    distance = np.sqrt((offset**2).sum(axis=1)) + 1e-9
    order = np.lexsort((distance, groups))
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    rank = np.empty(len(places))
    rank[order] = np.arange(len(places)) - first[groups[order]]
    even = np.sqrt((rank + 0.3) / size[groups]) * radii[groups]
    largest = np.zeros(number)
    np.maximum.at(largest, groups, distance)
    plain = distance / np.maximum(largest, 1e-9)[groups] * radii[groups]
    reach = 0.85 * even + 0.15 * plain
    filled: Floats = offset / distance[:, None] * reach[:, None]
    return filled


def _push_apart(places: Floats, groups: Ints, centres: Floats, radii: Floats, spacing: float) -> Floats:
    """Move nodes that stand too close apart, and keep each in its disc."""
    spread = places.copy()
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
