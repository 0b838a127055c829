"""Positions on arcs to the left and right of a centre, and in columns between two ends.

Names are horizontal, so on a full circle they would collide at the top and the
bottom. Arcs with an even spacing in height leave one line for each name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kgraph.view.scene import Key, Link, Point

LINE = 56
"""The least height of an item with its name, in the units of the page."""
_AIRY = 210
"""The most height of an item, where there is room."""
_PER_ARC = 26
_FIRST = 300
_GAP = 430
_NAMES = 0.46
"""The share of the width for the names outside the outermost arcs."""
_COLUMN = 420
_SWEEPS = 6


def arc_positions(
    centre: Key, inner: Sequence[Key], outer: Sequence[Key], links: Sequence[Link]
) -> dict[Key, Point]:
    """Return a position for each key: the centre, then arcs of inner and arcs of outer items.

    Linked items are near each other. If there are more items than fit on an
    arc, those earlier in the list are further in.
    """
    near = _neighbours(links, centre)
    heights: dict[Key, float] = {}
    sides: dict[Key, int] = {}
    inner_arcs = _split(inner, near, heights, sides)
    outer_arcs = _split(outer, near, heights, sides)
    for _ in range(_SWEEPS):
        for arc in [*inner_arcs, *outer_arcs]:
            _settle(arc, near, heights)
    tallest = max((len(arc) for arc in [*inner_arcs, *outer_arcs]), default=1)
    rings = (len(inner_arcs) + 1) // 2, (len(outer_arcs) + 1) // 2
    # A page with more arcs is drawn smaller, so the names between inner and outer arcs need more room.
    between = _GAP * 0.6 * max(0, rings[1] - 1)
    width = 2 * (_FIRST + _GAP * (sum(rings) - 1) + between)
    line = _line(width / (1 - _NAMES), tallest)
    positions: dict[Key, Point] = {centre: (0, 0)}
    reach = _FIRST
    for arcs in (inner_arcs, outer_arcs):
        for number in range(0, len(arcs), 2):
            pair = arcs[number : number + 2]
            for arc in pair:
                for key in arc:
                    bend = heights[key] / (tallest / 2)
                    positions[key] = (
                        round(sides[key] * (reach - 130 * bend * bend)),
                        round(heights[key] * line),
                    )
            reach += _GAP
        reach += round(between)
    return positions


def column_positions(columns: Sequence[Sequence[Key]], links: Sequence[Link]) -> dict[Key, Point]:
    """Return positions in columns from left to right, each column ordered to follow its links."""
    near = _neighbours(links, None)
    heights: dict[Key, float] = {}
    stacks = [list(column) for column in columns]
    for stack in stacks:
        _stack(stack, heights)
    for _ in range(_SWEEPS):
        for stack in [*stacks, *reversed(stacks)]:
            _settle(stack, near, heights)
    width = _COLUMN
    middle = (len(stacks) - 1) / 2
    line = _line(width * len(stacks), max(len(stack) for stack in stacks))
    return {
        key: (round((number - middle) * width), round(heights[key] * line))
        for number, stack in enumerate(stacks)
        for key in stack
    }


def _split(
    keys: Sequence[Key], near: Mapping[Key, list[Key]], heights: dict[Key, float], sides: dict[Key, int]
) -> list[list[Key]]:
    """Return pairs of arcs, left and right.

    A key that is linked to items of earlier arcs goes to their side.
    """
    arcs: list[list[Key]] = []
    for start in range(0, len(keys), 2 * _PER_ARC):
        part = list(keys[start : start + 2 * _PER_ARC])
        pull = {key: sum(sides.get(other, 0) for other in near.get(key, [])) for key in part}
        part.sort(key=lambda key: pull[key])
        half = (len(part) + 1) // 2
        for side, arc in ((-1, part[:half]), (1, part[half:])):
            for key in arc:
                sides[key] = side
            _stack(arc, heights)
            _settle(arc, near, heights)
            arcs.append(arc)
    return arcs


def _settle(arc: list[Key], near: Mapping[Key, list[Key]], heights: dict[Key, float]) -> None:
    """Order an arc by the mean height of each item's neighbours."""

    def wish(key: Key) -> float:
        known = [heights[other] for other in near.get(key, []) if other in heights]
        return sum(known) / len(known) if known else heights[key]

    wishes = {key: wish(key) for key in arc}
    arc.sort(key=lambda key: wishes[key])
    _stack(arc, heights)


def _stack(arc: Sequence[Key], heights: dict[Key, float]) -> None:
    """Number the items of an arc from top to bottom, with 0 in the middle."""
    for index, key in enumerate(arc):
        heights[key] = index - (len(arc) - 1) / 2


def _line(width: float, tallest: int) -> float:
    """Return the height of an item for which the page fills a screen of the usual shape."""
    return min(_AIRY, max(LINE, 0.66 * width / max(tallest, 1)))


def _neighbours(links: Sequence[Link], centre: Key | None) -> dict[Key, list[Key]]:
    near: dict[Key, list[Key]] = {}
    for link in links:
        if centre not in (link.head, link.tail):
            near.setdefault(link.head, []).append(link.tail)
            near.setdefault(link.tail, []).append(link.head)
    return near
