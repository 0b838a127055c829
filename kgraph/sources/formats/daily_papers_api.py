"""The answer of the Daily Papers API of Hugging Face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import arxiv, at, first, objects, text, texts
from kgraph.sources.json_shape import JsonShape


def is_entry(record: Mapping[str, Any]) -> bool:
    """Return whether a record is an entry of a day, or one paper."""
    paper = _paper(record)
    return (
        "id" in paper
        and "title" in paper
        and ("upvotes" in paper or {"summary", "publishedAt"} <= paper.keys())
    )


def entry_values(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. Values that its ``paper`` lacks are those of the entry."""
    paper = _paper(entry)
    handle = text(at(paper, "organization", "name"))
    organization = {"handle": handle, "name": text(at(paper, "organization", "fullname"))}
    comments = entry.get("numComments")
    return {
        "id": paper["id"],
        "title": paper["title"] if text(paper["title"]) else entry.get("title"),
        "abstract": first(paper.get("summary"), entry.get("summary")),
        "authors": texts([author.get("name") for author in objects(paper.get("authors"))]),
        "organizations": [organization] if handle and not any(map(str.isspace, handle)) else None,
        "date": first(paper.get("publishedAt"), entry.get("publishedAt")),
        "comments": comments if type(comments) is int and comments >= 0 else None,
        "arxiv": arxiv(paper["id"]),
    }


def _paper(record: Mapping[str, Any]) -> Mapping[str, Any]:
    paper = record.get("paper")
    return paper if isinstance(paper, Mapping) else record


FORMAT = JsonShape(
    name="daily-papers-api",
    description="the JSON of the Daily Papers API of Hugging Face",
    matches=is_entry,
    values=entry_values,
    pages=(("dailyPapers",),),
)
