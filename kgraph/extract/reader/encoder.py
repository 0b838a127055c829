"""The optional component that reads entities with a transformer encoder, which is better and slower.

A folder that ``scripts/train --encoder`` makes holds ``encoder.onnx`` (word
pieces to tag scores) and ``tokenizer.json``. It runs on the CPU with ONNX
Runtime, which ``pip install kgraph[encoder]`` installs. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from kgraph.errors import InputError, KgraphError
from kgraph.extract.reader.entities import TAGS, best_tags, entities_of, log_softmax

MODEL, TOKENIZER = "encoder.onnx", "tokenizer.json"

_LONGEST = 512  # Word pieces that such encoders have positions for.
_AT_ONCE = 8


class EncoderReader:
    """Writes the entities of a document to ``doc._.entities``, as EntityReader does.

    Raises KgraphError if ONNX Runtime is not installed, and InputError if the
    folder has no encoder.
    """

    def __init__(self, folder: Path) -> None:
        for name in (MODEL, TOKENIZER):
            if not (folder / name).is_file():
                raise InputError(f"{folder}: there is no {name}; `scripts/train --encoder {folder}` makes it")
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise KgraphError(
                f"an encoder needs ONNX Runtime ({error}); install it with `pip install 'kgraph[encoder]'`"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # More cores are used by more processes (--jobs).
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:
            # Both libraries raise types of their own that they do not export.
            raise InputError(f"{folder}: the encoder cannot be read ({error})") from error
        given = sorted(tensor.name for tensor in self._session.get_inputs())
        shapes = [tensor.shape for tensor in self._session.get_outputs()]
        if given != ["attention_mask", "input_ids"] or [shape[2:] for shape in shapes] != [[len(TAGS)]]:
            raise InputError(
                f"{folder}: {MODEL} takes {', '.join(given)} and gives {shapes}, and not "
                f"{len(TAGS)} scores for each token; `scripts/train --encoder {folder}` makes one that does"
            )
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()

    def __call__(self, doc: Doc) -> Doc:
        """Read one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 64) -> Iterator[Doc]:
        """Read documents in batches. Documents of similar length are encoded together."""
        for batch in minibatch(stream, size=batch_size):  # type: ignore[no-untyped-call]
            yield from self._read(batch)

    def _read(self, docs: Sequence[Doc]) -> Iterator[Doc]:
        order = sorted(
            (index for index, doc in enumerate(docs) if len(doc)), key=lambda index: len(docs[index])
        )
        scores: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(order), _AT_ONCE):
            indices = order[start : start + _AT_ONCE]
            scores |= zip(indices, self._scores([docs[index] for index in indices]), strict=True)
        tagged = dict(zip(order, best_tags([scores[index] for index in order]), strict=True))
        for index, doc in enumerate(docs):
            doc._.entities = tuple(entities_of(tagged[index], scores[index])) if index in tagged else ()
            yield doc

    def _scores(self, docs: Sequence[Doc]) -> Iterator[NDArray[np.float32]]:
        """Yield the log probabilities of each document, (tokens, tags). Tokens after its limit get O."""
        encoded = self._tokenizer.encode_batch(
            [[token.text for token in doc] for doc in docs], is_pretokenized=True
        )
        width = max(len(text.ids) for text in encoded)
        ids = np.ones((len(docs), width), dtype=np.int64)
        mask = np.zeros((len(docs), width), dtype=np.int64)
        for row, text in enumerate(encoded):
            ids[row, : len(text.ids)] = text.ids
            mask[row, : len(text.ids)] = 1
        (logits,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        for row, (doc, text) in enumerate(zip(docs, encoded, strict=True)):
            pieces: dict[int, int] = {}
            for column, word in enumerate(text.word_ids):
                if word is not None:
                    pieces.setdefault(word, column)
            scores = np.full((len(doc), len(TAGS)), -20.0, dtype=np.float32)
            scores[:, 0] = 0.0
            seen = [token for token in range(len(doc)) if token in pieces]
            scores[seen] = logits[row, [pieces[token] for token in seen]]
            yield log_softmax(scores)


@Language.factory(
    "kgraph_encoder", default_config={"folder": ""}, requires=["token.text"], assigns=["doc._.entities"]
)
def make_encoder_reader(nlp: Language, name: str, folder: str) -> EncoderReader:  # noqa: ARG001
    """Make the component from a folder with an encoder."""
    return EncoderReader(Path(folder))


@lru_cache(maxsize=4)
def encoder_version(folder: Path) -> str:
    """Return a hash of the files of an encoder. Raises InputError if one is missing."""
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER):
        try:
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise InputError(
                f"{folder}: there is no {name} to read; `scripts/train --encoder {folder}` makes it"
            ) from error
    return digest.hexdigest()[:16]
