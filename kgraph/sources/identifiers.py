"""Find the identifiers of papers in the texts of a record, and write each in one form.

A DOI is in lower case, because case does not count in DOIs. An arXiv id has no
version and no subject class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from kgraph.model import IdentifierForm

# Old DOIs have angle brackets: 10.1002/(SICI)1097-4636(199823)43:3<338::AID-JBM16>3.0.CO;2-B
_DOI = re.compile(
    r"(?<![\w.])10\.[0-9]{4,9}(?:\.[0-9]{1,9})*/(?:[^\s\"<>\[\]]|<[0-9]+:[^\s\"<>]{0,30}>){1,480}"
)
_DOI_ADDRESS = re.compile(
    r"\bdoi\.org/(?P<resolved>[^\s?#]+)|/(?:doi|article|chapter|book)/(?:[a-z]+/)?(?P<page>10\.[^\s?#]+)"
)
_END_OF_PAGE = re.compile(r"(?:\.pdf|/(?:full|pdf|epdf|abstract|summary|html))+$", re.IGNORECASE)
_ARXIV_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs"
    "|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol"
    "|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_ARXIV = re.compile(
    r"(?:arxiv[:./]\s*)?(?:(?P<new>[0-9]{4}\.[0-9]{4,5})"
    rf"|(?P<archive>{_ARXIV_ARCHIVES})(?:\.[a-z]{{2}})?/(?P<number>[0-9]{{7}}))"
    r"(?:v[0-9]{1,3})?(?:\.pdf)?(?:\s*\[[a-z.-]+\])?",
    re.IGNORECASE,
)
_ARXIV_ADDRESS = re.compile(
    r"(?:\barxiv\.org/(?:abs|pdf|html|format)/|10\.48550/arxiv\.|\b(?:huggingface\.co|hf\.co)/papers/)"
    r"(?P<id>[^\s?#]{5,40})",
    re.IGNORECASE,
)
_PMID = re.compile(r"(?:pmid\s*:?\s*)?0*(?P<id>[1-9][0-9]{0,8})", re.IGNORECASE)
_PMID_ADDRESS = re.compile(
    r"\b(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(?P<id>[0-9]{1,9})(?![0-9])", re.IGNORECASE
)
_OPENALEX = re.compile(r"W[1-9][0-9]{0,11}", re.IGNORECASE)
_OPENALEX_ADDRESS = re.compile(r"\bopenalex\.org/(?:works/)?(?P<id>W[0-9]{1,12})\b", re.IGNORECASE)
_SEMANTIC_SCHOLAR = re.compile(
    r"(?:corpus_?id:\s*)?(?P<corpus>[0-9]{1,18})|(?P<id>[!-~]{1,60})", re.IGNORECASE
)
_HASH = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_SEMANTIC_SCHOLAR_ADDRESS = re.compile(
    r"\bsemanticscholar\.org/(?:corpusid:(?P<corpus>[0-9]{1,18})|(?:[^\s?#]*/)?(?P<id>[0-9a-f]{40}))(?![0-9a-f])",
    re.IGNORECASE,
)
_ACL = re.compile(r"[A-Z0-9][A-Z0-9.-]{3,60}", re.IGNORECASE)
_ACL_ADDRESS = re.compile(
    r"\b(?:aclanthology\.org|aclweb\.org/anthology)/(?P<id>[A-Z0-9][A-Z0-9.-]{3,60}?)(?:\.pdf|\.bib)?/?(?=[?#]|$)",
    re.IGNORECASE,
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:48550|1101|21203|31234|31219|20944|26434|36227|2139|33774|22541|55458)/", re.IGNORECASE
)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def find_doi(text: str) -> str | None:
    """Return the first DOI in a text, without a resolver before it and in lower case, or None.

    >>> find_doi("see https://doi.org/10.1234/A.5."), find_doi("5")
    ('10.1234/a.5', None)
    """
    match = _DOI.search(unquote(text) if "%2f" in text.lower() else text)
    if match is None:
        return None
    doi = match[0].rstrip(".,;:'")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:'")
    return doi.lower() if doi.partition("/")[2] else None


def find_arxiv(text: str) -> str | None:
    """Return the arXiv id of a text that is an id, its address or its DOI, without the version, or None.

    >>> find_arxiv("arXiv:2401.00010v2"), find_arxiv("https://arxiv.org/abs/math.GT/0309136")
    ('2401.00010', 'math/0309136')
    """
    text = text.strip()
    address = _ARXIV_ADDRESS.search(text)
    match = _ARXIV.fullmatch(address["id"].rstrip("/.,;") if address else text)
    if match is None:
        return None
    return match["new"] or f"{match['archive'].lower()}/{match['number']}"


def find_pmid(text: str) -> str | None:
    """Return the digits of a text that is a PubMed id or its address, or None."""
    match = _PMID_ADDRESS.search(text)
    match = _PMID.fullmatch(match["id"] if match else text.strip())
    return match["id"] if match else None


def find_openalex(text: str) -> str | None:
    """Return the OpenAlex id of a text that is the id of a work or its address, or None."""
    address = _OPENALEX_ADDRESS.search(text)
    match = _OPENALEX.fullmatch(address["id"] if address else text.strip())
    return match[0].upper() if match else None


def find_semantic_scholar(text: str) -> str | None:
    """Return the id of a paper of Semantic Scholar, also from its address, or None.

    A number is a corpus id, written as ``CorpusId:7``.
    """
    match = _SEMANTIC_SCHOLAR_ADDRESS.search(text) or _SEMANTIC_SCHOLAR.fullmatch(text.strip())
    if match is None or (match["id"] and "/" in match["id"]):
        return None
    if match["corpus"]:
        return f"CorpusId:{match['corpus']}"
    return match["id"].lower() if _HASH.fullmatch(match["id"]) else match["id"]


def find_acl(text: str) -> str | None:
    """Return the id of the ACL Anthology of a text that is an id or its address, or None."""
    address = _ACL_ADDRESS.search(text.strip())
    match = _ACL.fullmatch(address["id"] if address else text.strip())
    return match[0] if match else None


def find_url(text: str) -> str | None:
    """Return the first web address in a text, or None."""
    match = _WEB_ADDRESS.search(text)
    return match[0].rstrip(".,;") if match else None


def normal_identifier(text: str) -> str:
    """Return a text that is a DOI, an arXiv id or an address of OpenAlex in its one form.

    Other texts are returned as they are, such as the ids of other papers of a file.

    >>> normal_identifier("https://doi.org/10.1234/ABC"), normal_identifier("bb22")
    ('10.1234/abc', 'bb22')
    """
    if _OPENALEX_ADDRESS.search(text):
        return find_openalex(text) or text
    return find_arxiv(text) or find_doi(text) or text


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """A kind of identifier: what to call it in a message, and the function that finds one in a text."""

    name: str
    find: Callable[[str], str | None]


KINDS: Mapping[IdentifierForm, IdentifierKind] = {
    "identifier": IdentifierKind("an id", lambda text: text),
    "reference": IdentifierKind("an id", normal_identifier),
    "doi": IdentifierKind("a DOI", find_doi),
    "arxiv": IdentifierKind("an arXiv id", find_arxiv),
    "openalex": IdentifierKind("the id of a work of OpenAlex", find_openalex),
    "semantic scholar": IdentifierKind("an id of Semantic Scholar", find_semantic_scholar),
    "pmid": IdentifierKind("a PubMed id", find_pmid),
    "acl": IdentifierKind("an id of the ACL Anthology", find_acl),
}


def address_identifiers(address: str) -> Iterator[tuple[IdentifierForm, str]]:
    """Yield the identifiers of the paper to which an address leads, with their forms.

    The address may lack ``https://``. A DOI counts as its own address.
    """
    if match := _DOI_ADDRESS.search(address):
        page = match["page"]
        if doi := find_doi(_END_OF_PAGE.sub("", unquote(page)) if page else match["resolved"]):
            yield "doi", doi
    elif _DOI.fullmatch(address):
        yield "doi", address.lower()
    others: tuple[tuple[IdentifierForm, re.Pattern[str]], ...] = (
        ("arxiv", _ARXIV_ADDRESS),
        ("pmid", _PMID_ADDRESS),
        ("openalex", _OPENALEX_ADDRESS),
        ("semantic scholar", _SEMANTIC_SCHOLAR_ADDRESS),
        ("acl", _ACL_ADDRESS),
    )
    for form, pattern in others:
        if pattern.search(address) and (found := KINDS[form].find(address)):
            yield form, found


def id_identifiers(id_: str) -> Iterator[tuple[IdentifierForm, str]]:
    """Yield the identifiers that the id of a record is, with their forms, such as its DOI."""
    if arxiv := find_arxiv(id_):
        yield "arxiv", arxiv
    elif id_[:4].lower() == "doi:" and (doi := find_doi(id_)):
        yield "doi", doi
    else:
        yield from address_identifiers(id_)


def is_preprint_doi(doi: str) -> bool:
    """Return whether a DOI belongs to a preprint server."""
    return bool(_PREPRINT_DOI.match(doi))
