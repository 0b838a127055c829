"""Silver labels: tags of the teacher and of a tagger for abstracts without annotations."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import NORM, PREFIX, SHAPE, SUFFIX
from spacy.language import Language
from spacy.tokens import Doc

from kgraph.extract.document import make_document
from kgraph.model import Paper

ATTRIBUTES = (NORM, PREFIX, SUFFIX, SHAPE)
"""The attributes of a token that the student sees."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text for the student.

    ``attributes`` is (tokens, 4) uint64, ``entities`` (tokens, tags) probabilities,
    ``parts`` (tokens,) the index of the part of speech, and ``weight`` that of
    the entity loss.
    """

    attributes: NDArray[np.uint64]
    entities: NDArray[np.float32]
    parts: NDArray[np.int64]
    weight: float


def papers(path: Path, count: int) -> list[Paper]:
    """Return papers that are drawn by the hash of their ids, the same for the same file and count."""
    drawn = sorted(_records(path), key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
    return [Paper(row["id"], row["title"], row["abstract"]) for row in drawn[:count]]


def _records(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if len(row.get("abstract") or "") > 200:
                yield row


def documents(nlp: Language, drawn: Sequence[Paper]) -> list[Doc]:
    """Return the papers as the pipeline will see them."""
    return [make_document(nlp, paper) for paper in drawn]


def attributes(doc: Doc) -> NDArray[np.uint64]:
    """Return the attributes that the student's embedding looks up, (tokens, 4)."""
    return np.asarray(doc.to_array(list(ATTRIBUTES)), dtype=np.uint64).reshape(len(doc), len(ATTRIBUTES))


def parts_of_speech(tagger: Language, docs: Sequence[Doc], labels: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return the tag of every token, as its index in ``labels``."""
    index = {label: number for number, label in enumerate(labels)}
    copies = [Doc(tagger.vocab, [t.text for t in doc], [bool(t.whitespace_) for t in doc]) for doc in docs]
    return [
        np.array([index.get(token.tag_, 0) for token in doc], dtype=np.int64)
        for doc in tagger.pipe(copies, batch_size=64)
    ]
