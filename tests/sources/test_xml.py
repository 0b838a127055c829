"""PubMed, arXiv and EndNote as XML."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read
from kgraph.sources.xml_records import MAX_RECORD_BYTES

PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet>
<PubmedArticle>
  <MedlineCitation>
    <PMID Version="1">31000001</PMID>
    <Article>
      <Journal><Title>Journal of Shores</Title><JournalIssue>
        <PubDate><Year>2021</Year><Month>Apr</Month></PubDate></JournalIssue></Journal>
      <ArticleTitle>Tide pools as <i>slow</i> computers.</ArticleTitle>
      <ELocationID EIdType="doi" ValidYN="Y">10.1234/shore.7</ELocationID>
      <Abstract>
        <AbstractText Label="BACKGROUND">Pools keep water between <sup>2</sup> tides.</AbstractText>
        <AbstractText Label="METHODS">We counted &#945;-pools.</AbstractText>
        <CopyrightInformation>© 2021 The Shore</CopyrightInformation>
      </Abstract>
      <AuthorList>
        <Author><LastName>Aalto</LastName><ForeName>Inga B</ForeName><Initials>IB</Initials></Author>
        <Author><LastName>Okafor</LastName><Initials>B</Initials><Suffix>Jr</Suffix></Author>
        <Author><CollectiveName>Shore Study Group</CollectiveName></Author>
      </AuthorList>
      <PublicationTypeList>
        <PublicationType>Journal Article</PublicationType>
        <PublicationType>Retracted Publication</PublicationType>
      </PublicationTypeList>
      <ArticleDate DateType="Electronic"><Year>2021</Year><Month>04</Month><Day>09</Day></ArticleDate>
    </Article>
    <KeywordList Owner="NOTNLM"><Keyword>tides</Keyword><Keyword>slow computing</Keyword></KeywordList>
    <MeshHeadingList><MeshHeading><DescriptorName>Water</DescriptorName></MeshHeading></MeshHeadingList>
  </MedlineCitation>
  <PubmedData>
    <ArticleIdList><ArticleId IdType="pubmed">31000001</ArticleId></ArticleIdList>
    <ReferenceList><Reference><Citation>Lind</Citation>
      <ArticleIdList><ArticleId IdType="doi">10.1234/old.1</ArticleId></ArticleIdList></Reference>
      <Reference><ArticleIdList><ArticleId IdType="pubmed">29</ArticleId></ArticleIdList></Reference>
    </ReferenceList>
  </PubmedData>
</PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>31000002</PMID><Article>
  <Journal><JournalIssue><PubDate><MedlineDate>1999 Nov-Dec</MedlineDate></PubDate></JournalIssue></Journal>
  <ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Krabben zählen</VernacularTitle>
</Article></MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>31000003</PMID>
  <Book><BookTitle>Handbook of Pools</BookTitle><PubDate><Year>2020</Year></PubDate></Book>
  <ArticleTitle>Chapter on crabs</ArticleTitle>
</BookDocument></PubmedBookArticle>
</PubmedArticleSet>
"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">ArXiv Query: search_query=all:tide</title>
<entry>
  <id>http://arxiv.org/abs/2104.00001v2</id>
  <updated>2021-06-01T00:00:00Z</updated><published>2021-04-09T10:00:00Z</published>
  <title>Tide pools as
  slow computers</title>
  <summary>  Pools keep
water between tides.
  We count them.
</summary>
  <author><name>Inga Aalto</name></author><author><name>Ben Okafor</name></author>
  <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1234/shore.7</arxiv:doi>
  <arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Shores 3 (2021)</arxiv:journal_ref>
  <category term="cs.ET" scheme="http://arxiv.org/schemas/atom"/><category term="cs.CC"/>
</entry>
<entry><id>http://arxiv.org/api/errors#bad_id</id><title>Error</title><summary>bad id</summary></entry>
</feed>
"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record>
<source-app name="EndNote" version="20.0">EndNote</source-app><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Aalto, Inga</style></author><author>Okafor, B.</author>
</authors><secondary-authors><author>Editor, An</author></secondary-authors></contributors>
<titles><title><style face="normal">Tide pools as </style><style face="italic">slow</style>
<style face="normal"> computers</style></title><secondary-title>Journal of Shores</secondary-title></titles>
<keywords><keyword>tides</keyword><keyword>slow computing</keyword></keywords>
<dates><year>2021</year><pub-dates><date>Apr 9</date></pub-dates></dates>
<abstract><style face="normal">Pools keep water.</style></abstract>
<electronic-resource-num>https://doi.org/10.1234/shore.7</electronic-resource-num>
<urls><related-urls><url>https://arxiv.org/abs/2104.00001v2</url></related-urls></urls>
</record><record><titles><title>Crabs that count</title></titles></record></records></xml>
"""


def outcome(tmp_path: Path, text: str | bytes, name: str = "export.xml") -> list[Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def test_pubmed(tmp_path: Path) -> None:
    first, second, third = outcome(tmp_path, PUBMED)
    assert first.title == "Tide pools as slow computers."
    # Labels are attributes, and the copyright is an element of its own.
    assert first.abstract == "Pools keep water between 2 tides.\n\nWe counted α-pools."
    assert first.authors == ("Inga B Aalto", "B Okafor Jr", "Shore Study Group")
    assert (first.date, first.year, first.venue) == ("2021-04-09", 2021, "Journal of Shores")
    assert (first.doi, first.pmid) == ("10.1234/shore.7", "31000001")
    assert first.keywords == ("tides", "slow computing")
    assert first.references == ("10.1234/old.1", "29")
    assert (second.title, second.year, second.date) == ("Krabben zählen", 1999, None)
    assert (third.title, third.venue, third.year) == ("Chapter on crabs", "Handbook of Pools", 2020)


def test_arxiv_atom(tmp_path: Path) -> None:
    paper, error = outcome(tmp_path, ATOM)
    assert (paper.id, paper.arxiv, paper.url) == (
        "2104.00001",
        "2104.00001",
        "https://arxiv.org/abs/2104.00001",
    )
    assert paper.title == "Tide pools as slow computers"
    assert paper.abstract == "Pools keep water between tides.\n\nWe count them."
    assert paper.authors == ("Inga Aalto", "Ben Okafor")
    # The date of the first version.
    assert (paper.date, paper.doi, paper.venue) == ("2021-04-09", "10.1234/shore.7", "J. Shores 3 (2021)")
    assert paper.keywords == ("cs.ET", "cs.CC")
    assert isinstance(error, Rejection) and "arXiv answered with an error: bad id" in error.reason


def test_endnote_xml(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, ENDNOTE)
    assert first.title == "Tide pools as slow computers"
    assert first.authors == ("Inga Aalto", "B. Okafor")
    assert (first.date, first.venue, first.abstract) == (
        "2021-04-09",
        "Journal of Shores",
        "Pools keep water.",
    )
    assert (first.doi, first.arxiv) == ("10.1234/shore.7", "2104.00001")
    assert first.keywords == ("tides", "slow computing")
    # The number of a record in a library does not identify a work.
    assert first.id == "tide-pools-as-slow-computers"
    assert second.title == "Crabs that count"


def test_encodings_of_xml(tmp_path: Path) -> None:
    latin = ENDNOTE.replace("UTF-8", "ISO-8859-1").replace("Crabs", "Krabbé").encode("latin-1")
    assert outcome(tmp_path, latin)[1].title == "Krabbé that count"
    wide = b"\xff\xfe" + ENDNOTE.replace("UTF-8", "UTF-16").replace("Crabs", "Krabbé").encode("utf-16-le")
    assert outcome(tmp_path, wide)[1].title == "Krabbé that count"


def test_records_before_a_break_are_kept(tmp_path: Path) -> None:
    cut = PUBMED[: PUBMED.index("Krabben")]
    paper, rejection = outcome(tmp_path, cut)
    assert isinstance(paper, Paper) and isinstance(rejection, Rejection)
    assert "not valid XML" in rejection.reason and "none after it were read" in rejection.reason
    assert rejection.line == cut.count("\n") + 1


def test_a_broken_gzip_file_names_the_break(tmp_path: Path) -> None:
    text = ENDNOTE.replace(
        "</records></xml>",
        "".join(f"<record><titles><title>{n}</title></titles></record>" for n in range(9000)),
    )
    *papers, rejection = outcome(tmp_path, gzip.compress(text.encode())[:-3000], "export.xml.gz")
    assert (
        len(papers) > 100
        and isinstance(rejection, Rejection)
        and "gzip data is cut short" in rejection.reason
    )


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "ha">{BOMB}',
        '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd">%remote;',
    ],
)
def test_entities_are_refused(tmp_path: Path, declared: str) -> None:
    text = f"<!DOCTYPE feed [{declared}]>" + ATOM.partition("?>")[2].replace("Tide", "&l11;")
    with pytest.raises(InputError, match="declares XML entities"):
        outcome(tmp_path, text)


def test_entities_declared_after_the_sample_are_not_expanded(tmp_path: Path) -> None:
    declared = f'<!-- {"x" * 70_000} --><!ENTITY l0 "ha">{BOMB}<!ENTITY file SYSTEM "file:///etc/hostname">'
    hint = '<!-- <feed xmlns="http://www.w3.org/2005/Atom" a="http://arxiv.org/"> -->'
    text = f"<?xml version='1.0'?>{hint}<!DOCTYPE feed [{declared}]>" + ATOM.partition("?>")[2]
    paper, *_ = outcome(tmp_path, text.replace("Tide pools", "Tide &file; pools"))
    assert isinstance(paper, Paper) and paper.title == "Tide &file; pools as slow computers"
    with pytest.raises(InputError, match="not valid XML: Maximum entity amplification"):
        outcome(tmp_path, text.replace("Tide pools", "Tide &l11; pools"))


def test_a_record_that_is_too_long_ends_reading(tmp_path: Path) -> None:
    long = "<keyword>x</keyword>" * (MAX_RECORD_BYTES // 20 + 5_000)
    text = ENDNOTE.replace(
        "<record><titles><title>Crabs", f"<record><keywords>{long}</keywords><titles><title>Crabs"
    )
    paper, rejection = outcome(tmp_path, text)
    assert isinstance(paper, Paper) and "longer than 10 MB" in rejection.reason


def test_xml_without_a_record_or_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no record"):
        outcome(tmp_path, "<PubmedArticleSet></PubmedArticleSet>")
    with pytest.raises(InputError, match="looks like XML"):
        outcome(tmp_path, "<?xml version='1.0'?><article><front/></article>")
    with pytest.raises(InputError, match="not valid XML"):
        outcome(tmp_path, "<PubmedArticleSet><PubmedArticle>")


@settings(max_examples=100, deadline=2000)
@given(st.sampled_from([PUBMED, ATOM, ENDNOTE]), st.data())
def test_damaged_xml_never_fails(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    raw = text.encode()
    start = data.draw(st.integers(60, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    damaged = raw[:start] + data.draw(st.binary(max_size=8)) + raw[end:]
    file = tmp_path_factory.mktemp("xml") / "export.xml"
    file.write_bytes(damaged)
    try:
        found = list(read([file]))
    except InputError:
        return
    assert all(isinstance(item, Paper | Rejection | Notice) for item in found)
