"""Folders, patterns and standard input as arguments."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from runs import PAPERS, Cli, jsonl

from kgraph.errors import InputError
from kgraph.model import Notice, Paper, Rejection
from kgraph.sources import check_inputs, read


def line(title: str) -> str:
    return json.dumps({"title": title}) + "\n"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for name, text in {
        "b.jsonl": line("B"),
        "a/z.jsonl": line("Z"),
        "a.txt": line("A"),
        "a/deep/y.jsonl": line("Y"),
        ".hidden.jsonl": line("Hidden"),
        ".git/config": "x",
        "paper.pdf": "%PDF-1.7\n",
        "notes.txt": "Buy milk.\n",
        "empty.jsonl": "",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "loop").symlink_to(folder)
    (folder / "link.jsonl").symlink_to(folder / "gone.jsonl")
    os.mkfifo(folder / "pipe")
    return folder


def test_a_folder_gives_its_files_sorted_by_path(library: Path) -> None:
    found = list(read([library]))
    assert [item.title for item in found if isinstance(item, Paper)] == ["Y", "Z", "A", "B"]
    rejected = {item.file: item.reason for item in found if isinstance(item, Rejection)}
    assert rejected == {
        str(library / "empty.jsonl"): "is empty: nothing to read",
        str(library / "link.jsonl"): "no such file: check the name and the folder",
    }
    (notice,) = [item for item in found if isinstance(item, Notice)]
    assert notice.file == str(library) and notice.text.startswith("6 file(s) were skipped: ")
    for text in (
        ".git is hidden",
        ".hidden.jsonl is hidden",
        "loop is a link to a folder",
        "pipe is a pipe",
        "paper.pdf looks like a PDF",
        "notes.txt is in no known format",
    ):
        assert text in notice.text


def test_a_folder_in_which_nothing_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(InputError, match=r"no file in it can be read: 00\.pdf looks like a PDF") as error:
        check_inputs([folder])
    assert (
        "19.pdf" in str(error.value)
        and "20.pdf" not in str(error.value)
        and "and 10 more" in str(error.value)
    )
    good = jsonl(tmp_path / "good.jsonl", PAPERS[0])
    found = list(read([folder, good]))
    assert [type(item) for item in found] == [Paper, Rejection]
    check_inputs([folder, good])


def test_a_pattern_that_the_shell_did_not_expand(library: Path) -> None:
    titles = [item.title for item in read([f"{library}/*.[jt]*"]) if isinstance(item, Paper)]
    assert titles == ["A", "B"]
    deep = [item.title for item in read([library / "a" / "**" / "*.jsonl"]) if isinstance(item, Paper)]
    assert deep == ["Y", "Z"]
    with pytest.raises(InputError, match=r"\*\.bib: no file matches this pattern"):
        check_inputs([library / "*.bib"])
    named = library / "[a].jsonl"
    named.write_text(line("Brackets"))
    assert [item.title for item in read([named]) if isinstance(item, Paper)] == ["Brackets"]


def test_empty_and_repeated_arguments() -> None:
    for arguments, reason in ([], "name at least one"), ([""], "is empty"), (["-", "-"], "only once"):
        with pytest.raises(InputError, match=reason):
            check_inputs(arguments)


def test_standard_input(cli: Cli, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "papers.jsonl", *PAPERS)
    store = tmp_path / "graph.kg"
    report = cli.run("build", "-", "--store", store, "--format", "json", stdin=file).json()
    assert (report["added"], report["rejected"]) == (3, [])
    ran = cli.run("extract", "-", stdin=file)
    assert [record["id"] for record in ran.lines()] == [paper["id"] for paper in PAPERS]
    ran = cli.run("build", "-", "--store", store, expect=2)
    assert "standard input: is empty" in ran.err
    bad = tmp_path / "bad.txt"
    bad.write_text("Once upon a time.\n")
    ran = cli.run("build", "-", "--store", store, stdin=bad, expect=2)
    assert "standard input: is in no known format" in ran.err


def test_a_zip_archive_through_a_pipe(tmp_path: Path) -> None:
    import threading
    import zipfile

    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("papers.jsonl", line("Piped"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(archive.read_bytes()))
    writer.start()
    found = list(read([pipe]))
    writer.join()
    assert [item.title for item in found if isinstance(item, Paper)] == ["Piped"]
