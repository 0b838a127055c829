"""Read names of persons as they are written in exports of libraries and publishers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3}|[2-4](?:nd|rd|th))", re.IGNORECASE)
_INITIALS = r"(?:[^\W\d_a-z]{1,4}|(?:[^\W\d_]\.?[\s-]?){1,4}(?<=[.]))"
_FAMILY_INITIALS = re.compile(rf"(?P<family>[^\W\d_].*?)\s+(?P<initials>{_INITIALS})")
_NOBODY = re.compile(
    r"\[[^\]]*\]|\.*|…|(?:and|&)?\s*(?:others|et\.?\s*al\.?)|n/?a|nan|none|null|no author.*|anonymous",
    re.IGNORECASE,
)


def full_name(name: str) -> str:
    """Return a name with the given name first, or an empty text if it names nobody.

    >>> full_name("van der Berg, Cas"), full_name("King, Jr., Martin"), full_name("et al.")
    ('Cas van der Berg', 'Martin King Jr.', '')
    """
    text = " ".join(name.split()).strip(" ,;")
    if _NOBODY.fullmatch(text):
        return ""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    names = [part for part in parts if part not in suffixes]
    if len(names) > 2:
        # More commas than a name has: an organisation, or a list that is not clear.
        return text
    return " ".join([*reversed(names), *suffixes])


def full_names(names: Iterable[str]) -> list[str]:
    """Return each name with the given name first, without those that name nobody."""
    return [name for name in map(full_name, names) if name]


def initials_first(name: str) -> str:
    """Return ``A. Quill`` for ``Quill A.``, as MEDLINE and Scopus write it, and other names as they are."""
    text = " ".join(name.split())
    match = None if "," in text or _NOBODY.fullmatch(text) else _FAMILY_INITIALS.fullmatch(text)
    return f"{match['initials']} {match['family']}" if match else name
