"""Which concept is a kind of which: from the structure of phrases and names, and from what sentences say.

"online continual learning" is a "continual learning": the head of an English
noun phrase comes last. "Llama-3.2-3B" is a "Llama-3.2", which is a "Llama": the
name of a family comes first, then version and size. Only the longest concept
that ends a phrase, or starts a name, is its parent; what lies further up
follows. A family that no paper names is not made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scipy import sparse

from kgraph.link.vocabulary import Vocabulary
from kgraph.model import Concept
from kgraph.names import is_acronym, looks_named

PHRASE_CONFIDENCE = 0.7
"""How often a phrase is a kind of its own end, judged on development papers."""
VERSION_CONFIDENCE = 0.8
"""How often a name is a version of its own start, judged on development pairs."""

_LONGEST_FAMILY = 3
"""Words of the name of a family."""
_SHORT_STEM = 3
"""Letters of a stem that may be anything ("TL", "MST"): it is a family only if a paper names both."""

_PARTS = re.compile(r"[-‐‑_ /]+|(?<=\d)\.(?=\d)|(?<=[A-Za-z])(?=[vV]\d)|(?<=[A-UW-Za-uw-z])(?=\d)")
_SEPARATORS = str.maketrans("", "", "-‐‑_ /")
_VERSION = re.compile(
    r"[vV]?\d+(?:\.\d+)*(?![dD]$)[A-Za-z]?|\d+(?:\.\d+)?x?\d*(?:\.\d+)?[KMBTkmbt]|[A-Z]|[IVX]{2,4}|'\d\d"
)
_EDITIONS = frozenset(
    """
    base chat coder distill extended flash full giant haiku huge instruct it large lite math max medium micro
    mini nano next omni opus plus preview pro small sonnet thinking tiny turbo ultra vision vl xl xs xxl xxs
    """.split()  # noqa: SIM905 - a list literal of these would take a screen
)


def parents(vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Yield (column of a concept, column of the concept that ends it), by rising columns.

    A parent must be a term itself: of two words, or of one that other papers
    mention too. Data sets and metrics that are names have no parent this way.
    """
    columns = vocabulary.columns()
    for column, concept in enumerate(vocabulary.concepts):
        words = concept.id.split()
        for start in range(1, len(words)):
            parent = columns.get(" ".join(words[start:]))
            if parent is not None and parent != column and _is_term(vocabulary.concepts[parent]):
                yield column, parent
                break


def _is_term(concept: Concept) -> bool:
    return " " in concept.id or concept.papers > 1


def version_parents(vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Yield (column of a concept, column of the concept whose version it is), by rising columns.

    What follows the start must be a version, a size or an edition throughout.
    Where the start is not written just as the other's name ("XoR2" is no XOR),
    or is so short that it may be anything, a paper must name both.
    """
    families = _families(vocabulary)
    papers = vocabulary.salience.tocsc()
    for column, concept in enumerate(vocabulary.concepts):
        for start in _starts(concept.name):
            parent = families.get(_joined(start))
            if parent is None or parent == column or not _may_be_family(start):
                continue
            other = vocabulary.concepts[parent]
            so_written = start in (other.name, *other.aliases)
            long_enough = sum(c.isalpha() for c in start) > _SHORT_STEM
            if (so_written and long_enough) or _share_a_paper(papers, column, parent):
                yield column, parent
                break


def _families(vocabulary: Vocabulary) -> dict[str, int]:
    """Return a name without what separates its parts → the column of the only concept that is called so."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for column, concept in enumerate(vocabulary.concepts):
        forms = [form for form in (concept.name, *concept.aliases) if _may_be_family(form)]
        for key in {_joined(form) for form in forms}:
            if found.setdefault(key, column) != column:
                twice.add(key)
    # What several concepts are called is the one of them that has it for its id.
    by_id = ((_joined(concept.id), column) for column, concept in enumerate(vocabulary.concepts))
    return {key: column for key, column in found.items() if key not in twice} | {
        key: column for key, column in by_id if key in twice
    }


def _joined(name: str) -> str:
    return name.lower().translate(_SEPARATORS)


def _starts(name: str) -> list[str]:
    """Return the starts of a name after which only versions, sizes and editions come, longest first.

    >>> _starts("Llama-3.2-3B-Instruct")
    ['Llama-3.2-3B', 'Llama-3.2', 'Llama-3', 'Llama']
    """
    if not (name[-1:].isdigit() or name[-1:].isalpha()) or name.islower():
        return []
    cuts = [(match.start(), match.end()) for match in _PARTS.finditer(name)]
    found = []
    end = len(name)
    for start, after in reversed(cuts):
        part = name[after:end]
        if not (_VERSION.fullmatch(part) or part.lower() in _EDITIONS):
            break
        if start and any(c.isalpha() for c in name[:start]):
            found.append(name[:start])
        end = start
    return found


def _may_be_family(name: str) -> bool:
    return (
        len(name) > 1
        and name.count(" ") < _LONGEST_FAMILY
        and (name[0].isupper() or is_acronym(name) or looks_named(name))
    )


def _share_a_paper(papers: sparse.csc_array, first: int, second: int) -> bool:
    of_first, of_second = (
        papers.indices[papers.indptr[column] : papers.indptr[column + 1]].tolist()
        for column in (first, second)
    )
    return not set(of_first).isdisjoint(of_second)
