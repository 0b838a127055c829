"""The canonical concepts of a corpus and their salience in each paper."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kgraph.link.aliases import LinkedConcept
from kgraph.model import Concept, Kind
from kgraph.names import is_acronym, normal_form
from kgraph.schema import kind_labels

_LEAST_SALIENCE = 1e-4
"""The minimum salience of a mentioned concept. Zero means not mentioned."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The concepts of a corpus by rising id, and their salience in each paper.

    ``salience`` is papers × concepts, with rows in the order of ``paper_ids``.
    A zero means that the paper does not mention the concept.
    ``first_sentences`` is concepts × 4: the row of the first paper with a
    sentence as evidence, 1 if that sentence is in the abstract and 0 if it is
    in the title, and its start and end offset. Without such a sentence, all
    four are -1.
    """

    paper_ids: tuple[str, ...]
    concepts: tuple[Concept, ...]
    salience: sparse.csr_array
    first_sentences: NDArray[np.int64]

    def columns(self) -> dict[str, int]:
        """Return the column of each concept by its id."""
        return {concept.id: column for column, concept in enumerate(self.concepts)}


class VocabularyBuilder:
    """Collects the concepts of papers, which are added by rising id."""

    def __init__(self) -> None:
        self._paper_ids: list[str] = []
        self._columns: dict[str, int] = {}
        self._data = array("d")
        self._indices = array("q")
        self._starts = array("q", [0])
        self._forms: list[Counter[str]] = []
        self._names: list[Counter[str]] = []
        self._kinds: list[Counter[Kind]] = []
        self._fixed_names: dict[int, str] = {}
        self._first_sentences = array("q")

    def add(self, paper_id: str, concepts: Sequence[LinkedConcept]) -> None:
        """Add a paper and its concepts."""
        row = len(self._paper_ids)
        self._paper_ids.append(paper_id)
        for concept in concepts:
            column = self._columns.setdefault(concept.id, len(self._columns))
            if column == len(self._forms):
                self._forms.append(Counter())
                self._names.append(Counter())
                self._kinds.append(Counter())
                self._first_sentences.extend((-1, -1, -1, -1))
            self._forms[column].update(concept.forms)
            self._names[column][concept.name] += 1
            self._kinds[column][concept.kind] += 1
            if concept.fixed:
                self._fixed_names[column] = concept.name
            if concept.evidence and self._first_sentences[4 * column] < 0:
                first = concept.evidence[0]
                sentence = (row, int(first.field == "abstract"), first.start, first.end)
                self._first_sentences[4 * column : 4 * column + 4] = array("q", sentence)
            self._indices.append(column)
            self._data.append(max(concept.salience, _LEAST_SALIENCE))
        self._starts.append(len(self._indices))

    def build(self) -> Vocabulary:
        """Return the vocabulary of the papers that were added."""
        order = sorted(self._columns)
        old_columns = np.array([self._columns[id_] for id_ in order], dtype=np.int64)
        new_columns = np.empty(len(order), dtype=np.int64)
        new_columns[old_columns] = np.arange(len(order))
        salience = sparse.csr_array(
            (
                np.array(self._data, dtype=np.float64),
                new_columns[np.array(self._indices, dtype=np.int64)],
                np.array(self._starts, dtype=np.int64),
            ),
            shape=(len(self._paper_ids), len(order)),
        )
        salience.sort_indices()
        first_sentences = np.array(self._first_sentences, dtype=np.int64).reshape(-1, 4)[old_columns]
        concepts = tuple(self._concept(id_, self._columns[id_]) for id_ in order)
        return Vocabulary(tuple(self._paper_ids), concepts, salience, first_sentences)

    def _concept(self, id_: str, column: int) -> Concept:
        names, forms = self._names[column], self._forms[column]
        name = self._fixed_names.get(column) or _best_name(id_, names, forms)
        return Concept(
            id=id_,
            name=name,
            kind=vote(self._kinds[column]),
            aliases=_aliases(name, forms),
            papers=names.total(),
        )


def vote(kinds: Counter[Kind]) -> Kind:
    """Return the kind that most papers give a concept.

    The kinds that have a label (task, method, data set, metric) are preferred
    if at least a quarter of the papers agree on one. The others, ``concept``
    and ``phrase``, only say that nothing more was known.
    """
    labelled = kind_labels()
    ranked = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
    for kind in ranked:
        if kind in labelled and kinds[kind] * 4 >= kinds.total():
            return kind
    return "concept" if "concept" in kinds else ranked[0] if ranked[0] not in labelled else "phrase"


def _best_name(id_: str, names: Counter[str], forms: Counter[str]) -> str:
    """Return the long form that most papers prefer, in lower case if any paper writes it so."""
    spelled = [name for name in names if normal_form(name) == id_] or list(names)
    best = min(spelled, key=lambda name: (-names[name], -forms[name], len(name), name))
    lower = best.lower()
    if best != lower and not is_acronym(best) and (lower in forms or lower in names):
        return lower
    return best


def _aliases(name: str, forms: Counter[str]) -> tuple[str, ...]:
    """Return the other surface forms, most frequent first, without those that differ only in case."""
    seen = {name.lower()}
    found = []
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        if form.lower() not in seen:
            seen.add(form.lower())
            found.append(form)
    return tuple(found)
