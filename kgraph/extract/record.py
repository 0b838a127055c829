"""An extraction as JSON: what ``kgraph extract`` prints and what the cache keeps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from kgraph.model import Extraction, Paper

_DECODER = msgspec.json.Decoder(Extraction)


def to_record(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """Return the line that ``kgraph extract`` prints for a paper; its keys are a contract."""
    return {
        "id": paper.id,
        "title": paper.title,
        "concepts": [asdict(concept) for concept in extraction.concepts],
        "relations": [asdict(relation) for relation in extraction.relations],
    }


def extraction_to_json(extraction: Extraction) -> bytes:
    """Return an extraction as JSON; :func:`extraction_from_json` is its inverse."""
    return msgspec.json.encode(extraction)


def extraction_from_json(data: bytes) -> Extraction:
    """Return the extraction that JSON describes. Raises msgspec.MsgspecError for JSON of anything else."""
    return _DECODER.decode(data)
