from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.sources.identity import MAX_LENGTH, paper_id


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Titans: Learning to Memorize at Test Time", "titans-learning-to-memorize-at-test-time"),
        ("  Fast &  Slow\u00a0Learning ", "fast-slow-learning"),
        ("Can We Trust LLMs' Forecasts?", "can-we-trust-llms-forecasts"),
        ("Don’t Stop", "dont-stop"),
        ("Pokémon Über Łódź", r"pokemon-uber-odz-[0-9a-f]{8}"),
        ("Pokémon", "pokemon"),
        ("C++", r"c-[0-9a-f]{8}"),
        ("C", "c"),
        ("学习折叠", r"title-[0-9a-f]{16}"),
        ("!!!", r"title-[0-9a-f]{16}"),
        ("Word " * 40, r"word(-word)+-[0-9a-f]{8}"),
        ("x" * 200, r"x{71}-[0-9a-f]{8}"),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert re.fullmatch(expected, paper_id(title, "whatever"))


def test_titles_that_differ_outside_ascii_words_have_different_ids() -> None:
    titles = [
        "C",
        "C#",
        "C++",
        "Q*",
        "Q",
        "Word " * 40,
        "Word " * 41,
        "学习",
        "折叠",
        "α-folding",
        "β-folding",
    ]
    assert len({paper_id(title, "") for title in titles}) == len(titles)


def test_spellings_of_one_title_have_one_id() -> None:
    assert (
        len({paper_id(title, "") for title in ["Deep  Nets", "deep nets", "Deep\u200b Nets", "Ｄeep nets"]})
        == 1
    )


def test_without_a_title_the_id_comes_from_the_abstract() -> None:
    one, two = paper_id("", "One abstract."), paper_id("", "Two abstracts.")
    assert one != two and one == paper_id(" ", "One  abstract.")
    assert re.fullmatch(r"abstract-[0-9a-f]{16}", one)


@given(st.text(), st.text())
def test_ids_are_short_readable_ascii(title: str, abstract: str) -> None:
    found = paper_id(title, abstract)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found)
    assert len(found) <= MAX_LENGTH
