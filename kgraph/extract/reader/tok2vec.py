"""spaCy's tok2vec without training: the same weights and vectors in three fifths of the time.

The embedding of a token does not depend on its neighbours, and most tokens of a batch
of abstracts are repetitions, so it is computed once for each distinct token. The
layers on top keep no gradients, and their weights are arranged so that the best of the
pieces is an elementwise maximum of three matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import Model

Vectors = NDArray[np.float32]
"""(tokens, width)."""

Layer = tuple[Vectors, Vectors, Vectors, Vectors]
"""Weights (3 × width, 3 × width) and bias of a convolution over three tokens, gain and bias (width) of its
layer norm. The first factor 3 is for the tokens, the second for the pieces."""

_ODD = np.array([1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
"""Factors that combine the four features of a token into one number (Fibonacci hashing)."""

_TINY = 1e-8
"""The number that thinc's layer norm adds to a variance."""


def for_reading(model: Model[list[Doc], list[Vectors]]) -> Model[list[Doc], list[Vectors]]:
    """Return a model with the predictions of spaCy's Tok2Vec. It cannot be trained.

    ``model`` is a MultiHashEmbed of four attributes and a MaxoutWindowEncoder
    with a window of 1 and three pieces.
    """
    embed: Model[Any, Any]
    encode: Model[Any, Any]
    embed, encode = model.layers
    layers = _layers_of(encode)
    apart = int(encode.attrs["pad"])

    def forward(
        _: Model[Any, Any], docs: Sequence[Doc], is_train: bool
    ) -> tuple[list[Vectors], Callable[[Any], Any]]:
        assert not is_train, "this model is only for reading"
        return (_encoded(_embedded(embed, docs), layers, apart) if docs else []), _no_gradient

    return Model("kgraph_tok2vec_for_reading", forward, dims={"nO": model.get_dim("nO")})


def _embedded(embed: Model[list[Doc], list[Vectors]], docs: Sequence[Doc]) -> list[Vectors]:
    features_of, _, look_up, mix, _ = embed.layers
    of_docs: list[NDArray[np.uint64]] = features_of.predict(docs)
    tokens = np.concatenate(of_docs)
    _, first, kind = np.unique(tokens @ _ODD, return_index=True, return_inverse=True)
    vectors: Vectors = mix.predict(look_up.predict(tokens[first]))[kind]
    ends = np.cumsum([len(features) for features in of_docs])
    return np.split(vectors, ends[:-1])


def _layers_of(encode: Model[Any, Any]) -> list[Layer]:
    nodes = {name: [node for node in encode.walk() if node.name == name] for name in ("maxout", "layernorm")}
    found: list[Layer] = []
    for maxout, norm in zip(nodes["maxout"], nodes["layernorm"], strict=True):
        weights, bias, gain, shift = (
            np.asarray(node.get_param(name), dtype=np.float32)
            for node, name in ((maxout, "W"), (maxout, "b"), (norm, "G"), (norm, "b"))
        )
        width, pieces, inputs = weights.shape
        by_piece = weights.transpose(2, 1, 0).reshape(inputs, pieces * width)
        found.append((np.ascontiguousarray(by_piece), bias.T.reshape(-1), gain, shift))
    return found


def _encoded(of_docs: Sequence[Vectors], layers: Sequence[Layer], apart: int) -> list[Vectors]:
    """Return the vectors of documents with their context. ``apart`` empty rows separate documents."""
    width = of_docs[0].shape[1]
    starts = np.cumsum([1 + apart, *(len(vectors) + apart for vectors in of_docs)]).tolist()
    ends = [start + len(vectors) for start, vectors in zip(starts, of_docs, strict=False)]
    # One more row at each end, for the windows of the first and last token.
    rows: Vectors = np.zeros((starts[-1] + 1, width), dtype=np.float32)
    for start, end, vectors in zip(starts, ends, of_docs, strict=False):
        rows[start:end] = vectors
    window = np.empty((len(rows) - 2, 3 * width), dtype=np.float32)
    pieces = np.empty_like(window)
    for weights, bias, gain, shift in layers:
        for shift_by in range(3):
            window[:, shift_by * width : (shift_by + 1) * width] = rows[shift_by : shift_by + len(window)]
        np.matmul(window, weights, out=pieces)
        pieces += bias
        best = np.maximum(pieces[:, :width], pieces[:, width : 2 * width])
        np.maximum(best, pieces[:, 2 * width :], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / width + _TINY
        best *= (variance**-0.5)[:, None]
        best *= gain
        best += shift
        rows[1:-1] += best
    return [rows[start:end] for start, end in zip(starts, ends, strict=False)]


def _no_gradient(_gradient: Any) -> Any:
    raise NotImplementedError("this model is only for reading")
