"""Which concept is a kind of which: from the structure of phrases, and from what sentences say.

"online continual learning" is a "continual learning": the head of an English
noun phrase comes last. Only the longest concept that ends another is its
parent; what lies further up follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from kgraph.link.vocabulary import Vocabulary
from kgraph.model import Concept

PHRASE_CONFIDENCE = 0.7
"""How often a phrase is a kind of its own end, judged on development papers."""


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
