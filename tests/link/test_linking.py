"""Aliases, the thesaurus, and everything that linking computes from a vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.link.aliases import learn_aliases, link_concepts
from kgraph.link.corpus import link
from kgraph.link.graph import edge_batches, node_batches
from kgraph.link.hierarchy import phrase_parents
from kgraph.link.npmi import co_occurrences, npmi
from kgraph.link.relatedness import products, related_pairs, shares, unit, words_of
from kgraph.link.thesaurus import Thesaurus, read_thesaurus, thesaurus_from_lines, thesaurus_lines
from kgraph.link.topics import find_topics
from kgraph.link.vocabulary import Vocabulary, VocabularyBuilder, vote
from kgraph.model import Evidence, Extraction, Mention, Paper, PaperConcept, Relation

NOTHING = Thesaurus()


def concept(name: str, *aliases: str, kind: str = "concept", salience: float = 0.5) -> PaperConcept:
    forms = (name, *aliases)
    mentions = tuple(Mention("abstract", 100 * i, 100 * i + len(form), form) for i, form in enumerate(forms))
    seen = tuple(
        Evidence("abstract", 100 * i, 100 * i + 99, f"About {form}.", "test") for i, form in enumerate(forms)
    )
    return PaperConcept(name, kind, salience, aliases, mentions, seen)  # type: ignore[arg-type]


def extraction(
    *concepts: PaperConcept, defines: Iterable[tuple[str, str]] = (), **more: object
) -> Extraction:
    return Extraction(concepts, abbreviations=tuple(defines), relations=more.get("relations", ()))  # type: ignore[arg-type]


def numbered(extractions: Iterable[Extraction]) -> list[tuple[str, Extraction]]:
    return [(f"p{number:03}", found) for number, found in enumerate(extractions)]


def ids(found: Extraction, others: Iterable[Extraction] = (), thesaurus: Thesaurus = NOTHING) -> set[str]:
    aliases = learn_aliases(numbered([found, *others]), thesaurus)
    return {linked.id for linked in link_concepts("p000", found, aliases, frozenset())}


# A word of two papers is rare only among more papers.
OTHERS = [extraction(concept(f"subject{letter}"), concept("robot")) for letter in "abcdefgh"]


class TestAliases:
    def test_spellings_of_two_papers_are_one(self) -> None:
        one, other = extraction(concept("Memorisation")), extraction(concept("memorization"))
        assert ids(one) == ids(other) == {"memorization"}

    def test_an_undefined_short_form_has_the_sense_of_similar_papers(self) -> None:
        defining = extraction(
            concept("continual learning", "CL"),
            concept("replay buffer"),
            defines=[("CL", "continual learning")],
        )
        corpus = [defining, *OTHERS]
        assert ids(extraction(concept("CL"), concept("replay")), corpus) == {"continual learning", "replay"}
        assert ids(extraction(concept("CL"), concept("robot arm")), corpus) == {"cl", "robot arm"}

    def test_a_short_form_with_two_meanings_stays_apart(self) -> None:
        first = extraction(concept("continual learning", "CL"), defines=[("CL", "continual learning")])
        second = extraction(concept("contrastive learning", "CL"), defines=[("CL", "contrastive learning")])
        undefined = extraction(concept("CL"))
        everything = [first, second, undefined]
        assert ids(first, everything) == {"continual learning"}
        assert ids(second, everything) == {"contrastive learning"}
        assert ids(undefined, everything) == {"cl"}

    def test_an_undefined_use_has_the_sense_of_the_most_similar_papers(self) -> None:
        first = extraction(
            concept("continual learning", "CL"),
            concept("replay buffer"),
            concept("forgetting"),
            defines=[("CL", "continual learning")],
        )
        second = extraction(
            concept("contrastive learning", "CL"),
            concept("augmented view"),
            concept("embedding"),
            defines=[("CL", "contrastive learning")],
        )
        both = [first, second, *OTHERS]
        assert "continual learning" in ids(extraction(concept("CL"), concept("forgetting")), both)
        assert "continual learning method" in ids(
            extraction(concept("CL methods"), concept("forgetting")), both
        )
        assert "contrastive learning" in ids(extraction(concept("CL"), concept("augmented view")), both)
        assert "cl" in ids(extraction(concept("CL"), concept("robot arm")), both)

    def test_a_name_that_a_paper_introduces_is_not_expanded(self) -> None:
        seen = Evidence("abstract", 0, 8, "We propose CL.", "test")
        defining = extraction(
            concept("continual learning", "CL"), concept("replay"), defines=[("CL", "continual learning")]
        )
        new = extraction(
            concept("CL"), concept("replay"), relations=(Relation("INTRODUCES", None, "CL", seen, 0.9),)
        )
        assert ids(new, [defining, *OTHERS]) == {"cl", "replay"}

    def test_a_well_known_abbreviation_is_expanded_unless_a_paper_defines_it(self) -> None:
        assert ids(extraction(concept("LLMs"))) == {"large language model"}
        other = extraction(
            concept("low-light model", "LLM"), concept("night photo"), defines=[("LLM", "low-light model")]
        )
        assert ids(extraction(concept("LLMs"), concept("night photo")), [other, *OTHERS]) == {
            "low light model",
            "night photo",
        }

    def test_short_forms_inside_phrases_are_expanded_if_written_like_one(self) -> None:
        assert ids(extraction(concept("multimodal LLMs"))) == {"multimodal large language model"}
        defining = extraction(
            concept("maximum a posteriori", "MAP"), defines=[("MAP", "maximum a posteriori")]
        )
        assert ids(extraction(concept("saliency map"), concept("map")), [defining]) == {"saliency map", "map"}

    def test_concepts_of_a_paper_with_one_id_are_merged(self) -> None:
        defining = extraction(concept("language model", "LM"), defines=[("LM", "language model")])
        both = extraction(concept("LM", salience=0.2), concept("language models", salience=0.9))
        aliases = learn_aliases(numbered([both, defining]), NOTHING)
        (linked,) = link_concepts("p000", both, aliases, frozenset())
        assert (linked.id, linked.salience, linked.forms) == (
            "language model",
            0.9,
            ("LM", "language models"),
        )

    def test_a_further_phrase_is_added_if_known(self) -> None:
        found = Extraction((concept("replay"),), (), further=(concept("buffer"), concept("noise")))
        aliases = learn_aliases(numbered([found]), NOTHING)
        assert {linked.id for linked in link_concepts("p000", found, aliases, frozenset({"buffer"}))} == {
            "replay",
            "buffer",
        }


class TestThesaurus:
    def file(self, folder: Path, text: str) -> Path:
        path = folder / "thesaurus.txt"
        path.write_text(text, encoding="utf-8")
        return path

    @pytest.mark.parametrize("separator", ["\t", ","])
    def test_it_merges_and_names(self, tmp_path: Path, separator: str) -> None:
        rows = [
            ("label", "replace by"),
            ("forgetting", "catastrophic forgetting"),
            ("cf", "catastrophic forgetting"),
        ]
        thesaurus = read_thesaurus(self.file(tmp_path, "\n".join(separator.join(row) for row in rows)))
        found = extraction(concept("Forgetting"), concept("CF"), concept("catastrophic forgetting"))
        assert ids(found, thesaurus=thesaurus) == {"catastrophic forgetting"}

    def test_it_keeps_names_separate(self, tmp_path: Path) -> None:
        thesaurus = read_thesaurus(self.file(tmp_path, "label\treplace by\ntransformers\ttransformers\n"))
        found = extraction(concept("transformers"), concept("transformer"))
        assert ids(found, thesaurus=thesaurus) == {"transformer", "transformers"}

    def test_it_overrides_the_abbreviations_of_a_paper(self) -> None:
        found = extraction(concept("continual learning", "CL"), defines=[("CL", "continual learning")])
        thesaurus = Thesaurus((("CL", "contrastive learning"),))
        assert ids(found, thesaurus=thesaurus) == {"contrastive learning", "continual learning"}

    def test_a_row_applies_to_the_spellings_of_its_label(self) -> None:
        thesaurus = Thesaurus((("memorisation", "memory"),))
        assert ids(extraction(concept("Memorization")), thesaurus=thesaurus) == {"memory"}

    def test_chains_end_at_the_last_name(self) -> None:
        thesaurus = Thesaurus((("a1", "b1"), ("b1", "c1")))
        assert thesaurus.target("A1") == ("c1", "c1")
        assert thesaurus.target("other") is None

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "line 1"),
            ("name\tother\n", "line 1"),
            ("label\treplace by\nx\n", "line 2"),
            ("label\treplace by\nx\t\n", "line 2"),
            ("label\treplace by\na\tb\nA\tc\n", "line 3"),
            ("label\treplace by\na\tb\nb\ta\n", "circle"),
        ],
    )
    def test_mistakes_are_reported_with_their_line(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            read_thesaurus(self.file(tmp_path, text))

    def test_lines_are_the_inverse_of_reading(self) -> None:
        thesaurus = Thesaurus((("cl", "continual learning"), ("lm", "language model")))
        assert thesaurus_from_lines(thesaurus_lines(thesaurus)) == thesaurus


def vocabulary(*papers: dict[str, float]) -> Vocabulary:
    extractions = [extraction(*(concept(name, salience=value) for name, value in p.items())) for p in papers]
    aliases = learn_aliases(numbered(extractions), NOTHING)
    builder = VocabularyBuilder()
    for paper_id, found in numbered(extractions):
        builder.add(paper_id, link_concepts(paper_id, found, aliases, frozenset()))
    return builder.build()


class TestVocabulary:
    def test_concepts_are_counted_and_sorted(self) -> None:
        found = vocabulary({"zebra": 0.5, "ant": 0.25}, {"ants": 1.0})
        assert [(c.id, c.name, c.papers) for c in found.concepts] == [
            ("ant", "ant", 2),
            ("zebra", "zebra", 1),
        ]
        assert found.salience.toarray().tolist() == [[0.25, 0.5], [1.0, 0.0]]

    def test_kinds_are_voted(self) -> None:
        from collections import Counter

        assert vote(Counter({"method": 3, "concept": 4})) == "method"
        assert vote(Counter({"method": 1, "concept": 9})) == "concept"
        assert vote(Counter({"phrase": 2})) == "phrase"


class TestCoOccurrence:
    @pytest.mark.slow
    @given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=2, max_size=12))
    def test_pairs_and_npmi_are_those_of_counting(self, papers: list[set[str]]) -> None:
        words = {letter: f"{letter}{letter}{letter}" for letter in "abcdef"}
        found = vocabulary(*({words[letter]: 0.5 for letter in paper} for paper in papers))
        names = [c.id for c in found.concepts]
        got = {
            (names[pair.first], names[pair.second]): (pair.papers, pair.npmi)
            for pair in co_occurrences(found)
        }
        expected = {}
        for first in sorted({letter for paper in papers for letter in paper}):
            for second in "abcdef":
                both = sum(first in paper and second in paper for paper in papers)
                if first < second and both >= 2:
                    counts = [sum(letter in paper for paper in papers) for letter in (first, second)]
                    value = npmi(both, counts[0], counts[1], len(papers))
                    if value > 0:
                        expected[words[first], words[second]] = (both, round(value, 4))
        assert got == expected

    def test_npmi_of_events_that_always_occur_together_or_by_chance(self) -> None:
        assert npmi(5, 5, 5, 100) == pytest.approx(1.0)
        assert npmi(1, 10, 10, 100) == pytest.approx(0.0)
        assert npmi(4, 4, 4, 4) == 1.0


class TestHierarchy:
    def test_a_phrase_is_a_kind_of_its_longest_end(self) -> None:
        found = vocabulary(
            {"online continual learning": 0.5, "continual learning": 0.5},
            {"continual learning": 0.5, "learning": 0.5},
        )
        names = [c.id for c in found.concepts]
        assert {(names[a], names[b]) for a, b in phrase_parents(found)} == {
            ("online continual learning", "continual learning")
        }


class TestRelatedness:
    def test_the_score_is_the_sum_of_both_cosines(self) -> None:
        papers = [{"alpha": 0.9, "beta": 0.4}, {"alpha": 0.5, "gamma": 0.6}, {"delta": 0.7}]
        texts = [words_of(f"on {' '.join(paper)}", "some shared wording here") for paper in papers]
        (pair,) = related_pairs(vocabulary(*papers), texts)
        idf = {"alpha": math.log(4 / 2.5), "beta": math.log(4 / 1.5), "gamma": math.log(4 / 1.5)}
        first = np.array([math.sqrt(0.9) * idf["alpha"], math.sqrt(0.4) * idf["beta"], 0])
        second = np.array([math.sqrt(0.5) * idf["alpha"], 0, math.sqrt(0.6) * idf["gamma"]])
        cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        # Of the words only "alpha" is used by two papers and by no more than half but one.
        assert (pair.first, pair.second) == (0, 1)
        assert pair.score == pytest.approx(0.4 * cosine + 0.6 * 1.0, abs=1e-4)
        assert sum(share for _, share in pair.reasons) == pytest.approx(1.0, abs=1e-3)

    @given(
        st.dictionaries(
            st.sampled_from(["deep learning", "learning rate", "forgetting"]), st.floats(0.01, 1)
        ),
        st.dictionaries(st.sampled_from(["deep", "learning", "forgetting", "other"]), st.floats(0.01, 1)),
    )
    def test_shares_add_up_to_the_score(self, concepts: dict[str, float], words: dict[str, float]) -> None:
        parts, others = shares(concepts, words, {"forgetting": ["deep oblivion"]})
        assert sum(parts.values()) + sum(others.values()) == pytest.approx(
            0.4 * sum(concepts.values()) + 0.6 * sum(words.values())
        )

    def test_vectors(self) -> None:
        assert unit({}) == {} and unit({"a": 0.0}) == {}
        assert unit({"a": 3.0, "b": 4.0}) == {"a": pytest.approx(0.6), "b": pytest.approx(0.8)}
        assert products({"a": 2.0, "b": 1.0}, {"b": 3.0, "c": 1.0}) == {"b": 3.0}


class TestTopics:
    def corpus(self) -> list[tuple[Paper, Extraction]]:
        groups = {"replay": "buffer forgetting stream", "unlearning": "removal certificate request"}
        made = []
        for name, words in groups.items():
            for number in range(8):
                own = [concept(f"{name} method{number % 3}"), concept(name, salience=0.9)]
                own += [concept(word) for word in words.split()]
                paper = Paper(f"{name}{number}", f"About {name}", f"We study {words} in {name} again.")
                made.append((paper, extraction(*own)))
        return sorted(made, key=lambda pair: pair[0].id)

    def test_planted_groups_are_found_and_named(self) -> None:
        linked = link([paper for paper, _ in self.corpus()], self.corpus, NOTHING)
        assert len(linked.topics) == 2
        rows = linked.vocabulary.paper_ids
        assert {frozenset(rows[row][:6] for row in topic.papers) for topic in linked.topics} == {
            frozenset({"replay"}),
            frozenset({"unlear"}),
        }
        assert {"replay" in topic.name for topic in linked.topics} == {True, False}
        assert find_topics(linked.vocabulary, linked.related) == linked.topics

    def test_a_corpus_without_relations_has_no_topics(self) -> None:
        pairs = [(Paper("a", "A"), extraction(concept("one"))), (Paper("b", "B"), extraction())]
        linked = link([paper for paper, _ in pairs], lambda: pairs, NOTHING)
        assert not linked.topics and not linked.related


class TestGraph:
    def test_the_order_of_reading_does_not_matter_and_edges_have_ends(self) -> None:
        papers = TestTopics().corpus()
        seen = Evidence("abstract", 0, 8, "We study", "hearst")
        head = papers[0]
        papers[0] = (
            head[0],
            Extraction(head[1].concepts, (Relation("IS_A", "buffer", "stream", seen, 0.8), Relation("USES", None, "buffer", seen, 0.6))),
        )  # fmt: skip

        def corpus() -> Iterator[tuple[Paper, Extraction]]:
            return iter(papers)

        linked = link([paper for paper, _ in papers], corpus, NOTHING)
        nodes = {(b.label, node.id) for b in node_batches(linked, "x") for node in b.nodes}
        edges = [(b, edge) for b in edge_batches(linked) for edge in b.edges]
        for batch, edge in edges:
            assert (batch.head_label, edge.head) in nodes
            assert (batch.tail_label, edge.tail) in nodes
        kinds = {batch.type for batch, _ in edges}
        assert {"MENTIONS", "USES", "IS_A", "RELATED_TO", "CO_OCCURS_WITH", "IN_TOPIC"} <= kinds
        (stated,) = [e for b, e in edges if b.type == "IS_A" and e.head == "buffer"]
        assert stated.properties["evidence"] == ["We study"]
        assert stated.properties["evidence_papers"] == [head[0].id]
