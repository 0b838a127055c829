"""kgraph: a knowledge graph of research papers, to look at, query and get suggestions from.

>>> import kgraph
>>> with kgraph.open("papers.kg") as kg:  # doctest: +SKIP
...     kg.build("daily-papers.txt")
...     kg.suggest("Memory Decoder", k=5)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgraph.api import KnowledgeGraph, fetch, open
from kgraph.errors import InputError, KgraphError, QueryError, StoreError
from kgraph.export import ExportReport, NextStep
from kgraph.model import (
    Conflict,
    Evidence,
    Extraction,
    Mention,
    Merge,
    Notice,
    Organization,
    Paper,
    PaperConcept,
    Rejection,
    Relation,
    Result,
    WebLink,
)
from kgraph.progress import Progress
from kgraph.schema import Label, LabelKind, Property, RelationshipType, Schema
from kgraph.stats import Stats
from kgraph.store import QueryResult

if TYPE_CHECKING:
    from kgraph.build import BuildReport
    from kgraph.fetching import FetchReport
    from kgraph.suggest import Reason, Suggestion
    from kgraph.view import View

    __version__: str

__all__ = [
    "BuildReport",
    "Conflict",
    "Evidence",
    "ExportReport",
    "Extraction",
    "FetchReport",
    "InputError",
    "KgraphError",
    "KnowledgeGraph",
    "Label",
    "LabelKind",
    "Mention",
    "Merge",
    "NextStep",
    "Notice",
    "Organization",
    "Paper",
    "PaperConcept",
    "Progress",
    "Property",
    "QueryError",
    "QueryResult",
    "Reason",
    "Rejection",
    "Relation",
    "RelationshipType",
    "Result",
    "Schema",
    "Stats",
    "StoreError",
    "Suggestion",
    "View",
    "WebLink",
    "__version__",
    "fetch",
    "open",
]

# These modules import spaCy, SciPy or NetworkX, which takes seconds.
_LAZY = {
    "BuildReport": "kgraph.build",
    "FetchReport": "kgraph.fetching",
    "Reason": "kgraph.suggest",
    "Suggestion": "kgraph.suggest",
    "View": "kgraph.view",
}


def __getattr__(name: str) -> Any:
    """Import a result type or read the version when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kgraph")
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'kgraph' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
