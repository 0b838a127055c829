"""Plain JSON records with other names of properties, and with values in other forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgraph.model import Notice, Organization, Paper, Rejection
from kgraph.paper_record import paper_fields
from kgraph.sources import read, to_paper
from kgraph.sources.dates import record_date
from kgraph.sources.property_names import SYNONYMS, PropertyNames


def outcome(tmp_path: Path, *records: Any, name: str = "papers.jsonl") -> list[Paper | Rejection | Notice]:
    file = tmp_path / name
    file.write_text("\n".join(json.dumps(record) for record in records))
    return list(read([file]))


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({"Title": "Kelp", "ABSTRACT": "Kelp sways.", "Year": 2019}, ("Kelp", "Kelp sways.", 2019)),
        ({"paperTitle": "Kelp", "summary": "Kelp sways."}, ("Kelp", "Kelp sways.", None)),
        ({"title": "Kelp", "abstract": None, "text": "Kelp sways."}, ("Kelp", "Kelp sways.", None)),
        ({"name": "Kelp", "description": "Kelp sways."}, ("Kelp", "Kelp sways.", None)),
        ({"title": "Kelp", "published": "2019-04-03"}, ("Kelp", "", 2019)),
        ({"title": "Kelp", "publication_year": "2019"}, ("Kelp", "", 2019)),
    ],
)
def test_other_names_of_properties(
    tmp_path: Path, record: dict[str, Any], fields: tuple[str, str, int | None]
) -> None:
    (paper,) = outcome(tmp_path, record)
    assert isinstance(paper, Paper) and (paper.title, paper.abstract, paper.year) == fields


def test_an_unknown_property_without_a_value_is_not_reported(tmp_path: Path) -> None:
    (paper,) = outcome(tmp_path, {"title": "Kelp", "blurb": None, "tags": []})
    assert isinstance(paper, Paper)


def test_a_name_of_the_schema_goes_before_its_synonyms(tmp_path: Path) -> None:
    record = {"summary": "Short.", "abstract": "Kelp sways.", "name": "K", "title": "Kelp"}
    paper, notice = outcome(tmp_path, record)
    assert isinstance(paper, Paper) and (paper.title, paper.abstract) == ("Kelp", "Kelp sways.")
    assert notice == Notice(str(tmp_path / "papers.jsonl"), "unknown properties: summary (1), name (1)")


def test_unknown_properties_are_counted_in_one_notice(tmp_path: Path) -> None:
    records = [{"title": f"Kelp {number}", "blurb": "Kelp sways."} for number in range(4)]
    *papers, notice = outcome(tmp_path, *records, {"title": "Crab", "abstract": "Crabs wait.", "x": 1})
    assert len(papers) == 5 and isinstance(notice, Notice)
    assert notice.text == "4 of 5 records have no abstract; unknown properties: blurb (4), x (1)"


def test_the_number_of_names_in_a_notice_is_bounded() -> None:
    names = PropertyNames()
    for number in range(3000):
        names.known({f"key {number}": 1, "common" + "x" * 500: 2})
    text = names.notice() or ""
    assert "x… (3000)" in text and "and 990 more" in text and len(text) < 500


def test_synonyms_belong_to_one_property() -> None:
    fields = {field.name for field in paper_fields() if field.about.in_record}
    names = [name.replace(" ", "") for synonyms in SYNONYMS.values() for name in synonyms]
    assert SYNONYMS.keys() <= fields
    assert len({*names, *(field.replace("_", "") for field in fields)}) == len(names) + len(fields)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("year", "2024", 2024),
        ("year", "2024a", 2024),
        ("year", 2024.0, 2024),
        ("year", ["2024"], 2024),
        ("year", "", None),
        ("authors", "Inga Aalto; Ben Okafor", ("Inga Aalto", "Ben Okafor")),
        ("authors", "Aalto, Inga; Okafor, Ben; et al.", ("Inga Aalto", "Ben Okafor")),
        ("authors", "Inga Aalto, Ben Okafor and Wei Lind", ("Inga Aalto", "Ben Okafor", "Wei Lind")),
        ("authors", "Aalto, Inga and Okafor, Ben", ("Inga Aalto", "Ben Okafor")),
        ("authors", "Aalto, Inga", ("Inga Aalto",)),
        ("authors", "Inga Aalto", ("Inga Aalto",)),
        ("authors", {"name": "Inga Aalto"}, ("Inga Aalto",)),
        ("authors", [{"name": "Inga Aalto"}, "Ben Okafor", None], ("Inga Aalto", "Ben Okafor")),
        ("authors", [{"family": "Aalto", "given": "Inga"}], ("Inga Aalto",)),
        ("authors", [{"lastName": "Aalto", "firstName": "Inga"}], ("Inga Aalto",)),
        ("keywords", "kelp, tides", ("kelp", "tides")),
        ("keywords", "kelp; slow, cold tides", ("kelp", "slow, cold tides")),
        ("keywords", [{"display_name": "kelp"}], ("kelp",)),
        ("references", [{"doi": "10.1234/x"}, 7, None], ("10.1234/x", "7")),
        ("organizations", ["Shore Lab"], (Organization("Shore-Lab", "Shore Lab"),)),
        ("organizations", [{"name": "Shore Lab"}], (Organization("Shore-Lab", "Shore Lab"),)),
        ("comments", "12", 12),
        ("venue", {"name": "Tides"}, "Tides"),
        ("venue", ["Tides"], "Tides"),
        ("doi", ["10.1234/x"], "10.1234/x"),
        ("date", 20240103, "2024-01-03"),
        ("date", 1704276000.0, "2024-01-03"),
        ("date", [2024, 1, 3], "2024-01-03"),
        ("date", {"date-parts": [[2024, 1, 3]]}, "2024-01-03"),
        ("date", {"year": 2024, "month": 1, "day": 3}, "2024-01-03"),
        ("abstract", ["Kelp sways."], "Kelp sways."),
        ("abstract", {"value": "Kelp sways."}, "Kelp sways."),
        ("venue", "None", None),
        ("authors", ["nan", "Inga Aalto"], ("Inga Aalto",)),
        ("abstract", float("nan"), ""),
        ("abstract", "NaN", ""),
    ],
)
def test_values_in_another_form_are_read(name: str, value: Any, read: Any) -> None:
    found = to_paper({"title": "Kelp", name: value}, "")
    assert getattr(found.paper, name) == read and found.left_out == ()


@pytest.mark.parametrize(
    ("name", "value", "read", "reason"),
    [
        ("year", True, None, "year: expected a whole number or null, got true or false"),
        ("year", 0, None, "year: expected a whole number >= 1"),
        ("year", 20.5, None, "year: expected a whole number or null, got a number with a fraction"),
        ("year", float("inf"), None, "year: expected a whole number or null, got a number with a fraction"),
        ("year", "soon", None, "year: expected a whole number or null, got a string"),
        ("comments", "12 pages", None, "comments: expected a whole number or null, got a string"),
        ("author_count", -1, None, "author_count: expected a whole number >= 0"),
        ("author_count", 1e30, None, "author_count: expected a whole number <= 9007199254740991"),
        ("authors", "Aalto, I., Okafor, B.", (), "authors: expected a list or null, got a string"),
        ("authors", ["Inga Aalto", 1], ("Inga Aalto",), "authors[1]: expected a string, got a whole number"),
        ("venue", ["Tides", "Moss"], None, "venue: expected a string or null, got a list"),
        ("keywords", 5, (), "keywords: expected a list or null, got a whole number"),
    ],
)
def test_a_value_that_is_not_clear_is_left_out(name: str, value: Any, read: Any, reason: str) -> None:
    found = to_paper({"title": "Kelp", name: value}, "")
    assert getattr(found.paper, name) == read
    assert [(entry.name, entry.reason) for entry in found.left_out] == [(name, reason)]


@pytest.mark.parametrize(
    ("authors", "names", "count"),
    [
        (["Aalto, Inga", "INGA AALTO", " Ben  Okafor "], ("Inga Aalto", "INGA AALTO", "Ben Okafor"), 3),
        (["Inga Aalto", "et al."], ("Inga Aalto",), None),
        (["Inga Aalto", "and others", ""], ("Inga Aalto",), None),
        (["[No author name available]"], (), None),
        (["Inga Aalto", ""], ("Inga Aalto",), 1),
        ("Inga Aalto; Ben Okafor; et al.", ("Inga Aalto", "Ben Okafor"), None),
    ],
)
def test_names_of_nobody_are_no_authors(authors: Any, names: tuple[str, ...], count: int | None) -> None:
    paper = to_paper({"title": "Kelp", "authors": authors}, "").paper
    assert (paper.authors, paper.author_count) == (names, count)


def test_values_that_were_left_out_are_reported_once(tmp_path: Path) -> None:
    records = [{"title": f"Kelp {number}", "comments": "12 pages", "year": True} for number in range(3)]
    *papers, notice = outcome(tmp_path, {"title": "Crab"}, *records)
    assert len(papers) == 4 and isinstance(notice, Notice)
    assert notice.text.startswith("values were left out, and their papers kept: year (3), comments (3), ")
    assert "first in line 2: year: expected a whole number or null, got true or false" in notice.text


@pytest.mark.parametrize("title", [5, True, {"en": "Kelp"}, ["Kelp", "Crab"], [["Kelp"]], []])
def test_a_title_that_is_not_a_text_rejects_the_record(tmp_path: Path, title: Any) -> None:
    _, rejection = outcome(tmp_path, {"title": "Crab"}, {"title": title, "abstract": "Kelp sways."})
    assert isinstance(rejection, Rejection) and rejection.reason.startswith("title: expected a string")


def test_a_title_may_be_a_word_for_an_absent_value() -> None:
    assert to_paper({"title": "None"}, "").paper.title == "None"


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024/01/03", ("2024-01-03", 2024, True)),
        ("Jan 3, 2024", ("2024-01-03", 2024, True)),
        ("Wed, 3 Jan 2024 10:00:00 GMT", ("2024-01-03", 2024, True)),
        ("2024-1-3", ("2024-01-03", 2024, True)),
        ("20240103", ("2024-01-03", 2024, True)),
        ("20240103100000", ("2024-01-03", 2024, True)),
        ("202401", (None, 2024, True)),
        ("12/2024", (None, 2024, True)),
        ("2024年1月3日", ("2024-01-03", 2024, True)),
        ("1704276000", ("2024-01-03", 2024, True)),
        ("1704276000123", ("2024-01-03", 2024, True)),
        ("31/01/2024", ("2024-01-31", 2024, True)),
        ("01.31.2024", ("2024-01-31", 2024, True)),
        ("January 2024", (None, 2024, True)),
        ("2024.03", (None, 2024, True)),
        ("Winter 2024", (None, 2024, True)),
        # Either of the two may be the month.
        ("03/01/2024", (None, 2024, False)),
        ("2024-00-00", (None, 2024, False)),
        ("2024-02-30", (None, 2024, False)),
        ("20240230", (None, 2024, False)),
        ("2024/02/30", (None, 2024, False)),
        ("9-13 July 2018", (None, 2018, False)),
        ("2023/2024", (None, 2023, False)),
        ("0000-00-00", (None, None, False)),
        ("n.d.", (None, None, False)),
        ("9999999999999", ("2286-11-20", 2286, True)),
    ],
)
def test_dates_of_records(written: str, date: tuple[str | None, int | None, bool]) -> None:
    assert record_date(written) == date


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("Aalto, Inga"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "family", "year", "date-parts", "value"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
SIDE_FIELDS = [field.name for field in paper_fields() if field.about.in_record]


@given(st.dictionaries(st.sampled_from([*SIDE_FIELDS, "Summary", "published", "x"]), ANY, max_size=6))
def test_only_id_title_and_abstract_reject_a_record(record: dict[str, Any]) -> None:
    values = dict(PropertyNames().known(record)) | {"title": "Kelp"}
    values.pop("id", None)
    values.pop("abstract", None)
    assert to_paper(values, "").paper.title == "Kelp"
