"""The metrics of the benchmark, on examples computed by hand."""

from __future__ import annotations

from math import log2

import pytest
from evaluation.entities import entity_scores
from evaluation.extraction import Concept, Extracted, Mention, Relation, ReportedResult
from evaluation.f1 import Counts, counts
from evaluation.gold import AnnotatedAbstract, MarkedRelation, QueryByExample, TestCollection, relations_of
from evaluation.keyphrases import RankedPhrase, keyphrase_f1, mean_keyphrase_f1, stemmed
from evaluation.labels import label_scores
from evaluation.ranking import average_precision, ndcg
from evaluation.relations import GoldRelation, relation_counts
from evaluation.reported_results import result_scores
from evaluation.suggestions import complete_ranking, ranking_scores
from evaluation.text import join_tokens
from evaluation.tfidf import tfidf_rankings


def ranking(*names: str) -> list[RankedPhrase]:
    return [RankedPhrase(name) for name in names]


def concept(name: str, kind: str, *spans: tuple[int, int], field: str = "abstract") -> Concept:
    return Concept(name, kind, tuple(Mention(field, span, name) for span in spans))


class TestCounts:
    def test_precision_recall_and_f1(self) -> None:
        found = counts({"a", "b", "c", "d"}, {"a", "b", "e"})
        assert found == Counts(hits=2, predicted=4, gold=3)
        assert found.precision == pytest.approx(50)
        assert found.recall == pytest.approx(200 / 3)
        assert found.f1 == pytest.approx(2 * 2 / (4 + 3) * 100)

    def test_nothing_predicted_and_nothing_to_find_give_zero(self) -> None:
        assert (Counts().precision, Counts().recall, Counts().f1) == (0, 0, 0)

    def test_a_sum_gives_the_micro_average(self) -> None:
        assert (Counts(1, 1, 1) + Counts(0, 1, 3)).f1 == pytest.approx(100 * 2 * 1 / (2 + 4))


class TestKeyphrases:
    def test_stems(self) -> None:
        assert stemmed("Boiling Predictions") == stemmed("boil prediction") == "boil predict"

    @pytest.mark.parametrize(
        ("gold", "ranked", "k", "f1"),
        [
            (["kettle networks", "boiling"], ranking("Kettle network", "boil"), 5, 1.0),
            # One of two found by the first two: precision and recall are 1/2.
            (["kettle networks", "boiling"], ranking("kettle network", "tea", "soup", "boil"), 2, 0.5),
            (["kettle networks", "boiling"], ranking("tea"), 5, 0.0),
            (["kettle networks"], [], 5, 0.0),
            # Two spellings of one phrase count as one.
            (["kettle", "tea"], ranking("kettle", "kettles", "tea"), 2, 1.0),
            # A phrase counts by each form that the text has.
            (
                ["LSTM", "tea"],
                [RankedPhrase("long short-term memory", ("LSTMs",)), RankedPhrase("soup")],
                2,
                0.5,
            ),
        ],
    )
    def test_f1_of_a_paper(self, gold: list[str], ranked: list[RankedPhrase], k: int, f1: float) -> None:
        assert keyphrase_f1(gold, ranked, k) == pytest.approx(f1)

    def test_papers_without_gold_do_not_count(self) -> None:
        assert keyphrase_f1([], ranking("tea"), 5) is None
        assert mean_keyphrase_f1([["tea"], [], ["soup"]], [ranking("tea")] * 3, 5) == pytest.approx(50)


class TestLabels:
    def test_macro_and_micro_f1(self) -> None:
        scores = label_scores(["A", "A", "A", "B"], ["A", "A", "B", "B"])
        assert scores.micro == pytest.approx(75)
        # A: precision 1, recall 2/3. B: precision 1/2, recall 1.
        assert scores.macro == pytest.approx(100 * (0.8 + 2 / 3) / 2)

    def test_a_label_that_is_not_in_the_gold_lowers_only_the_label_it_replaces(self) -> None:
        scores = label_scores(["A", "A"], ["A", "C"])
        assert (scores.macro, scores.micro) == pytest.approx((200 / 3, 50))


class TestRanking:
    def test_average_precision(self) -> None:
        # The relevant ranks are 1, 3 and 6, because grade 1 is not relevant.
        assert average_precision([2, 1, 3, 0, 1, 2]) == pytest.approx((1 / 1 + 2 / 3 + 3 / 6) / 3)
        assert average_precision([0, 1]) == 0

    def test_ndcg_of_the_first_fifth(self) -> None:
        grades = [1, 0, 3, *[0] * 12]  # 15 candidates, of which 3 are looked at
        gain = 1 + 0 + 3 / log2(3)
        best = 3 + 1 / 1 + 0
        assert ndcg(grades) == pytest.approx(gain / best)
        assert ndcg([3, 1, *[0] * 13]) == pytest.approx(1)
        assert ndcg([0] * 15) == 0
        # Gain after the cut does not count.
        assert ndcg([0, 0, 0, 3, *[0] * 11]) == 0


class TestEntities:
    def test_span_and_type_must_be_right(self) -> None:
        gold = {"a": {(0, 4, "task"), (10, 14, "method")}, "b": {(0, 3, "metric")}}
        found = {
            "a": Extracted(
                (
                    concept("x", "task", (0, 4)),
                    concept("y", "dataset", (10, 14)),  # right span, wrong type
                    concept("z", "phrase", (20, 24)),  # a kind that is not counted
                    concept("w", "task", (0, 3), field="title"),
                ),
                (),
                (),
            )
        }
        scores = entity_scores(gold, found)
        assert scores.typed == Counts(hits=1, predicted=2, gold=3)
        assert scores.spans == Counts(hits=2, predicted=2, gold=3)

    def test_a_paper_that_was_not_extracted_has_no_predictions(self) -> None:
        assert entity_scores({"a": {(0, 1, "task")}}, {}).typed == Counts(0, 0, 1)


class TestRelations:
    paper = Extracted(
        (
            concept("net", "method", (0, 3), (30, 33)),
            concept("tagging", "task", (8, 15), (40, 47)),
            concept("accuracy", "metric", (50, 58)),
        ),
        (
            Relation("USED_FOR", "net", "tagging", "abstract", (0, 20)),
            Relation("EVALUATED_BY", "tagging", "accuracy", "abstract", (25, 60)),
            Relation("INTRODUCES", None, "net", "abstract", (0, 20)),
        ),
        (),
    )

    def test_direction_label_and_sentence_count(self) -> None:
        gold = {
            "a": {
                GoldRelation((0, 3), (8, 15), "USED-FOR"),
                # In the gold the metric is the head. In kgraph it is the tail of EVALUATED_BY.
                GoldRelation((50, 58), (40, 47), "EVALUATE-FOR"),
                GoldRelation((30, 33), (40, 47), "USED-FOR"),
            }
        }
        assert relation_counts(gold, {"a": self.paper}) == Counts(hits=2, predicted=2, gold=3)

    def test_a_wrong_direction_is_wrong(self) -> None:
        gold = {"a": {GoldRelation((8, 15), (0, 3), "USED-FOR")}}
        assert relation_counts(gold, {"a": self.paper}).hits == 0

    def test_symmetric_labels_have_no_direction(self) -> None:
        paper = Extracted(
            self.paper.concepts, (Relation("CONJUNCTION", "tagging", "net", "abstract", (0, 20)),), ()
        )
        gold = {"a": {GoldRelation((0, 3), (8, 15), "CONJUNCTION")}}
        assert relation_counts(gold, {"a": paper}) == Counts(1, 1, 1)

    def test_marked_sentences_are_found_in_their_abstract(self) -> None:
        tokens = ("It", "works", ".", "We", "use", "nets", "(", "deep", ")", "for", "tagging", ".")
        joined = join_tokens(tokens)
        abstract = AnnotatedAbstract("a", joined, tokens, ((0, 3), (3, 12)), frozenset())
        marked = [MarkedRelation("We use [[ nets ]] ( deep ) for << tagging >> .", "USED-FOR")]
        ((relation,),) = relations_of([abstract], marked).values()
        assert joined.text == "It works. We use nets (deep) for tagging."
        assert joined.text[slice(*relation.head)] == "nets"
        assert joined.text[slice(*relation.tail)] == "tagging"


class TestResults:
    def test_metric_value_and_data_set_must_be_right(self) -> None:
        found = Extracted(
            (),
            (),
            (
                ReportedResult("Accuracy", "SteamBench", 92.4),
                ReportedResult("F1", None, 80.0),
                ReportedResult("speed", None, None),  # only a change
            ),
        )
        gold = {"a": {("accuracy", 92.4, "steambench"), ("f1", 81.0, None)}}
        scores = result_scores(gold, {"a": found})
        assert scores.complete == Counts(hits=1, predicted=2, gold=2)
        assert scores.values == Counts(hits=1, predicted=2, gold=2)

    def test_values_ignore_the_data_set(self) -> None:
        found = Extracted((), (), (ReportedResult("F1", None, 80.0),))
        scores = result_scores({"a": {("f1", 80.0, "steambench")}}, {"a": found})
        assert (scores.complete.hits, scores.values.hits) == (0, 1)


class TestSuggestions:
    collection = TestCollection(
        {
            "q": ("Kettles", "water boils in kettles"),
            "near": ("Boiling", "kettles and boiling water"),
            "far": ("Planets", "orbits of planets"),
        },
        (QueryByExample("q_method", "q", "method", {"far": 0, "near": 3}),),
    )

    def test_a_ranking_is_completed_to_the_whole_pool(self) -> None:
        pool = dict.fromkeys("abcde", 0)
        ranked = complete_ranking(["c", "x", "a", "c"], pool, "key")
        assert ranked[:2] == ["c", "a"] and sorted(ranked) == list("abcde")
        assert ranked == complete_ranking(["c", "a"], dict(reversed(pool.items())), "key")

    def test_scores_of_facets_and_of_all(self) -> None:
        scores = ranking_scores(self.collection, {"q_method": ["far", "near"]})
        assert set(scores) == {"method", "all"}
        assert scores["all"].map == pytest.approx(50)

    def test_tfidf_ranks_shared_words_first(self) -> None:
        assert tfidf_rankings(self.collection) == {"q_method": ["near", "far"]}
