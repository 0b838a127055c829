"""The label of two spans that are known to be related.

This answers the question of SciERC's relation classification with gold spans: given a related
pair, which label? kgraph itself never asks it, because in running text most pairs are not
related. The weights were trained by ``scripts/train-relations`` with the features of kgraph's
own model, whose scores are added.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from evaluation.marked import read_marked
from kgraph.extract.relations.features import Span, prepare_words
from kgraph.extract.relations.model import (
    Numbers,
    RelationModel,
    load_relation_model,
    relation_model_of,
    scores_of_sentences,
)

WEIGHTS = Path(__file__).with_name("label_model.json.gz")
GENERAL_WEIGHT = 0.5
"""The weight of the scores of kgraph's own model, which was trained on all pairs of mentions."""


@dataclass(frozen=True, slots=True)
class LabelModel:
    """Weights, and for each of their L labels an offset that is added to its score.

    The offsets favour rare labels, so that each is found about as well as the others.
    """

    weights: RelationModel
    offsets: Numbers


def label_marked(text: str) -> str:
    """Return the SciERC label of a sentence with its head in ``[[ ]]`` and its tail in ``<< >>``.

    Words and marks are separated by spaces. Raises ValueError if a mark is missing.
    """
    words, head, tail = read_marked(text)
    chances = label_chances(words, head, tail)
    return max(chances, key=lambda label: chances[label])


def label_chances(words: Sequence[str], head: Span, tail: Span) -> Mapping[str, float]:
    """Return the probability of each label, for spans given as words [start, end)."""
    ready = prepare_words(words)
    first, second = sorted((head, tail))
    direction = 0 if first == head else 1
    model, general = load_label_model(), load_relation_model()
    sentence = (ready, (first, second), [(0, 1)])
    own = scores_of_sentences(model.weights, [sentence])[0, direction]
    others = scores_of_sentences(general, [sentence])[0, direction]
    labels = model.weights.labels
    columns = [general.labels.index(label) for label in labels]
    scores = (own + GENERAL_WEIGHT * others[columns] + model.offsets) * model.weights.sharpness
    chances = np.exp(scores - scores.max())
    return {label: float(chance) for label, chance in zip(labels, chances / chances.sum(), strict=True)}


@cache
def load_label_model() -> LabelModel:
    """Return the trained weights."""
    data = json.loads(gzip.decompress(WEIGHTS.read_bytes()))
    return LabelModel(relation_model_of(data), np.array(data["offsets"], dtype=np.float32))
