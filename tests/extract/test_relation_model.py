from __future__ import annotations

import gzip

import numpy as np
import pytest
from spacy.language import Language

from kgraph.data import data_path
from kgraph.extract.document import make_document
from kgraph.extract.relations.model import (
    NONE,
    STATEMENTS,
    between_features,
    classify,
    classify_marked,
    load_clusters,
    load_label_model,
    load_relation_model,
    make_ready,
    probabilities,
    read_marked,
)
from kgraph.extract.relations.pairs import surest
from kgraph.extract.run.pipeline import load_pipeline
from kgraph.model import Paper

LABELS = {*STATEMENTS, "FEATURE-OF"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("We use [[ a decision tree ]] for << part-of-speech tagging >> .", "USED-FOR"),
        ("We apply << our parser >> , which is trained with [[ gradient descent ]] .", "USED-FOR"),
        ("We study << classifiers >> such as [[ support vector machines ]] .", "HYPONYM-OF"),
        ("It works for [[ chunking ]] and << parsing >> .", "CONJUNCTION"),
        ("[[ Our tagger ]] outperforms << the baseline tagger >> .", "COMPARE"),
        ("We report the [[ accuracy ]] of << the tagger >> .", "EVALUATE-FOR"),
        ("<< The tagger >> is evaluated on [[ the news corpus ]] .", "EVALUATE-FOR"),
    ],
)
def test_clear_sentences_get_their_label(text: str, label: str) -> None:
    assert classify_marked(text) == label


def test_direction_counts() -> None:
    words = ["We", "study", "classifiers", "such", "as", "support", "vector", "machines", "."]
    forward = classify(words, (5, 8), (2, 3))
    backward = classify(words, (2, 3), (5, 8))
    assert forward["HYPONYM-OF"] > 0.5 > backward["HYPONYM-OF"]


def test_chances_are_those_of_every_label() -> None:
    chances = classify(["A", "graph", "for", "search", "."], (1, 2), (3, 4))
    assert set(chances) == LABELS
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "[[ a ]] << b >>",
        "[[ a b ]] c << b >>",
        "<< x >> [[ x ]]",
        "[[ deep << nets >> ]] work",
        "[[ ∂x ]] 😀 -LRB- << 12 >> -RRB-",
    ],
)
def test_any_marked_sentence_gets_a_label(text: str) -> None:
    assert classify_marked(text) in LABELS


def test_a_missing_mark_is_named() -> None:
    with pytest.raises(ValueError, match=r"\]\]"):
        classify_marked("[[ a << b >>")


def test_marks_are_no_words() -> None:
    assert read_marked("We use [[ a net ]] for << search >>") == (
        ["We", "use", "a", "net", "for", "search"],
        (2, 4),
        (5, 6),
    )


def test_both_directions_sum_to_one() -> None:
    words = make_ready(["We", "use", "a", "net", "for", "search", "and", "ranking", "."])
    chances = probabilities(
        load_relation_model(), [(words, [(3, 4), (5, 6), (7, 8)], [(0, 1), (0, 2), (1, 2)])]
    )
    assert chances.shape == (3, 2, len(load_relation_model().labels))
    assert np.allclose(chances.sum(axis=-1), 1, atol=1e-5)


def test_mentions_between_are_seen() -> None:
    words = make_ready(["a", "net", ",", "a", "tree", "and", "a", "forest"])
    assert "mk , M and" in between_features(words, (0, 2), (6, 8), [(3, 5)])


def test_files_are_small_and_say_what_they_come_from() -> None:
    packed = [data_path(name).read_bytes() for name in ("label_model.json.gz", "statement_model.json.gz")]
    assert sum(map(len, packed)) + len(data_path("word_clusters.json.gz").read_bytes()) < 1_500_000
    assert all(b"SciERC" in gzip.decompress(data)[:300] for data in packed)
    assert load_relation_model().labels[0] == NONE
    assert NONE not in load_label_model().labels
    assert load_clusters()["outperforms"] == load_clusters()["surpasses"]


def test_a_metric_evaluates_its_method() -> None:
    model = load_relation_model()
    chances = np.zeros((2, len(model.labels)), dtype=np.float32)
    chances[0, model.labels.index("EVALUATE-FOR")] = 0.9
    best = surest(model, chances.tolist())
    assert best is not None
    assert (best[0].type, best[1]) == ("EVALUATED_BY", True)


def test_a_symmetric_label_counts_in_both_directions() -> None:
    model = load_relation_model()
    chances = np.zeros((2, len(model.labels)), dtype=np.float32)
    chances[:, model.labels.index("COMPARE")] = 0.4
    best = surest(model, chances.tolist())
    assert best is not None
    assert best[0].type == "COMPARED_WITH"
    assert best[2] == pytest.approx(0.8)


@pytest.fixture(scope="module")
def stating() -> Language:
    nlp = load_pipeline()
    if "kgraph_statements" not in nlp.pipe_names:
        import kgraph.extract.relations.pairs  # noqa: F401 - registers the component

        nlp.add_pipe("kgraph_statements", after="kgraph_relations")
    return nlp


def test_the_component_states_what_a_sentence_says(stating: Language) -> None:
    abstract = "We use reinforcement learning for machine translation. Bananas are yellow."
    (doc,) = stating.pipe([make_document(stating, Paper("1", "A study", abstract))])
    found = [role for role in doc._.roles if role.evidence.producer == "relation-model"]
    assert [(r.type, r.head, r.tail) for r in found] == [
        ("USED_FOR", "reinforcement learning", "machine translation")
    ]
    seen = found[0].evidence
    assert abstract[seen.start : seen.end] == seen.text
    assert 0.5 <= found[0].confidence <= 1


def test_the_component_is_deterministic_and_takes_anything(stating: Language) -> None:
    papers = [
        Paper("1", "", ""),
        Paper("2", "A", "B C. " * 5),
        Paper("3", "GANs for MNIST and CIFAR-10: GANs", ""),
    ]
    first = [doc._.roles for doc in stating.pipe([make_document(stating, paper) for paper in papers])]
    again = [doc._.roles for doc in stating.pipe([make_document(stating, paper) for paper in papers])]
    assert first == again
