from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spacy.language import Language

from kgraph.data import MODEL, data_path
from kgraph.extract.document import make_document
from kgraph.extract.reader.entities import TAGS, EntityReader, best_tags, entities_of, log_softmax, spans_of
from kgraph.model import Paper

scores = arrays(
    np.float32, st.tuples(st.integers(1, 3), st.just(len(TAGS))), elements=st.floats(-8, 8, width=32)
)


def is_well_formed(tags: tuple[int, ...]) -> bool:
    before = "O"
    for tag in tags:
        name = TAGS[tag]
        if name.startswith("I-") and (before == "O" or before[2:] != name[2:]):
            return False
        before = name
    return True


@given(scores)
@settings(max_examples=40)
def test_the_best_tags_are_those_of_an_exhaustive_search(of_tokens: np.ndarray) -> None:
    sums = {
        tags: float(sum(of_tokens[index, tag] for index, tag in enumerate(tags)))
        for tags in itertools.product(range(len(TAGS)), repeat=len(of_tokens))
        if is_well_formed(tags)
    }
    (found,) = best_tags([of_tokens])
    assert is_well_formed(tuple(found.tolist()))
    assert sums[tuple(found.tolist())] == pytest.approx(max(sums.values()), abs=1e-3)


@given(st.lists(scores, min_size=1, max_size=5))
@settings(max_examples=40)
def test_texts_are_tagged_side_by_side_as_they_are_alone(texts: list[np.ndarray]) -> None:
    together = best_tags(texts)
    for found, text in zip(together, texts, strict=True):
        assert found.tolist() == best_tags([text])[0].tolist()


def test_spans_of_tags() -> None:
    names = ["O", "B-task", "I-task", "B-task", "O", "B-dataset", "B-metric", "I-metric"]
    assert list(spans_of(TAGS.index(name) for name in names)) == [
        (1, 3, "task"),
        (3, 4, "task"),
        (5, 6, "dataset"),
        (6, 8, "metric"),
    ]


def test_generic_spans_are_left_out_and_confidence_is_a_mean() -> None:
    names = ["B-generic", "B-method", "I-method"]
    tags = np.array([TAGS.index(name) for name in names])
    chances = np.full((3, len(TAGS)), 0.01)
    chances[0, tags[0]], chances[1, tags[1]], chances[2, tags[2]] = 0.9, 0.8, 0.6
    (entity,) = entities_of(tags, np.log(chances).astype(np.float32))
    assert (entity.start, entity.end, entity.kind) == (1, 3, "method")
    assert entity.confidence == pytest.approx(0.7, abs=1e-3)


def test_probabilities_sum_to_one() -> None:
    log = log_softmax(np.array([[1000.0, 0.0, -1000.0]], dtype=np.float32))
    assert np.exp(log).sum() == pytest.approx(1.0)


def test_the_model_is_small() -> None:
    size = sum(file.stat().st_size for file in data_path(MODEL).rglob("*"))
    assert size < 15e6


def test_a_reader_comes_back_from_disk(tmp_path: Path) -> None:
    reader = EntityReader(3)
    reader.weights[:] = 0.25
    reader.bias[2] = -1.0
    reader.to_disk(tmp_path / "reader")
    again = EntityReader(3).from_disk(tmp_path / "reader")
    assert (again.weights == reader.weights).all() and (again.bias == reader.bias).all()


def test_entities_of_a_sentence(nlp: Language) -> None:
    text = (
        "We propose a recurrent neural network for machine translation. It is trained with stochastic gradient "
        "descent and evaluated on the Penn Treebank, where it improves the BLEU score."
    )
    doc = next(iter(nlp.pipe([make_document(nlp, Paper("a", "", text))])))
    found = {(doc[entity.start : entity.end].text.lower(), entity.kind) for entity in doc._.entities}
    assert ("recurrent neural network", "method") in found
    assert ("machine translation", "task") in found
    assert ("stochastic gradient descent", "method") in found


def test_an_empty_paper_has_no_entities(nlp: Language) -> None:
    docs = [
        make_document(nlp, Paper(name, "", text)) for name, text in (("a", ""), ("b", "A neural network."))
    ]
    assert [len(doc._.entities) > 0 for doc in nlp.pipe(docs)] == [False, True]
