"""A horizontal bar chart as SVG, in colours that fit light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
_BAR, _GAP, _HEADING, _MARGIN = 16, 4, 20, 16
_LABELS = 150
_FULL = WIDTH - _LABELS - 3 * _MARGIN - 30
"""Pixels of a bar of 100 percent."""

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.group { font-weight: 600 }
.ours { fill: #0969da }
.other { fill: #8c959f }
.axis { fill: #d0d7de }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.ours { fill: #4493f8 }
.axis { fill: #3d444d }
}
""".strip()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of 0 to 100 percent. ``ours`` sets its colour."""

    label: str
    percent: float
    ours: bool


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars under a heading."""

    heading: str
    bars: tuple[Bar, ...]


def bar_chart(title: str, groups: Sequence[BarGroup]) -> str:
    """Return the chart as an SVG document."""
    bottom = 2 * _MARGIN + _HEADING + sum(map(_height, groups))
    shapes = "\n".join(_shapes(title, groups))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom}" '
        f'viewBox="0 0 {WIDTH} {bottom}" role="img" aria-label="{escape(title)}">\n'
        f"<style>{_STYLE}</style>\n{shapes}\n</svg>\n"
    )


def _height(group: BarGroup) -> int:
    return _HEADING + len(group.bars) * (_BAR + _GAP) + 2 * _GAP


def _shapes(title: str, groups: Sequence[BarGroup]) -> Iterator[str]:
    top = _MARGIN + 12
    left = _MARGIN + _LABELS
    yield f'<text class="title" x="{_MARGIN}" y="{top}">{escape(title)}</text>'
    top += _HEADING - 12
    for group in groups:
        yield f'<text class="group" x="{_MARGIN}" y="{top + 14}">{escape(group.heading)}</text>'
        first = top + _HEADING
        for index, bar in enumerate(group.bars):
            y = first + index * (_BAR + _GAP)
            length = round(_FULL * bar.percent / 100, 1)
            kind = "ours" if bar.ours else "other"
            yield f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(bar.label)}</text>'
            yield f'<rect class="{kind}" x="{left}" y="{y}" width="{length}" height="{_BAR}" rx="2"/>'
            yield f'<text x="{round(left + length + 6, 1)}" y="{y + 12}">{bar.percent:.1f}</text>'
        height = len(group.bars) * (_BAR + _GAP) - _GAP
        yield f'<rect class="axis" x="{left - 1}" y="{first}" width="1" height="{height}"/>'
        top += _height(group)
