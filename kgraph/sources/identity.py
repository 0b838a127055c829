"""Make ids for papers that have none.

An id is made from the title alone, so the same title gives the same paper in
every format.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from hashlib import blake2b, sha256

import msgspec

from kgraph.model import Paper

MAX_LENGTH = 80
"""The maximum length of an id made from a title, including its hash."""

_HASH_DIGITS = 8
_LONG_HASH_DIGITS = 16
_SUFFIX_DIGITS = 12
_ENCODER = msgspec.msgpack.Encoder()
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
# Names may differ by punctuation alone: "C#" is not "C", "Q*" not "Q".
_DISTINCTIVE_PUNCTUATION = frozenset("#%@*")


def normal_title(title: str) -> str:
    """Return a title in NFKC without case, zero-width characters and repeated spaces."""
    text = unicodedata.normalize("NFKC", title).casefold()
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def paper_id(title: str, abstract: str) -> str:
    """Return an id for a paper that has none.

    It is the title in lower-case ASCII (accents dropped) with hyphens between
    words, at most 80 characters. If the title is longer, or has letters or
    symbols that are not ASCII, the id ends in ``-`` and 8 hex digits of the
    SHA-256 of the normalised title. If no word is left, it is ``title-`` and 16
    hex digits. Without a title it is ``abstract-`` and 16 hex digits of the
    hash of the abstract.

    >>> paper_id("Titans: Learning to Memorize at Test Time", "")
    'titans-learning-to-memorize-at-test-time'
    """
    normal = normal_title(title)
    if not normal:
        return f"abstract-{_digest(normal_title(abstract), _LONG_HASH_DIGITS)}"
    decomposed = unicodedata.normalize("NFKD", normal)
    slug = _BETWEEN_WORDS.sub("-", _APOSTROPHES.sub("", _ascii(decomposed))).strip("-")
    if not slug:
        return f"title-{_digest(normal, _LONG_HASH_DIGITS)}"
    if len(slug) <= MAX_LENGTH and not any(map(_is_lost, decomposed)):
        return slug
    room = MAX_LENGTH - _HASH_DIGITS - 1
    if len(slug) > room:
        slug = slug[: room + 1].rpartition("-")[0] or slug[:room]
    return f"{slug}-{_digest(normal, _HASH_DIGITS)}"


def own_id(paper: Paper) -> str:
    """Return the id of a record, or one that is made from its title if it gives none."""
    return paper.id or paper_id(paper.title, paper.abstract)


def content_digest(paper: Paper) -> bytes:
    """Return 8 bytes that only records with the same values have, whatever their file."""
    return blake2b(_ENCODER.encode(replace(paper, source="")), digest_size=8).digest()


def long_id(paper: Paper) -> str:
    """Return an id for a record that shares its id, or its title, with another work."""
    return f"{own_id(paper)}-{content_digest(paper).hex()[:_SUFFIX_DIGITS]}"


def _ascii(decomposed: str) -> str:
    # Combining marks are dropped. Other characters that are not ASCII separate words.
    return "".join(
        c if c.isascii() or c in "’‘ʼ´" else " " for c in decomposed if not unicodedata.combining(c)
    )


def _is_lost(character: str) -> bool:
    """Return whether an id drops a character by which two titles may differ."""
    if character.isascii() and character.isalnum():
        return False
    category = unicodedata.category(character)
    return (category[0] not in "ZPMC" and character not in "`´ʼ") or character in _DISTINCTIVE_PUNCTUATION


def _digest(text: str, digits: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
