"""An extraction as JSON: what ``kgraph extract`` prints and what the cache keeps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from kgraph.model import Extraction, Paper

_DECODER = msgspec.json.Decoder(Extraction)


def to_record(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """Return the line that ``kgraph extract`` prints for a paper; its keys are a contract.

    Beside what the paper is about stands everything else that was read as a
    task, a method, a data set, a metric or a term.
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
    """Return an extraction as JSON; :func:`extraction_from_json` is its inverse."""
    return msgspec.json.encode(extraction)


def extraction_from_json(data: bytes) -> Extraction:
    """Return the extraction that JSON describes. Raises msgspec.MsgspecError for JSON of anything else."""
    return _DECODER.decode(data)
