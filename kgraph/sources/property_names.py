"""Find the properties of a paper in a record that gives them other names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kgraph.paper_record import paper_fields
from kgraph.sources.text import excerpt

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "paper title",
        "article title",
        "document title",
        "item title",
        "display name",
        "name",
        "titles",
    ),
    "abstract": (
        *("abstract text", "paper abstract", "abstract note", "abstracts", "summary", "description", "text"),
        "summaries",
    ),
    "authors": (
        *("author", "author names", "author list", "creators", "creator", "first authors"),
        "authorships author display name",
    ),
    "author_count": ("num authors", "number of authors"),
    "organizations": ("organisations",),
    "date": (
        *("publication date", "published date", "date published", "published at", "published", "pub date"),
        *("date of publication", "publish time", "publication date online", "cover date", "online date"),
        "issue date",
    ),
    "year": ("publication year", "published year", "pub year"),
    "venue": (
        *("journal", "journal title", "journal name", "container title", "book title", "conference"),
        *("source title", "publication title", "publication name", "journal book", "conference name"),
        *("anthology title", "primary location source display name", "secondary title", "publication"),
    ),
    "url": (
        "link",
        "paper url",
        "landing page url",
        "article url",
        "external url",
        "source linkout",
        "pdf link",
    ),
    "keywords": ("keyword", "author keywords", "manual tags", "tags"),
    "doi": ("item doi", "article doi", "doi link", "doi url"),
    "arxiv": ("arxiv id",),
    "openalex": ("openalex id",),
    "semantic_scholar": ("semantic scholar id", "s2 id"),
    "pmid": ("pubmed id", "pubmed", "ids pmid"),
    "acl": ("acl id",),
    "references": ("referenced works", "reference"),
}
"""Other names of each property, the usual first. Case, blanks and punctuation do not count."""

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_MOST_NAMES = 1000
_MOST_NAMES_IN_NOTICE = 10


def property_named(key: str) -> str:
    """Return the property that a name means, or an empty text."""
    return _property(key)[0]


@dataclass(slots=True)
class PropertyNames:
    """The properties of the records of one file, and the number of records with each that is unknown."""

    records: int = 0
    without_abstract: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def known(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values of a record by the properties of a paper, and count its unknown properties.

        A property that has its own name goes before its synonyms.
        """
        self.records += 1
        found = record if record.keys() <= _own_names() else self._found(record)
        self.without_abstract += not found.get("abstract")
        return found

    def notice(self) -> str | None:
        """Return a sentence about unknown properties, or None if there are none."""
        if not self.unknown:
            return None
        names = [
            f"{excerpt(name)} ({count})" for name, count in self.unknown.most_common(_MOST_NAMES_IN_NOTICE)
        ]
        more = len(self.unknown) - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more else "")
        missing = f"{self.without_abstract} of {self.records} records have no abstract; "
        return f"{missing if self.without_abstract else ''}unknown properties: {listed}"

    def _found(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        ranked: dict[str, tuple[int, str]] = {}
        for key, value in record.items():
            name, rank = _property(key)
            # A synonym without a value does not displace another.
            rank = rank if _has_value(value) else rank + len(_ranks())
            if name and (name not in ranked or rank < ranked[name][0]):
                ranked[name] = (rank, key)
        used = {key for _, key in ranked.values()}
        for key, value in record.items():
            if (
                key not in used
                and _has_value(value)
                and (key in self.unknown or len(self.unknown) < _MOST_NAMES)
            ):
                self.unknown[key] += 1
        return {name: record[key] for name, (_, key) in ranked.items()}


def _has_value(value: Any) -> bool:
    return value is not None and value != "" and value != []


def _property(key: str) -> tuple[str, int]:
    """Return the property that a key means and the rank of the key among its names, or an empty text."""
    return (key, 0) if key in _own_names() else _ranks().get(_normal(key), ("", 0))


def _normal(key: str) -> str:
    return _BETWEEN_WORDS.sub("", key).casefold()


@cache
def _own_names() -> frozenset[str]:
    return frozenset(entry.name for entry in paper_fields() if entry.about.in_record)


@cache
def _ranks() -> Mapping[str, tuple[str, int]]:
    """Return the property and rank of each name. Two spellings of a property's own name have rank 0 and 1."""
    names = {name: (name, *SYNONYMS.get(name, ())) for name in _own_names()}
    return {
        _normal(synonym): (name, rank)
        for name, synonyms in names.items()
        for rank, synonym in enumerate(synonyms, 1)
    }
