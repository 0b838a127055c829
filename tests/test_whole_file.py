"""Files that are written completely or not at all."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from runs import Cli

from kgraph.errors import InputError, KgraphError
from kgraph.export.folder import whole_folder
from kgraph.whole_file import whole_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_blocks_in_one_folder_do_not_share_a_file(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.txt") as first, whole_file(tmp_path / "b.txt") as second:
        first.write_text("first")
        second.write_text("second")
        with whole_file(tmp_path / "a.txt") as third:
            third.write_text("third")
        assert (tmp_path / "a.txt").read_text() == "third"
    assert [(tmp_path / name).read_text() for name in names(tmp_path)] == ["first", "second"]
    assert names(tmp_path) == ["a.txt", "b.txt"]


def test_threads_write_one_file(tmp_path: Path) -> None:
    texts = [str(number) * 10_000 for number in range(8)]
    barrier = threading.Barrier(len(texts))

    def write(text: str) -> None:
        with whole_file(tmp_path / "out.txt") as partial:
            barrier.wait()
            partial.write_text(text)
            barrier.wait()

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "out.txt").read_text() in texts
    assert names(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("name", ["x.graphml.gz", "n" * 240 + ".tar.gz", "é" * 120 + ".gz", "x"])
def test_the_suffixes_are_those_of_the_target(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    with whole_file(target) as partial:
        assert partial.suffixes[-2:] == target.suffixes[-2:]
        assert partial.read_bytes() == b"" and partial.parent == tmp_path
    assert names(tmp_path) == [name]


@pytest.mark.parametrize(("format", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_an_export_with_a_suffix_of_gzip_is_compressed(
    format: str, read: Callable[[Path], nx.Graph[str]], cli: Cli, kitchen_graph: Path, tmp_path: Path
) -> None:
    for name in ("one", "two", "plain"):
        target = tmp_path / (f"{name}.{format}" + ("" if name == "plain" else ".gz"))
        cli.run("export", format, target, "--store", kitchen_graph)
    first, second = ((tmp_path / f"{name}.{format}.gz").read_bytes() for name in ("one", "two"))
    assert first == second
    assert gzip.decompress(first) == (tmp_path / f"plain.{format}").read_bytes()
    assert read(tmp_path / f"one.{format}.gz").number_of_nodes() > 20


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_of_the_file_is_kept(mode: int, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(mode)
    with whole_file(target) as partial:
        assert partial.stat().st_mode & 0o777 == mode
        partial.write_text("new")
    assert target.read_text() == "new" and target.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), OSError(errno.EIO, "a read failed")])
def test_other_errors_of_the_block_pass_and_leave_the_file(error: BaseException, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    with pytest.raises(type(error)) as raised, whole_file(target) as partial:
        partial.write_text("new")
        raise error
    assert raised.value is error
    assert target.read_text() == "old" and names(tmp_path) == ["out.txt"]


def test_another_file_that_the_block_misses_is_named(tmp_path: Path) -> None:
    for whole in (whole_file, whole_folder):
        with pytest.raises(FileNotFoundError), whole(tmp_path / "out"):
            Path("/no/such/file").read_text()
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_a_failure_and_not_bad_usage(code: int, tmp_path: Path) -> None:
    for whole in (whole_file, whole_folder):
        with pytest.raises(KgraphError, match="out: cannot be written: ") as raised, whole(tmp_path / "out"):
            raise OSError(code, os.strerror(code))
        assert raised.value.exit_code == 1
    assert names(tmp_path) == []


def test_a_full_disk_during_an_export(kitchen_graph: Path, tmp_path: Path) -> None:
    for format in ("graphml", "neo4j-csv"):
        dest = tmp_path / format
        # No file may be longer than 1 KiB.
        command = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", sys.executable, "-m", "kgraph.cli"]
        # The limit would hold for the file of coverage too.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
        ran = subprocess.run(
            [*command, "export", format, dest, "--store", kitchen_graph],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert (ran.returncode, ran.stderr) == (1, f"kgraph: {dest}: cannot be written: File too large\n")
    assert names(tmp_path) == []


@pytest.mark.parametrize("dest", ["no/such", "file/below", "/proc/x", "n" * 300])
def test_a_path_that_cannot_be_a_file_is_bad_usage(dest: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot be written: "), whole_file(tmp_path / dest):
        pass
    assert names(tmp_path) == ["file"]


def test_files_of_killed_processes_are_deleted(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom kgraph.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as partial:\n"
        "    partial.write_text('half')\n    os.kill(os.getpid(), 9)\n"
    )
    for path in (target, tmp_path / "other.txt"):
        killed = subprocess.run([sys.executable, "-c", code, path], check=False)
        assert killed.returncode == -signal.SIGKILL
    partials = names(tmp_path)
    assert len(partials) == 2 and not target.exists()

    in_use = tmp_path / f".kgraph-{os.getppid()}-0123abcd-0-out.txt"
    earlier_process_of_this_id = tmp_path / f".kgraph-{os.getpid()}-0123abcd-0-out.txt"
    not_ours = tmp_path / ".kgraph-notes-out.txt"
    for path in (in_use, earlier_process_of_this_id, not_ours):
        path.write_text("x")
    with whole_file(target) as partial:
        partial.write_text("whole")
    left = [name for name in partials if name.endswith("other.txt")]
    assert names(tmp_path) == sorted([*left, in_use.name, not_ours.name, "out.txt"])


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "out.txt"
    os.mkfifo(pipe)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
    reader.start()
    with whole_file(pipe) as partial:
        partial.write_text("text")
    reader.join()
    assert found == ["text"] and pipe.is_fifo() and names(tmp_path) == ["out.txt"]
