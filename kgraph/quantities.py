"""Write a reported number with its unit."""

from __future__ import annotations

_ADJACENT = {"%", "x", "°"}
"""The units that follow a number without a space."""


def quantity_text(number: float, unit: str | None = None, *, signed: bool = False) -> str:
    """Return a number with its unit: "81.2%", "+2x", "18000.55 ms".

    A ``signed`` number has its sign also if it is positive, as a change does.
    """
    # The default of six digits would round 18,000.55.
    text = f"{number:+.12g}" if signed else f"{number:.12g}"
    if not unit:
        return text
    return f"{text}{unit}" if unit in _ADJACENT else f"{text} {unit}"
