"""Cleaning the strings that sources give; nothing here knows a format."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def strip(text: str) -> str:
    """Return the text without outer whitespace, no-break spaces and zero-width characters."""
    return text.strip(_SPACES + _INVISIBLE)


def clean_text(text: str) -> str:
    r"""Return running text as kgraph keeps it; offsets of mentions refer to the result.

    Line ends become ``\n``; control characters other than tab and newline are
    removed; lone surrogates, which no encoding can write, become U+FFFD; outer
    whitespace and zero-width characters are stripped. The rest stays exactly
    as it is.
    """
    # Most abstracts are plain: the three substitutions are for the few that are not.
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return strip(text)


def clean_line(text: str) -> str:
    """Return a one-line text (title, name, id): as :func:`clean_text`, each run of whitespace one space."""
    # Split first: some control characters count as whitespace and must not glue two words.
    return " ".join(clean_text(" ".join(text.split())).split())
