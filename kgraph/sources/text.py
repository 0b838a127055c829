"""Clean the text of a source, whatever its format."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_LONGEST_EXCERPT = 80
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def strip(text: str) -> str:
    """Return the text without outer whitespace, no-break spaces and zero-width characters."""
    return text.strip(_SPACES + _INVISIBLE)


def clean_text(text: str) -> str:
    r"""Return a cleaned text of several lines. Offsets of mentions refer to it.

    Line ends become ``\n``. Control characters other than tab and newline are
    removed. Lone surrogates, which cannot be encoded, become U+FFFD. Outer
    whitespace and zero-width characters are stripped. All other characters are
    kept.
    """
    # Few abstracts need the substitutions.
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return strip(text)


def clean_line(text: str) -> str:
    """Return a cleaned text of one line: as :func:`clean_text`, with single spaces."""
    # Split first: some control characters count as whitespace, and removing them would join two words.
    line = " ".join(text.split())
    cleaned = clean_text(line)
    return line if cleaned == line else " ".join(cleaned.split())


def excerpt(text: str) -> str:
    """Return a text on one line, cut after 80 characters, to name a record in a message."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EXCERPT else line[: _LONGEST_EXCERPT - 1].rstrip() + "…"
