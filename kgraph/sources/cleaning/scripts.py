"""Raised and lowered text as plain Unicode: "10⁻³", "H2O"."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−ni∘°*′'", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿⁱ°°*′′")
_RAISABLE = re.compile(r"[-+−]?[0-9]+[-+−]?|[-+−]{1,3}|[ni∘°*′']")
_ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)


def raised(text: str) -> str:
    """Return a superscript: "2" as "²", "th" as it is, other text after "^"."""
    text = text.strip()
    if not text or _ORDINAL.fullmatch(text):
        return text
    return text.translate(_RAISED) if _RAISABLE.fullmatch(text) else f"^{_grouped(text)}"


def lowered(text: str, before: str) -> str:
    """Return a subscript of the text ``before`` it.

    Digits after a letter are written plainly, because most papers write "CO2" and
    "ℓ2". So are letters after a longer word ("NOx"). Other text follows "_".
    """
    text = text.strip()
    if not text:
        return ""
    last = before[-1:]
    if text.isdecimal() and (last.isalpha() or last in (")", "]")):
        return text
    longer = len(before) > 1 and before[-1].isalpha() and before[-2].isalpha()
    return text if longer and text.isalpha() and len(text) == 1 else f"_{_grouped(text)}"


def _grouped(text: str) -> str:
    in_brackets = text.startswith("(") and text.endswith(")")
    return text if text.isalnum() or len(text) == 1 or in_brackets else f"({text})"
