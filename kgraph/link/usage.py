"""How a corpus uses names: the counts from which aliases, spellings and senses are derived."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kgraph.model import Extraction, Relation
from kgraph.names import is_acronym, looks_named, normal_form
from kgraph.schema import graph_schema

Extractions = Iterable[tuple[str, Extraction]]
"""Paper ids with their extractions."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts over the papers of a corpus. The row of a paper is its index in ``paper_ids``.

    ``papers`` is normal form → number of papers that use it. ``defined`` is
    short form → long form → rows of the papers that define it. ``undefined``
    is short form → rows of the papers that use it without a definition and do
    not introduce it. ``words`` is papers × words of the names of their
    concepts, and ``columns`` is word → column. ``capitalized_words`` are the
    normal forms that are names in capitals (BREAK) and, far more often, words.
    """

    paper_ids: tuple[str, ...]
    papers: Mapping[str, int]
    defined: Mapping[str, Mapping[str, array[int]]]
    undefined: Mapping[str, array[int]]
    words: sparse.csr_array
    columns: Mapping[str, int]
    capitalized_words: frozenset[str]


def name_usage(extractions: Extractions, well_known: Collection[str] = ()) -> Usage:
    """Return how a corpus uses names. Short forms in ``well_known`` need no definition."""
    paper_ids: list[str] = []
    papers: Counter[str] = Counter()
    defined: defaultdict[str, defaultdict[str, array[int]]] = defaultdict(_by_long_form)
    undefined: defaultdict[str, array[int]] = defaultdict(_rows)
    capitals: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    columns: dict[str, int] = {}
    indices = array("i")
    starts = array("q", [0])
    for row, (paper_id, extraction) in enumerate(extractions):
        paper_ids.append(paper_id)
        own = definitions(extraction)
        for short, long in own.items():
            defined[short][long].append(row)
        written = {
            name: normal_form(name)
            for concept in (*extraction.concepts, *extraction.further)
            for name in (concept.name, *concept.aliases)
        }
        for short in _short_forms(written, extraction.relations) - own.keys():
            undefined[short].append(row)
        names = set(written.values())
        papers.update(names)
        # Sorted, so that columns do not depend on the order of a set.
        words = sorted({word for name in names for word in name.split()})
        indices.extend(sorted(columns.setdefault(word, len(columns)) for word in words))
        starts.append(len(indices))
        single = {name: key for name, key in written.items() if " " not in name}
        capitals.update({key for name, key in single.items() if len(name) > 1 and name.isupper()})
        lower.update({key for name, key in single.items() if name.islower()})
    matrix = sparse.csr_array(
        (np.ones(len(indices), dtype=np.float32), np.array(indices, np.int32), np.array(starts, np.int64)),
        shape=(len(paper_ids), len(columns)),
    )
    return Usage(
        paper_ids=tuple(paper_ids),
        papers=papers,
        defined=defined,
        undefined={
            short: rows for short, rows in undefined.items() if short in defined or short in well_known
        },
        words=matrix,
        columns=columns,
        capitalized_words=frozenset(key for key, count in capitals.items() if lower[key] > 2 * count),
    )


def definitions(extraction: Extraction) -> dict[str, str]:
    """Return short form → long form, as normal forms, of the abbreviations that a paper defines."""
    pairs = ((normal_form(short), normal_form(long)) for short, long in extraction.abbreviations)
    return {short: long for short, long in pairs if short and long}


def _short_forms(written: Iterable[str], relations: Iterable[Relation]) -> set[str]:
    """Return the normal forms of words that are written like a short form, alone or in a phrase.

    A name that the paper introduces is left out, as other papers cannot explain it.
    """
    introduction = graph_schema().introduction().name
    words = {word for name in written for word in name.split() if is_short_form(word)}
    own = {
        normal_form(relation.tail)
        for relation in relations
        if relation.type == introduction and relation.head is None and " " not in relation.tail
    }
    return {normal_form(word) for word in words} - own - {""}


def is_short_form(word: str) -> bool:
    """Return whether a word is written like a short form: "MAP" is, "map" is not."""
    return is_acronym(word) or looks_named(word)


def _rows() -> array[int]:
    return array("q")


def _by_long_form() -> defaultdict[str, array[int]]:
    return defaultdict(_rows)
