"""The trained part of the pipeline: a student's weights as spaCy's own layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.training import Example
from thinc.api import Model
from torch import Tensor

from kgraph.extract.reader.entities import EntityReader
from training.student import DEPTH, PIECES, ROWS, WIDTH, MaxoutLayer, Student

_TOK2VEC = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": WIDTH,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": list(ROWS),
        "include_static_vectors": False,
    },
    "encode": {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": WIDTH,
        "depth": DEPTH,
        "window_size": 1,
        "maxout_pieces": PIECES,
    },
}
_TAGGER = {
    "@architectures": "spacy.Tagger.v2",
    "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH},
}


def assemble(student: Student, parts: Sequence[str], version: str) -> Language:
    """Return a spaCy pipeline with the weights of a student. ``parts`` are its part-of-speech labels."""
    nlp = spacy.blank("en")
    nlp.meta.update(
        name="kgraph_sci_sm",
        version=version,
        description="Tagger and entity reader for titles and abstracts of machine-learning papers",
        license="see docs/training.md",
    )
    tok2vec = nlp.add_pipe("tok2vec", config={"model": _TOK2VEC})
    tagger = nlp.add_pipe("tagger", config={"model": _TAGGER})
    for part in parts:
        tagger.add_label(part)  # type: ignore[attr-defined]
    nlp.add_pipe("kgraph_entities", config={"width": WIDTH})
    # spaCy asks for an example to find the layers' sizes by.
    example = Example.from_dict(nlp.make_doc("one text"), {"tags": [parts[0], parts[0]]})
    nlp.initialize(lambda: [example])
    _fill_tok2vec(tok2vec.model, student)  # type: ignore[attr-defined]
    softmax = next(node for node in tagger.model.walk() if node.name == "softmax")  # type: ignore[attr-defined]
    softmax.set_param("W", _rounded(student.parts.weight))
    softmax.set_param("b", _rounded(student.parts.bias))
    reader = nlp.get_pipe("kgraph_entities")
    assert isinstance(reader, EntityReader)
    reader.weights = np.ascontiguousarray(_rounded(student.entities.weight).T)
    reader.bias = _rounded(student.entities.bias)
    return nlp


def _fill_tok2vec(model: Model[Any, Any], student: Student) -> None:
    nodes = list(model.walk())
    tables = [node for node in nodes if node.name == "hashembed"]
    maxouts = [node for node in nodes if node.name == "maxout"]
    norms = [node for node in nodes if node.name == "layernorm"]
    layers: list[MaxoutLayer] = [student.mix, *student.layers]  # type: ignore[list-item]
    for node, table in zip(tables, student.tables, strict=True):
        node.set_param("E", _rounded(table.weight))
    for node, norm, layer in zip(maxouts, norms, layers, strict=True):
        node.set_param("W", _rounded(layer.linear.weight).reshape(WIDTH, PIECES, -1))
        node.set_param("b", _rounded(layer.linear.bias).reshape(WIDTH, PIECES))
        norm.set_param("G", _rounded(layer.norm.weight))
        norm.set_param("b", _rounded(layer.norm.bias))


def _rounded(values: Tensor) -> Any:  # thinc's array types are narrower than NumPy's
    """Return weights in half precision, kept as floats: the wheel's compression halves them."""
    return np.ascontiguousarray(values.detach().numpy().astype(np.float16).astype(np.float32))
