"""Identifiers of papers: each kind in one form, whatever the format writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgraph.model import IdentifierForm, Notice, Paper
from kgraph.sources import read, to_paper
from kgraph.sources.identifiers import KINDS, address_identifiers, find_doi, normal_identifier

HASH = "0a" * 20


@pytest.mark.parametrize(
    ("name", "written", "identifier"),
    [
        ("doi", "10.1234/Moss.1", "10.1234/moss.1"),
        ("doi", "https://doi.org/10.1234/MOSS.1", "10.1234/moss.1"),
        ("doi", "http://dx.doi.org/10.1234%2Fmoss.1", "10.1234/moss.1"),
        ("doi", "doi: 10.1234/moss.1.", "10.1234/moss.1"),
        ("doi", "10.1234/moss.1 [doi]", "10.1234/moss.1"),
        ("doi", "10.1234.56/moss", "10.1234.56/moss"),
        (
            "doi",
            "10.1002/(SICI)1(1998)43:3<338::AID-X1>3.0.CO;2-B",
            "10.1002/(sici)1(1998)43:3<338::aid-x1>3.0.co;2-b",
        ),
        ("arxiv", "arXiv:2401.00010v2", "2401.00010"),
        ("arxiv", "arXiv:2401.00010v2 [cs.CL]", "2401.00010"),
        ("arxiv", "https://arxiv.org/pdf/2401.00010v2.pdf", "2401.00010"),
        ("arxiv", "10.48550/arXiv.2401.00010", "2401.00010"),
        ("arxiv", "cs/0112017v1", "cs/0112017"),
        ("arxiv", "math.GT/0309136", "math/0309136"),
        ("pmid", 31000001, "31000001"),
        ("pmid", "PMID: 31000001", "31000001"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/31000001/", "31000001"),
        ("openalex", "https://openalex.org/w12", "W12"),
        ("semantic_scholar", f"https://www.semanticscholar.org/paper/Moss/{HASH.upper()}", HASH),
        ("semantic_scholar", 77, "CorpusId:77"),
        ("acl", "https://aclanthology.org/P19-1001.pdf", "P19-1001"),
    ],
)
def test_an_identifier_has_one_form(name: str, written: str | int, identifier: str) -> None:
    found = to_paper({"title": "Moss", name: written}, "")
    assert getattr(found.paper, name) == identifier and found.left_out == ()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("doi", "10.1/x", "doi: '10.1/x' is not a DOI"),
        ("doi", "none given", "doi: 'none given' is not a DOI"),
        ("arxiv", "WOS/1234567", "arxiv: 'WOS/1234567' is not an arXiv id"),
        ("pmid", "PMC12", "pmid: 'PMC12' is not a PubMed id"),
        ("openalex", "A5", "openalex: 'A5' is not the id of a work of OpenAlex"),
        (
            "semantic_scholar",
            "https://x.org/y",
            "semantic_scholar: 'https://x.org/y' is not an id of Semantic Scholar",
        ),
        ("acl", "in press", "acl: 'in press' is not an id of the ACL Anthology"),
        ("url", "moss.pdf", "url: 'moss.pdf' is not a web address"),
    ],
)
def test_a_value_of_another_kind_is_left_out(tmp_path: Path, name: str, value: str, reason: str) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text(json.dumps({"title": "Moss", "abstract": "Moss rests.", name: value}))
    paper, notice = read([file])
    assert isinstance(paper, Paper) and getattr(paper, name) is None
    assert isinstance(notice, Notice) and notice.text.endswith(f"{name} (1), first in line 1: {reason}")


@pytest.mark.parametrize(
    ("record", "name", "identifier"),
    [
        ({"url": "https://arxiv.org/abs/2401.00010v3"}, "arxiv", "2401.00010"),
        ({"url": "https://huggingface.co/papers/2401.00010"}, "arxiv", "2401.00010"),
        ({"url": "https://doi.org/10.1234/MOSS?x=1"}, "doi", "10.1234/moss"),
        ({"url": "https://dl.acm.org/doi/pdf/10.1145/12.34"}, "doi", "10.1145/12.34"),
        ({"url": "https://link.springer.com/article/10.1007/s11-020-1#abs"}, "doi", "10.1007/s11-020-1"),
        ({"url": "https://aclanthology.org/2020.acl-main.1/"}, "acl", "2020.acl-main.1"),
        ({"url": "https://openalex.org/W12"}, "openalex", "W12"),
        ({"url": "https://pubmed.ncbi.nlm.nih.gov/31000001"}, "pmid", "31000001"),
        ({"url": f"https://www.semanticscholar.org/paper/{HASH}"}, "semantic_scholar", HASH),
        ({"url": "doi.org/10.1234/moss"}, "doi", "10.1234/moss"),
        ({"doi": "10.48550/arXiv.2401.00010"}, "arxiv", "2401.00010"),
        # The property goes before the address.
        ({"url": "https://doi.org/10.1234/moss", "doi": "10.1234/kelp"}, "doi", "10.1234/kelp"),
    ],
)
def test_an_address_gives_an_identifier(record: dict[str, Any], name: str, identifier: str) -> None:
    found = to_paper({"title": "Moss", **record}, "")
    assert getattr(found.paper, name) == identifier and found.left_out == ()


@pytest.mark.parametrize(
    "address", ["https://example.org/10.1234", "https://arxiv.org/list/cs", "https://a.org/W12"]
)
def test_another_address_gives_none(address: str) -> None:
    assert list(address_identifiers(address)) == []


def test_references_have_one_form() -> None:
    references = ["https://doi.org/10.1234/KELP", "arXiv:2401.00010v1", "https://openalex.org/W7", "w8"]
    paper = to_paper({"title": "Moss", "references": references}, "").paper
    assert paper.references == ("10.1234/kelp", "2401.00010", "W7", "w8")


def test_every_form_of_an_identifier_has_a_kind() -> None:
    assert set(KINDS) == set(get_args(IdentifierForm))


@given(st.text(max_size=60) | st.from_regex(r"(https://doi\.org/)?10\.[0-9]{4}/[!-~]{1,20}", fullmatch=True))
@example("10.0000/)")
@example("10.0000/a.)")
def test_an_identifier_stays_as_it_is(text: str) -> None:
    for kind in KINDS.values():
        if found := kind.find(text):
            assert kind.find(found) == found
    assert normal_identifier(normal_identifier(text)) == normal_identifier(text)


def test_a_long_text_is_searched_quickly() -> None:
    assert find_doi("10.1234/" + "(" * 100_000) is not None
    assert all(kind.find("arxiv.org/" * 20_000) is None for form, kind in KINDS.items() if form == "arxiv")
