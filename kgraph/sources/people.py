"""Read names of persons as they are written in exports of libraries and publishers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DEGREE = re.compile(r"(?:Ph\.?\s?D|M\.?D|M\.?Sc|B\.?Sc|D\.?Phil|Dr|Prof)\.?", re.IGNORECASE)
_COMPANY = re.compile(r"(?:Inc|Ltd|LLC|GmbH|Corp|plc)\.?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3}|[2-4](?:nd|rd|th))", re.IGNORECASE)
_INITIALS = r"(?:[^\W\d_a-z]{1,4}|(?:[^\W\d_]\.?[\s-]?){1,4}(?<=[.]))"
_FAMILY_INITIALS = re.compile(rf"(?P<family>[^\W\d_].*?)\s+(?P<initials>{_INITIALS})")
_NOBODY = re.compile(
    r"\[[^\]]*\]|\.*|…|(?:and|&)?\s*(?:others|et\.?\s*al\.?)|n/?a|nan|none|null|no author.*|anonymous"
    r"|\(?no authors? (?:name )?(?:available|listed|given)\)?|unknown(?: authors?)?|various authors|authors?",
    re.IGNORECASE,
)


def full_name(name: str) -> str:
    """Return a name with the given name first, or an empty text if it names nobody.

    Degrees after a comma are left out.

    >>> full_name("van der Berg, Cas"), full_name("King, Jr., Martin"), full_name("et al.")
    ('Cas van der Berg', 'Martin King Jr.', '')
    """
    text = " ".join(name.split()).strip(" ,;")
    if _NOBODY.fullmatch(text):
        return ""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 2 or " " in parts[0]:
        # In "Quill, M.D.", they are initials.
        parts = [part for part in parts if not _DEGREE.fullmatch(part)] or parts
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    names = [part for part in parts if part not in suffixes]
    if len(names) > 2 or any(map(_COMPANY.fullmatch, names)):
        # An organisation, or a list that is not clear: a name has fewer commas.
        return text
    return " ".join([*reversed(names), *suffixes])


def full_names(names: Iterable[str]) -> list[str]:
    """Return each name with the given name first. Those that name nobody, such as "et al.", are kept."""
    return [full_name(name) or name for name in names if name.strip()]


def initials_first(name: str) -> str:
    """Return ``A. Quill`` for ``Quill A.``, as MEDLINE and Scopus write it, and other names as they are."""
    text = " ".join(name.split())
    match = None if "," in text or _NOBODY.fullmatch(text) else _FAMILY_INITIALS.fullmatch(text)
    return f"{match['initials']} {match['family']}" if match else name
