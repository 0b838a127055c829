"""The nodes of a linked corpus, one function for each label, sorted by id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kgraph.link.corpus import LinkedCorpus
from kgraph.link.thesaurus import thesaurus_lines
from kgraph.model import Node, Paper
from kgraph.names import folded
from kgraph.paper_record import paper_properties
from kgraph.schema import kind_labels


def build_node(corpus: LinkedCorpus, extractor: str, linker: str) -> Node:
    """Return the node that says how the graph was made, given both versions."""
    properties = _named("build", "build") | {
        "extractor": extractor,
        "linker": linker,
        "thesaurus": thesaurus_lines(corpus.aliases.thesaurus),
        "content": _content_hash(corpus.papers),
    }
    return Node("build", properties)


def _papers(corpus: LinkedCorpus) -> Iterator[Node]:
    return (Node(paper.id, paper_properties(paper)) for paper in corpus.papers)


def _concepts(corpus: LinkedCorpus) -> Iterator[Node]:
    labels = kind_labels()
    for concept in corpus.vocabulary.concepts:
        properties = _named(concept.id, concept.name) | {
            "kind": concept.kind,
            "aliases": list(concept.aliases),
            "papers": concept.papers,
        }
        yield Node(concept.id, properties, (labels[concept.kind],) if concept.kind in labels else ())


def _authors(corpus: LinkedCorpus) -> Iterator[Node]:
    return _first_names((folded(name), name) for paper in corpus.papers for name in paper.authors)


def _organizations(corpus: LinkedCorpus) -> Iterator[Node]:
    return _first_names(
        (group.handle, group.name) for paper in corpus.papers for group in paper.organizations
    )


def _venues(corpus: LinkedCorpus) -> Iterator[Node]:
    return _first_names((folded(paper.venue), paper.venue) for paper in corpus.papers if paper.venue)


def _topics(corpus: LinkedCorpus) -> Iterator[Node]:
    for topic in sorted(corpus.topics, key=lambda topic: topic.id):
        yield Node(topic.id, _named(topic.id, topic.name) | {"papers": len(topic.papers)})


def _results(corpus: LinkedCorpus) -> Iterator[Node]:
    return (result.node for result in corpus.results)


NODES: Mapping[str, Callable[[LinkedCorpus], Iterable[Node]]] = {
    "Paper": _papers,
    "Concept": _concepts,
    "Author": _authors,
    "Organization": _organizations,
    "Venue": _venues,
    "Topic": _topics,
    "Result": _results,
}
"""Label → the function that makes its nodes."""


def _first_names(pairs: Iterable[tuple[str, str]]) -> Iterator[Node]:
    """Yield a node for each id except "", with the first name that is given for it."""
    names: dict[str, str] = {}
    for id_, name in pairs:
        names.setdefault(id_, name)
    return (Node(id_, _named(id_, names[id_])) for id_ in sorted(names) if id_)


def _content_hash(papers: Iterable[Paper]) -> str:
    digest = hashlib.sha256()
    for paper in papers:
        digest.update(json.dumps(paper_properties(paper), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _named(id_: str, name: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "title": name}
