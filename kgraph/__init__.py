"""kgraph: a knowledge graph of research papers, to look at, query and get suggestions from.

>>> import kgraph
>>> with kgraph.open("papers.kg") as kg:  # doctest: +SKIP
...     kg.build("daily-papers.txt")
...     kg.suggest("Memory Decoder", k=5)
"""

from kgraph.api import KnowledgeGraph, open
from kgraph.errors import InputError, KgraphError, QueryError, StoreError

__all__ = ["InputError", "KgraphError", "KnowledgeGraph", "QueryError", "StoreError", "open"]
