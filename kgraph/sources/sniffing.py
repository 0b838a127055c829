"""Which format a text is in, told from what stands in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

from kgraph.sources.page_lines import has_page_marks
from kgraph.sources.record import UnreadableFileError

Format = Literal["page", "json lines", "json"]

_OBJECT_START = re.compile(r'\{\s*(?:["}]|$)')
_ARRAY_START = re.compile(r"\[\s*(?:\{|\]\s*$)")
_JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
_OPEN_ENDS = (",", "{", "[", ":")
_FOREIGN = (
    (re.compile(r"<!doctype html|<html|<head|<body", re.I), "an HTML page: save or copy its text instead"),
    (re.compile(r"<\?xml", re.I), "XML"),
    (re.compile(r"@[a-z]+\s*\{", re.I), "BibTeX"),
    (re.compile(r"TY  - "), "RIS"),
)


def format_of(sample: str, path: Path) -> Format:
    """Return the format of a text whose beginning is given.

    ``json`` is one JSON array or indented objects, ``json lines`` one object a
    line. The suffix of the path counts only where the content leaves it open.
    Raises UnreadableFileError if the text is of no known format.
    """
    text = sample.strip().lstrip("\ufeff")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if _ARRAY_START.match(text):
        return "json"
    if lines and _OBJECT_START.match(lines[0]):
        return "json" if _is_indented(lines) else "json lines"
    if sum(bool(_OBJECT_START.match(line)) for line in lines) * 2 >= len(lines) > 0:
        return "json lines"
    for pattern, name in _FOREIGN:
        if pattern.match(text):
            raise UnreadableFileError(f"is in no known format; it looks like {name}. {_KNOWN}")
    if has_page_marks(text):
        return "page"
    if any(suffix.lower() in _JSON_SUFFIXES for suffix in path.suffixes):
        return "json lines"
    raise UnreadableFileError(f"is in no known format. {_KNOWN}")


_KNOWN = (
    "kgraph reads the text of a saved Daily Papers page (titles, abstracts, lines such as '• 5 authors' "
    'and \'Jun 21\'), and JSON Lines, one {"title": …, "abstract": …} a line'
)


def _is_indented(lines: list[str]) -> bool:
    """Whether the first object runs over several lines, rather than being a broken line."""
    if len(lines) < 2 or not lines[0].endswith(_OPEN_ENDS) or _OBJECT_START.match(lines[1]):
        return False
    try:
        json.loads(lines[0])
    except (ValueError, RecursionError):
        return True
    return False
