"""RIS, EndNote, MEDLINE and Web of Science exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read
from kgraph.sources.dates import written_date
from kgraph.sources.identifiers import find_arxiv, find_doi
from kgraph.sources.people import full_name, initials_first

RIS = """\ufeffTY  - JOUR\r
TI  - Tide pools as slow computers\r
AU  - Aalto, Inga\r
AU  - et al.\r
T2  - Journal of Shores\r
DA  - 2021/04/09/\r
PY  - 2021\r
DO  - https://doi.org/10.1234/shore.7\r
UR  - https://arxiv.org/abs/2104.00001v2\r
AB  - Pools keep water\r
between tides.\r
KW  - tides\r
pools\r
KW  - computing\r
ER  - \r
\r
TY  - CONF\r
T1  - Crabs that count\r
A1  - Okafor, Ben\r
Y1  - 9-13 July 2018\r
"""
ENW = """%0 Journal Article
%T Tide pools as slow computers
%A Aalto, Inga
%A Okafor, Ben
%J Journal of Shores
%D 2021
%8 April 9, 2021
%X Pools keep water
between tides.
%K tides
pools
%R 10.1234/shore.7

%0 Book
%T Crabs that count
"""
NBIB = """
PMID- 31000001
TI  - Tide pools
      as slow computers.
LID - 7 [pii]
LID - 10.1234/shore.7 [doi]
AB  - Pools keep water
      between tides.
AU  - Aalto IB
OT  - tides
DP  - 2021 Apr-May
JT  - Journal of Shores

PMID- 31000002
TI  - Crabs that count.
FAU - Okafor, Ben
AU  - Okafor B
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Aalto, I
   Okafor, B
AF Aalto, Inga
   Okafor, Ben
TI Tide pools as
   slow computers
SO JOURNAL OF SHORES
DE tides; tidal
   pools
CR Lind A, 2001, SHORE, V1, P2, DOI 10.1234/old.1
   Moen B, 1999, SEA, V3
PD APR
PY 2021
DI 10.1234/shore.7
PM 31000001
ER

PT J
TI Crabs that count
ER

EF
"""


def outcome(tmp_path: Path, text: str | bytes, name: str = "export.txt") -> list[Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def test_ris(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, RIS)
    assert first.title == "Tide pools as slow computers"
    assert first.abstract == "Pools keep water between tides."
    assert first.authors == ("Inga Aalto",)
    assert (first.date, first.year, first.venue) == ("2021-04-09", 2021, "Journal of Shores")
    assert (first.doi, first.arxiv) == ("10.1234/shore.7", "2104.00001")
    assert first.url == "https://arxiv.org/abs/2104.00001v2"
    assert first.keywords == ("tides", "pools", "computing")
    # The last record needs no end tag.
    assert (second.title, second.authors, second.year, second.date) == (
        "Crabs that count",
        ("Ben Okafor",),
        2018,
        None,
    )


def test_endnote_tagged(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, ENW)
    assert first.authors == ("Inga Aalto", "Ben Okafor")
    assert (first.date, first.doi, first.keywords) == ("2021-04-09", "10.1234/shore.7", ("tides", "pools"))
    assert (first.abstract, first.venue) == ("Pools keep water between tides.", "Journal of Shores")
    assert second.title == "Crabs that count"


def test_medline(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, NBIB)
    assert (first.title, first.pmid, first.doi) == (
        "Tide pools as slow computers.",
        "31000001",
        "10.1234/shore.7",
    )
    assert (first.authors, first.keywords, first.year) == (("IB Aalto",), ("tides",), 2021)
    assert second.authors == ("Ben Okafor",)


def test_web_of_science(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, WOS)
    assert first.title == "Tide pools as slow computers"
    assert first.authors == ("Inga Aalto", "Ben Okafor")
    assert first.keywords == ("tides", "tidal pools")
    assert (first.references, first.pmid, first.year) == (("10.1234/old.1",), "31000001", 2021)
    assert second.title == "Crabs that count"


def test_lines_outside_records_are_reported(tmp_path: Path) -> None:
    text = "Provider: Shore Library\nContent:text/plain\n\n" + RIS.replace("\ufeff", "").replace("\r", "")
    *papers, notice = outcome(tmp_path, text)
    assert [type(paper) for paper in papers] == [Paper, Paper]
    assert isinstance(notice, Notice) and "2 line(s) are not part of a record" in notice.text


def test_tags_between_records_are_not_a_record(tmp_path: Path) -> None:
    # Ovid writes its own lines after the end of a record.
    text = "TY  - JOUR\nTI  - Tides\nER  - \nNL  - Shore Library\n\nTY  - JOUR\nTI  - Crabs\nER  - \n"
    *papers, notice = outcome(tmp_path, text)
    assert [paper.title for paper in papers] == ["Tides", "Crabs"]
    assert "1 line(s) are not part of a record and were skipped, first line 4" in notice.text


def test_names_and_keywords_of_embase_and_psycinfo(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - Tides\nA1  - Aalto I.B.\nA1  - Okafor, B.\nKW  - *Tides\nKW  - *\nER  - \n"
    (paper,) = outcome(tmp_path, text)
    assert (paper.authors, paper.keywords) == (("I.B. Aalto", "B. Okafor"), ("Tides", "*"))


def test_endnote_tagged_with_the_title_first(tmp_path: Path) -> None:
    text = (
        "%T Tides\n%0 Journal Article\n%A Aalto, Inga\n%X Pools.\n\n%T Crabs\n%0 Journal Article\n%D 2021\n"
    )
    first, second = outcome(tmp_path, text)
    assert (first.title, first.authors, first.abstract) == ("Tides", ("Inga Aalto",), "Pools.")
    assert (second.title, second.year, second.authors) == ("Crabs", 2021, ())


def test_a_bad_record_does_not_affect_the_others(tmp_path: Path) -> None:
    latin = b"TY  - JOUR\nTI  - Caf\xe9 tides\nER  - \nTY  - JOUR\nAU  - Aalto, Inga\nER  - \n"
    odd, empty, good, notice = outcome(tmp_path, latin + b"TY  - JOUR\nTI  - Crabs\nER  - \n")
    assert odd.title == "Café tides" and "not UTF-8" in notice.text
    assert isinstance(empty, Rejection) and empty.line == 4 and "neither a title" in empty.reason
    assert good.title == "Crabs"


def test_a_record_that_is_too_long(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nTI  - Long\nAB  - x\n" + "y\n" * 1_000_000 + "ER  - \nTY  - JOUR\nTI  - Short\nER  - \n"
    )
    long, short = outcome(tmp_path, text)
    assert isinstance(long, Rejection) and "longer than 10 million" in long.reason
    assert short.title == "Short"


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024", "2024"),
        ("2024///", "2024"),
        ("2024/01//", "2024-01"),
        ("2024/01/03/", "2024-01-03"),
        ("2024-01-03T10:00:00Z", "2024-01-03"),
        ("20240103", "2024-01-03"),
        ("Wed, 3 Jan 2024 10:00:00 GMT", "2024-01-03"),
        ("2024 Jan 3", "2024-01-03"),
        ("JAN 3 2024", "2024-01-03"),
        ("3 January 2024", "2024-01-03"),
        ("January 3rd, 2024", "2024-01-03"),
        ("9-13 July 2018", "2018-07"),
        ("2024 Jan-Feb", "2024"),
        ("Winter 2024", "2024"),
        ("2023 Dec-2024 Jan", "2023"),
        ("2024 Feb 31", "2024-02"),
        ("2024/31/01", "2024"),
        ("c2024", "2024"),
        ("in press", None),
        ("", None),
    ],
)
def test_dates_of_exports(written: str, date: str | None) -> None:
    assert written_date(written) == date


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Aalto, Inga", "Inga Aalto"),
        ("van der Berg, Cas", "Cas van der Berg"),
        ("Berg, Cas van der", "Cas van der Berg"),
        ("King, Jr., Martin", "Martin King Jr."),
        ("King, Martin, III", "Martin King III"),
        ("Inga Aalto, PhD", "Inga Aalto"),
        ("Aalto, Inga, M.D.", "Inga Aalto"),
        ("Aalto, M.D.", "M.D. Aalto"),
        ("Unknown", ""),
        ("Inga Aalto", "Inga Aalto"),
        ("Shore Lab, Dept. of Tides, Oslo", "Shore Lab, Dept. of Tides, Oslo"),
        ("et al.", ""),
        ("and others", ""),
        ("[No author name available]", ""),
        ("[Anonymous]", ""),
        (" , ", ""),
    ],
)
def test_names(written: str, name: str) -> None:
    assert full_name(written) == name


def test_initials_and_identifiers() -> None:
    names = ("de la Cruz MA", "Li X", "Inga Aalto", "Aalto, I. B.", "et al.")
    assert [initials_first(name) for name in names] == [
        *("MA de la Cruz", "X Li", "Inga Aalto", "Aalto, I. B.", "et al."),
    ]
    assert find_doi("see https://doi.org/10.1234/a(b)c).") == "10.1234/a(b)c"
    assert find_doi("10.1/x") is None
    assert [
        find_arxiv(text) for text in ("arXiv:2401.00001v3", "https://arxiv.org/pdf/cs/0112017v1.pdf")
    ] == [
        "2401.00001",
        "cs/0112017",
    ]
    assert find_arxiv("2401.1") is None


@settings(max_examples=150, deadline=2000)
@given(
    st.sampled_from([b"TY  - JOUR\n", b"%0 Book\n%T x\n", b"PMID- 1\n", b"FN x\nVR 1.0\nPT J\n"]),
    st.lists(
        st.sampled_from(
            [
                b"TI  - ",
                b"TI ",
                b"%T ",
                b"AU  - ",
                b"ER  - ",
                b"ER",
                b"\n",
                b"\r",
                b"   ",
                b"\0",
                b"\xff",
                b"PT J\n",
            ]
        )
        | st.binary(max_size=20),
        max_size=40,
    ),
)
def test_any_bytes_give_papers_or_reasons(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, parts: list[bytes]
) -> None:
    try:
        found = outcome(tmp_path_factory.getbasetemp(), start + b"".join(parts), "any.txt")
    except InputError as error:
        assert str(error)
    else:
        assert all(item.reason for item in found if isinstance(item, Rejection))
