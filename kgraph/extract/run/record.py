"""An extraction as JSON, for ``kgraph extract`` and for the cache."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from kgraph.model import Extraction, Paper

_DECODER = msgspec.json.Decoder(Extraction)


def to_record(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """Return the line that ``kgraph extract`` prints for a paper. Its keys are a contract.

    Concepts are those of the paper and further candidates that are a task, a
    method, a data set, a metric or another term.
    """
    named = [concept for concept in extraction.further if concept.kind != "phrase"]
    concepts = sorted([*extraction.concepts, *named], key=lambda concept: -concept.salience)
    return {
        "id": paper.id,
        "title": paper.title,
        "concepts": [asdict(concept) for concept in concepts],
        "relations": [asdict(relation) for relation in extraction.relations],
        "results": [asdict(result) for result in extraction.results],
    }


def extraction_to_json(extraction: Extraction) -> bytes:
    """Return an extraction as JSON, which :func:`extraction_from_json` reads."""
    return msgspec.json.encode(extraction)


def extraction_from_json(data: bytes) -> Extraction:
    """Return the extraction in JSON. Raises msgspec.MsgspecError for other JSON."""
    return _DECODER.decode(data)
