"""Compressed files and archives around any format."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import SHARED

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read, streams
from kgraph.sources.container import containers
from kgraph.sources.containers import zip as zip_container
from kgraph.sources.streams import MAX_EXPANSION

LINES = b"".join(b'{"id": "p%d", "title": "Shirt %d"}\n' % (number, number) for number in range(3))
PAGE = (
    b"Daily Papers\n\nFolding Shirts by Touch\n\nWe fold shirts by touch alone and find that it works well on "
    b"most of the garments that we tried in our study.\n\n  \xe2\x80\xa2 3 authors\nJun 21, 2024\n"
)
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return data.getvalue()


def parquet(*rows: dict[str, Any], **options: Any) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    table = pytest.importorskip("pyarrow.parquet")
    data = io.BytesIO()
    table.write_table(pyarrow.Table.from_pylist(list(rows)), data, **options)
    return data.getvalue()


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def titles(found: Sequence[object]) -> list[str]:
    return [item.title for item in found if isinstance(item, Paper)]


def rejections(found: Sequence[object]) -> list[tuple[str, int, str]]:
    return [(item.file, item.line, item.reason) for item in found if isinstance(item, Rejection)]


@pytest.mark.parametrize("suffix", COMPRESSIONS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_compressed_file_with_one_or_several_streams(tmp_path: Path, suffix: str, times: int) -> None:
    parts = [LINES] if times == 1 else [LINES[:40], LINES[40:]]
    path = written(tmp_path, f"papers.jsonl.{suffix}", b"".join(map(COMPRESSIONS[suffix], parts)))
    assert titles(list(read([path]))) == ["Shirt 0", "Shirt 1", "Shirt 2"]


def test_zeros_between_and_after_xz_streams(tmp_path: Path) -> None:
    data = lzma.compress(LINES[:40]) + b"\0" * 8 + lzma.compress(LINES[40:]) + b"\0" * 4
    assert len(titles(list(read([written(tmp_path, "a.xz", data)])))) == 3


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_the_records_before_a_break_are_kept(tmp_path: Path, suffix: str) -> None:
    lines = [b'{"title": "%s"}\n' % sha256(b"%d" % number).hexdigest().encode() for number in range(15_000)]
    packed = COMPRESSIONS[suffix](b"".join(lines))
    damaged = bytearray(packed)
    damaged[-9000:-8900] = b"\xaa" * 100
    for data, reason in ((packed[:-9000], "data is cut short"), (bytes(damaged), "data is damaged")):
        found = list(read([written(tmp_path, f"papers.{suffix}", data)]))
        assert 1_000 < len(titles(found)) < len(lines)
        _, _, given_reason = rejections(found)[-1]
        assert reason in given_reason and "records before the break were kept" in given_reason


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_trailing_bytes_after_the_data_are_reported(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, f"papers.{suffix}", COMPRESSIONS[suffix](LINES) + b"not compressed")
    found = list(read([path]))
    assert len(titles(found)) == 3
    # The bz2 module of Python skips what follows the data.
    assert len(rejections(found)) == (0 if suffix == "bz2" else 1)


def test_each_member_of_a_zip_archive_is_a_file(tmp_path: Path) -> None:
    members = {
        "b/page.txt": PAGE,
        "a.jsonl": LINES + b"{}\n",
        "../../outside.jsonl": b'{"title": "Outside"}',
        "/etc/papers.jsonl": b'{"title": "Absolute"}',
        "__MACOSX/._a.jsonl": b"\0\5\x16\7",
        "story.txt": b"Once upon a time.\n",
        "paper.pdf": b"%PDF-1.7\n",
        "nothing.jsonl": b"",
    }
    path = written(tmp_path, "archive.zip", zipped(members))
    found = list(read([path]))
    assert titles(found) == [
        "Folding Shirts by Touch",
        "Shirt 0",
        "Shirt 1",
        "Shirt 2",
        "Outside",
        "Absolute",
    ]
    sources = {item.source for item in found if isinstance(item, Paper)}
    assert {"archive.zip/a.jsonl", "archive.zip/b/page.txt", "archive.zip/../../outside.jsonl"} <= sources
    assert [(file, line) for file, line, _ in rejections(found)] == [
        (f"{path}/a.jsonl", 4),
        (f"{path}/nothing.jsonl", 0),
    ]
    (notice,) = [item for item in found if isinstance(item, Notice)]
    assert notice.file == str(path) and notice.text.startswith(
        "3 file(s) were skipped: __MACOSX/._a.jsonl is hidden"
    )
    assert "story.txt is in no known format" in notice.text and "paper.pdf looks like a PDF" in notice.text
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["archive.zip"]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_the_compressions_of_zip(tmp_path: Path, method: int) -> None:
    path = written(tmp_path, "a.zip", zipped({"a.jsonl": LINES}, method))
    assert len(titles(list(read([path])))) == 3


def with_field(data: bytes, name: bytes, local: int, central: int, value: int) -> bytes:
    """Return an archive with a 16-bit field of the headers of a member changed."""
    changed = bytearray(data)
    first, last = data.index(name), data.rindex(name)
    struct.pack_into("<H", changed, first - 30 + local, value)
    struct.pack_into("<H", changed, last - 46 + central, value)
    return bytes(changed)


def test_members_that_cannot_be_read(tmp_path: Path) -> None:
    data = zipped(
        {name: LINES.replace(b"p", name[:1].encode()) for name in ("secret", "strange", "broken", "good")}
    )
    data = with_field(data, b"secret", 6, 8, 1)
    data = with_field(data, b"strange", 8, 10, 97)
    start = data.index(b"broken") + 30
    data = data[:start] + b"\xff" * 8 + data[start + 8 :]
    path = written(tmp_path, "archive.zip", data)
    found = list(read([path]))
    assert titles(found)[-3:] == ["Shirt 0", "Shirt 1", "Shirt 2"]
    reasons = {file.rpartition("/")[2]: reason for file, _, reason in rejections(found)}
    assert reasons.keys() == {"secret", "strange", "broken"}
    assert "is encrypted" in reasons["secret"] and "method" in reasons["strange"]
    assert "the zip data is damaged" in reasons["broken"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({}), "is an empty zip archive"),
        (zipped({"folder/": b""}), "is an empty zip archive"),
        (zipped({"a.txt": b"Once upon a time."}), "no file in it can be read: a.txt is in no known format"),
        (zipped({"[Content_Types].xml": b"<x/>"}), "looks like an Office document"),
        (zipped({"a.jsonl": LINES})[:-20], "damaged or cut short"),
        (zipped({"a.zip": zipped({"b.gz": gzip.compress(LINES)})}), "is gzip within zip within zip"),
        (b"PK\x05\x06" + b"\0" * 8 + b"\xff" * 8 + b"\0\0", "has more members"),
        (b"PAR1" + b"x" * 40, "the Parquet file is damaged"),
    ],
)
def test_archives_without_a_readable_file(tmp_path: Path, data: bytes, reason: str) -> None:
    if data.startswith(b"PAR1"):
        pytest.importorskip("pyarrow")
    path = written(tmp_path, "archive", data)
    with pytest.raises(InputError, match=reason.replace("(", r"\(")) as error:
        list(read([path]))
    assert str(error.value).startswith(str(path))


def test_containers_within_a_container(tmp_path: Path) -> None:
    members = {"a.gz": gzip.compress(LINES), "b.zip": zipped({"b.jsonl": b'{"title": "Inner"}'})}
    path = written(tmp_path, "archive.zip", zipped(members))
    found = list(read([path]))
    assert titles(found) == ["Shirt 0", "Shirt 1", "Shirt 2", "Inner"]
    assert [item.source for item in found if isinstance(item, Paper)][-1] == "archive.zip/b.zip/b.jsonl"


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_container, "MAX_MEMBERS", 2)
    path = written(tmp_path, "a.zip", zipped({f"{number}.jsonl": LINES for number in range(3)}))
    with pytest.raises(InputError, match="more than 2 members"):
        list(read([path]))


def test_members_that_overlap(tmp_path: Path) -> None:
    data = zipped({"a.jsonl": LINES}, zipfile.ZIP_STORED)
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry, tail = data[start:end], bytearray(data[end:])
    struct.pack_into("<HHL", tail, 8, 5, 5, 5 * len(entry))
    path = written(tmp_path, "a.zip", data[:start] + entry * 5 + tail)
    with pytest.raises(InputError, match="overlap"):
        list(read([path]))


UNCHECKED = 1_000_000


def bombs() -> dict[str, bytes]:
    size = 4 * UNCHECKED
    blanks = b"\n" * 100_000
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="w") as file:
        file.write(LINES)
        for _ in range(size // len(blanks)):
            file.write(blanks)
    packed = bomb.getvalue()
    line = b'{"title": "' + b"x" * size + b'"}\n'
    return {
        "blanks.gz": packed,
        "blanks.zip": zipped({"a.gz": packed, "a.jsonl": LINES}),
        "line.bz2": bz2.compress(LINES + line),
        "line.xz": lzma.compress(LINES + line, preset=1),
        "line.zip": zipped({"a.jsonl": LINES + line}),
        "twice.gz": gzip.compress(packed),
    }


@pytest.mark.slow
def test_bombs_are_stopped_in_bounded_memory_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "UNCHECKED_SIZE", UNCHECKED)
    for name, data in bombs().items():
        path = written(tmp_path, name, data)
        list(read([written(tmp_path, "warm", LINES)]))
        tracemalloc.start()
        began = time.process_time()
        found = list(read([path]))
        seconds = time.process_time() - began
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(titles(found)) == 3, name
        assert any(
            f"more than {MAX_EXPANSION} times its size" in reason for _, _, reason in rejections(found)
        ), name
        assert peak < 20_000_000 and seconds < 60, (name, peak, seconds)


def test_an_xz_file_that_asks_for_much_memory(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1024**3}]
    try:
        data = lzma.compress(LINES, filters=filters)
    except MemoryError:
        pytest.skip("needs memory to make the file")
    with pytest.raises(InputError, match=r"xz data is damaged .*[Mm]emory usage limit"):
        list(read([written(tmp_path, "a.xz", data)]))


ROWS: tuple[dict[str, Any], ...] = (
    {
        "id": "q1",
        "title": "Ironing",
        "authors": ["A. Quill"],
        "year": 2021,
        "keywords": None,
        "scan": b"\xff\0",
    },
    {"id": "q2", "title": "Drying", "authors": [], "year": None, "keywords": ["heat"], "scan": None},
)


def test_the_rows_of_a_parquet_file(tmp_path: Path) -> None:
    data = parquet(*ROWS)
    for name, file in (
        ("a.parquet", data),
        ("a.zip", zipped({"a.parquet": data})),
        ("a.gz", gzip.compress(data)),
    ):
        found = list(read([written(tmp_path, name, file)]))
        assert titles(found) == ["Ironing", "Drying"]
        first, second = (item for item in found if isinstance(item, Paper))
        assert (first.authors, first.year, second.keywords) == (("A. Quill",), 2021, ("heat",))
        (notice,) = [item for item in found if isinstance(item, Notice)]
        assert "columns of bytes were skipped: scan" in notice.text


def test_row_groups_are_read_one_after_another(tmp_path: Path) -> None:
    rows = [{"id": f"p{number}", "title": f"Shirt {number}"} for number in range(2500)]
    path = written(tmp_path, "a.parquet", parquet(*rows, row_group_size=700))
    found = list(read([path]))
    assert titles(found) == [row["title"] for row in rows]


def test_damage_within_a_parquet_file_is_reported(tmp_path: Path) -> None:
    rows = [{"id": f"p{number}", "title": f"Shirt {number * 7919}"} for number in range(5000)]
    data = bytearray(parquet(*rows, row_group_size=1000, compression="gzip"))
    middle = len(data) // 2
    data[middle : middle + 200] = b"\xff" * 200
    found = list(read([written(tmp_path, "a.parquet", bytes(data))]))
    assert titles(found)[:1000] == [row["title"] for row in rows[:1000]]
    assert "the Parquet data is damaged" in rejections(found)[-1][2]


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.parquet", b"PAR1" + b"\0" * 40)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "kgraph\[parquet\]"'):
        list(read([path]))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("70.papers.zip", 2), ("70b.papers.jsonl.bz2", 2), ("70c.papers.jsonl.xz", 2),
        ("70d.latin1.jsonl", 2), ("70e.bom-crlf.jsonl", 2), ("70f.utf16.jsonl", 2), ("70g.cp1252-smart.jsonl", 1),
    ],
)  # fmt: skip
def test_the_files_of_the_shared_cases(name: str, count: int) -> None:
    path = SHARED / "cases" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    found = titles(list(read([path])))
    assert len(found) == count and not any("\ufffd" in title for title in found)
    if name.startswith("70g"):
        assert found == ["Don\u2019t forget \u2013 a survey"]
    else:
        assert found[0].startswith("\u00c9tude")


def valid() -> list[bytes]:
    return [
        *(compress(LINES) for compress in COMPRESSIONS.values()),
        zipped({"a.jsonl": LINES, "b.txt": PAGE}),
        zipped({"a.gz": gzip.compress(LINES)}),
        parquet(*ROWS),
    ]


@pytest.mark.slow
@settings(max_examples=300)
@given(
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=4)), max_size=4),
    st.integers(0, 4000),
    st.booleans(),
)
def test_any_bytes_in_any_container_are_read_or_refused(
    tmp_path: Path, number: int, changes: list[tuple[int, bytes]], cut: int, is_cut: bool
) -> None:
    data = bytearray(valid()[number])
    for offset, noise in changes:
        offset %= len(data)
        data[offset : offset + len(noise)] = noise
    path = written(tmp_path, "file", bytes(data[: cut % len(data)] if is_cut else data))
    check(path)


@given(st.sampled_from([entry.magics[0] for entry in containers().values()]), st.binary(max_size=200))
def test_any_bytes_after_the_mark_of_a_container(tmp_path: Path, magic: bytes, data: bytes) -> None:
    check(written(tmp_path, "file", magic + data))


@given(st.binary(max_size=300), st.sampled_from([*COMPRESSIONS, "zip"]))
def test_any_bytes_within_a_container(tmp_path: Path, data: bytes, kind: str) -> None:
    packed = zipped({"file": data}) if kind == "zip" else COMPRESSIONS[kind](data)
    check(written(tmp_path, "file", packed))


def check(path: Path) -> None:
    try:
        found = list(read([path]))
    except InputError as error:
        assert str(path) in str(error)
        return
    for item in found:
        assert isinstance(item, Paper | Rejection | Notice)
        f"{item}".encode()
