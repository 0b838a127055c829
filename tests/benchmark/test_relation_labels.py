"""Labels of two spans that are known to be related: the classifier of the benchmark."""

from __future__ import annotations

import pytest
from evaluation import scierc
from evaluation.marked import read_marked
from evaluation.relation_labels import label_chances, label_marked, load_label_model

from kgraph.extract.relations.model import NONE

LABELS = set(scierc.LABELS)


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
    assert label_marked(text) == label


def test_direction_counts() -> None:
    words = ["We", "study", "classifiers", "such", "as", "support", "vector", "machines", "."]
    forward = label_chances(words, (5, 8), (2, 3))
    backward = label_chances(words, (2, 3), (5, 8))
    assert forward["HYPONYM-OF"] > 0.5 > backward["HYPONYM-OF"]


def test_chances_are_those_of_every_label() -> None:
    chances = label_chances(["A", "graph", "for", "search", "."], (1, 2), (3, 4))
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
    assert label_marked(text) in LABELS


def test_a_missing_mark_is_named() -> None:
    with pytest.raises(ValueError, match=r"\]\]"):
        label_marked("[[ a << b >>")


def test_marks_are_not_words() -> None:
    assert read_marked("We use [[ a net ]] for << search >>") == (
        ["We", "use", "a", "net", "for", "search"],
        (2, 4),
        (5, 6),
    )


def test_the_weights_have_every_label_but_none() -> None:
    assert set(load_label_model().weights.labels) == LABELS
    assert NONE not in LABELS
