"""JSON of other services: OpenAlex, Semantic Scholar, arXiv, Crossref and others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Organization, Paper, Rejection
from kgraph.sources import read
from kgraph.sources.foreign import (
    arxiv,
    date_of_milliseconds,
    date_of_parts,
    inverted_text,
    person,
    unwrapped,
)
from kgraph.sources.json_shape import JsonShape, first_values
from kgraph.sources.registry import source_formats

OPENALEX = {
    "id": "https://openalex.org/W101",
    "doi": "https://doi.org/10.48550/arXiv.2103.00007",
    "title": None,
    "display_name": "Moss as a clock",
    "publication_year": 2021,
    "publication_date": "2021-03-04",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/31000001"},
    "primary_location": {
        "landing_page_url": "https://arxiv.org/abs/2103.00007v2",
        "source": {"display_name": "Moss Letters"},
    },
    "authorships": [
        {
            "author": {"display_name": "Inga Aalto"},
            "institutions": [{"id": "https://openalex.org/I5", "display_name": "Shore Lab"}],
        },
        {
            "author": {"display_name": None},
            "raw_author_name": "Okafor, Ben",
            "institutions": [{"id": "https://openalex.org/I5", "display_name": "Shore Lab"}],
        },
    ],
    "keywords": [{"display_name": "Bryology"}],
    "referenced_works": ["https://openalex.org/W1", "https://openalex.org/W2"],
    "abstract_inverted_index": {"Moss": [0, 3], "grows": [1], "slowly.": [2], "rests.": [4]},
}
GRAPH_API = {
    "paperId": "f00d",
    "externalIds": {"ArXiv": "2103.00007", "DOI": "10.1234/moss.1", "PubMed": "31000001", "ACL": "P1-1"},
    "title": "Moss as a clock",
    "abstract": None,
    "venue": "",
    "journal": {"name": "Moss Letters"},
    "year": 2021,
    "publicationDate": "2021-03-04",
    "authors": [{"authorId": "1", "name": "Inga Aalto"}, {"authorId": None, "name": None}],
    "references": [{"paperId": "beef"}, {"paperId": None}],
}
DATA_SET = {
    "corpusid": 77,
    "externalids": {"ArXiv": None, "CorpusId": "77", "DOI": "10.1234/moss.1"},
    "title": "Moss as a clock",
    "authors": [{"authorId": "1", "name": "Inga Aalto"}],
    "year": 2021,
    "publicationdate": "2021-03-04",
}
DAILY: dict[str, Any] = {
    "paper": {
        "id": "2103.00007",
        "title": "Moss as a clock",
        "summary": "Moss grows slowly.",
        "publishedAt": "2021-03-04T05:06:07.000Z",
        "upvotes": 4,
        "authors": [{"name": "Inga Aalto", "hidden": True}],
        "organization": {"name": "shore", "fullname": "Shore Lab"},
    },
    "numComments": 3,
}
ARXIV = {
    "id": "2103.00007",
    "submitter": "Inga Aalto",
    "title": "Moss as\n  a clock",
    "abstract": "  Moss grows\nslowly.\n  It rests.\n",
    "authors": "Inga Aalto (1), Ben Okafor Jr. and Wei Lind ((1) Shore (Lab), Oslo)",
    "authors_parsed": [["Aalto", "Inga", "", "Shore Lab"], ["Okafor", "Ben", "Jr."]],
    "categories": "q-bio.PE cs.LG",
    "comments": "12 pages",
    "journal-ref": "Moss Letters 3",
    "doi": "10.1234/moss.1",
    "versions": [{"version": "v1", "created": "Thu, 4 Mar 2021 05:06:07 GMT"}],
    "update_date": "2022-01-01",
}
CROSSREF = {
    "DOI": "10.1234/moss.1",
    "type": "journal-article",
    "title": ["Moss as a clock"],
    "container-title": ["Moss Letters"],
    "author": [{"given": "Inga", "family": "Aalto"}, {"name": "Shore Lab"}],
    "issued": {"date-parts": [[2021, 3, 4]]},
    "abstract": "<jats:p>Moss grows slowly.</jats:p>",
    "URL": "https://doi.org/10.1234/moss.1",
    "subject": ["Bryology"],
    "reference": [{"key": "a", "DOI": "10.1234/old.1"}, {"key": "b", "unstructured": "A book"}],
}
CSL = {
    "id": "aalto2021",
    "type": "article-journal",
    "title": "Moss as a clock",
    "container-title": "Moss Letters",
    "DOI": "10.1234/moss.1",
    "abstract": "Moss grows slowly.",
    "author": [
        {"family": "Aalto", "given": "Inga"},
        {"family": "Berg", "given": "Cas", "non-dropping-particle": "van der"},
        {"literal": "Shore Lab"},
    ],
    "issued": {"date-parts": [["2021", "3", 4]]},
    "keyword": "bryology, clocks",
}
NOTE = {
    "id": "nOtE",
    "forum": "nOtE",
    "cdate": 1614834367000,
    "content": {
        "title": {"value": "Moss as a clock"},
        "abstract": {"value": "Moss grows slowly."},
        "authors": {"value": ["Inga Aalto"]},
        "keywords": {"value": ["bryology"]},
        "venue": {"value": "Moss 2021 oral"},
    },
}
LIST_ENTRY = {
    "id": "nOtE",
    "title": "Moss as a clock",
    "abstract": "Moss grows slowly.",
    "status": "Poster",
    "track": "main",
    "author": "Inga Aalto;Ben Okafor",
    "keywords": "bryology; clocks",
    "site": "https://openreview.net/forum?id=nOtE",
}
PLAIN = {"id": "p", "title": "Fern", "abstract": "Ferns wait."}
RECORDS: dict[str, dict[str, Any]] = {
    "openalex": OPENALEX,
    "semantic-scholar": GRAPH_API,
    "daily-papers-api": DAILY,
    "arxiv-snapshot": ARXIV,
    "crossref": CROSSREF,
    "csl-json": CSL,
    "openreview": NOTE,
    "paper-lists": LIST_ENTRY,
}
SHAPES = {form.name: form for form in source_formats() if isinstance(form, JsonShape)}


def outcome(tmp_path: Path, text: str | bytes, name: str = "papers.json") -> list[Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def paper_of(tmp_path: Path, record: dict[str, Any]) -> Paper:
    (paper,) = outcome(tmp_path, json.dumps(record))
    assert isinstance(paper, Paper) and paper.title == "Moss as a clock"
    return paper


def test_each_record_is_of_one_shape() -> None:
    assert SHAPES.keys() == RECORDS.keys()
    for name, record in RECORDS.items():
        assert [shape.name for shape in SHAPES.values() if shape.matches(record)] == [name]
    assert not any(shape.matches(PLAIN) for shape in SHAPES.values())


def test_openalex(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, OPENALEX)
    assert (paper.id, paper.openalex, paper.doi) == ("W101", "W101", "10.48550/arxiv.2103.00007")
    assert (paper.arxiv, paper.pmid, paper.date) == ("2103.00007", "31000001", "2021-03-04")
    assert paper.abstract == "Moss grows slowly. Moss rests."
    assert paper.authors == ("Inga Aalto", "Ben Okafor")
    assert paper.organizations == (Organization("I5", "Shore Lab"),)
    assert (paper.venue, paper.keywords) == ("Moss Letters", ("Bryology",))
    assert paper.references == ("W1", "W2")
    assert paper.url == "https://arxiv.org/abs/2103.00007v2"


def test_semantic_scholar(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, GRAPH_API)
    assert (paper.id, paper.semantic_scholar, paper.doi) == ("f00d", "f00d", "10.1234/moss.1")
    assert (paper.arxiv, paper.pmid, paper.acl) == ("2103.00007", "31000001", "P1-1")
    assert (paper.abstract, paper.authors, paper.venue) == ("", ("Inga Aalto",), "Moss Letters")
    assert (paper.date, paper.references) == ("2021-03-04", ("beef",))
    line = paper_of(tmp_path, DATA_SET)
    assert (line.id, line.doi, line.arxiv) == ("CorpusId:77", "10.1234/moss.1", None)
    assert (line.authors, line.date) == (("Inga Aalto",), "2021-03-04")


def test_daily_papers_api(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, DAILY)
    assert (paper.id, paper.arxiv, paper.date) == ("2103.00007", "2103.00007", "2021-03-04")
    assert (paper.abstract, paper.authors, paper.comments) == ("Moss grows slowly.", ("Inga Aalto",), 3)
    assert paper.organizations == (Organization("shore", "Shore Lab"),)
    # The API of one paper answers without the entry around it.
    alone = paper_of(tmp_path, DAILY["paper"])
    assert (alone.id, alone.abstract, alone.comments) == (paper.id, paper.abstract, None)


def test_arxiv_snapshot(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, ARXIV)
    assert (paper.id, paper.arxiv, paper.doi) == ("2103.00007", "2103.00007", "10.1234/moss.1")
    assert paper.abstract == "Moss grows slowly.\n  It rests."
    assert paper.authors == ("Inga Aalto", "Ben Okafor Jr.")
    assert (paper.date, paper.keywords, paper.venue) == (
        "2021-03-04",
        ("q-bio.PE", "cs.LG"),
        "Moss Letters 3",
    )
    unparsed = paper_of(tmp_path, {key: value for key, value in ARXIV.items() if key != "authors_parsed"})
    assert unparsed.authors == ("Inga Aalto", "Ben Okafor Jr.", "Wei Lind")


@pytest.mark.parametrize("record", [CROSSREF, {"status": "ok", "message-type": "work", "message": CROSSREF}])
def test_crossref(tmp_path: Path, record: dict[str, Any]) -> None:
    paper = paper_of(tmp_path, record)
    assert (paper.id, paper.doi, paper.date) == ("10.1234/moss.1", "10.1234/moss.1", "2021-03-04")
    assert (paper.authors, paper.venue) == (("Inga Aalto", "Shore Lab"), "Moss Letters")
    assert "Moss grows slowly." in paper.abstract
    assert (paper.keywords, paper.references) == (("Bryology",), ("10.1234/old.1",))


def test_csl_json(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, CSL)
    assert paper.id == "moss-as-a-clock"
    assert paper.authors == ("Inga Aalto", "Cas van der Berg", "Shore Lab")
    assert (paper.date, paper.venue, paper.doi) == ("2021-03-04", "Moss Letters", "10.1234/moss.1")
    assert (paper.abstract, paper.keywords) == ("Moss grows slowly.", ("bryology", "clocks"))
    only_text = paper_of(tmp_path, CSL | {"issued": {"raw": "4 March 2021"}})
    assert only_text.date == "2021-03-04"


def test_openreview(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, NOTE)
    assert (paper.id, paper.date, paper.venue) == ("nOtE", "2021-03-04", "Moss 2021 oral")
    assert (paper.abstract, paper.authors) == ("Moss grows slowly.", ("Inga Aalto",))
    first_version = NOTE | {"content": {"title": "Moss as a clock", "authors": ["Inga Aalto"]}}
    assert paper_of(tmp_path, first_version).authors == ("Inga Aalto",)
    review = {"id": "r", "forum": "nOtE", "replyto": "nOtE", "content": {"title": "Good paper"}}
    paper, rejection = outcome(tmp_path, json.dumps({"notes": [NOTE, review]}))
    assert isinstance(rejection, Rejection) and rejection.reason == "a reply to a note is not a paper"


def test_paper_lists(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, LIST_ENTRY)
    assert (paper.id, paper.url) == ("nOtE", "https://openreview.net/forum?id=nOtE")
    assert (paper.authors, paper.keywords) == (("Inga Aalto", "Ben Okafor"), ("bryology", "clocks"))
    assert paper_of(tmp_path, LIST_ENTRY | {"id": "17"}).id == "moss-as-a-clock"


PAGES = {
    "openalex": ("results",),
    "semantic-scholar": ("data",),
    "crossref": ("message", "items"),
    "openreview": ("notes",),
}


def page(name: str, records: list[Any]) -> dict[str, Any]:
    """Return records in the page of a service, between other values."""
    whole: Any = records
    for key in reversed(PAGES.get(name, ("items",))):
        whole = {"first": {"count": [1, "]"], key: {"x": []}}, key: whole, "last": ["}", {"y": '[\\"'}]}
    return dict(whole)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("layout", ["lines", "array", "page", "two pages"])
def test_lines_arrays_and_pages(tmp_path: Path, name: str, indent: int | None, layout: str) -> None:
    records = [RECORDS[name], PLAIN]
    match layout:
        case "lines":
            text = "\n".join(json.dumps(record, indent=indent) for record in records)
        case "array":
            text = json.dumps(records, indent=indent)
        case _ if name not in PAGES:
            return
        case "page":
            text = json.dumps(page(name, records), indent=indent)
        case _:
            text = "\n".join(json.dumps(page(name, [record]), indent=indent) for record in records)
    # A record of another shape is read as a record of kgraph.
    first, second = outcome(tmp_path, text)
    assert (first.title, second.title, second.id) == ("Moss as a clock", "Fern", "p")


def test_elements_of_a_page_that_are_not_records(tmp_path: Path) -> None:
    text = json.dumps(page("openalex", [OPENALEX, None, {"id": "https://openalex.org/W3"}]), indent=1)
    paper, null, empty = outcome(tmp_path, text)
    assert isinstance(paper, Paper)
    assert isinstance(null, Rejection) and "expected an object, got null" in null.reason
    assert text.splitlines()[null.line - 1].strip() == "null,"
    assert isinstance(empty, Rejection) and "neither a title nor an abstract" in empty.reason


def test_a_page_that_is_cut_keeps_the_records_before(tmp_path: Path) -> None:
    text = json.dumps(page("openalex", [OPENALEX, OPENALEX | {"id": "https://openalex.org/W9"}]))
    paper, rejection = outcome(tmp_path, text[: text.index("W9")])
    assert isinstance(paper, Paper) and isinstance(rejection, Rejection)
    assert "not valid JSON" in rejection.reason


def test_plain_records_keep_their_format(tmp_path: Path) -> None:
    record = PLAIN | {
        "authors": ["Inga Aalto"],
        "doi": "10.1234/x",
        "openalex": "W1",
        "semantic_scholar": "S",
    }
    for text in (json.dumps(record), json.dumps([record]), json.dumps(record, indent=1)):
        (paper,) = outcome(tmp_path, text)
        assert (paper.id, paper.openalex, paper.semantic_scholar) == ("p", "W1", "S")


def test_the_first_line_may_be_damaged(tmp_path: Path) -> None:
    bad, paper = outcome(tmp_path, 'oops "\n' + json.dumps(ARXIV), "papers.jsonl")
    assert isinstance(bad, Rejection) and paper.authors == ("Inga Aalto", "Ben Okafor Jr.")


@pytest.mark.parametrize("cut", [50, 90, 200, 400, 700])
def test_a_record_longer_than_the_sample_is_detected(cut: int) -> None:
    (record,) = first_values(json.dumps(OPENALEX)[:cut])
    assert record.items() <= OPENALEX.items() or record["id"] == OPENALEX["id"]


def test_first_values_of_texts_without_any() -> None:
    for text in ("", "oops", "]", "[" * 60_000, '{"a": ' * 9_000, '"', "{", '{"a'):
        assert all(isinstance(value, dict | list) for value in first_values(text))


def test_parts_of_records() -> None:
    assert date_of_parts([2021, "3", 4]) == "2021-03-04"
    assert [date_of_parts(parts) for parts in ([2021, 13, 1], [None, 1], [], "2021", [0])] == [
        "2021",
        None,
        None,
        None,
        None,
    ]
    assert date_of_milliseconds(1614834367000) == "2021-03-04"
    assert [date_of_milliseconds(time) for time in (None, True, -1, 1e300, float("nan"), 10**400)] == [
        None
    ] * 6
    assert inverted_text({"b": [1], "a": [0, "x", None], "c": 5}) == "a b"
    assert inverted_text([]) is None
    assert person({"family": 5, "given": "Inga"}) == "Inga"
    assert unwrapped(" a\nb\n\n  c\r\nd ") == "a b\n\n  c d"
    assert arxiv(None, "10.48550/arXiv.2103.00007", "2104.00001") == "2103.00007"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """Return a record of a service in which parts are replaced by any values."""

    def spoil(value: Any) -> Any:
        if draw(st.integers(0, 7)) == 0:
            return draw(ANY)
        if isinstance(value, dict):
            return {key: spoil(part) for key, part in value.items()}
        return [spoil(part) for part in value] if isinstance(value, list) else value

    return spoil(draw(st.sampled_from([*RECORDS.values(), DATA_SET])))


@settings(max_examples=300, deadline=2000)
@given(st.lists(spoiled(), min_size=1, max_size=3), st.integers(0, 2000), st.sampled_from([None, *PAGES]))
def test_any_json_gives_papers_or_reasons(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], cut: int, name: str | None
) -> None:
    text = json.dumps(page(name, records) if name else records)
    for data in (text, text[:cut]):
        try:
            found = outcome(tmp_path_factory.getbasetemp(), data, "any.json")
        except InputError as error:
            assert str(error)
        else:
            assert all(item.reason for item in found if isinstance(item, Rejection))
