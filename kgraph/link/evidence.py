"""Evidence as properties of nodes and relationships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kgraph.model import Evidence


def evidence_properties(sentences: Iterable[Evidence]) -> dict[str, Any]:
    """Return sentences as the parallel lists that the schema declares for evidence."""
    rows = list(sentences)
    return {
        "evidence": [sentence.text for sentence in rows],
        "evidence_fields": [sentence.field for sentence in rows],
        "evidence_starts": [sentence.start for sentence in rows],
        "evidence_ends": [sentence.end for sentence in rows],
        "produced_by": [sentence.producer for sentence in rows],
    }


def text_order(sentence: Evidence) -> tuple[bool, int, int, str]:
    """Return a sort key that orders the sentences of one paper: title first, then by offset and producer."""
    return (sentence.field == "abstract", sentence.start, sentence.end, sentence.producer)
