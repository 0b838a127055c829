"""Works of OpenAlex: pages of its API, and the lines of its snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kgraph.sources.foreign import arxiv, at, first, inverted_text, last_part, objects, text, texts, year
from kgraph.sources.json_shape import JsonShape


def is_work(record: Mapping[str, Any]) -> bool:
    """Return whether a record is a work of OpenAlex, whatever fields were selected."""
    address = record.get("id")
    return "abstract_inverted_index" in record or (
        isinstance(address, str) and address.startswith("https://openalex.org/W")
    )


def work_values(work: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a paper."""
    id_ = last_part(work.get("id"))
    authorships = objects(work.get("authorships"))
    locations = [work.get("primary_location"), *objects(work.get("locations"))]
    return {
        "id": id_,
        "title": first(work.get("title"), work.get("display_name")),
        "abstract": inverted_text(work.get("abstract_inverted_index")) or text(work.get("abstract")),
        "authors": [
            name
            for entry in authorships
            if (name := first(at(entry, "author", "display_name"), entry.get("raw_author_name")))
        ],
        "organizations": list(_organizations(authorships)),
        "date": text(work.get("publication_date")),
        "year": year(work.get("publication_year")),
        "venue": first(
            at(work, "primary_location", "source", "display_name"), at(work, "host_venue", "display_name")
        ),
        "url": first(at(work, "primary_location", "landing_page_url"), work.get("doi")),
        "keywords": texts(
            [first(word.get("display_name"), word.get("keyword")) for word in objects(work.get("keywords"))]
        ),
        "doi": text(work.get("doi")),
        "arxiv": arxiv(*(at(location, "landing_page_url") for location in locations)),
        "openalex": id_,
        "pmid": text(at(work, "ids", "pmid")),
        "references": texts(work.get("referenced_works")),
    }


def _organizations(authorships: list[Mapping[str, Any]]) -> Iterator[Mapping[str, str]]:
    """Yield each institution once."""
    seen: set[str] = set()
    for institution in (entry for author in authorships for entry in objects(author.get("institutions"))):
        handle, name = last_part(institution.get("id")), text(institution.get("display_name"))
        if handle and name and handle not in seen and not any(map(str.isspace, handle)):
            seen.add(handle)
            yield {"handle": handle, "name": name}


FORMAT = JsonShape(
    name="openalex",
    description="works of OpenAlex (API pages and snapshot lines)",
    matches=is_work,
    values=work_values,
    pages=(("results",),),
)
