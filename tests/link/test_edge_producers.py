"""Which producer makes the edges of which relationship type, and the relations that they are made from."""

from __future__ import annotations

import pytest

from kgraph.errors import SchemaError
from kgraph.link.aliases import learn_aliases
from kgraph.link.edges import EdgeProducer, edge_producers, match_producers
from kgraph.link.relations import LinkedRelation, linked_relations
from kgraph.link.thesaurus import Thesaurus
from kgraph.model import Evidence, Extraction, PaperConcept, Relation
from kgraph.schema import graph_schema

IN_TOPIC = [("IN_TOPIC", "Paper", "Topic"), ("IN_TOPIC", "Concept", "Topic")]


def producer(type_: str, head: str | None = None) -> tuple[str, EdgeProducer]:
    return "module", EdgeProducer(type_, lambda _: [], head)


def test_every_pattern_of_the_schema_has_a_producer() -> None:
    found = edge_producers()
    assert list(found) != [] and set(found) == {
        (kind.name, head, tail) for kind, head, tail in graph_schema().patterns()
    }
    assert all(made.type == type_ for (type_, _, _), made in found.items())


def test_producers_of_one_type_are_distinguished_by_their_labels() -> None:
    found = match_producers(IN_TOPIC, [producer("IN_TOPIC", "Paper"), producer("IN_TOPIC", "Concept")])
    assert [found[pattern].head_label for pattern in IN_TOPIC] == ["Paper", "Concept"]


@pytest.mark.parametrize(
    ("producers", "message"),
    [
        ([producer("IN_TOPIC")], "must name the labels"),
        ([producer("IN_TOPIC", "Paper")], r"without a producer: \(Concept\)-\[IN_TOPIC\]->\(Topic\)"),
        ([producer("IN_TOPIC", "Paper"), producer("IN_TOPIC", "Paper")], "second producer"),
        ([producer("OUT_OF_TOPIC")], "does not declare"),
        ([producer("IN_TOPIC", "Author")], "does not declare"),
    ],
)
def test_producers_that_do_not_fit_the_schema_are_errors(
    producers: list[tuple[str, EdgeProducer]], message: str
) -> None:
    with pytest.raises(SchemaError, match=message):
        match_producers(IN_TOPIC, producers)


SENTENCE = Evidence("abstract", 0, 9, "A sentence", "test")


def linked(type_: str, head: str | None, tail: str) -> list[LinkedRelation]:
    concepts = tuple(PaperConcept(name, "concept", 0.5, (), (), ()) for name in ("zebra", "ant", "ants"))
    extraction = Extraction(concepts, (Relation(type_, head, tail, SENTENCE, 0.5),))
    aliases = learn_aliases([("p", extraction)], Thesaurus())
    return list(linked_relations("p", extraction, aliases))


def test_the_head_of_a_role_is_the_paper() -> None:
    assert linked("USES", None, "ants") == [LinkedRelation("USES", "p", "ant", "p", SENTENCE, 0.5)]


@pytest.mark.parametrize(
    ("type_", "head", "tail"), [("USED_FOR", "zebra", "ant"), ("COMPARED_WITH", "ant", "zebra")]
)
def test_a_symmetric_relation_starts_at_the_smaller_id(type_: str, head: str, tail: str) -> None:
    (relation,) = linked(type_, "zebra", "ant")
    assert (relation.head, relation.tail) == (head, tail)


def test_a_statement_about_two_names_of_one_concept_is_left_out() -> None:
    assert linked("PART_OF", "ant", "ants") == []


@pytest.mark.parametrize(
    ("type_", "head", "message"),
    [
        ("FEATURE_OF", "zebra", "p: extraction found a statement of type FEATURE_OF"),
        ("USED_FOR", None, "does not declare as a role"),
        ("USES", "zebra", "does not declare as a statement"),
        ("CO_OCCURS_WITH", "zebra", "does not declare as a statement"),
    ],
)
def test_a_relation_of_an_undeclared_type_is_an_error(type_: str, head: str | None, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        linked(type_, head, "ant")
