"""The work of extraction grows with the length of a text and not with its square.

Work is counted in executed lines of ``kgraph/extract``, which does not depend on the machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from spacy.language import Language

import kgraph.extract
from kgraph.extract.document import Entity, make_document
from kgraph.extract.relations.rule_kinds import RisingSearch
from kgraph.extract.relations.wording import load_wording
from kgraph.extract.run.extraction import read_document
from kgraph.model import Paper

PACKAGE = str(Path(kgraph.extract.__file__).parent)

UNITS = (
    "BERT models ",
    "BERT, ",
    "BERT and GPT-4 and ",
    "using BERT, ",
    "we propose ",
    "we propose BERT ",
    "we propose deep steam ",
    "Kettle Net ",
    "network ",
    "a. ",
    "called ",
    "methods such as BERT ",
    "Long Form (LF) ",
    "(BERT ",
    "((((",
    "deep - ",
    "1.5 ",
    "1, ",
    "accuracy from 1 to 2 ",
    "improves accuracy by 5 ",
    "92.4% accuracy on ImageNet, ",
    "accuracy and F1 of 1 and 2 respectively ",
)


def executed_lines(run: Callable[[], object]) -> int:
    """Return how many lines of the package a call executes, an iteration of a comprehension as one."""
    count = 0

    def trace_lines(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace_lines

    def trace_calls(frame: FrameType, _: str, __: Any) -> Any:
        return trace_lines if frame.f_code.co_filename.startswith(PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(trace_calls)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def work(nlp: Language, text: str) -> dict[str, int]:
    """Return the executed lines of each component, and of the selection after them."""
    doc = make_document(nlp, Paper("p", "Notes", text))
    found = {}
    for name, component in nlp.pipeline:
        found[name] = executed_lines(partial(component, doc))
    found["selection"] = executed_lines(lambda: read_document(doc))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_is_twice_the_work(nlp: Language, unit: str) -> None:
    once, twice = (work(nlp, unit * (size // len(unit))) for size in (2000, 4000))
    assert twice.keys() == once.keys() and sum(once.values()) > 0
    too_much = {name: (once[name], twice[name]) for name in once if twice[name] > 2.3 * once[name] + 1000}
    assert not too_much


@pytest.mark.slow
def test_an_entity_of_brackets_is_cleaned_in_linear_time(nlp: Language) -> None:
    def lines(size: int) -> int:
        doc = make_document(nlp, Paper("p", "Notes", "(" * size))
        for name, component in nlp.pipeline:
            if name == "kgraph_spans":
                doc._.entities = (Entity(2, len(doc), "method", 0.5),)
                return executed_lines(partial(component, doc))
            doc = component(doc)
        raise AssertionError("the pipeline has no component kgraph_spans")

    assert lines(600) < 2.3 * lines(300) + 1000


def test_words_that_may_be_read_in_two_ways_do_not_multiply() -> None:
    # With "widely-used" besides "widely" and "used", this took twice the time for each further word.
    assert load_wording().skipped.match("widely-used " * 500 + "zzz") is None


def test_a_rising_search_finds_the_same_as_a_search_from_each_offset() -> None:
    pattern, text = re.compile("ab|ba"), "abba.ab..b.ba"
    search = RisingSearch(pattern, text)
    for offset in range(len(text) + 1):
        found = pattern.search(text, offset)
        assert search.first(offset) == (found.start() if found else None)
