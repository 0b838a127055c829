"""What can go wrong, said so that a researcher can mend it.

Every error that kgraph raises on purpose is a :class:`KgraphError`; the
command line prints its text and leaves with its exit code, never with a
traceback (unless ``--debug`` asks for one).
"""

from __future__ import annotations


class KgraphError(Exception):
    """Something failed that the input or the usage is not to blame for."""

    exit_code = 1


class InputError(KgraphError):
    """The input or the usage is wrong; the text says where and what to do."""

    exit_code = 2


class SchemaError(KgraphError):
    """The code and ``schemas/graph.json`` do not match."""


class StoreError(KgraphError):
    """The graph store cannot be opened, read or written."""


class QueryError(InputError):
    """A Cypher statement is wrong, or asks for what it may not do."""
