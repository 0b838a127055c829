"""Agreement of a graph with a person on which names mean the same thing.

A person labelled pairs of names, each as one paper uses it. A pair is "same", "different", or a
family, where one is a kind of the other. Precision is the share of the pairs joined by the graph
that are the same, recall the share of the pairs that are the same that the graph joins. These are
the pairwise measures of entity resolution (Menestrina, Whang & Garcia-Molina, "Evaluating entity
resolution results", VLDB 2010). A family is found if the graph has two concepts for it and a path
of IS_A edges from one to the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from kgraph.names import folded
from kgraph.store import GraphStore

Label = Literal["same", "different", "a is b", "b is a"]

STEPS = 3
"""The longest path of IS_A edges between the two concepts of a family."""


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names, each with the paper that uses it, and the label that a person gave the pair.

    ``stratum`` is the way in which the names are close, ``half`` is "development" or
    "held-out".
    """

    stratum: str
    half: str
    label: Label
    name_a: str
    paper_a: str
    name_b: str
    paper_b: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of pairs.

    ``same`` counts the pairs that are the same, ``joined`` those that the graph
    joins, ``both`` those that are both. ``families`` counts the families, ``found``
    those that the graph has. ``missing`` counts pairs with a name that the graph
    does not have for its paper. They are counted nowhere else.
    """

    same: int = 0
    joined: int = 0
    both: int = 0
    families: int = 0
    found: int = 0
    missing: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.same + other.same,
            self.joined + other.joined,
            self.both + other.both,
            self.families + other.families,
            self.found + other.found,
            self.missing + other.missing,
        )

    @property
    def precision(self) -> float:
        """Return the share of the joined pairs that are the same (0..1, 1 if none is joined)."""
        return self.both / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the same pairs that are joined (0..1, 1 if there are none)."""
        return self.both / self.same if self.same else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def families_found(self) -> float:
        """Return the share of the families that the graph has (0..1, 1 if there are none)."""
        return self.found / self.families if self.families else 1.0


def read_pairs(path: Path) -> tuple[NamePair, ...]:
    """Read pairs from a table with tabs and a header, in which lines with ``#`` are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(
        NamePair(stratum, half, cast(Label, label), name_a, paper_a, name_b, paper_b)
        for stratum, half, label, name_a, paper_a, name_b, paper_b in rows[1:]
    )


def agreement(store: GraphStore, pairs: Iterable[NamePair]) -> Mapping[NamePair, Agreement]:
    """Return the counts of each pair, which can be summed.

    >>> sum(agreement(store, pairs).values(), Agreement()).precision  # doctest: +SKIP
    """
    pairs = tuple(pairs)
    papers = sorted({paper for pair in pairs for paper in (pair.paper_a, pair.paper_b)})
    concepts = _concepts(store, papers)
    kinds = _broader(store, sorted(set(concepts.values())))
    return {
        pair: _judge(
            pair.label,
            concepts.get((pair.paper_a, folded(pair.name_a))),
            concepts.get((pair.paper_b, folded(pair.name_b))),
            kinds,
        )
        for pair in pairs
    }


def _judge(label: Label, a: str | None, b: str | None, broader: Mapping[str, frozenset[str]]) -> Agreement:
    if a is None or b is None:
        return Agreement(missing=1)
    same, joined = label == "same", a == b
    family = label in ("a is b", "b is a")
    narrow, broad = (a, b) if label == "a is b" else (b, a)
    return Agreement(
        same=int(same),
        joined=int(joined),
        both=int(same and joined),
        families=int(family),
        found=int(family and not joined and broad in broader.get(narrow, ())),
    )


def _concepts(store: GraphStore, papers: list[str]) -> dict[tuple[str, str], str]:
    """Return the concept that a paper means by a name, by the paper and the name in lower case."""
    found: dict[tuple[str, str], str] = {}
    cypher = (
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE p.id IN $papers "
        "RETURN p.id AS paper, c.id AS concept, m.surface_forms AS forms ORDER BY paper, concept"
    )
    for row in store.query(cypher, {"papers": papers}, timeout=None).rows:
        for form in row["forms"]:
            found.setdefault((row["paper"], folded(form)), row["concept"])
    return found


def _broader(store: GraphStore, concepts: list[str]) -> Mapping[str, frozenset[str]]:
    """Return each concept's ancestors over at most ``STEPS`` IS_A edges."""
    above: dict[str, set[str]] = {concept: {concept} for concept in concepts}
    cypher = "MATCH (a:Concept)-[:IS_A]->(b:Concept) WHERE a.id IN $ids RETURN a.id AS a, b.id AS b"
    for _ in range(STEPS):
        ids = sorted(set().union(*above.values()))
        parents: defaultdict[str, set[str]] = defaultdict(set)
        for row in store.query(cypher, {"ids": ids}, timeout=None).rows:
            parents[row["a"]].add(row["b"])
        for known in above.values():
            known.update(*(parents[one] for one in sorted(known)))
    return {concept: frozenset(known - {concept}) for concept, known in above.items()}
