"""Find identifiers of papers in the texts of a record."""

from __future__ import annotations

import re

_DOI = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"<>\[\]]{1,480}", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv[:./]\s*(?:org/(?:abs|pdf|html)/)?)?"
    r"(?P<id>[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?(?:\.pdf)?",
    re.IGNORECASE,
)
_ARXIV_ADDRESS = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(?P<id>[^\s?#]{5,40})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,12}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def find_doi(text: str) -> str | None:
    """Return the first DOI in a text, without a resolver before it, or None."""
    match = _DOI.search(text)
    if match is None:
        return None
    doi = match[0].rstrip(".,;:'")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1]
    return doi


def find_arxiv(text: str) -> str | None:
    """Return the arXiv id of a text that is an id or an address of arXiv, without its version, or None."""
    text = text.strip()
    address = _ARXIV_ADDRESS.search(text)
    match = _ARXIV.fullmatch(address["id"] if address else text)
    return match["id"] if match else None


def find_pmid(text: str) -> str | None:
    """Return the digits of a PubMed id, or None."""
    match = _NUMBER.fullmatch(text.strip())
    return match[0] if match else None


def find_url(text: str) -> str | None:
    """Return the first web address in a text, or None."""
    match = _WEB_ADDRESS.search(text)
    return match[0].rstrip(".,;") if match else None
