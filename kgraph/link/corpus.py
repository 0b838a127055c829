"""The passes over a corpus, and everything that they learn.

Reading the extractions is the expensive part of linking, as each pass decodes
them from the cache. There are three passes here: one learns how names are
used, one finds the concepts that papers are about, and one links every paper.
The fourth and last pass writes the mentions (:mod:`kgraph.link.edges.mentions`).
Names, ids and numbers stay in memory between passes. Sentences do not, except
those of relations and results, of which a paper has few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgraph.link.aliases import Aliases, learn_aliases, link_concepts, own_concept_ids
from kgraph.link.hierarchy import structural_relations
from kgraph.link.relatedness import Relatedness, related_pairs, words_of
from kgraph.link.relations import LinkedRelation, linked_relations
from kgraph.link.result_nodes import LinkedResult, linked_results
from kgraph.link.thesaurus import Thesaurus
from kgraph.link.topics import Topic, find_topics
from kgraph.link.vocabulary import Vocabulary, VocabularyBuilder
from kgraph.model import Extraction, Paper
from kgraph.schema import graph_schema

Corpus = Callable[[], Iterable[tuple[Paper, Extraction]]]
"""Returns the papers by rising id with their extractions. Each call is one pass, which is expensive."""


@dataclass(frozen=True, slots=True)
class LinkedCorpus:
    """A linked corpus, from which the nodes and edges of the graph are made.

    ``papers`` are sorted by id, and row *i* of the vocabulary belongs to paper
    *i*. ``known`` holds the ids of the concepts that any paper is about.
    ``relations`` maps a relationship type to its relations in the order of
    the papers, those that follow from the structure of names last. Results
    are sorted by id.
    """

    papers: Sequence[Paper]
    corpus: Corpus
    aliases: Aliases
    known: frozenset[str]
    vocabulary: Vocabulary
    relations: Mapping[str, Sequence[LinkedRelation]]
    results: Sequence[LinkedResult]
    related: Sequence[Relatedness]
    topics: Sequence[Topic]


def link(papers: Sequence[Paper], corpus: Corpus, thesaurus: Thesaurus) -> LinkedCorpus:
    """Resolve the names of a corpus to concepts, and find related papers and topics.

    ``papers`` are those of the corpus, sorted by id. Raises SchemaError for a
    relation of a type that the schema does not declare.
    """
    aliases = learn_aliases(_by_id(corpus), thesaurus)
    known = own_concept_ids(_by_id(corpus), aliases)
    builder = VocabularyBuilder()
    relations: defaultdict[str, list[LinkedRelation]] = defaultdict(list)
    results: list[LinkedResult] = []
    for paper, extraction in corpus():
        concepts = link_concepts(paper.id, extraction, aliases, known)
        builder.add(paper.id, concepts)
        for relation in linked_relations(paper.id, extraction, aliases):
            relations[relation.type].append(relation)
        results.extend(linked_results(paper.id, extraction, concepts))
    vocabulary = builder.build()
    hierarchy = graph_schema().hierarchy().name
    relations[hierarchy].extend(structural_relations(vocabulary, papers, hierarchy))
    related = tuple(related_pairs(vocabulary, (words_of(paper.title, paper.abstract) for paper in papers)))
    return LinkedCorpus(
        papers=papers,
        corpus=corpus,
        aliases=aliases,
        known=known,
        vocabulary=vocabulary,
        relations=relations,
        results=sorted(results, key=lambda result: result.node.id),
        related=related,
        topics=find_topics(vocabulary, related),
    )


def _by_id(corpus: Corpus) -> Iterator[tuple[str, Extraction]]:
    return ((paper.id, extraction) for paper, extraction in corpus())
