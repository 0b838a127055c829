"""JSON files that hold records in other ways than one a line or in one array."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read


def outcome(tmp_path: Path, text: str) -> list[Paper | Rejection | Notice]:
    file = tmp_path / "papers.json"
    file.write_text(text, encoding="utf-8")
    return list(read([file]))


def titles(tmp_path: Path, text: str) -> list[str]:
    return [item.title for item in outcome(tmp_path, text) if isinstance(item, Paper)]


@pytest.mark.parametrize(
    "text",
    [
        '[\n{"title": "Moss"},\n{"title": "Kelp"},\n]',
        '[{"title": "Moss"}]\n[{"title": "Kelp"}]',
        '{"title": "Moss"},\n{"title": "Kelp"},\n',
        '{"title": "Moss"}\n[{"title": "Kelp"}]\n',
        '{"papers": [{"title": "Moss"}, {"title": "Kelp"}]}',
        '{"n": 2, "response": {"docs": [\n{"Title": "Moss"},\n{"Title": "Kelp"}\n]}}',
        '{"m-1": {"title": "Moss"},\n "k-2": {"title": "Kelp"}}',
        '{"title": {"0": "Moss", "1": "Kelp"}, "year": {"0": 2001, "1": null}}',
    ],
)
def test_layouts(tmp_path: Path, text: str) -> None:
    assert titles(tmp_path, text) == ["Moss", "Kelp"]
    assert not any(isinstance(item, Rejection) for item in outcome(tmp_path, text))


def test_a_key_is_the_id_of_its_record_unless_it_counts_rows(tmp_path: Path) -> None:
    text = '{"m-1": {"title": "Moss"}, "7": {"title": "Kelp"}, "x": {"id": "own", "title": "Crab"}, "n": 3}'
    *papers, rejection = outcome(tmp_path, text)
    assert [paper.id for paper in papers if isinstance(paper, Paper)] == ["m-1", "kelp", "own"]
    assert isinstance(rejection, Rejection) and "expected an object" in rejection.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"title": {"en": "Moss"}}', "title: expected a string or null, got an object"),
        (
            '{"title": ["Moss", "Kelp"], "abstract": ["a", "b"]}',
            "title: expected a string or null, got a list",
        ),
        ('{"paper": {"title": "Moss"}}', "it has neither a title nor an abstract"),
    ],
)
def test_an_unclear_object_is_rejected(tmp_path: Path, text: str, reason: str) -> None:
    assert [item.reason for item in outcome(tmp_path, text) if isinstance(item, Rejection)] == [reason]


def test_bad_elements_of_a_line_are_rejected_alone(tmp_path: Path) -> None:
    first, bad, last = outcome(tmp_path, '[{"title": "Moss"}, 4]\n{"title": "Kelp"}')
    assert isinstance(first, Paper) and isinstance(bad, Rejection) and isinstance(last, Paper)
    assert (bad.line, bad.reason) == (1, "the record: expected an object, got a whole number")


def test_records_by_id_of_a_cut_file_are_kept(tmp_path: Path) -> None:
    *papers, rejection = outcome(tmp_path, '{"m1": {"title": "Moss"}, "k2": {"title": "Kelp"}, "c3": {"ti')
    assert len(papers) == 2 and isinstance(rejection, Rejection) and "not valid JSON" in rejection.reason


PIECES = [
    '{"a1": {"title": "Moss"}',
    '"b2": {"title": "Kelp"}}',
    '{"title": {"0": "Moss"}}',
    *"{}[],\n5",
    '"x": 1',
]


@settings(max_examples=60, deadline=2000)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_mixed_pieces_give_papers_or_rejections(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "pieces.json"
    file.write_text("".join(pieces))
    try:
        items = list(read([file]))
    except InputError:
        return
    assert all(isinstance(item, Paper | Rejection | Notice) for item in items)
