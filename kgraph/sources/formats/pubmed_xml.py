"""The XML of PubMed, from its website, its E-utilities and the files of its baseline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from kgraph.sources.dates import written_date
from kgraph.sources.format import Item, Match, ReadOptions
from kgraph.sources.identifiers import find_doi, find_pmid
from kgraph.sources.opening import TextFile
from kgraph.sources.people import full_names
from kgraph.sources.xml_records import text_of, texts_of, xml_records

_START = re.compile(
    r"<(?:PubmedArticleSet|PubmedArticle|PubmedBookArticle|MedlineCitationSet|MedlineCitation)\b"
)
_HEAD = 2_000
_UNTITLED = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)
_RETRACTED = "Retracted Publication"
_PARTS_OF_DATE = ("Year", "Month", "Day")


class PubMedXml:
    """Elements PubmedArticle and PubmedBookArticle."""

    name = "pubmed-xml"
    description = "the XML of PubMed"
    # Other formats are XML too.
    suffixes = ()

    def detect(self, beginning: str) -> Match:
        """Return CERTAIN for XML with an element of PubMed near its beginning."""
        is_xml = beginning.startswith("<")
        return Match.CERTAIN if is_xml and _START.search(beginning[:_HEAD]) else Match.NO

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield each article and book."""
        del options
        alone = "PubmedArticle" not in file.beginning[:_HEAD] and "MedlineCitation" in file.beginning[:_HEAD]
        tags = (
            {"MedlineCitation": _citation}
            if alone
            else {"PubmedArticle": _article, "PubmedBookArticle": _book}
        )
        return xml_records(file, tags)


FORMAT = PubMedXml()


def _article(element: etree._Element) -> Mapping[str, Any]:
    citation = element.find("MedlineCitation")
    values = _citation(citation if citation is not None else element)
    ids = "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"
    return {
        **values,
        "doi": find_doi(text_of(element, ids)) or values["doi"],
        "references": _references(element),
    }


def _citation(citation: etree._Element) -> dict[str, Any]:
    """Return the values of a citation. Terms of MeSH are not keywords of the authors."""
    article = citation.find("Article")
    if article is None:
        article = citation
    dates = [_date(article.find(path)) for path in ("Journal/JournalIssue/PubDate", "ArticleDate")]
    title = text_of(article, "ArticleTitle")
    types = texts_of(article, "PublicationTypeList/PublicationType")
    return {
        "title": text_of(article, "VernacularTitle") if not title or _UNTITLED.fullmatch(title) else title,
        "abstract": _abstract(article) or _other_abstract(citation),
        "authors": _authors(article),
        # The most precise date has the most digits.
        "date": max(filter(None, dates), key=len, default=None),
        "venue": text_of(article, "Journal/Title") or text_of(article, "Journal/ISOAbbreviation") or None,
        "keywords": texts_of(citation, "KeywordList/Keyword"),
        "doi": find_doi(text_of(article, "ELocationID[@EIdType='doi']")),
        "pmid": find_pmid(text_of(citation, "PMID")),
        "retracted": _RETRACTED in types or None,
    }


def _book(element: etree._Element) -> Mapping[str, Any]:
    document = element.find("BookDocument")
    if document is None:
        document = element
    book_title = text_of(document, "Book/BookTitle")
    title = text_of(document, "ArticleTitle")
    dates = [_date(document.find(path)) for path in ("ContributionDate", "Book/PubDate")]
    ids = texts_of(document, "ArticleIdList/ArticleId[@IdType='doi']")
    return {
        "title": title or book_title,
        "abstract": _abstract(document),
        "authors": _authors(document) or _authors(document.find("Book")),
        "date": max(filter(None, dates), key=len, default=None),
        "venue": book_title if title else None,
        "keywords": texts_of(document, "KeywordList/Keyword"),
        "doi": next(filter(None, map(find_doi, ids)), None),
        "pmid": find_pmid(text_of(document, "PMID")),
    }


def _abstract(article: etree._Element) -> str:
    """Return the sections of an abstract as paragraphs. Their labels are attributes, and left out."""
    return "\n\n".join(texts_of(article, "Abstract/AbstractText"))


def _other_abstract(citation: etree._Element) -> str:
    other = citation.find("OtherAbstract[@Language='eng']")
    return "" if other is None else "\n\n".join(texts_of(other, "AbstractText"))


def _authors(article: etree._Element | None) -> list[str]:
    authors = [] if article is None else article.iterfind("AuthorList/Author")
    return [name for author in authors for name in _name(author)]


def _name(author: etree._Element) -> list[str]:
    if collective := text_of(author, "CollectiveName"):
        return [collective]
    given = text_of(author, "ForeName") or text_of(author, "Initials")
    return full_names(
        [" ".join(filter(None, (given, text_of(author, "LastName"), text_of(author, "Suffix"))))]
    )


def _date(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    year, month, day = (text_of(element, part) for part in _PARTS_OF_DATE)
    if not year:
        return written_date(text_of(element, "MedlineDate"))
    return written_date(f"{year}-{month}-{day}".strip("-") if month.isdecimal() else f"{day} {month} {year}")


def _references(element: etree._Element) -> list[str]:
    """Return the DOI of each reference, or its id in PubMed."""
    found: list[str] = []
    for reference in element.iterfind("PubmedData/ReferenceList//Reference"):
        doi = find_doi(text_of(reference, "ArticleIdList/ArticleId[@IdType='doi']"))
        pmid = find_pmid(text_of(reference, "ArticleIdList/ArticleId[@IdType='pubmed']"))
        found.extend(filter(None, [doi or pmid]))
    return found
