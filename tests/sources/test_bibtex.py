"""BibTeX and BibLaTeX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import Match, read
from kgraph.sources.bibtex_values import author_names, joined_value, without_braces
from kgraph.sources.formats.bibtex import FORMAT

ENTRIES = r"""% Encoding: UTF-8
@comment{jabref-meta: databaseType:bibtex;}
@string{js = "Journal of " # "Shores"}
@string(full = js # { and Tides})
@preamble{"\newcommand{\x}{y}"}

@article{aalto2021,
  title = {{{TidePool}}: {S}low Computers in
     the Water},
  author = {Aalto, Inga and {van der Berg}, Cas and Ben Okafor and others},
  journal = full,
  year = 2021,
  month = apr # "~9",
  doi = {https://doi.org/10.1234/shore\_7},
  url = "https://arxiv.org/abs/2104.00001v2",
  abstract = {Pools keep water.

    We count "them" at 10\% @ night.},
  keywords = {tides; slow computing},
  file = {/home/x/tides.pdf},
}

@InProceedings{crabs, author={Quill, Ada}, title="Crabs that {Count}", crossref={Shore2021}}
@proceedings(shore2021, title = {Proceedings of Shore}, year = {2021}, month = 8, doi = {10.1234/volume})
"""


def outcome(tmp_path: Path, text: str | bytes, name: str = "library.bib") -> list[Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read([file]))


def entry(tmp_path: Path, fields: str) -> Paper:
    """Return the paper of an article with these fields."""
    paper = outcome(tmp_path, f"@article{{key,\n title = {{Tides}},\n {fields}\n}}\n")[0]
    assert isinstance(paper, Paper)
    return paper


def test_bibtex(tmp_path: Path) -> None:
    first, second, notice = outcome(tmp_path, ENTRIES)
    assert first.title == "TidePool: Slow Computers in the Water"
    assert first.authors == ("Inga Aalto", "Cas van der Berg", "Ben Okafor")
    assert (first.date, first.year, first.venue) == ("2021-04-09", 2021, "Journal of Shores and Tides")
    assert (first.doi, first.arxiv) == ("10.1234/shore_7", "2104.00001")
    assert first.abstract.startswith("Pools keep water.\n\nWe count")
    assert first.keywords == ("tides", "slow computing")
    # The key of an entry does not identify a work.
    assert first.id == "tidepool-slow-computers-in-the-water"
    # An entry inherits the venue and year of its proceedings, but not their DOI.
    assert (second.title, second.venue, second.year, second.doi) == (
        *("Crabs that Count", "Proceedings of Shore", 2021, None),
    )
    assert isinstance(notice, Notice) and "1 volume(s) of proceedings are not papers" in notice.text


def test_biblatex(tmp_path: Path) -> None:
    paper = entry(
        tmp_path,
        r"""subtitle = {A Survey}, date = {2021-04-09/2021-04-12}, journaltitle = {J. Shores},
        author = {family=Berg, given=Cas, prefix=van der, useprefix=true and {Shore, Inc.}},
        eprint = {2104.00001}, eprinttype = {arxiv}, keywords = {tides,pools}""",
    )
    assert (paper.title, paper.venue) == ("Tides: A Survey", "J. Shores")
    assert (paper.date, paper.arxiv) == ("2021-04-09", "2104.00001")
    assert paper.authors == ("Cas van der Berg", "Shore, Inc.")
    assert paper.keywords == ("tides", "pools")


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ("journal = {arXiv preprint arXiv:2104.00001}", "arxiv", "2104.00001"),
        ("doi = {10.48550/arXiv.2104.00001}", "arxiv", "2104.00001"),
        ("eprint = {2104.00001}, archivePrefix = {arXiv}", "arxiv", "2104.00001"),
        ("eprint = {31000001}, eprinttype = {pubmed}", "pmid", "31000001"),
        ("eprint = {31000001}, eprinttype = {hal}", "arxiv", None),
        ("note = {PMID: 31000001}", "pmid", "31000001"),
        (r"howpublished = {\url{https://example.org/a\_b}}", "url", "https://example.org/a_b"),
        ("url = {https://aclanthology.org/2021.acl-long.7/}", "acl", "2021.acl-long.7"),
        ("url = {https://doi.org/10.1234/shore.7}", "doi", "10.1234/shore.7"),
        ("month = {8}, year = {2021}, day = {3}", "date", "2021-08-03"),
        ("year = {in press}", "year", None),
        ("summary = {Pools keep water.}", "abstract", "Pools keep water."),
        ("key words = {tides, pools}", "keywords", ("tides", "pools")),
        (
            "cited-references = {{Lind, 2001, DOI 10.1234/old.1.\n Moen, 1999.}}",
            "references",
            ("10.1234/old.1",),
        ),
        ("booktitle = {Shore}, publisher = {Sand}", "venue", "Shore"),
        ("editor = {Aalto, Inga}", "authors", ("Inga Aalto",)),
        ("author = {Aalto, Inga; Okafor, Ben}", "authors", ("Inga Aalto", "Ben Okafor")),
    ],
)
def test_fields(tmp_path: Path, fields: str, name: str, value: Any) -> None:
    assert getattr(entry(tmp_path, fields), name) == value


def test_tex_in_names_venues_and_keywords(tmp_path: Path) -> None:
    paper = entry(
        tmp_path,
        r"""author = {Aalto, Inga and M{\"u}ller, J{\"o}rg and {\v{S}}vec, Fran{\c{c}}ois and {\L}ysa, Ola},
        journal = {R{\'e}sum{\'e}s \& Tides}, keywords = {caf{\'e}s, tides}""",
    )
    assert paper.authors == ("Inga Aalto", "Jörg Müller", "François Švec", "Ola Łysa")
    assert (paper.venue, paper.keywords) == ("Résumés & Tides", ("cafés", "tides"))


def test_a_broken_entry_rejects_itself_only(tmp_path: Path) -> None:
    text = (
        "@article{one, title = {Tides}}\n\n@article{two,\n title = {Not closed,\n year = 2021\n}\n"
        "@misc{three, title {No sign}}\n@misc{four,\n title = {Crabs}}\n@misc{five, title = {Cut"
    )
    first, second, third, fourth, fifth = outcome(tmp_path, text)
    assert (first.title, fourth.title) == ("Tides", "Crabs")
    assert (second.line, second.record) == (3, "two") and "not valid BibTeX" in second.reason
    assert (third.line, third.record) == (7, "three")
    assert (fifth.line, fifth.record) == (10, "five") and "brace or quote is missing" in fifth.reason


def test_entries_with_one_key_are_all_read(tmp_path: Path) -> None:
    text = "@article{a, title = {Tides}} @article{a, title = {Crabs}}\n@article{a, title = {Pools}}\n"
    assert [paper.title for paper in outcome(tmp_path, text)] == ["Tides", "Crabs", "Pools"]


def test_text_between_entries_and_repeated_fields_are_reported(tmp_path: Path) -> None:
    text = "Scopus\nEXPORT DATE: 9 April 2021\n@article{a, title={Tides}},\n year={2021},\n}\n"
    paper, notice = outcome(tmp_path, text)
    assert paper.year is None
    assert "5 line(s) are not part of an entry and were skipped, first line 1: 'Scopus'" in notice.text
    *_, notice = outcome(tmp_path, "@article{a, title={Tides}, note={x}, title={Crabs}}")
    assert "read once, from their first value: title (1)" in notice.text


def test_a_missing_parent_and_unknown_fields_are_reported(tmp_path: Path) -> None:
    paper, missing, unknown = outcome(
        tmp_path, "@article{a, title={Tides}, crossref={gone}, pages={1}, blurb={x}}"
    )
    assert paper.title == "Tides"
    assert (
        "1 cross-reference(s) name an entry that is not in the file" in missing.text
        and "'gone'" in missing.text
    )
    assert unknown.text == "1 of 1 records have no abstract; unknown properties: blurb (1)"


def test_bytes_that_are_not_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    odd, good, notice = outcome(tmp_path, b"@misc{a, title={Caf\xe9}}\n@misc{b, title={Crabs}}\n")
    assert (odd.title, good.title) == ("Café", "Crabs")
    assert isinstance(notice, Notice) and "1 byte(s) are not UTF-8" in notice.text


def test_files_without_an_entry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no entry"):
        outcome(tmp_path, "@comment{a, title = {Tides}}\n")


def test_an_entry_that_is_too_long(tmp_path: Path) -> None:
    text = "@misc{long, title={" + "tide\n" * 2_100_000 + "}}\n@misc{b, title={Crabs}}\n"
    long, short = outcome(tmp_path, text)
    assert (long.record, short.title) == ("long", "Crabs") and "longer than 10 million" in long.reason


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (ENTRIES, Match.CERTAIN),
        ("Scopus\n\n@article{a, title={Tides}}", Match.LIKELY),
        ("word " * 500 + "\n@article{a, title={Tides}}", Match.POSSIBLE),
        ('{"title": "On @article{a, b}"}', Match.NO),
        ("@reader, see {this}", Match.NO),
    ],
)
def test_detection(text: str, match: Match) -> None:
    assert FORMAT.detect(text) is match


def test_values() -> None:
    assert joined_value('"a # b" # Name # {c # d}', {"name": "x"}) == "a # bxc # d"
    assert joined_value("unknown", {}) == "unknown"
    assert (
        without_braces(r"{\"u}ber {$x_{i}$} \emph{a}{b} {{C}}{D}} \{E\}")
        == r"{\"u}ber $x_{i}$ \emph{a}{b} CD \{E\}"
    )
    assert author_names("Quill, A., B., C., D.") == ["Quill, A., B., C., D."]
    assert author_names("{Simon and Schuster} AND others") == ["Simon and Schuster", "others"]


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(st.sampled_from([*ENTRIES.splitlines(keepends=True), *'@{}"#=,()\\\n', "@a{", "and ", "\xff"]))
)
def test_any_text_gives_papers_or_rejections(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    file = tmp_path_factory.mktemp("bib") / "library.bib"
    file.write_bytes(("@misc{a, title={x}}\n" + "".join(parts)).encode("latin-1"))
    try:
        found = list(read([file]))
    except InputError as error:
        assert "is neither UTF-8 nor Windows-1252 text" in str(error)
    else:
        assert all(isinstance(item, Paper | Rejection | Notice) for item in found)
