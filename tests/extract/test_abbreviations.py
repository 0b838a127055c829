from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.extract.terms.abbreviations import find_abbreviations, long_form


def pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.short, pair.long) for pair in find_abbreviations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We study continual learning (CL) here.", ("CL", "continual learning")),
        ("We use large language models (LLMs).", ("LLMs", "large language models")),
        ("A vision transformer (ViT) is trained.", ("ViT", "vision transformer")),
        ("It uses Elastic Weight Consolidation (EWC; see below).", ("EWC", "Elastic Weight Consolidation")),
        ("Our tool SEED (Self rEwarding mEmorability Design) wins.", ("SEED", "Self rEwarding mEmorability Design")),
        ("It is written as MEMO for Memory-efficient Expandable MOdel.", ("MEMO", "Memory-efficient Expandable MOdel")),
        ("The all-in-one predictor (AIO-P) helps.", ("AIO-P", "all-in-one predictor")),
    ],
)  # fmt: skip
def test_both_orders_and_plurals_are_found(text: str, expected: tuple[str, str]) -> None:
    assert expected in pairs(text)


@pytest.mark.parametrize(
    "text",
    [
        "People forget fast (Shepard, 1967).",
        "The loss falls (see Figure 2) quickly.",
        "Results on CIFAR (ResNet) are good.",
        "We train models (e.g., BERT).",
        "a function f(x) of it",
        "no brackets at all",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert pairs(text) == []


def test_a_definition_does_not_reach_over_a_sentence() -> None:
    assert pairs("It is about continual learning. The rest (CL) is not.") == []


def test_the_first_letter_must_start_a_word() -> None:
    assert long_form("CL", "a topical lesson") == ""


@given(st.text(alphabet="abcABC() .,;-'\n", max_size=120))
def test_offsets_always_point_at_the_forms(text: str) -> None:
    for pair in find_abbreviations(text):
        assert text[pair.short_start : pair.short_start + len(pair.short)] == pair.short
        assert text[pair.long_start : pair.long_start + len(pair.long)] == pair.long
