"""The text of listings of arXiv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read

LISTING = """Computation and Language
Authors and titles for recent submissions
Fri, 9 Apr 2021
Total of 3 entries
Showing up to 50 entries per page: fewer | more | all
Fri, 9 Apr 2021 (showing 3 of 3 entries )
[1] arXiv:2104.00001 [pdf, html, other]
Title: Tide pools as slow computers
Inga Aalto, Ben Okafor,
Cas van der Berg
Comments: 12 pages, in Title: case
Journal-ref: J. Shores 3 (2021)
Subjects: Computation and Language (cs.CL); Soft Condensed Matter (cond-mat.soft)

Pools keep water
between tides.
Cross submissions (showing 2 of 2 entries )
[2] arXiv:cs/9912017 (cross-list from cs.LG) [pdf, other]
Title:Crabs that count
Authors:Ada Quill, Dee Rao, et al. (12 additional authors not shown)
Subjects: Machine Learning (cs.LG)
[3] arXiv:2104.00003 [pdf]
Comments: no title
Total of 3 entries
About
Help
"""


def outcome(tmp_path: Path, text: str | bytes) -> list[Any]:
    file = tmp_path / "listing.txt"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def test_a_listing(tmp_path: Path) -> None:
    first, second, third = outcome(tmp_path, LISTING)
    assert first.title == "Tide pools as slow computers"
    assert first.authors == ("Inga Aalto", "Ben Okafor", "Cas van der Berg")
    assert first.abstract == "Pools keep water between tides."
    assert (first.id, first.arxiv, first.url) == (
        "2104.00001",
        "2104.00001",
        "https://arxiv.org/abs/2104.00001",
    )
    # The id has the month of the first version.
    assert (first.year, first.date, second.year) == (2021, None, 1999)
    assert (first.keywords, first.venue) == (("cs.CL", "cond-mat.soft"), "J. Shores 3 (2021)")
    assert (second.title, second.authors, second.abstract) == (
        "Crabs that count",
        ("Ada Quill", "Dee Rao"),
        "",
    )
    assert isinstance(third, Rejection) and third.line == 22 and "are empty" in third.reason


def test_bytes_that_are_not_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    first, *_, notice = outcome(tmp_path, LISTING.encode().replace(b"slow", b"sl\xf6w"))
    assert isinstance(first, Paper) and first.title == "Tide pools as slöw computers"
    assert isinstance(notice, Notice) and "1 byte(s) are not UTF-8" in notice.text


def test_a_text_that_only_mentions_arxiv(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no known format"):
        outcome(tmp_path, "See [1] arXiv:2104.00001 [pdf]\nThe title is good.\n")
