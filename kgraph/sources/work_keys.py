"""The identifiers by which a record is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kgraph.model import Paper
from kgraph.paper_record import paper_fields
from kgraph.sources.identifiers import KINDS, id_identifiers

OWN_ID = "id"
"""The kind of an id that only the files of one person use."""


@cache
def identifier_fields() -> tuple[str, ...]:
    """Return the fields of a paper that identify the work everywhere, such as its DOI."""
    return tuple(
        field.name
        for field in paper_fields()
        if field.about.form in KINDS and field.name != OWN_ID and not field.many
    )


def identifiers(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield the identifiers of a record with their kinds, which are the names of their fields.

    An id that is not a DOI or another identifier is of the kind :data:`OWN_ID`.
    """
    for name in identifier_fields():
        if value := getattr(paper, name):
            yield name, value
    if paper.id and not is_identifier(paper):
        yield OWN_ID, paper.id


def is_identifier(paper: Paper) -> bool:
    """Return whether the id of a record identifies the work everywhere."""
    return any(id_identifiers(paper.id)) or any(
        paper.id == getattr(paper, name) for name in identifier_fields()
    )
