"""Load the pipeline and run it over papers."""

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

from kgraph.data import MODEL, data_hash, data_path, extraction_language
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
    "kgraph_relation_model",
    "kgraph_results",
    "kgraph_salience",
)
"""The components after the trained part. A component that assigns the same can replace each."""

RULES_VERSION = "4"
"""Raised with every change of code that can change an extraction. The data has its own hash."""

BATCH = 64
"""Papers that the tagger processes at once."""

_BATCHES_A_ZONE = 32
_EMPTY = Extraction((), ())
_IN_CACHE = 8
"""Papers for which the matrices of the tok2vec stay in a processor's cache."""

_OPS = NumpyOps(use_blis=False)
"""numpy's matrix product, three times as fast as that of blis for matrices of these sizes."""


def extractor_version(encoder: Path | None = None) -> str:
    """Return the version of all that an extraction depends on: rules, spaCy, data and encoder."""
    parts = [f"rules-{RULES_VERSION}", f"spacy-{version('spacy')}", f"data-{data_hash()}"]
    if encoder is not None:
        parts.append(f"encoder-{encoder_version(encoder)}")
    return " ".join(parts)


def load_pipeline(encoder: Path | None = None) -> Language:
    """Return kgraph's pipeline: tok2vec, tagger, entity reader and the components after them.

    ``encoder`` is a folder with a transformer encoder, which then reads the
    entities. The pipeline cannot be trained or saved. Raises InputError if the
    folder has no encoder.
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
    """Yield each paper with its extraction, in the order given.

    Only one batch of papers is in memory. The result of a paper does not
    depend on the other papers. ``nlp`` can be used by one call at a time,
    because until the iterator ends or is closed, it keeps new words in spaCy's
    memory zone.
    """
    nlp = nlp or load_pipeline()
    for batch in in_zones(nlp, batched(papers, BATCH)):
        yield from zip(batch, read_batch(nlp, batch), strict=True)


def read_batch(nlp: Language, batch: Iterable[Paper]) -> list[Extraction]:
    """Return the extractions of papers that the tagger processes at once.

    That of a paper in another language is empty.
    """
    papers = list(batch)
    docs = nlp.pipe(
        (make_document(nlp, paper) for paper in papers if _is_readable(paper)),
        batch_size=BATCH,
        component_cfg={"tok2vec": {"batch_size": _IN_CACHE}},
    )
    return [read_document(next(docs)) if _is_readable(paper) else _EMPTY for paper in papers]


def _is_readable(paper: Paper) -> bool:
    return paper.language is None or paper.language == extraction_language()


def in_zones(nlp: Language, batches: Iterable[Item]) -> Iterator[Item]:
    """Yield batches, and clear the pipeline's memory of new words after every few of them.

    Every new word costs time, so a zone has many batches. Without zones a
    large corpus would fill the memory.
    """
    source = iter(batches)
    for first in source:
        with nlp.memory_zone():
            yield first
            yield from islice(source, _BATCHES_A_ZONE - 1)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of ``size`` items. The last one may be shorter."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
