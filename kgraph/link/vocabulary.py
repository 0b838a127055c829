"""The canonical concepts of a corpus and how much each paper is about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kgraph.link.aliases import LinkedConcept
from kgraph.model import KIND_LABELS, Concept, Kind
from kgraph.names import is_acronym, normal_form


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Concepts by rising id, and their salience in each paper.

    ``salience`` has a row a paper, in the order of ``paper_ids``, and a column
    a concept; a zero means that the paper does not mention it.
    """

    paper_ids: tuple[str, ...]
    concepts: tuple[Concept, ...]
    salience: sparse.csr_array

    def columns(self) -> dict[str, int]:
        """Return the column of each concept by its id."""
        return {concept.id: column for column, concept in enumerate(self.concepts)}


def build_vocabulary(papers: Iterable[tuple[str, Sequence[LinkedConcept]]]) -> Vocabulary:
    """Gather the concepts of all papers, given as (paper id, its concepts) by rising id."""
    paper_ids: list[str] = []
    columns: dict[str, int] = {}
    data: list[float] = []
    indices: list[int] = []
    starts = [0]
    forms: list[Counter[str]] = []
    names: list[Counter[str]] = []
    fixed: dict[int, str] = {}
    kinds: list[Counter[Kind]] = []
    for paper_id, concepts in papers:
        paper_ids.append(paper_id)
        for concept in concepts:
            column = columns.setdefault(concept.id, len(columns))
            if column == len(forms):
                forms.append(Counter())
                names.append(Counter())
                kinds.append(Counter())
            forms[column].update(concept.forms)
            names[column][concept.name] += 1
            kinds[column][concept.kind] += 1
            if concept.fixed:
                fixed[column] = concept.name
            indices.append(column)
            data.append(max(concept.salience, 1e-4))
        starts.append(len(indices))
    order = sorted(columns, key=lambda id_: id_)
    place = np.empty(len(columns), dtype=np.int64)
    place[[columns[id_] for id_ in order]] = np.arange(len(columns))
    matrix = sparse.csr_array(
        (
            np.array(data, dtype=np.float64),
            place[np.array(indices, dtype=np.int64)] if indices else np.array([], dtype=np.int64),
            np.array(starts, dtype=np.int64),
        ),
        shape=(len(paper_ids), len(columns)),
    )
    matrix.sort_indices()
    made = []
    for id_ in order:
        column = columns[id_]
        name = fixed.get(column) or _best_name(id_, names[column], forms[column])
        made.append(
            Concept(
                id=id_,
                name=name,
                kind=vote(kinds[column]),
                aliases=_aliases(name, forms[column]),
                papers=names[column].total(),
            )
        )
    return Vocabulary(tuple(paper_ids), tuple(made), matrix)


def vote(kinds: Counter[Kind]) -> Kind:
    """Return the kind that most papers give a concept.

    The kinds that name something (task, method, data set, metric) count
    before ``concept`` and ``phrase``, which only say that nothing was known,
    when at least a quarter of the papers agree on one.
    """
    ranked = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
    for kind in ranked:
        if kind in KIND_LABELS and kinds[kind] * 4 >= kinds.total():
            return kind
    return "concept" if "concept" in kinds else ranked[0] if ranked[0] not in KIND_LABELS else "phrase"


def _best_name(id_: str, names: Counter[str], forms: Counter[str]) -> str:
    """Choose the long form that most papers prefer, in lower case if any paper writes it so."""
    spelled = [name for name in names if normal_form(name) == id_] or list(names)
    best = min(spelled, key=lambda name: (-names[name], -forms[name], len(name), name))
    lower = best.lower()
    if best != lower and not is_acronym(best) and (lower in forms or lower in names):
        return lower
    return best


def _aliases(name: str, forms: Counter[str]) -> tuple[str, ...]:
    """Return the other surface forms, most frequent first, each once whatever its case."""
    seen = {name.lower()}
    found = []
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        if form.lower() not in seen:
            seen.add(form.lower())
            found.append(form)
    return tuple(found)
