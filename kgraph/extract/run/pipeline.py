"""The pipeline: from papers to what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import spacy
from spacy.language import Language
from thinc.api import Model, NumpyOps

from kgraph.data import MODEL, data_hash, data_path
from kgraph.extract.document import make_document
from kgraph.extract.reader.encoder import encoder_version
from kgraph.extract.reader.tok2vec import for_reading
from kgraph.extract.reader.tokenizer import RememberingTokenizer
from kgraph.extract.run.extraction import read_document
from kgraph.model import Extraction, Paper

for _module in (
    "reader.encoder",
    "reader.entities",
    "reader.entity_spans",
    "reader.segmentation",
    "reader.words",
    "terms.abbreviations",
    "terms.candidates",
    "terms.kinds",
    "terms.phrases",
    "terms.salience",
    "relations.pairs",
    "relations.rules",
    "measurements.results",
):
    # Importing a module registers its components with spaCy.
    import_module(f"kgraph.extract.{_module}")

Item = TypeVar("Item")

COMPONENTS = (
    "kgraph_sentences",
    "kgraph_words",
    "kgraph_spans",
    "kgraph_phrases",
    "kgraph_abbreviations",
    "kgraph_candidates",
    "kgraph_kinds",
    "kgraph_relations",
    "kgraph_statements",
    "kgraph_results",
    "kgraph_salience",
)
"""The components behind the trained part; each can be replaced by one that assigns the same."""

RULES_VERSION = "4"
"""Raised with every change of a rule, list or weight that can change what is read."""

BATCH = 64
"""Papers that the tagger sees at once."""

_BATCHES_A_ZONE = 32
_IN_CACHE = 8
"""Papers for which the matrices of the tok2vec stay in a processor's cache."""

_OPS = NumpyOps(use_blis=False)
"""numpy's matrix product: for matrices of these sizes three times as fast as that of blis."""


def extractor_version(encoder: Path | None = None) -> str:
    """Return what decides the result of extraction: kgraph's rules, spaCy, the model, and the encoder."""
    parts = [f"rules-{RULES_VERSION}", f"spacy-{version('spacy')}", f"data-{data_hash()}"]
    if encoder is not None:
        parts.append(f"encoder-{encoder_version(encoder)}")
    return " ".join(parts)


def load_pipeline(encoder: Path | None = None) -> Language:
    """Load kgraph's own pipeline: tok2vec, tagger and entity reader, and the components behind them.

    ``encoder`` is a folder with a transformer encoder, which then reads the
    entities. The pipeline is for reading: it can be neither trained nor saved.
    Raises InputError where the folder holds no encoder.
    """
    nlp = spacy.load(data_path(MODEL))
    for component in COMPONENTS:
        nlp.add_pipe(component)
    for name in ("tok2vec", "tagger"):
        model: Model[Any, Any] = nlp.get_pipe(name).model  # type: ignore[attr-defined]
        for node in model.walk():
            node.ops = _OPS
    tok2vec: Any = nlp.get_pipe("tok2vec")
    tok2vec.model = for_reading(tok2vec.model)
    nlp.tokenizer = RememberingTokenizer(nlp)
    if encoder is not None:
        nlp.replace_pipe("kgraph_entities", "kgraph_encoder", config={"folder": str(encoder)})
    return nlp


def extract(papers: Iterable[Paper], nlp: Language | None = None) -> Iterator[tuple[Paper, Extraction]]:
    """Yield each paper with what was read out of it, in the order given.

    Holds one batch of papers at a time. The same paper gives the same result
    whatever stands beside it. ``nlp`` can be used by one call at a time: until
    the iterator ends or is closed, it keeps the words that it sees in spaCy's
    memory zone.
    """
    nlp = nlp or load_pipeline()
    for batch in in_zones(nlp, batched(papers, BATCH)):
        yield from zip(batch, read_batch(nlp, batch), strict=True)


def read_batch(nlp: Language, batch: Iterable[Paper]) -> list[Extraction]:
    """Return what was read out of papers that the tagger sees at once."""
    docs = nlp.pipe(
        (make_document(nlp, paper) for paper in batch),
        batch_size=BATCH,
        component_cfg={"tok2vec": {"batch_size": _IN_CACHE}},
    )
    return [read_document(doc) for doc in docs]


def in_zones(nlp: Language, batches: Iterable[Item]) -> Iterator[Item]:
    """Yield batches, and have the pipeline forget the words that it met after every so many.

    Every word that is new costs time, so a zone holds many batches; without
    zones a large corpus would fill the memory.
    """
    source = iter(batches)
    for first in source:
        with nlp.memory_zone():
            yield first
            yield from islice(source, _BATCHES_A_ZONE - 1)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of so many items, the last one shorter."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
