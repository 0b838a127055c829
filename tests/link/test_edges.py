"""The edges and nodes that linking makes of a few extractions, property by property."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from kgraph.link.corpus import LinkedCorpus, link
from kgraph.link.graph import edge_batches, node_batches
from kgraph.link.thesaurus import Thesaurus
from kgraph.model import (
    Edge,
    Evidence,
    Extraction,
    Mention,
    Node,
    Organization,
    Paper,
    PaperConcept,
    Relation,
)

ABSTRACT = "The kettle boils. A teapot boils too. The kettle beats the teapot. Steam rises."
SENTENCES = ABSTRACT.split(". ")


def sentence(number: int, producer: str = "test") -> Evidence:
    text = SENTENCES[number].removesuffix(".") + "."
    start = ABSTRACT.index(text)
    return Evidence("abstract", start, start + len(text), text, producer)


def concept(name: str, kind: str = "method", *, title: bool = False, salience: float = 0.5) -> PaperConcept:
    start = max(0, ABSTRACT.find(name))
    mentions = [Mention("abstract", start, start + len(name), name)]
    if title:
        mentions.insert(0, Mention("title", 0, len(name), name))
    return PaperConcept(name, kind, salience, (), tuple(mentions), (sentence(0),))  # type: ignore[arg-type]


def linked(*extractions: Extraction, papers: Sequence[Paper] = ()) -> LinkedCorpus:
    """Return the linked corpus of papers p0, p1 … with these extractions."""
    papers = papers or [Paper(f"p{row}", f"Title {row}", ABSTRACT) for row in range(len(extractions))]
    return link(papers, lambda: zip(papers, extractions, strict=True), Thesaurus())


def edges(corpus: LinkedCorpus, type_: str, head_label: str | None = None) -> list[Edge]:
    """Return the edges of a type, of those from one label if it is given."""
    batches = (batch for batch in edge_batches(corpus) if batch.type == type_)
    return [edge for batch in batches if head_label in (None, batch.head_label) for edge in batch.edges]


def nodes(corpus: LinkedCorpus, label: str) -> list[Node]:
    return [node for batch in node_batches(corpus, "x") if batch.label == label for node in batch.nodes]


TOOLS = (concept("kettle"), concept("teapot"))


class TestMentions:
    def test_a_mention_has_its_count_salience_forms_and_sentences(self) -> None:
        (edge,) = edges(linked(Extraction((concept("kettle", salience=0.7, title=True),), ())), "MENTIONS")
        assert (edge.head, edge.tail) == ("p0", "kettle")
        assert edge.properties == {
            "count": 2, "salience": 0.7, "in_title": True, "surface_forms": ["kettle"],
            "evidence": ["The kettle boils."], "evidence_fields": ["abstract"], "evidence_starts": [0],
            "evidence_ends": [17], "produced_by": ["test"],
        }  # fmt: skip

    def test_a_mention_in_the_abstract_alone_is_not_in_the_title(self) -> None:
        (edge,) = edges(linked(Extraction((concept("kettle"),), ())), "MENTIONS")
        assert edge.properties["in_title"] is False


class TestRoles:
    def test_a_role_has_its_highest_confidence_and_its_sentences_in_the_order_of_the_text(self) -> None:
        found = [
            Relation("USES", None, "kettle", sentence(2), 0.4),
            Relation("USES", None, "kettle", sentence(0), 0.8),
            Relation("USES", None, "kettle", sentence(2), 0.4),
        ]
        (edge,) = edges(linked(Extraction(TOOLS, tuple(found))), "USES")
        assert (edge.head, edge.tail, edge.properties["confidence"]) == ("p0", "kettle", 0.8)
        assert edge.properties["evidence"] == [sentence(0).text, sentence(2).text]

    def test_at_most_five_sentences_are_kept(self) -> None:
        found = [Relation("USES", None, "kettle", sentence(0, f"rule{n}"), 0.5) for n in range(7)]
        (edge,) = edges(linked(Extraction(TOOLS, tuple(found))), "USES")
        assert edge.properties["produced_by"] == [f"rule{n}" for n in range(5)]

    def test_each_paper_has_its_own_role(self) -> None:
        extraction = Extraction(TOOLS, (Relation("USES", None, "teapot", sentence(1), 0.6),))
        found = edges(linked(extraction, extraction), "USES")
        assert [(edge.head, edge.tail) for edge in found] == [("p0", "teapot"), ("p1", "teapot")]


class TestStatements:
    @pytest.mark.parametrize(
        ("type_", "ends"),
        [("COMPARED_WITH", ("kettle", "teapot")), ("CONJUNCTION", ("kettle", "teapot")), ("USED_FOR", ("teapot", "kettle"))],
    )  # fmt: skip
    def test_only_a_symmetric_statement_has_the_smaller_id_as_its_head(
        self, type_: str, ends: tuple[str, str]
    ) -> None:
        found = Extraction(TOOLS, (Relation(type_, "teapot", "kettle", sentence(2), 0.6),))
        (edge,) = edges(linked(found), type_)
        assert (edge.head, edge.tail) == ends

    def test_a_statement_counts_papers_and_not_sentences(self) -> None:
        twice = Extraction(
            TOOLS, tuple(Relation("IS_A", "kettle", "teapot", sentence(n), 0.6 + n / 10) for n in (0, 2))
        )
        once = Extraction(TOOLS, (Relation("IS_A", "kettle", "teapot", sentence(1), 0.5),))
        (edge,) = edges(linked(twice, once), "IS_A")
        assert edge.properties["papers"] == 2
        assert edge.properties["confidence"] == 0.8
        assert edge.properties["evidence_papers"] == ["p0", "p0", "p1"]
        assert edge.properties["evidence"] == [sentence(n).text for n in (0, 2, 1)]

    def test_a_concept_is_not_stated_to_be_itself(self) -> None:
        spellings = (concept("kettle"), concept("Kettles"))
        found = linked(Extraction(spellings, (Relation("IS_A", "kettle", "Kettles", sentence(0), 0.9),)))
        assert [node.id for node in nodes(found, "Concept")] == ["kettle"]
        assert edges(found, "IS_A") == []


class TestCoOccurrence:
    def test_two_papers_must_name_both(self) -> None:
        both, one = Extraction(TOOLS, ()), Extraction((concept("steam"),), ())
        assert edges(linked(both, one, one), "CO_OCCURS_WITH") == []
        (edge,) = edges(linked(both, both, one), "CO_OCCURS_WITH")
        assert (edge.head, edge.tail, edge.properties) == ("kettle", "teapot", {"papers": 2, "npmi": 1.0})

    @pytest.mark.slow
    def test_in_a_large_corpus_common_concepts_are_left_out(self) -> None:
        def pairs(papers: int) -> set[tuple[str, str]]:
            common = (concept("kettle"), concept("teapot"), concept("steam"), concept("rise"))
            rare = Extraction((concept("filler"),), ())
            rows = [Extraction(common, ())] * 300 + [rare] * (papers - 300)
            return {(edge.head, edge.tail) for edge in edges(linked(*rows), "CO_OCCURS_WITH")}

        assert ("kettle", "teapot") in pairs(1000)
        assert pairs(1001) == set()


class TestRelatedPapers:
    def test_a_pair_is_kept_if_one_is_among_the_ten_nearest_of_the_other(self) -> None:
        # All fourteen are equally near, so each keeps the ten with the smallest ids.
        alike = [Extraction((concept("kettle"),), ())] * 14
        others = [Extraction((concept(f"other {n}"),), ()) for n in range(20)]
        papers = [Paper(f"p{row:02}", f"Title {row}", "") for row in range(34)]
        found = edges(linked(*alike, *others, papers=papers), "RELATED_TO")
        assert [(edge.head, edge.tail) for edge in found] == [
            (f"p{first:02}", f"p{second:02}") for first, second in combinations(range(14), 2) if first < 10
        ]
        assert all(0 < edge.properties["score"] <= 1 for edge in found)

    def test_the_reasons_are_in_the_order_of_their_shares(self) -> None:
        weak, strong = concept("aaa tool", salience=0.1), concept("zzz tool", salience=0.9)
        others = [Extraction((concept(f"other {n}"),), ()) for n in range(6)]
        (edge,) = edges(linked(*[Extraction((weak, strong), ())] * 2, *others), "RELATED_TO")
        assert edge.properties["reason_concepts"] == ["zzz tool", "aaa tool"]
        assert edge.properties["reasons"] == ["zzz tool", "aaa tool"]
        first, second = edge.properties["reason_shares"]
        assert first > second > 0


class TestTopics:
    def test_a_concept_is_in_the_topic_that_has_half_of_its_salience_and_two_of_its_papers(self) -> None:
        tools = {group: [concept(f"{group} tool {n}") for n in range(4)] for group in ("kettle", "teapot")}
        shared, once = concept("water"), concept("whistle")
        rows = []
        for tool_set in tools.values():
            rows += [Extraction((*tool_set, shared), ()) for _ in range(4)]
        rows[0] = Extraction((*tools["kettle"], shared, once), ())
        rows[7] = Extraction((*tools["teapot"],), ())
        papers = [Paper(f"p{row}", "", "") for row in range(len(rows))]
        found = linked(*rows, papers=papers)
        topics = {edge.head: edge.tail for edge in edges(found, "IN_TOPIC", "Paper")}
        assert len(set(topics.values())) == 2 and len(topics) == 8
        of_concepts = {edge.head: edge.tail for edge in edges(found, "IN_TOPIC", "Concept")}
        assert of_concepts["kettle tool 0"] == of_concepts["water"] == topics["p0"] != topics["p4"]
        assert of_concepts["teapot tool 0"] == topics["p4"]
        assert "whistle" not in of_concepts
        sizes = {node.id: node.properties["papers"] for node in nodes(found, "Topic")}
        assert sorted(sizes.values()) == [4, 4]


class TestBibliography:
    PAPERS = (
        Paper("p0", "One", authors=("Ada Byron", "Li Wei", "ada  byron", ""), venue="Kettles",
              organizations=(Organization("b", "B Lab"), Organization("a", "A Lab"), Organization("b", "B again"))),
        Paper("p1", "Two", authors=("LI WEI",), venue="KETTLES"),
    )  # fmt: skip

    @pytest.fixture
    def corpus(self) -> LinkedCorpus:
        return linked(Extraction((), ()), Extraction((), ()), papers=self.PAPERS)

    def test_authors_have_the_position_of_their_first_name(self, corpus: LinkedCorpus) -> None:
        found = [(edge.head, edge.tail, edge.properties) for edge in edges(corpus, "AUTHORED_BY")]
        assert found == [
            ("p0", "ada byron", {"position": 1}),
            ("p0", "li wei", {"position": 2}),
            ("p1", "li wei", {"position": 1}),
        ]

    def test_the_first_spelling_of_a_name_is_shown(self, corpus: LinkedCorpus) -> None:
        names = {label: [node.properties["name"] for node in nodes(corpus, label)] for label in ("Author", "Venue", "Organization")}  # fmt: skip
        assert names == {
            "Author": ["Ada Byron", "Li Wei"],
            "Venue": ["Kettles"],
            "Organization": ["A Lab", "B Lab"],
        }

    def test_each_organization_and_venue_is_joined_once(self, corpus: LinkedCorpus) -> None:
        assert [(edge.head, edge.tail) for edge in edges(corpus, "AFFILIATED_WITH")] == [
            ("p0", "a"),
            ("p0", "b"),
        ]
        assert [(edge.head, edge.tail) for edge in edges(corpus, "PUBLISHED_IN")] == [
            ("p0", "kettles"),
            ("p1", "kettles"),
        ]


class TestKinds:
    @pytest.mark.parametrize(
        ("kinds", "kind"),
        [("mcccc", "concept"), ("mccc", "method"), ("mmtt", "method"), ("mttpp", "task"), ("pc", "concept"), ("p", "phrase")],
    )  # fmt: skip
    def test_a_quarter_of_the_papers_decides_for_a_labelled_kind(self, kinds: str, kind: str) -> None:
        names = {"m": "method", "t": "task", "c": "concept", "p": "phrase"}
        found = linked(*(Extraction((concept("kettle", names[letter]),), ()) for letter in kinds))
        (node,) = nodes(found, "Concept")
        assert node.properties["kind"] == kind
        assert node.labels == ((kind.capitalize(),) if kind in ("method", "task") else ())
        assert node.properties["papers"] == len(kinds)


class TestStructure:
    def test_a_phrase_is_a_kind_of_the_longest_concept_that_ends_it(self) -> None:
        parts = ("learning", "continual learning", "online continual learning")
        found = linked(*[Extraction(tuple(concept(name) for name in parts), ())] * 2)
        assert [(edge.head, edge.tail) for edge in edges(found, "IS_A")] == [
            ("continual learning", "learning"),
            ("online continual learning", "continual learning"),
        ]
        (first, _) = edges(found, "IS_A")
        assert first.properties["produced_by"] == ["phrase-structure"]
        assert first.properties["evidence_papers"] == ["p0"]

    def test_a_single_word_of_one_paper_is_not_a_parent(self) -> None:
        found = linked(Extraction((concept("learning"), concept("continual learning")), ()))
        assert edges(found, "IS_A") == []

    def test_a_version_is_a_kind_of_its_family(self) -> None:
        found = linked(Extraction((concept("Llama"), concept("Llama-3.2")), ()))
        (edge,) = edges(found, "IS_A")
        assert (edge.head, edge.tail, edge.properties["produced_by"]) == (
            "llama 3.2",
            "llama",
            ["name-structure"],
        )


def test_edges_of_each_type_are_in_the_order_of_their_ends_and_join_nodes() -> None:
    everything = Extraction(TOOLS, (Relation("USES", None, "teapot", sentence(1), 0.6), Relation("USES", None, "kettle", sentence(0), 0.6)))  # fmt: skip
    corpus = linked(everything, everything, Extraction((concept("steam"),), ()))
    found = [(batch, edge) for batch in edge_batches(corpus) for edge in batch.edges]
    ids = {(batch.label, node.id) for batch in node_batches(corpus, "x") for node in batch.nodes}
    for batch, edge in found:
        assert {(batch.head_label, edge.head), (batch.tail_label, edge.tail)} <= ids
    for (batch, one), (other_batch, other) in combinations(found, 2):
        if (batch.type, batch.head_label) == (other_batch.type, other_batch.head_label) == ("USES", "Paper"):
            assert (one.head, one.tail) < (other.head, other.tail)
