"""The errors of kgraph. Their texts say what to do.

Every error that kgraph raises on purpose is a :class:`KgraphError`. The command
line prints its text and exits with its code. It prints a traceback only with
``--debug``.
"""

from __future__ import annotations


class KgraphError(Exception):
    """Something failed although the input and the usage are correct."""

    exit_code = 1


class InputError(KgraphError):
    """The input or the usage is wrong."""

    exit_code = 2


class SchemaError(KgraphError):
    """The code and ``schemas/graph.json`` do not match."""


class StoreError(KgraphError):
    """The graph store cannot be opened, read or written."""


class QueryError(InputError):
    """A Cypher statement is wrong, not allowed, or was stopped."""
