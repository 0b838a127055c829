"""Papers of Semantic Scholar: pages of its Graph API, and the lines of its data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgraph.sources.foreign import at, first, number, objects, text, texts, year
from kgraph.sources.json_shape import JsonShape


def is_paper(record: Mapping[str, Any]) -> bool:
    """Return whether a record is a paper of the Graph API or of the data set of papers or abstracts."""
    return ("paperId" in record and ("title" in record or "abstract" in record)) or (
        "corpusid" in record and ("externalids" in record or "abstract" in record)
    )


def paper_values(paper: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper. The data sets write the keys of the API in lower case."""
    found = {key.casefold(): value for key, value in paper.items()}
    raw_ids = found.get("externalids")
    ids = {key.casefold(): value for key, value in raw_ids.items()} if isinstance(raw_ids, Mapping) else {}
    corpus = number(found.get("corpusid")) or number(ids.get("corpusid"))
    id_ = text(found.get("paperid")) or (f"CorpusId:{corpus}" if corpus else None)
    return {
        "id": id_,
        "title": found.get("title"),
        "abstract": found.get("abstract"),
        "authors": texts([author.get("name") for author in objects(found.get("authors"))]),
        "date": text(found.get("publicationdate")),
        "year": year(found.get("year")),
        "venue": first(
            found.get("venue"), at(found, "publicationvenue", "name"), at(found, "journal", "name")
        ),
        "url": text(found.get("url")),
        "doi": text(ids.get("doi")),
        "arxiv": text(ids.get("arxiv")),
        "semantic_scholar": id_,
        "pmid": ids.get("pubmed"),
        "acl": text(ids.get("acl")),
        "references": texts([reference.get("paperId") for reference in objects(found.get("references"))]),
    }


FORMAT = JsonShape(
    name="semantic-scholar",
    description="papers of Semantic Scholar (API pages and data set lines)",
    matches=is_paper,
    values=paper_values,
    pages=(("data",), ("recommendedPapers",)),
)
