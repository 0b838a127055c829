from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.names import american, folded, is_acronym, looks_named, normal_form, singular


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["Continual Learning", "continual learning", "Continual-Learning", "continual\tlearning"], "continual learning"),
        (["large language models", "Large Language Model", "large language model’s"], "large language model"),
        (["memorisation", "Memorization"], "memorization"),
        (["behaviour modelling", "behavior modeling"], "behavior modeling"),
        (["LLMs", "LLM", "llm"], "llm"),
        (["GPUs", "GPU"], "gpu"),
        (["Hessian matrices", "Hessian matrix"], "hessian matrix"),
        (["meta-analyses", "meta analysis"], "meta analysis"),
        (["loss landscapes"], "loss landscape"),
        (["training dynamics"], "training dynamics"),
        (["inductive bias", "inductive biases"], "inductive bias"),
        (["neighbour classification"], "neighbor classification"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_share_a_key(spellings: list[str], key: str) -> None:
    assert {normal_form(spelling) for spelling in spellings} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [("class", "glass"), ("promising", "promizing"), ("C++", "C"), ("F1", "F2"), ("analysis", "analyst")],
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize("word", ["bias", "physics", "lens", "loss", "analysis", "corpus", "series"])
def test_words_that_end_in_s_are_not_all_plurals(word: str) -> None:
    assert singular(word) == word


def test_british_words_that_only_look_so_stay() -> None:
    assert (
        american("surprise promise exercise four hour devise") == "surprise promise exercise four hour devise"
    )


@pytest.mark.parametrize("name", ["RegLoRA", "SQuAD2.0", "WikiText-103", "TOFU", "GPT-4", "kNN-LM", "iCaRL"])
def test_names_of_artefacts_are_seen(name: str) -> None:
    assert looks_named(name)


@pytest.mark.parametrize("name", ["Learning", "memory", "2023", "Self-Judge", "A", "two words"])
def test_plain_words_are_no_names(name: str) -> None:
    assert not looks_named(name)


def test_acronyms() -> None:
    assert is_acronym("LLMs") and is_acronym("K&K") and not is_acronym("Model") and not is_acronym("A B")


@given(st.text(max_size=60))
def test_any_text_has_a_normal_form_without_odd_spaces(text: str) -> None:
    key = normal_form(text)
    assert key == " ".join(key.split())
    assert normal_form(f"  {text}\n") == key


@given(st.text(max_size=40))
def test_case_and_outer_space_never_matter(text: str) -> None:
    assert folded(f"  {text} ") == folded(text)
