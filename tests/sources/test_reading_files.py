from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import read
from kgraph.sources.identity import paper_id

GOOD = b'{"id": "a1", "title": "Folding Shirts", "abstract": "We fold shirts."}\n'
PAGE = (
    "Daily Papers\n\nFolding Shirts by Touch\n\nWe fold shirts by touch alone and find that it works well on "
    "most of the garments that we tried in our study.\n\n  • 3 authors\n·\nJun 21, 2024\n"
).encode()
BAD_FILES = {
    "empty.jsonl": (b"", "empty"),
    "blank.txt": (b"\n \n\xc2\xa0\n", "empty"),
    "empty.gz": (gzip.compress(b""), "empty"),
    "paper.pdf": (b"%PDF-1.7\n%\xe2\xe3", "looks like a PDF"),
    "page.txt": (b"\x89PNG\r\n\x1a\n\0\0", "looks like a PNG image"),
    "papers.zip": (b"PK\x03\x04\x14\0", "damaged or cut short"),
    "thrice.gz": (gzip.compress(gzip.compress(gzip.compress(GOOD))), "gzip within gzip within gzip"),
    "zero.txt": (b"Daily Papers\n\0\0\x01", "zero byte at byte 13"),
    "chinese.txt": ("每日论文 Daily Papers".encode("gbk"), "byte 2 is 0xc8; save it as UTF-8"),
    "odd.txt": (b"\xff\xfe" + "Daily Papers\n".encode("utf-16-le") + b"\x00\xd8x\0", "no paper"),
    "story.txt": (b"Once upon a time there was a shirt.\n", "no known format; it looks like plain text"),
    "list.md": (b"# Shirts\n\n- [Folding](https://arxiv.org/abs/2104.00001)\n", "it looks like Markdown"),
    "list.txt": (b"- **Folding Shirts** (2021) [paper](https://example.org)\n", "it looks like Markdown"),
    "table.md": (b"| Date | Title |\n|---|:--|\n| 2021 | Folding |\n", "it looks like Markdown"),
    "tei.xml": (b"<TEI xmlns='x'><text/></TEI>", "XML, but not that of PubMed"),
    "table.csv": (b"name,price\nA,B\n", "no header with a title"),
    "page.html": (b"<!DOCTYPE html><html><body>Daily Papers</body></html>", "HTML"),
    "refs.bib": (b"Folding\n", "no entry"),
    "nothing.txt": (b"Daily Papers\n\nDec 16\n", "no paper"),
    "cut.gz": (gzip.compress(GOOD)[:12], "gzip data is cut short"),
}


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_single_bad_file_is_an_input_error(tmp_path: Path, name: str) -> None:
    data, reason = BAD_FILES[name]
    path = written(tmp_path, name, data)
    with pytest.raises(InputError) as error:
        list(read([path]))
    assert reason in str(error.value) and str(path) in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_among_several_is_a_rejection(tmp_path: Path, name: str) -> None:
    data, reason = BAD_FILES[name]
    bad = written(tmp_path, name, data)
    found = list(read([bad, written(tmp_path, "good.jsonl", GOOD)]))
    assert [type(item) for item in found] == [Rejection, Paper]
    rejection = found[0]
    assert isinstance(rejection, Rejection)
    assert (rejection.file, rejection.line, rejection.record) == (
        str(bad),
        0,
        "",
    ) and reason in rejection.reason


def test_paths_that_are_not_files(tmp_path: Path) -> None:
    cases: list[tuple[Path | str, str]] = [
        (tmp_path / "no", "no such file"),
        (tmp_path, "is an empty folder"),
        ("", "is empty"),
        (tmp_path / "*.bib", "no file matches"),
        ("a\0b", "cannot be opened"),
    ]
    for path, reason in cases:
        with pytest.raises(InputError, match=reason):
            list(read([path]))
    with pytest.raises(InputError, match="no input"):
        list(read([]))


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "papers.jsonl", GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="permissions"):
        list(read([path]))


def test_all_files_bad(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        list(read([tmp_path / "one", tmp_path / "two"]))
    assert "one" in str(error.value) and "two" in str(error.value)


def test_the_format_is_detected_from_the_content(tmp_path: Path) -> None:
    for name, data, title in [
        ("papers.txt", GOOD, "Folding Shirts"),
        ("page.jsonl", PAGE, "Folding Shirts by Touch"),
        ("page.gz", gzip.compress(PAGE), "Folding Shirts by Touch"),
        ("plain.gz", GOOD, "Folding Shirts"),
        ("packed.jsonl", gzip.compress(GOOD), "Folding Shirts"),
    ]:
        (paper,) = read([written(tmp_path, name, data)])
        assert isinstance(paper, Paper) and (paper.title, paper.source) == (title, name)


def test_the_suffix_decides_if_the_content_does_not(tmp_path: Path) -> None:
    (rejection,) = read([written(tmp_path, "papers.jsonl", b"nonsense\n")])
    assert isinstance(rejection, Rejection) and "not valid JSON" in rejection.reason


def test_second_records_with_an_id(tmp_path: Path) -> None:
    other = GOOD.replace(b"Folding Shirts", b"Another Paper")
    first = written(tmp_path, "first.jsonl", b"\n" + GOOD)
    second = written(tmp_path, "second.jsonl", GOOD + other)
    paper, repeat, clash = read([first, second])
    assert isinstance(paper, Paper) and isinstance(repeat, Rejection) and isinstance(clash, Rejection)
    assert (repeat.file, repeat.line, repeat.record) == (str(second), 1, "Folding Shirts")
    assert repeat.reason == f"repeats the paper of {first}, line 2"
    assert (clash.line, clash.record) == (2, "Another Paper")
    assert "'a1' of another paper" in clash.reason and f"{first}, line 2" in clash.reason


def test_the_same_title_gives_the_same_id_in_both_formats(tmp_path: Path) -> None:
    page = written(tmp_path, "page.txt", PAGE)
    lines = written(tmp_path, "papers.jsonl", b'{"title": "Folding  Shirts by Touch"}\n')
    paper, rejection = read([page, lines])
    assert isinstance(paper, Paper) and isinstance(rejection, Rejection)
    assert paper.id == paper_id("Folding Shirts by Touch", "") and "repeats" in rejection.reason


def test_cut_gzip_of_a_page(tmp_path: Path) -> None:
    noise = " ".join(sha256(bytes([i])).hexdigest() for i in range(20))
    data = gzip.compress(PAGE + f"\nFolding Shirts by Sight\n\nWe fold {noise}.\n".encode())
    path = written(tmp_path, "page.gz", data[:-200])
    found = list(read([path]))
    assert [(type(item), item.title if isinstance(item, Paper) else "") for item in found] == [
        (Rejection, ""), (Paper, "Folding Shirts by Touch")
    ]  # fmt: skip


def test_reading_is_a_stream(tmp_path: Path) -> None:
    stream = read([written(tmp_path, "papers.jsonl", GOOD), tmp_path / "missing"])
    assert isinstance(stream, Iterator) and isinstance(next(stream), Paper)
    assert isinstance(next(stream), Rejection)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(GOOD))
    writer.start()
    found = list(read([pipe]))
    writer.join()
    assert [type(item) for item in found] == [Paper]


SEEDS = st.sampled_from(
    [GOOD, PAGE, gzip.compress(GOOD * 50), b'[{"title": "A"}, ', b"\xff\xfe", b"Daily Papers\n"]
)


@pytest.mark.slow
@settings(max_examples=250)
@given(
    st.binary(max_size=200),
    st.one_of(st.just(b""), SEEDS),
    st.integers(0, 300),
    st.sampled_from(["a.txt", "a.jsonl"]),
)
@example(b"]", b"[{}", 300, "a.json")
@example(b"}}}]],", b'[{"title": "A"}, ', 300, "a.json")
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, noise: bytes, seed: bytes, cut: int, name: str
) -> None:
    path = written(tmp_path, name, seed[:cut] + noise + seed[cut:])
    try:
        found = list(read([path]))
    except InputError as error:
        assert str(path) in str(error)
        return
    assert found and all(isinstance(item, Paper | Rejection | Notice) for item in found)
    for item in found:
        if isinstance(item, Paper):
            assert item.id and (item.title or item.abstract)
            f"{item}".encode()
