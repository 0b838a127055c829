"""The component that finds entities: spans that name a task, method, data set, metric or other term.

A softmax over BIO tags (Ramshaw & Marcus 1995) on top of the shared tok2vec,
and the best well-formed sequence (Viterbi 1967): I-x only after B-x or I-x. No
transitions are learned, so the documents of a batch are decoded in parallel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from kgraph.extract.document import Entity
from kgraph.model import Kind

GENERIC = "generic"
"""The kind of spans such as "the approach", which is learned and then dropped."""

KINDS = (*(kind for kind in get_args(Kind) if kind != "phrase"), GENERIC)
"""The kinds of spans, in the order of the weights."""

TAGS = ("O", *(f"{prefix}-{kind}" for kind in KINDS for prefix in "BI"))
"""Tags by their column in the model's output."""

Scores = NDArray[np.float32]
"""Log probabilities of tags, or weights."""

_IMPOSSIBLE = -1e9
_FILE = "weights.npz"
_START = np.array([_IMPOSSIBLE if tag.startswith("I-") else 0.0 for tag in TAGS], dtype=np.float32)


class EntityReader:
    """Writes the entities of a document to ``doc._.entities``.

    ``weights`` is (width of the tok2vec, tags), ``bias`` is (tags,). Reads
    ``doc.tensor``, which the tok2vec before it sets.
    """

    def __init__(self, width: int) -> None:
        self.weights = np.zeros((width, len(TAGS)), dtype=np.float32)
        self.bias = np.zeros(len(TAGS), dtype=np.float32)

    def __call__(self, doc: Doc) -> Doc:
        """Read one document."""
        return next(self._read([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 64) -> Iterator[Doc]:
        """Read documents in batches of ``batch_size``."""
        for batch in minibatch(stream, size=batch_size):  # type: ignore[no-untyped-call]
            yield from self._read(batch)

    def _read(self, docs: Sequence[Doc]) -> Iterator[Doc]:
        written = [doc for doc in docs if len(doc)]
        ends = np.cumsum([len(doc) for doc in written])
        tensors = [np.asarray(doc.tensor, dtype=np.float32) for doc in written]
        scores: list[Scores] = []
        if written:
            scores = np.split(_scores(np.concatenate(tensors), self.weights, self.bias), ends[:-1])
        for doc, tags, score in zip(written, best_tags(scores), scores, strict=True):
            doc._.entities = tuple(entities_of(tags, score))
        yield from docs

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the weights into a folder, as spaCy asks of a component."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / _FILE, weights=self.weights, bias=self.bias)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> EntityReader:  # noqa: ARG002
        """Read the weights from a folder."""
        with np.load(Path(path) / _FILE, allow_pickle=False) as arrays:
            self.weights, self.bias = arrays["weights"], arrays["bias"]
        return self


@Language.factory(
    "kgraph_entities", default_config={"width": 96}, requires=["doc.tensor"], assigns=["doc._.entities"]
)
def make_entity_reader(nlp: Language, name: str, width: int) -> EntityReader:  # noqa: ARG001
    """Return the component without weights, which are loaded with the pipeline."""
    return EntityReader(width)


def _scores(vectors: NDArray[np.float32], weights: Scores, bias: Scores) -> Scores:
    scores: Scores = vectors @ weights + bias
    return log_softmax(scores)


def log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log probabilities over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return cast(NDArray[np.float32], shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def best_tags(scores: Sequence[NDArray[np.float32]]) -> list[NDArray[np.int64]]:
    """Return the best well-formed tags of each text, from its log probabilities (tokens, tags)."""
    if not scores:
        return []
    lengths = np.array([len(score) for score in scores])
    padded = np.zeros((int(lengths.max()), len(scores), len(TAGS)), dtype=np.float32)
    for column, score in enumerate(scores):
        padded[: len(score), column] = score
    rows = np.arange(len(scores))
    total = padded[0] + _START
    # O and every B- may follow any tag, so they take the best. I-x takes the better of B-x and I-x.
    best_of_all = np.zeros(padded.shape[:2], dtype=np.int64)
    continues = np.zeros((*padded.shape[:2], len(KINDS)), dtype=bool)
    for step in range(1, len(padded)):
        best_of_all[step] = total.argmax(axis=1)
        begun, going = total[:, 1::2], total[:, 2::2]
        continues[step] = going > begun
        reached = padded[step] + total[rows, best_of_all[step]][:, None]
        reached[:, 2::2] = padded[step, :, 2::2] + np.maximum(begun, going)
        # A text that has ended keeps its totals.
        total = np.where((step < lengths)[:, None], reached, total)
    tags = np.zeros((len(padded), len(scores)), dtype=np.int64)
    current = total.argmax(axis=1)
    for step in range(len(padded) - 1, -1, -1):
        if step + 1 < len(padded):
            inside = (current > 0) & (current % 2 == 0)
            of_kind = current - np.where(continues[step + 1, rows, current // 2 - 1], 0, 1)
            before = np.where(inside, of_kind, best_of_all[step + 1])
            current = np.where(step + 1 < lengths, before, current)
        tags[step] = np.where(step < lengths, current, 0)
    return [tags[:length, column] for column, length in enumerate(lengths)]


def spans_of(tags: Iterable[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (first token, token after the last, kind) of well-formed tags, in their order."""
    start, kind = -1, ""
    index = -1
    for index, tag in enumerate(tags):
        name = TAGS[tag]
        if start >= 0 and not name.startswith("I-"):
            yield start, index, kind
            start = -1
        if name.startswith("B-"):
            start, kind = index, name[2:]
    if start >= 0:
        yield start, index + 1, kind


def entities_of(tags: NDArray[np.int64], scores: NDArray[np.float32]) -> Iterator[Entity]:
    """Yield the entities of well-formed tags. The confidence is the mean probability of their tags."""
    sure: list[float] = np.exp(scores[np.arange(len(tags)), tags]).tolist()
    for start, end, kind in spans_of(tags.tolist()):
        if kind != GENERIC:
            yield Entity(start, end, cast(Kind, kind), round(sum(sure[start:end]) / (end - start), 4))
