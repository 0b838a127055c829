"""The graph of a corpus: everything that was read and linked, as batches of nodes and edges.

The corpus is read in passes, a paper at a time, so that only names, ids and
numbers are held in memory, never the sentences.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from kgraph.link.aliases import (
    Aliases,
    LinkedConcept,
    known_concepts,
    learn_aliases,
    link_concepts,
    local_ids,
)
from kgraph.link.cooccurrence import co_occurrences
from kgraph.link.hierarchy import PHRASE_CONFIDENCE, VERSION_CONFIDENCE, parents, version_parents
from kgraph.link.relatedness import Relatedness, related_papers, words_of
from kgraph.link.results import Reported, reported_results
from kgraph.link.thesaurus import Thesaurus, thesaurus_lines
from kgraph.link.topics import Topic, find_topics
from kgraph.link.vocabulary import Vocabulary, build_vocabulary
from kgraph.model import (
    KIND_LABELS,
    Edge,
    EdgeBatch,
    Evidence,
    Extraction,
    Node,
    NodeBatch,
    Paper,
    Relation,
)
from kgraph.names import folded
from kgraph.paper_record import paper_properties

LINKER_VERSION = "3"
"""Raised with every change that can change the graph of the same extractions."""

Corpus = Callable[[], Iterable[tuple[Paper, Extraction]]]
"""Gives the papers by rising id with their extractions; called once a pass, which is dear."""

_BATCH = 5000
_EVIDENCE_KEPT = 5
_BY_FORM = "phrase-structure"
_BY_NAME = "name-structure"
_STATED = ("IS_A", "PART_OF", "USED_FOR", "EVALUATED_BY", "COMPARED_WITH", "CONJUNCTION")
_SYMMETRIC = frozenset({"COMPARED_WITH", "CONJUNCTION"})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Linked:
    """What the corpus told, ready to be written as a graph."""

    papers: Sequence[Paper]
    corpus: Corpus
    aliases: Aliases
    known: frozenset[str]
    vocabulary: Vocabulary
    related: tuple[Relatedness, ...]
    topics: tuple[Topic, ...]
    results: tuple[Reported, ...]


def link(papers: Sequence[Paper], corpus: Corpus, thesaurus: Thesaurus) -> Linked:
    """Resolve names over the whole corpus and find what goes with what.

    ``papers`` are those of the corpus, by rising id.
    """
    aliases = learn_aliases(((paper.id, extraction) for paper, extraction in corpus()), thesaurus)
    known = known_concepts(((paper.id, extraction) for paper, extraction in corpus()), aliases)
    results: list[Reported] = []

    def concepts() -> Iterator[tuple[str, tuple[LinkedConcept, ...]]]:
        for paper, extraction in corpus():
            linked = link_concepts(paper.id, extraction, aliases, known)
            # Taken on the way, as a pass is dear; one abstract in twenty-five reports a number.
            results.extend(reported_results(paper.id, extraction, linked))
            yield paper.id, linked

    vocabulary = build_vocabulary(concepts())
    texts = (words_of(paper.title, paper.abstract) for paper in papers)
    related = tuple(related_papers(vocabulary, texts))
    topics = find_topics(vocabulary, related)
    by_id = sorted(results, key=lambda result: result.node.id)
    return Linked(papers, corpus, aliases, known, vocabulary, related, topics, tuple(by_id))


def node_batches(linked: Linked, extractor: str, thesaurus: Thesaurus) -> Iterator[NodeBatch]:
    """Yield every node of the graph, label by label, by rising id."""
    people: dict[str, str] = {}
    organizations: dict[str, str] = {}
    venues: dict[str, str] = {}

    def papers() -> Iterator[Node]:
        for paper in linked.papers:
            for author in paper.authors:
                people.setdefault(folded(author), author)
            for organization in paper.organizations:
                organizations.setdefault(organization.handle, organization.name)
            if paper.venue:
                venues.setdefault(folded(paper.venue), paper.venue)
            yield Node(paper.id, paper_properties(paper))

    yield from _nodes("Paper", papers())
    yield from _nodes(
        "Concept",
        (
            Node(
                concept.id,
                _named(concept.id, concept.name)
                | {"kind": concept.kind, "aliases": list(concept.aliases), "papers": concept.papers},
                (KIND_LABELS[concept.kind],) if concept.kind in KIND_LABELS else (),
            )
            for concept in linked.vocabulary.concepts
        ),
    )
    for label, names in (("Author", people), ("Organization", organizations), ("Venue", venues)):
        yield from _nodes(label, (Node(id_, _named(id_, names[id_])) for id_ in sorted(names) if id_))
    yield from _nodes(
        "Topic",
        (
            Node(topic.id, _named(topic.id, topic.name) | {"papers": len(topic.papers)})
            for topic in sorted(linked.topics, key=lambda topic: topic.id)
        ),
    )
    yield from _nodes("Result", (reported.node for reported in linked.results))
    build = _named("build", "build") | {
        "extractor": extractor,
        "linker": LINKER_VERSION,
        "thesaurus": thesaurus_lines(thesaurus),
        "content": _content(linked.papers),
    }
    yield NodeBatch("Build", [Node("build", build)])


def edge_batches(linked: Linked) -> Iterator[EdgeBatch]:
    """Yield every relationship of the graph, type by type, in a fixed order."""
    said = _Said(linked)
    yield from _edges("MENTIONS", "Paper", "Concept", _mentions(linked, said))
    for role in ("INTRODUCES", "USES", "EVALUATES_ON", "COMPARES_WITH"):
        yield from _edges(role, "Paper", "Concept", said.roles[role])
    for type_ in _STATED:
        yield from _edges(type_, "Concept", "Concept", _stated(said.of_concepts[type_]))
    concepts = linked.vocabulary.concepts
    yield from _edges(
        "CO_OCCURS_WITH",
        "Concept",
        "Concept",
        (
            Edge(
                concepts[pair.first].id, concepts[pair.second].id, {"papers": pair.papers, "npmi": pair.npmi}
            )
            for pair in co_occurrences(linked.vocabulary)
        ),
    )
    yield from _edges("RELATED_TO", "Paper", "Paper", _related(linked))
    yield from _reported(linked)
    yield from _bibliographic(linked)
    paper_ids = linked.vocabulary.paper_ids
    topics = sorted(linked.topics, key=lambda topic: topic.id)
    yield from _edges(
        "IN_TOPIC",
        "Paper",
        "Topic",
        (Edge(paper_ids[row], topic.id, {}) for topic in topics for row in topic.papers),
    )
    yield from _edges(
        "IN_TOPIC",
        "Concept",
        "Topic",
        (Edge(concepts[column].id, topic.id, {}) for topic in topics for column in topic.concepts),
    )


def _reported(linked: Linked) -> Iterator[EdgeBatch]:
    results = linked.results
    yield from _edges("REPORTS", "Paper", "Result", (Edge(it.paper, it.node.id, {}) for it in results))
    metrics = (Edge(it.node.id, it.metric, {}) for it in results if it.metric)
    yield from _edges("OF_METRIC", "Result", "Concept", metrics)
    data_sets = (Edge(it.node.id, it.dataset, {}) for it in results if it.dataset)
    yield from _edges("ON_DATASET", "Result", "Concept", data_sets)


def _content(papers: Iterable[Paper]) -> str:
    digest = hashlib.sha256()
    for paper in papers:
        digest.update(json.dumps(paper_properties(paper), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _mentions(linked: Linked, said: _Said) -> Iterator[Edge]:
    """Yield the mentions of every paper; ``said`` takes the rest on the way, as a pass is dear."""
    for paper, extraction in linked.corpus():
        concepts = link_concepts(paper.id, extraction, linked.aliases, linked.known)
        said.add(paper, extraction, concepts)
        for concept in sorted(concepts, key=lambda linked: linked.id):
            yield Edge(paper.id, concept.id, _mention_properties(concept))


def _mention_properties(concept: LinkedConcept) -> dict[str, Any]:
    return {
        "count": len(concept.mentions),
        "salience": concept.salience,
        "in_title": any(mention.field == "title" for mention in concept.mentions),
        "surface_forms": list(concept.forms),
        **_evidence_properties(concept.evidence),
    }


class _Said:
    """What papers say of concepts besides naming them; there is little of it beside the mentions.

    ``roles`` are edges from papers, by type; ``of_concepts`` holds what is
    stated of two concepts, by type and pair, with the papers that say it.
    """

    def __init__(self, linked: Linked) -> None:
        concepts = linked.vocabulary.concepts
        self._aliases = linked.aliases
        self._parents: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for producer, confidence, found in (
            (_BY_FORM, PHRASE_CONFIDENCE, parents(linked.vocabulary)),
            (_BY_NAME, VERSION_CONFIDENCE, version_parents(linked.vocabulary)),
        ):
            for child, parent in found:
                self._parents[concepts[child].id].append((concepts[parent].id, producer, confidence))
        self.roles: defaultdict[str, list[Edge]] = defaultdict(list)
        self.of_concepts: defaultdict[str, dict[tuple[str, str], list[tuple[str, Relation]]]] = defaultdict(
            dict
        )

    def add(self, paper: Paper, extraction: Extraction, concepts: Iterable[LinkedConcept]) -> None:
        """Take what one paper says; papers come by rising id."""
        ids = local_ids(paper.id, extraction, self._aliases)
        own: defaultdict[tuple[str, str], list[Relation]] = defaultdict(list)
        for relation in extraction.relations:
            tail = ids[relation.tail]
            if relation.head is None:
                own[relation.type, tail].append(relation)
            elif ids[relation.head] != tail:
                self._state(relation.type, ids[relation.head], tail, paper, relation)
        for role, id_ in sorted(own):
            seen = sorted({relation.evidence for relation in own[role, id_]}, key=_place)
            confidence = max(relation.confidence for relation in own[role, id_])
            properties = {"confidence": confidence, **_evidence_properties(seen[:_EVIDENCE_KEPT])}
            self.roles[role].append(Edge(paper.id, id_, properties))
        self._add_phrase_structure(paper, concepts)

    def _add_phrase_structure(self, paper: Paper, concepts: Iterable[LinkedConcept]) -> None:
        """Add what phrases and names say by their form, with the first sentence that has the longer one."""
        for concept in concepts:
            if concept.id in self._parents and concept.evidence:
                first = concept.evidence[0]
                for parent, producer, confidence in self._parents.pop(concept.id):
                    seen = Evidence(first.field, first.start, first.end, first.text, producer)
                    relation = Relation("IS_A", concept.id, parent, seen, confidence)
                    self._state("IS_A", concept.id, parent, paper, relation)

    def _state(self, type_: str, head: str, tail: str, paper: Paper, relation: Relation) -> None:
        if type_ in _SYMMETRIC:
            head, tail = sorted((head, tail))
        self.of_concepts[type_].setdefault((head, tail), []).append((paper.id, relation))


def _stated(found: Mapping[tuple[str, str], Sequence[tuple[str, Relation]]]) -> Iterator[Edge]:
    for head, tail in sorted(found):
        # What a sentence states comes before what the form of a phrase says.
        seen = sorted(found[head, tail], key=lambda said: said[1].evidence.producer in (_BY_FORM, _BY_NAME))
        kept = seen[:_EVIDENCE_KEPT]
        yield Edge(
            head,
            tail,
            {
                "confidence": max(relation.confidence for _, relation in seen),
                "papers": len({paper for paper, _ in seen}),
                "evidence_papers": [paper for paper, _ in kept],
                **_evidence_properties([relation.evidence for _, relation in kept]),
            },
        )


def _related(linked: Linked) -> Iterator[Edge]:
    papers, concepts = linked.vocabulary.paper_ids, linked.vocabulary.concepts
    for pair in linked.related:
        yield Edge(
            papers[pair.first],
            papers[pair.second],
            {
                "score": pair.score,
                "reasons": [concepts[column].name for column, _ in pair.reasons],
                "reason_concepts": [concepts[column].id for column, _ in pair.reasons],
                "reason_shares": [share for _, share in pair.reasons],
            },
        )


def _bibliographic(linked: Linked) -> Iterator[EdgeBatch]:
    yield from _edges(
        "AUTHORED_BY",
        "Paper",
        "Author",
        (
            Edge(paper.id, id_, {"position": position})
            for paper in linked.papers
            for id_, position in _positions(paper).items()
        ),
    )
    yield from _edges(
        "AFFILIATED_WITH",
        "Paper",
        "Organization",
        (
            Edge(paper.id, handle, {})
            for paper in linked.papers
            for handle in sorted({organization.handle for organization in paper.organizations})
        ),
    )
    yield from _edges(
        "PUBLISHED_IN",
        "Paper",
        "Venue",
        (
            Edge(paper.id, folded(paper.venue), {})
            for paper in linked.papers
            if paper.venue and folded(paper.venue)
        ),
    )


def _positions(paper: Paper) -> dict[str, int]:
    places: dict[str, int] = {}
    for position, author in enumerate(paper.authors, start=1):
        if id_ := folded(author):
            places.setdefault(id_, position)
    return places


def _evidence_properties(seen: Iterable[Evidence]) -> dict[str, Any]:
    sentences = list(seen)
    return {
        "evidence": [sentence.text for sentence in sentences],
        "evidence_fields": [sentence.field for sentence in sentences],
        "evidence_starts": [sentence.start for sentence in sentences],
        "evidence_ends": [sentence.end for sentence in sentences],
        "produced_by": [sentence.producer for sentence in sentences],
    }


def _place(seen: Evidence) -> tuple[bool, int, int, str]:
    return (seen.field == "abstract", seen.start, seen.end, seen.producer)


def _named(id_: str, name: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "title": name}


def _nodes(label: str, nodes: Iterable[Node]) -> Iterator[NodeBatch]:
    for batch in _batches(nodes):
        yield NodeBatch(label, batch)


def _edges(type_: str, head: str, tail: str, edges: Iterable[Edge]) -> Iterator[EdgeBatch]:
    for batch in _batches(edges):
        yield EdgeBatch(type_, head, tail, batch)


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        yield batch
