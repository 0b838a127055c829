"""Split a text that names several persons, in the styles of databases and publishers."""

from __future__ import annotations

import re

from kgraph.sources.people import full_names, initials_first

_SEPARATORS = (";", "；", "|", "\n")
_AND = re.compile(r"\s*,?\s+(?:and|&)\s+")
_MARK_AFTER_NAME = re.compile(r"\s*(?:\([0-9a-z*†‡]{1,12}\)|[*†‡§¶]+|\[[0-9]{1,3}\])$")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
_END_OF_NAME = re.compile(r"(?<=[^\W\d_A-Z])(?=[^\W\d_a-z])")
_NAME_PREFIX = re.compile(r"(?:^|\s)(?:Mc|Mac|Fitz)$")


def names_in(text: str) -> list[str] | None:
    """Return the names of a list of persons, the given name first, or None if the list is not clear.

    >>> names_in("Quill, Ada (57); Müller, Boris (58)"), names_in("Quill A., Müller B.")
    (['Ada Quill', 'Boris Müller'], ['A. Quill', 'B. Müller'])
    """
    for separator in _SEPARATORS:
        if separator in text:
            return _names(text.split(separator))
    parts = _AND.split(text)
    if all("," not in part for part in parts):
        return _names(parts)
    if len(parts) > 1 and all(part.count(",") == 1 for part in parts) and not _are_names(parts):
        return _names(parts)
    by_comma = [name.strip() for part in parts for name in part.split(",") if name.strip()]
    if all(" " in name for name in by_comma):
        return _names(by_comma)
    if len(by_comma) == 2 and len(parts) == 1:
        return _names(parts)
    # Family names and initials in turn: "Quill, A., Müller, B."
    families, initials = by_comma[::2], by_comma[1::2]
    if len(families) == len(initials) and all(map(_INITIALS.fullmatch, initials)):
        return _names([", ".join(pair) for pair in zip(families, initials, strict=True)])
    return None


def separated_names(text: str) -> list[str]:
    """Return the names of a text without separators, ``Ada QuillBoris Müller``, as Springer exports them.

    Each name has at least two words, so a single word belongs to the name before it.
    """
    names: list[list[str]] = []
    whole = False
    for piece in _cut(text):
        words = " " in piece.strip()
        if names and not (words and whole and not _NAME_PREFIX.search(names[-1][-1])):
            names[-1].append(piece)
            whole = whole or words
        else:
            names.append([piece])
            whole = words
    return _names(["".join(pieces) for pieces in names])


def _cut(text: str) -> list[str]:
    # Only a lower-case letter ends a name, so that initials are not cut.
    cuts = [match.start() for match in _END_OF_NAME.finditer(text)]
    cuts = [cut for cut in cuts if text[cut - 1].islower() and text[cut].isupper()]
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _are_names(parts: list[str]) -> bool:
    """Return whether both sides of each comma are whole names: ``Ada Quill, Boris Müller``."""
    return all(" " in name.strip() for part in parts for name in part.split(","))


def _names(parts: list[str]) -> list[str]:
    return full_names(initials_first(_MARK_AFTER_NAME.sub("", part.strip(" ,"))) for part in parts)
