from __future__ import annotations

import gzip

import numpy as np
import pytest
from spacy.language import Language

from kgraph.data import data_path
from kgraph.extract.document import make_document
from kgraph.extract.relations.features import between_features, load_clusters, prepare_words
from kgraph.extract.relations.model import NONE, load_relation_model, probabilities
from kgraph.extract.relations.pairs import most_probable
from kgraph.extract.run.pipeline import load_pipeline
from kgraph.model import Paper


def test_both_directions_sum_to_one() -> None:
    words = prepare_words(["We", "use", "a", "net", "for", "search", "and", "ranking", "."])
    found = probabilities(
        load_relation_model(), [(words, [(3, 4), (5, 6), (7, 8)], [(0, 1), (0, 2), (1, 2)])]
    )
    assert found.shape == (3, 2, len(load_relation_model().labels))
    assert np.allclose(found.sum(axis=-1), 1, atol=1e-5)


def test_mentions_between_are_seen() -> None:
    words = prepare_words(["a", "net", ",", "a", "tree", "and", "a", "forest"])
    assert "mk , M and" in between_features(words, (0, 2), (6, 8), [(3, 5)])


def test_files_are_small_and_name_their_training_data() -> None:
    packed = data_path("relation_model.json.gz").read_bytes()
    assert len(packed) + len(data_path("word_clusters.json.gz").read_bytes()) < 1_000_000
    assert b"SciERC" in gzip.decompress(packed)[:300]
    assert load_relation_model().labels[0] == NONE
    assert load_clusters()["outperforms"] == load_clusters()["surpasses"]


def test_a_metric_evaluates_its_method() -> None:
    model = load_relation_model()
    found = np.zeros((2, len(model.labels)), dtype=np.float32)
    found[0, model.labels.index("EVALUATE-FOR")] = 0.9
    best = most_probable(model, found.tolist())
    assert best is not None
    assert (best[0].type, best[1]) == ("EVALUATED_BY", True)


def test_a_symmetric_label_counts_in_both_directions() -> None:
    model = load_relation_model()
    found = np.zeros((2, len(model.labels)), dtype=np.float32)
    found[:, model.labels.index("COMPARE")] = 0.4
    best = most_probable(model, found.tolist())
    assert best is not None
    assert best[0].type == "COMPARED_WITH"
    assert best[2] == pytest.approx(0.8)


@pytest.fixture(scope="module")
def pipeline() -> Language:
    nlp = load_pipeline()
    if "kgraph_relation_model" not in nlp.pipe_names:
        import kgraph.extract.relations.pairs  # noqa: F401 - registers the component

        nlp.add_pipe("kgraph_relation_model", after="kgraph_relations")
    return nlp


def test_the_component_finds_the_relation_of_a_sentence(pipeline: Language) -> None:
    abstract = "We use reinforcement learning for machine translation. Bananas are yellow."
    (doc,) = pipeline.pipe([make_document(pipeline, Paper("1", "A study", abstract))])
    found = [role for role in doc._.relations if role.evidence.producer == "relation-model"]
    assert [(r.type, r.head, r.tail) for r in found] == [
        ("USED_FOR", "reinforcement learning", "machine translation")
    ]
    seen = found[0].evidence
    assert abstract[seen.start : seen.end] == seen.text
    assert 0.5 <= found[0].confidence <= 1


def test_the_component_is_deterministic_and_accepts_any_text(pipeline: Language) -> None:
    papers = [
        Paper("1", "", ""),
        Paper("2", "A", "B C. " * 5),
        Paper("3", "GANs for MNIST and CIFAR-10: GANs", ""),
    ]
    first = [doc._.relations for doc in pipeline.pipe([make_document(pipeline, paper) for paper in papers])]
    again = [doc._.relations for doc in pipeline.pipe([make_document(pipeline, paper) for paper in papers])]
    assert first == again
