"""Which concept is a kind of which, from the structure of phrases and names.

"online continual learning" is a "continual learning", as the head of an
English noun phrase comes last. "Llama-3.2-3B" is a "Llama-3.2", which is a
"Llama", as the name of a family comes first, then version and size. The parent
of a concept is the longest other concept that ends the phrase or starts the
name. The rest of the chain follows from the parent. A family that no paper
names is not added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scipy import sparse

from kgraph.link.name_words import name_words
from kgraph.link.relations import LinkedRelation
from kgraph.link.vocabulary import Vocabulary
from kgraph.model import Concept, Evidence, Paper
from kgraph.names import is_acronym, looks_named

_PHRASE_CONFIDENCE = 0.7
"""How often a phrase is a kind of its own end, judged on development papers."""
_VERSION_CONFIDENCE = 0.8
"""How often a name is a version of its own start, judged on development pairs."""

_LONGEST_FAMILY = 3
"""Words in the name of a family, at most."""
_SHORT_STEM = 3
"""Letters of an ambiguous stem ("TL", "MST"). It is a family only if a paper names both."""

_PARTS = re.compile(r"[-‐‑_ /]+|(?<=\d)\.(?=\d)|(?<=[A-Za-z])(?=[vV]\d)|(?<=[A-UW-Za-uw-z])(?=\d)")
_SEPARATORS = str.maketrans("", "", "-‐‑_ /")


def structural_relations(
    vocabulary: Vocabulary, papers: Sequence[Paper], type_: str
) -> Iterator[LinkedRelation]:
    """Yield the relations of a type from concepts to their parents, first by phrases, then by versions.

    ``papers`` are those of the rows of the vocabulary. The evidence is the
    first sentence with the longer name. A concept without one is left out.
    """
    for producer, confidence, pairs in (
        ("phrase-structure", _PHRASE_CONFIDENCE, phrase_parents(vocabulary)),
        ("name-structure", _VERSION_CONFIDENCE, version_parents(vocabulary)),
    ):
        for child, parent in pairs:
            row, in_abstract, start, end = vocabulary.first_sentences[child].tolist()
            if row < 0:
                continue
            paper = papers[row]
            sentence = (
                Evidence("abstract", start, end, paper.abstract[start:end], producer)
                if in_abstract
                else Evidence("title", start, end, paper.title[start:end], producer)
            )
            head, tail = vocabulary.concepts[child].id, vocabulary.concepts[parent].id
            yield LinkedRelation(type_, head, tail, paper.id, sentence, confidence)


def phrase_parents(vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Yield (column of a concept, column of the concept that ends it), by rising columns.

    A parent has two words, or one word that at least two papers mention.
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

    Everything after the start of the name must be a version, a size or an
    edition. If the start is not written exactly as the other name ("XoR2" and
    "XOR"), or is so short that it is ambiguous, a paper must name both.
    """
    families = _families(vocabulary)
    papers = vocabulary.salience.tocsc()
    for column, concept in enumerate(vocabulary.concepts):
        for start in _starts(concept.name):
            parent = families.get(_joined(start))
            if parent is None or parent == column or not _may_be_family(start):
                continue
            other = vocabulary.concepts[parent]
            same_spelling = start in (other.name, *other.aliases)
            long_enough = sum(c.isalpha() for c in start) > _SHORT_STEM
            if (same_spelling and long_enough) or _share_a_paper(papers, column, parent):
                yield column, parent
                break


def _families(vocabulary: Vocabulary) -> dict[str, int]:
    """Return name without separators → column of the only concept with that name or alias.

    If several concepts share the name, the one that has it as its id is taken.
    """
    found: dict[str, int] = {}
    ambiguous: set[str] = set()
    for column, concept in enumerate(vocabulary.concepts):
        forms = [form for form in (concept.name, *concept.aliases) if _may_be_family(form)]
        for key in {_joined(form) for form in forms}:
            if found.setdefault(key, column) != column:
                ambiguous.add(key)
    by_id = ((_joined(concept.id), column) for column, concept in enumerate(vocabulary.concepts))
    return {key: column for key, column in found.items() if key not in ambiguous} | {
        key: column for key, column in by_id if key in ambiguous
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
        if not (name_words().version.fullmatch(part) or part.lower() in name_words().editions):
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
