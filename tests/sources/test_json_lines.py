from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.paper_record import RecordError, parse_record, record_schema
from kgraph.sources import json_values, read
from kgraph.sources.cleaning import clean_phrase
from kgraph.sources.json_values import values_in_document

GOOD = '{"id": "a1", "title": "Folding Shirts", "abstract": "We fold shirts."}'


def items(path: Path) -> list[Paper | Rejection | Notice]:
    return list(read([path]))


def written(tmp_path: Path, *lines: str | bytes, name: str = "papers.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def paper_of(tmp_path: Path, **record: Any) -> Paper:
    (paper,) = items(written(tmp_path, json.dumps(record)))
    assert isinstance(paper, Paper)
    return paper


def rejected(tmp_path: Path, line: str | bytes) -> Rejection:
    first, second = items(written(tmp_path, GOOD, "", line))
    assert isinstance(first, Paper) and isinstance(second, Rejection)
    assert second.line == 3 and second.file.endswith("papers.jsonl")
    return second


def test_a_full_record(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        id=" conf/1 ",
        title=" Folding\n  Shirts\u200b ",
        abstract="\n We fold.\r\n\r\nThen  we\tiron.\x00 \u00a0",
        authors=["Jane  Roe", " ", "Li\u0000 Wei"],
        date="2024-05-02T10:00:00Z",
        year=2020,
        venue=" Robots ",
        url="https://example.org/1",
        comments=3,
        keywords=["cloth", ""],
    )
    assert paper == Paper(
        id="conf/1",
        title="Folding Shirts",
        abstract="We fold.\n\nThen  we\tiron.",
        authors=("Jane Roe", "Li Wei"),
        author_count=2,
        date="2024-05-02",
        year=2024,
        comments=3,
        venue="Robots",
        url="https://example.org/1",
        keywords=("cloth",),
        language="en",
        source="papers.jsonl",
    )


def test_absent_and_null_are_the_same(tmp_path: Path) -> None:
    nulls = {name: None for name in record_schema()["properties"] if name not in ("id", "title")}
    assert paper_of(tmp_path, id="a", title="T", **nulls) == paper_of(tmp_path, id="a", title="T")


@pytest.mark.parametrize(
    ("date", "year", "expected"),
    [
        ("2024", None, (None, 2024)),
        ("2024-05", None, (None, 2024)),
        ("2024-05-02", None, ("2024-05-02", 2024)),
        ("2024-05-02 23:59", 1999, ("2024-05-02", 2024)),
        (" 2024-05-02 ", None, ("2024-05-02", 2024)),
        (None, 2021, (None, 2021)),
        (None, 2021.0, (None, 2021)),
        ("", 2021, (None, 2021)),
    ],
)
def test_dates(
    tmp_path: Path, date: str | None, year: float | None, expected: tuple[str | None, int | None]
) -> None:
    paper = paper_of(tmp_path, title="T", date=date, year=year)
    assert (paper.date, paper.year) == expected
    assert paper.year is None or type(paper.year) is int


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2024-02-30", 2024),
        ("2024-13", 2024),
        ("05/02/2024", 2024),
        ("in press", 1999),
        ("0000-01-01", 1999),
        ("2024-05-02x", 2024),
    ],
)
def test_invalid_dates_are_reported_once(tmp_path: Path, date: str, year: int) -> None:
    records = [json.dumps({"title": f"T{index}", "date": date, "year": 1999}) for index in range(3)]
    found = items(written(tmp_path, *records))
    assert [(p.date, p.year) for p in found if isinstance(p, Paper)] == [(None, year)] * 3
    (notice,) = [item for item in found if isinstance(item, Notice)]
    assert "3 date(s)" in notice.text and "line 1" in notice.text and date in notice.text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.org/x?y=1#z", True),
        ("HTTP://a.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//a.org", False),
        ("https://a.org/ x", False),
        ('https://a.org/"><b>', False),
        ("", False),
    ],
)
def test_only_web_addresses_are_kept(tmp_path: Path, url: str, kept: bool) -> None:
    paper, *notices = items(written(tmp_path, json.dumps({"title": "T", "url": url})))
    assert isinstance(paper, Paper) and paper.url == (url if kept else None)
    assert len(notices) == (0 if kept or not url else 1)


def test_abstract_without_a_title(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, abstract="We fold shirts.")
    assert paper.title == "" and paper.id.startswith("abstract-")


def test_author_count_as_given(tmp_path: Path) -> None:
    assert paper_of(tmp_path, title="T", authors=["A"], author_count=7).author_count == 7
    assert paper_of(tmp_path, title="T", authors=[]).author_count is None


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    (paper,) = items(written(tmp_path, '{"title": "A\\ud800B", "abstract": "\\udfff x \\ud83d\\ude00"}'))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("A\ufffdB", "\ufffd x 😀")


@pytest.mark.parametrize(
    ("line", "reason", "record"),
    [
        ('{"id": "x", "title": "Half', "not valid JSON", ""),
        ("nonsense", "not valid JSON", ""),
        ('{"title": "a"} {"title": "b"}', "not valid JSON", ""),
        ("[1, 2]", "the record: expected an object, got a list", ""),
        ('"text"', "the record: expected an object, got a string", ""),
        ("null", "the record: expected an object, got null", ""),
        ("NaN", "the record: expected an object, got a number with a fraction", ""),
        ("{}", "neither a title nor an abstract", ""),
        ('{"id": "x"}', "neither a title nor an abstract", "x"),
        ('{"id": "x", "title": null}', "neither a title nor an abstract", "x"),
        ('{"id": "x", "title": " \\u200b", "abstract": "\\n"}', "empty", "x"),
        ('{"title": 5}', "title: expected a string or null, got a whole number", ""),
        ('{"title": "T", "comments": ' + "9" * 5000 + "}", "number in it is too large", ""),
        ('{"title": "T", "id": ""}', "id: expected a string of length >= 1", "T"),
        ('{"title": "T", "id": "' + "i" * 600 + '"}', "id: expected a string of length <= 512", "iii"),
        ('{"title": "T", "deep": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply", ""),
    ],
)
def test_bad_records_are_rejected_by_name(
    tmp_path: Path, line: str | bytes, reason: str, record: str
) -> None:
    rejection = rejected(tmp_path, line)
    assert reason in rejection.reason
    assert rejection.record.startswith(record) and len(rejection.record) <= 80
    assert len(rejection.reason) < 200


def test_unknown_properties_may_hold_anything(tmp_path: Path) -> None:
    paper, notice = items(written(tmp_path, '{"title": "T", "score": NaN, "x": [[{"y": -Infinity}]]}'))
    assert isinstance(paper, Paper) and isinstance(notice, Notice)
    assert notice.text == "1 of 1 records have no abstract; unknown properties: score (1), x (1)"


def test_raw_control_characters_do_not_lose_a_record(tmp_path: Path) -> None:
    (paper,) = items(written(tmp_path, '{"title": "A\tB\x01"}'))
    assert isinstance(paper, Paper) and paper.title == "A B"


def test_first_line_may_be_the_broken_one(tmp_path: Path) -> None:
    for first in ('"title": "half"}', '{"title": "half', "oops", '{"title": "x",', "[1, 2]"):
        found = items(written(tmp_path, first, GOOD, GOOD.replace("a1", "a2")))
        assert [type(item) for item in found] == [Rejection, Paper, Paper], first


def test_a_too_long_line_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "MAX_VALUE_LENGTH", 300_000)
    long = json.dumps({"title": "L", "abstract": "é" * 2_000_000}, ensure_ascii=False)
    path = written(tmp_path, GOOD, long, GOOD.replace("a1", "a2"), b'{"title": "\xff')
    list(read([path]))
    tracemalloc.start()
    found = items(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(item) for item in found] == [Paper, Rejection, Paper, Rejection, Notice]
    assert isinstance(found[1], Rejection) and "longer than" in found[1].reason and found[1].line == 2
    assert isinstance(found[3], Rejection) and found[3].line == 4
    assert peak < 3_500_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_gzip(tmp_path: Path, encoding: str, packed: bool, end: str) -> None:
    data = end.join(['{"title": "Łódź 学习"}', "", '{"title": "B"}']).encode(encoding)
    path = tmp_path / "anything"
    path.write_bytes(gzip.compress(data) if packed else data)
    assert [item.title for item in items(path) if isinstance(item, Paper)] == ["Łódź 学习", "B"]


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_cut_gzip_keeps_the_records_before(tmp_path: Path, cut: float) -> None:
    import random

    noise = random.Random(1)
    lines = [json.dumps({"title": f"T{i} {noise.random()}"}) for i in range(5000)]
    data = gzip.compress("\n".join(lines).encode())
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(data[: int(len(data) * cut)])
    *kept, last = items(path)
    assert len(kept) > 5000 * cut * 0.7 and all(isinstance(item, Paper) for item in kept)
    assert isinstance(last, Rejection) and "gzip data is cut short" in last.reason
    assert last.line >= len(kept)


def test_damaged_gzip_keeps_the_records_before(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(("\n".join([GOOD] * 3)).encode()))
    data[-8:-4] = b"\0\0\0\0"
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(data)
    found = items(path)
    assert isinstance(found[0], Paper)
    assert isinstance(found[-1], Rejection) and "damaged" in found[-1].reason


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "A"}, {"title": "B"}]',
        '[\n  {\n    "title": "A"\n  },\n  {\n    "title": "B", "authors": ["x, y", "]}"]\n  }\n]\n',
        '{\n  "title": "A"\n}\n{\n  "title": "B"\n}\n',
        '{"title": "A"}\n{"title": "B"}',
        '[\n{"title": "A"}\n,{"title": "B"}]',
    ],
)
def test_arrays_and_indented_objects(tmp_path: Path, text: str) -> None:
    found = items(written(tmp_path, text, name="papers.json"))
    assert [item.title for item in found if isinstance(item, Paper)] == ["A", "B"] and len(found) == 2


def test_bad_elements_of_an_array(tmp_path: Path) -> None:
    text = '[{"title": "A"},\n 7,\n ["x"], {"title": 5},\n{"title": "B"},\n{"title": "ha'
    found = items(written(tmp_path, text))
    assert [(type(item), item.line) for item in found if isinstance(item, Rejection)] == [
        (Rejection, 2), (Rejection, 3), (Rejection, 3), (Rejection, 5)
    ]  # fmt: skip
    assert [item.title for item in found if isinstance(item, Paper)] == ["A", "B"]


@pytest.mark.parametrize("text", ["[]", "[\n]\n"])
def test_no_record_at_all(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no record"):
        items(written(tmp_path, text))


@pytest.mark.parametrize("name", ["papers.json", "papers.jsonl"])
def test_an_array_with_one_record_a_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('[\n{"title": "A"},\n{"title": "B"}\n]\n')
    assert [item.title for item in items(path) if isinstance(item, Paper)] == ["A", "B"]
    assert len(items(path)) == 2


def test_latin_1_is_read_and_reported(tmp_path: Path) -> None:
    paper, notice = items(written(tmp_path, '{"title": "caf\xe9"}'.encode("latin-1")))
    assert isinstance(paper, Paper) and paper.title == "caf\xe9"
    assert isinstance(notice, Notice) and "1 byte(s) are not UTF-8" in notice.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**7) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from([*record_schema()["properties"], "x"]), JSON, max_size=6)
VALIDATOR = Draft202012Validator(record_schema())


@pytest.mark.slow
@given(RECORDS)
def test_the_reader_accepts_the_records_that_the_schema_accepts(record: dict[str, Any]) -> None:
    try:
        parse_record(record)
    except RecordError:
        assert not VALIDATOR.is_valid(record)
    else:
        assert VALIDATOR.is_valid(record)


@pytest.mark.slow
@given(st.lists(RECORDS | JSON, max_size=5), st.sampled_from([None, 1, 2]), st.integers(1, 9))
def test_elements_are_cut_out_complete(records: list[Any], indent: int | None, chunk: int) -> None:
    text = json.dumps(records, indent=indent)

    class Slow(io.StringIO):
        def read(self, _size: int | None = -1, /) -> str:
            return super().read(chunk)

    values = [json.loads(value.text or "") for value in values_in_document(Slow(text))]
    assert json.dumps(values) == json.dumps(records)


PAPERS = st.lists(
    st.fixed_dictionaries(
        {"title": st.text(min_size=1, max_size=30)},
        optional={
            "abstract": st.text(max_size=60),
            "authors": st.lists(st.text(max_size=8), max_size=3),
            "year": st.integers(1, 9999),
            "date": st.dates().map(str),
            "keywords": st.lists(st.text(max_size=8), max_size=3),
        },
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=80)
@given(PAPERS, st.booleans())
def test_written_records_are_read(tmp_path: Path, records: list[dict[str, Any]], ascii_only: bool) -> None:
    lines = [
        json.dumps(record | {"id": f"p{i}"}, ensure_ascii=ascii_only) for i, record in enumerate(records)
    ]
    path = written(tmp_path, *(line.encode("utf-8", "replace") for line in lines))
    found = [item for item in items(path) if not isinstance(item, Notice)]
    assert len(found) == len(records)
    for i, (item, record) in enumerate(zip(found, records, strict=True)):
        if isinstance(item, Rejection):
            assert "empty" in item.reason
            continue
        assert isinstance(item, Paper) and item.id == f"p{i}"
        assert item.date == record.get("date")
        assert item.year == (int(record["date"][:4]) if "date" in record else record.get("year"))
        if record["title"].isprintable():
            assert item.title == clean_phrase(record["title"])
