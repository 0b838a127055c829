"""Read concepts, papers, topics and results from a graph.

This module holds the Cypher that needs to know a relationship type by name.
Pages and suggestions call it. Code that treats all types of a group alike
takes them from :func:`kgraph.schema.graph_schema` instead.

A user may add nodes and relationships, also with kgraph's labels and types. A
node that kgraph wrote has a text as id. The engines number the nodes that a
statement creates without one, or leave their id null. All other nodes with
kgraph's labels are left out here.

Rankings are lists of ids, best first. Equal scores are ordered by id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgraph.schema import graph_schema
from kgraph.store.protocol import GraphStore

_WEIGHED = "m.salience IS NOT NULL AND c.papers IS NOT NULL"


def written_by_kgraph(*variables: str) -> str:
    """Return a Cypher condition that only nodes with a text as id meet. Numbers and null compare as null."""
    return " AND ".join(f"{variable}.id >= ''" for variable in variables)


def build_properties(store: GraphStore) -> Mapping[str, Any]:
    """Return the properties of the node that describes the last build, or none without a build."""
    rows = store.query("MATCH (b:Build {id: 'build'}) RETURN b", timeout=None).rows
    properties: Mapping[str, Any] = rows[0]["b"]["properties"] if rows else {}
    return properties


def node_counts(store: GraphStore) -> dict[str, int]:
    """Return the number of nodes that kgraph wrote of each label and second label, except ``Build``."""
    return {
        name: _count(store, f"(n:{pattern}) WHERE {written_by_kgraph('n')}")
        for name, pattern in _label_patterns().items()
    }


def relationship_counts(store: GraphStore) -> dict[str, int]:
    """Return the number of relationships of each type that join nodes of kgraph as the schema declares."""
    nodes = node_counts(store)
    mixed = {
        name for name, pattern in _label_patterns().items() if _count(store, f"(n:{pattern})") != nodes[name]
    }
    found: Counter[str] = Counter()
    for kind, head, tail in graph_schema().patterns():
        # The condition takes a thousand times as long as the count, so it is only used where it matters.
        checked = [end for end, label in (("a", head), ("b", tail)) if label in mixed]
        where = f" WHERE {written_by_kgraph(*checked)}" if checked else ""
        found[kind.name] += _count(store, f"(a:{head})-[:{kind.name}]->(b:{tail}){where}")
    return dict(found)


def papers_total(store: GraphStore) -> int:
    """Return the number of papers in the graph."""
    return _count(store, f"(n:Paper) WHERE {written_by_kgraph('n')}")


def paper_ids(store: GraphStore) -> list[str]:
    """Return the ids of all papers, sorted."""
    rows = store.query(f"MATCH (p:Paper) WHERE {written_by_kgraph('p')} RETURN p.id AS id", timeout=None).rows
    return sorted(row["id"] for row in rows)


def paper_counts(store: GraphStore, label: str, ids: Collection[str]) -> dict[str, int]:
    """Return the number of papers that each of these concepts or topics counts."""
    rows = store.query(
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN n.id AS id, n.papers AS papers",
        {"ids": sorted(ids)},
        timeout=None,
    ).rows
    return {row["id"]: int(row["papers"] or 0) for row in rows}


@dataclass(frozen=True, slots=True)
class ConceptMention:
    """A concept that a paper names.

    ``papers`` is the number of papers that name it, ``salience`` (0..1) says
    how much this paper is about it.
    """

    paper: str
    concept: str
    name: str
    aliases: tuple[str, ...]
    papers: int
    salience: float


def mentions_of(store: GraphStore, papers: Collection[str]) -> Iterator[ConceptMention]:
    """Yield the concepts that these papers name, by paper, concept and salience.

    Mentions and concepts without the numbers that kgraph gives them are left out.
    """
    rows = store.query(
        f"MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE p.id IN $ids AND {_WEIGHED} "
        f"AND {written_by_kgraph('c')} "
        "RETURN p.id AS paper, c.id AS concept, coalesce(c.name, c.id) AS name, c.aliases AS aliases, "
        "c.papers AS papers, m.salience AS salience ORDER BY paper, concept, salience",
        {"ids": list(papers)},
        timeout=None,
    ).rows
    for row in rows:
        aliases = tuple(row["aliases"] or ())
        yield ConceptMention(
            row["paper"], row["concept"], row["name"], aliases, row["papers"], row["salience"]
        )


def papers_naming(store: GraphStore, concepts: Collection[str]) -> Iterator[tuple[str, str, int, float]]:
    """Yield (paper, concept, number of papers that name the concept, salience) for these concepts.

    The rows come in no fixed order and carry no names, because there may be very many.
    As in :func:`mentions_of`, some are left out.
    """
    rows = store.query(
        f"MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE c.id IN $ids AND {_WEIGHED} "
        f"AND {written_by_kgraph('p')} "
        "RETURN p.id AS paper, c.id AS concept, c.papers AS papers, m.salience AS salience",
        {"ids": list(concepts)},
        timeout=None,
    ).rows
    for row in rows:
        yield row["paper"], row["concept"], row["papers"], row["salience"]


def first_sentences(
    store: GraphStore, papers: Collection[str], concepts: Collection[str]
) -> dict[tuple[str, str], str]:
    """Return the first sentence in which each paper names each concept.

    Keys are (paper, concept). A sentence of the abstract goes before the
    title. Mentions without evidence are left out.
    """
    rows = store.query(
        "MATCH (p:Paper)-[m:MENTIONS]->(c:Concept) WHERE p.id IN $papers AND c.id IN $concepts "
        "AND size(m.evidence) > 0 "
        "RETURN p.id AS paper, c.id AS concept, m.evidence AS evidence, m.evidence_fields AS fields",
        {"papers": list(papers), "concepts": list(concepts)},
        timeout=None,
    ).rows
    found = {}
    for row in rows:
        sentences = list(zip(row["fields"], row["evidence"], strict=True))
        in_abstract = [sentence for field, sentence in sentences if field == "abstract"]
        found[row["paper"], row["concept"]] = (in_abstract or [text for _, text in sentences])[0]
    return found


def concepts_of_paper(store: GraphStore, paper: str) -> list[str]:
    """Return the concepts that a paper names, the most salient first."""
    return _ranking(
        store,
        "MATCH (:Paper {id: $id})-[r:MENTIONS]->(c:Concept) RETURN c.id AS id, r.salience AS score",
        paper,
    )


def papers_of_concept(store: GraphStore, concept: str) -> list[str]:
    """Return the papers that name a concept, those that are most about it first."""
    return _ranking(
        store,
        "MATCH (p:Paper)-[r:MENTIONS]->(:Concept {id: $id}) RETURN p.id AS id, r.salience AS score",
        concept,
    )


def papers_sharing_concepts(store: GraphStore, paper: str) -> list[str]:
    """Return the papers that name concepts of this one.

    Those that share salient concepts which few papers name come first.
    """
    return _ranking(
        store,
        "MATCH (p:Paper {id: $id})-[m:MENTIONS]->(c:Concept)<-[n:MENTIONS]-(q:Paper) "
        f"WHERE q.id <> $id AND {written_by_kgraph('c')} "
        "RETURN q.id AS id, sum(m.salience * n.salience / log(1.0 + c.papers)) AS score",
        paper,
    )


def related_papers(store: GraphStore, paper: str) -> list[str]:
    """Return the papers that the linker found to be related to this one, by score."""
    return _ranking(
        store,
        "MATCH (:Paper {id: $id})-[r:RELATED_TO]-(q:Paper) RETURN q.id AS id, r.score AS score",
        paper,
    )


def best_connected(store: GraphStore, label: str) -> list[str]:
    """Return all nodes of a label, the best connected first.

    Papers rank by the sum of their relatedness to others, nodes that count
    their papers by that number, and all others by their relationships.
    """
    if label == "Paper":
        return _ranking(
            store,
            "MATCH (n:Paper) OPTIONAL MATCH (n)-[r:RELATED_TO]-() "
            "RETURN n.id AS id, coalesce(sum(r.score), 0.0) AS score",
        )
    schema = graph_schema()
    if any(prop.name == "papers" for prop in schema.label(label).properties):
        return _ranking(store, f"MATCH (n:{label}) RETURN n.id AS id, n.papers AS score")
    types = dict.fromkeys(kind.name for kind, head, tail in schema.patterns() if label in (head, tail))
    return _ranking(
        store,
        f"MATCH (n:{label}) OPTIONAL MATCH (n)-[r:{'|'.join(types)}]-() RETURN n.id AS id, count(r) AS score",
    )


def stated_concepts(store: GraphStore, concept: str) -> list[str]:
    """Return the concepts that a statement joins to this one, type by type, the most frequent first.

    Types that paths do not use come last, because they say less. An example
    is being listed side by side.
    """
    types = sorted(graph_schema().group("statement"), key=lambda kind: kind.paths is None)
    rankings = [
        _ranking(
            store,
            f"MATCH (:Concept {{id: $id}})-[r:{kind.name}]-(c:Concept) "
            "RETURN c.id AS id, max(c.papers) AS score",
            concept,
        )
        for kind in types
    ]
    return list(dict.fromkeys(id_ for ranking in rankings for id_ in ranking))


def cooccurring_concepts(store: GraphStore, concept: str) -> list[str]:
    """Return the concepts that papers name together with this one, by association and frequency."""
    return _ranking(
        store,
        "MATCH (:Concept {id: $id})-[r:CO_OCCURS_WITH]-(c:Concept) "
        "RETURN c.id AS id, r.npmi * log(1.0 + r.papers) AS score",
        concept,
    )


def topics_of(store: GraphStore, label: str, id_: str) -> list[str]:
    """Return the topics of a paper or concept."""
    return _ranking(
        store, f"MATCH (:{label} {{id: $id}})-[:IN_TOPIC]->(t:Topic) RETURN t.id AS id, 1.0 AS score", id_
    )


def topic_names(store: GraphStore, label: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the name of the topic of each of these papers or concepts that has one."""
    rows = store.query(
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[:IN_TOPIC]->(t:Topic) "
        f"WHERE {written_by_kgraph('t')} RETURN n.id AS id, coalesce(t.name, t.id) AS topic",
        {"ids": list(ids)},
        timeout=None,
    ).rows
    return {str(row["id"]): str(row["topic"]) for row in sorted(rows, key=lambda row: str(row["topic"]))}


def concepts_of_topic(store: GraphStore, topic: str) -> list[str]:
    """Return the concepts of a topic, those that most papers name first."""
    return _ranking(
        store,
        "MATCH (c:Concept)-[:IN_TOPIC]->(:Topic {id: $id}) RETURN c.id AS id, c.papers AS score",
        topic,
    )


def papers_of_topic(store: GraphStore, topic: str) -> list[str]:
    """Return the papers of a topic, those that are most about its concepts first."""
    central = _ranking(
        store,
        "MATCH (p:Paper)-[:IN_TOPIC]->(t:Topic {id: $id}) "
        "MATCH (p)-[m:MENTIONS]->(c:Concept)-[:IN_TOPIC]->(t) "
        f"WHERE {written_by_kgraph('c')} RETURN p.id AS id, sum(m.salience) AS score",
        topic,
    )
    members = _ranking(
        store, "MATCH (p:Paper)-[:IN_TOPIC]->(:Topic {id: $id}) RETURN p.id AS id, 0.0 AS score", topic
    )
    return list(dict.fromkeys(central + members))


def results_of_paper(store: GraphStore, paper: str) -> list[str]:
    """Return the results that a paper reports, the most certain first."""
    return _ranking(
        store,
        "MATCH (:Paper {id: $id})-[:REPORTS]->(r:Result) RETURN r.id AS id, r.confidence AS score",
        paper,
    )


def results_of_concept(store: GraphStore, concept: str) -> list[str]:
    """Return the results that are of this metric or on this data set, the most certain first."""
    return _ranking(
        store,
        "MATCH (r:Result)-[:OF_METRIC|ON_DATASET]->(:Concept {id: $id}) "
        "RETURN r.id AS id, r.confidence AS score",
        concept,
    )


def bibliographic_nodes(store: GraphStore, paper: str) -> list[list[tuple[str, str]]]:
    """Return (label, id) of the authors, organisations, venues … of a paper, one list per relationship type.

    Relationships with a ``position`` keep that order.
    """
    found = []
    for kind in graph_schema().group("bibliographic"):
        ordered = any(prop.name == "position" for prop in kind.properties)
        for label in kind.to_labels:
            ids = _ranking(
                store,
                f"MATCH (:Paper {{id: $id}})-[r:{kind.name}]->(n:{label}) "
                f"RETURN n.id AS id, {'-r.position' if ordered else '1.0'} AS score",
                paper,
            )
            found.append([(label, id_) for id_ in ids])
    return found


def _ranking(store: GraphStore, cypher: str, id_: str | None = None) -> list[str]:
    """Return the column ``id`` of a query by its column ``score``, which may be null."""
    parameters: Mapping[str, Any] = {} if id_ is None else {"id": id_}
    best: dict[str, float] = {}
    for row in store.query(cypher, parameters, timeout=None).rows:
        found = row["id"]
        if isinstance(found, str):  # as written_by_kgraph() requires, for the rankings of all functions here
            score = round(float(row["score"] or 0.0), 9)
            best[found] = max(score, best.get(found, score))
    return sorted(best, key=lambda found: (-best[found], found))


def _label_patterns() -> dict[str, str]:
    """Return name → pattern of each label and second label that users see: ``Task`` → ``Concept:Task``."""
    return {
        name: label.name if name == label.name else f"{label.name}:{name}"
        for label in graph_schema().labels
        for name in (label.name, *label.second_labels)
        if name != "Build"
    }


def _count(store: GraphStore, pattern: str) -> int:
    (row,) = store.query(f"MATCH {pattern} RETURN count(*) AS n", timeout=None).rows
    return int(row["n"])
