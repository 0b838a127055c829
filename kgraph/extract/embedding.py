"""The embedding of the tok2vec, computed once for each kind of token of a batch.

What a token's features are embedded to does not depend on its neighbours, and of the
tokens of a batch of abstracts three in four are repetitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import Model

Vectors = NDArray[np.float32]

_ODD = np.array([1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
"""Factors that make one number of the four features of a token (Fibonacci hashing)."""


def embed_once(embed: Model[list[Doc], list[Vectors]]) -> Model[list[Doc], list[Vectors]]:
    """Return a model that predicts what spaCy's MultiHashEmbed of four attributes does; it cannot learn."""
    return Model("kgraph_embed_once", _forward, layers=[embed])


def _forward(
    model: Model[Any, Any], docs: Sequence[Doc], is_train: bool
) -> tuple[list[Vectors], Callable[[Any], Any]]:
    assert not is_train, "the embedding is only for reading"
    features_of, _, look_up, mix, _ = model.layers[0].layers
    of_docs: list[NDArray[np.uint64]] = features_of.predict(docs)
    tokens = np.concatenate(of_docs)
    _, first, kind = np.unique(tokens @ _ODD, return_index=True, return_inverse=True)
    vectors: Vectors = mix.predict(look_up.predict(tokens[first]))[kind]
    ends = np.cumsum([len(features) for features in of_docs])
    return np.split(vectors, ends[:-1]), _no_gradient


def _no_gradient(_gradient: Any) -> Any:
    raise NotImplementedError("the embedding is only for reading")
