"""CSV and tab-separated tables of databases, publishers and spreadsheets."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import Match, read
from kgraph.sources.formats.delimited import FORMAT
from kgraph.sources.name_lists import names_in, separated_names

SCOPUS = """\ufeff"Authors","Author full names","Author(s) ID","Title","Year","Source title","DOI","Link","Abstract","Author Keywords","References","PubMed ID","EID"
"Aalto I.B.; Okafor B.","Aalto, Inga B. (57); Okafor, Ben (58)","57; 58","Tide pools, as ""slow"" computers",2021,"Journal of Shores","10.1234/shore.7","https://www.scopus.com/x","Pools keep water
between tides.","Tides; Slow computing","Lind A., Old (2001), doi: 10.1234/old.1; Moen B., Sea (1999)","31000001","2-s2.0-1"
"[No author name available]","","","Crabs that count",2020,"NA","","","[No abstract available]","","",NA,"2-s2.0-2"
"""
IEEE = """"Document Title",Authors,"Author Affiliations","Publication Title",Date Added To Xplore,"Publication Year","Abstract","DOI",PDF Link,"Author Keywords","IEEE Terms"
"Tide pools","I. Aalto; B. Okafor","NA; NA","2021 Shore Conference","","2021","Pools.","10.1109/S.7","https://ieeexplore.ieee.org/x","Tides;pools","Sea"
"""
SPRINGER = """Item Title,Publication Title,Book Series Title,Item DOI,Authors,Publication Year,URL,Content Type
"Tide pools","Shores","","10.1007/7","Inga AaltoBen McOkaforCas van der Berg","2021","http://link.springer.com/7","Article"
"""
DIMENSIONS = """"About the data: Exported on Apr 9, 2021. Criteria: 'tides' in title and abstract."
"Rank","Publication ID","DOI","PMID","Title","Abstract","Source title","Anthology title","Publication Date","PubYear","Authors"
"1","pub.1","10.1234/shore.7","31000001","Tide pools","Pools.","","Shore Anthology","2021-04-09","2021","Aalto, Inga; Okafor, Ben"
"""
LENS = """"Lens ID","Title","Date Published","Publication Year","Source Title","Author/s","Abstract","Keywords","External URL","PMID","DOI","References"
"000-1","Tide pools","2021-04-09",2021,"Shores","Inga Aalto; Ben Okafor","Pools.","tides; pools","http://dx.doi.org/10.1234/shore.7",31000001,"10.1234/shore.7","000-2; 000-3"
"""
OPENALEX = """"id","abstract","authorships.author.display_name","display_name","doi","ids.pmid","primary_location.source.display_name","publication_date","publication_year","referenced_works"
"https://openalex.org/W7","Pools.","Inga Aalto|Ben Okafor","Tide pools","https://doi.org/10.1234/shore.7","https://pubmed.ncbi.nlm.nih.gov/31000001","Shores","2021-04-09",2021,"https://openalex.org/W1|https://openalex.org/W2"
"""
ZOTERO = """"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date","Manual Tags","Automatic Tags"
"AB12","journalArticle","2021","Aalto, Inga; Okafor, Ben","Tide pools","Shores","10.1234/shore.7","https://example.org/7","Pools.","2021-04-09","tides; pools","Water"
"""
OPENREVIEW = """forum,title,abstract,authors,keywords,decision,year
abc1,"Tide pools","Pools.","['Inga Aalto', 'Ben Okafor']","['tides', 'pools']",Accept,2021
"""
PUBMED = """PMID,Title,Authors,Journal/Book,Publication Year,Create Date,DOI
"31000001","Tide pools","Aalto IB, Okafor B","Shores","2021","2021/04/09","10.1234/shore.7"
"""
ACM = """"type","id","author","title","keywords","doi","journal","year","booktitle"
"article","31","Inga Aalto and Ben Okafor","Tide pools","tides, pools","10.1145/7","","2021","Shores"
"""
WOS = (
    "PT\tAU\tAF\tTI\tSO\tDE\tAB\tCR\tPY\tDI\tPM\tUT\t\r\n"
    'J\tAalto, I; Okafor, B\tAalto, Inga; Okafor, Ben\t"Slow" tide pools\tSHORES\ttides; pools\tPools are 5" deep.\t'
    "Lind A, 2001, DOI 10.1234/old.1; Moen B, 1999\t2021\t10.1234/shore.7\t31000001\tWOS:1\t\r\n"
)
TWO = ("Inga Aalto", "Ben Okafor")


def outcome(tmp_path: Path, text: str | bytes, name: str = "papers.csv") -> list[Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def test_scopus(tmp_path: Path) -> None:
    first, second, notice = outcome(tmp_path, SCOPUS)
    assert first.title == 'Tide pools, as "slow" computers'
    assert first.authors == ("Inga B. Aalto", "Ben Okafor")
    assert (first.year, first.venue, first.doi) == (2021, "Journal of Shores", "10.1234/shore.7")
    assert first.abstract.split() == ["Pools", "keep", "water", "between", "tides."]
    assert first.keywords == ("Tides", "Slow computing")
    assert (first.pmid, first.references) == ("31000001", ("10.1234/old.1",))
    assert (second.title, second.authors, second.venue, second.pmid) == ("Crabs that count", (), None, None)
    assert "unknown properties: EID (2), Author(s) ID (1)" in notice.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            IEEE,
            {"authors": ("I. Aalto", "B. Okafor"), "venue": "2021 Shore Conference", "doi": "10.1109/s.7"},
        ),
        (IEEE, {"keywords": ("Tides", "pools"), "url": "https://ieeexplore.ieee.org/x"}),
        (SPRINGER, {"authors": ("Inga Aalto", "Ben McOkafor", "Cas van der Berg"), "doi": "10.1007/7"}),
        (SPRINGER, {"venue": "Shores", "url": "http://link.springer.com/7", "abstract": ""}),
        (DIMENSIONS, {"authors": TWO, "date": "2021-04-09", "venue": "Shore Anthology", "pmid": "31000001"}),
        (
            LENS,
            {"authors": TWO, "date": "2021-04-09", "venue": "Shores", "pmid": "31000001", "references": ()},
        ),
        (OPENALEX, {"authors": TWO, "openalex": "W7", "id": "W7", "references": ("W1", "W2")}),
        (OPENALEX, {"pmid": "31000001", "doi": "10.1234/shore.7", "venue": "Shores", "date": "2021-04-09"}),
        (ZOTERO, {"authors": TWO, "date": "2021-04-09", "venue": "Shores", "keywords": ("tides", "pools")}),
        (ZOTERO, {"abstract": "Pools.", "url": "https://example.org/7", "id": "tide-pools"}),
        (OPENREVIEW, {"authors": TWO, "keywords": ("tides", "pools"), "abstract": "Pools."}),
        (PUBMED, {"authors": ("IB Aalto", "B Okafor"), "venue": "Shores", "pmid": "31000001", "date": None}),
        # The number of a row does not identify a work.
        (ACM, {"authors": TWO, "venue": "Shores", "id": "tide-pools", "keywords": ("tides", "pools")}),
        (
            WOS,
            {
                "authors": TWO,
                "title": '"Slow" tide pools',
                "abstract": 'Pools are 5" deep.',
                "venue": "SHORES",
            },
        ),
        (WOS, {"references": ("10.1234/old.1",), "keywords": ("tides", "pools"), "pmid": "31000001"}),
    ],
)
def test_exports(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    paper = outcome(tmp_path, text)[0]
    assert isinstance(paper, Paper) and paper.year == 2021
    assert {name: getattr(paper, name) for name in expected} == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [("Title", "Abstract", "Authors"), ("Café tides", '"Pools; | , and sea"', "Inga Aalto")]
    text = "\r\n".join(map(delimiter.join, rows))
    (paper,) = outcome(tmp_path, text.encode(encoding), "papers.txt")
    assert (paper.title, paper.abstract) == ("Café tides", "Pools; | , and sea")


def test_rows_that_do_not_fit_the_header(tmp_path: Path) -> None:
    text = "title,abstract,note\nA,one,x\n\nB,two,x,more\nC,three\nD\nE,four,x,,\ntitle,abstract,note\n"
    first, longer, without_note, shorter, trailing, notice = outcome(tmp_path, text)[:6]
    assert (first.title, without_note.title, trailing.title) == ("A", "C", "E")
    assert (longer.line, longer.record) == (4, "B") and "has 4 cells, but the header has 3" in longer.reason
    assert (shorter.line, shorter.record) == (6, "D") and "has 1 cells" in shorter.reason
    assert "the header is repeated 1 time" in notice.text


def test_lines_of_rows_are_counted_in_the_file(tmp_path: Path) -> None:
    text = 'About the data\ntitle,abstract\n"A","one\ntwo"\n"B","x","y"\n'
    paper, rejection, notice = outcome(tmp_path, text)
    assert (paper.abstract, rejection.line) == ("one\ntwo", 5)
    assert notice.text == "the text before the header in line 2 was skipped"


def test_a_quote_that_is_not_closed(tmp_path: Path) -> None:
    text = 'title,abstract\nA,"one\n' + "filler\n" * 1_500_000 + 'C,"three"\nD,four\n'
    found = outcome(tmp_path, text)
    rejection = next(item for item in found if isinstance(item, Rejection))
    assert (
        rejection.line == 2
        and "longer than 10 million characters: is a quote not closed?" in rejection.reason
    )
    assert [item.title for item in found if isinstance(item, Paper)] == ["C", "D"]


def test_odd_cells(tmp_path: Path) -> None:
    text = (
        ",title,abstract,authors,year,pmid,retracted\n"
        '0,NA,We study sodium.,"Plato, Aristotle, Socrates",2021.0,31000001.0,\n'
        '1,Crabs,NA,"Quill, A., Okafor, B.",n.d.,NA,\n'
    )
    first, second, notice = outcome(tmp_path, text)
    assert (first.title, first.pmid, first.authors, first.year) == ("NA", "31000001", (), 2021)
    assert (second.abstract, second.authors, second.pmid, second.year) == (
        "",
        ("A. Quill", "B. Okafor"),
        None,
        None,
    )
    assert "authors (1)" in notice.text and "papers kept" in notice.text


def test_files_without_papers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has a header, but no row"):
        outcome(tmp_path, "title,abstract\n")
    with pytest.raises(InputError, match="has no header with a title or an abstract"):
        outcome(tmp_path, "price,weight\n1,2\n")


def test_an_incomplete_gzip_file(tmp_path: Path) -> None:
    rows = "".join(f"Paper number {n},We study {n * n} tides,{n * 7919}\n" for n in range(9000))
    data = gzip.compress(("title,abstract,note\n" + rows).encode())
    *papers, rejection, _ = outcome(tmp_path, data[:-9000])
    assert len(papers) > 100 and "the records before the break were kept" in rejection.reason


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (SCOPUS.strip("\ufeff"), Match.LIKELY),
        (DIMENSIONS, Match.LIKELY),
        (WOS, Match.LIKELY),
        ("title\nTides\n", Match.POSSIBLE),
        ("name,price\nTea,3\n", Match.NO),
        ("Title and abstract, authors\n", Match.NO),
        ('{"title": "A", "abstract": "B"}\n', Match.NO),
        ("| Date | Title | Link |\n|---|---|---|\n", Match.NO),
    ],
)
def test_detection(text: str, match: Match) -> None:
    assert FORMAT.detect(text) is match


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Aalto, Inga", ["Inga Aalto"]),
        ("Aalto, Inga and Okafor, Ben", ["Inga Aalto", "Ben Okafor"]),
        ("Inga Aalto, Ben Okafor, and Cas Berg", ["Inga Aalto", "Ben Okafor", "Cas Berg"]),
        ("Aalto I., Okafor B.", ["I. Aalto", "B. Okafor"]),
        ("Aalto, I., Okafor, B.", ["I. Aalto", "B. Okafor"]),
        ("Inga Aalto;;Ben Okafor*", ["Inga Aalto", "Ben Okafor"]),
        ("Aalto I, et al.", ["I Aalto", "et al."]),
        ("李明；王强", ["李明", "王强"]),
        ("[No author name available]", ["[No author name available]"]),
        ("Plato, Aristotle, Socrates", None),
        ("Aalto, Inga, Okafor, Ben", None),
    ],
)
def test_lists_of_names(text: str, names: list[str] | None) -> None:
    assert names_in(text) == names


def test_names_without_separators() -> None:
    assert separated_names("Inga AaltoYann LeCunAngus McDonaldX. Y. Li") == [
        *("Inga Aalto", "Yann LeCun", "Angus McDonald", "X. Y. Li"),
    ]
    # Joining the pieces takes linear time.
    assert separated_names("aB" * 300_000) == ["aB" * 300_000]


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(
        st.sampled_from([*',;\t|"\n\r\0\xff', "x", "title", "[", "['a']", "NA", "2021", "\n\n", '",', ',"'])
    )
)
def test_any_text_gives_papers_or_rejections(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    file = tmp_path_factory.mktemp("csv") / "papers.csv"
    file.write_bytes(("title,abstract,authors,keywords,id\n" + "".join(parts)).encode("latin-1"))
    try:
        found = list(read([file]))
    except InputError:
        return
    assert all(isinstance(item, Paper | Rejection | Notice) for item in found)
