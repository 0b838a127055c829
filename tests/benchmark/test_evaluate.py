"""scripts/evaluate: its tables, its exit codes, and saved figures."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from evaluation.command import CommandError, run
from evaluation.releases import (
    CHART,
    PAGE,
    Measurement,
    chart,
    load,
    load_all,
    markdown,
    save,
    with_results,
)
from evaluation.tables import KGRAPH, TABLES, Table
from runs import ROOT, SHARED

EVALUATE = ROOT / "scripts" / "evaluate"
MEASURED = ("entities", "relations", "relations-end-to-end", "suggestions")

TOKENS = ["We", "use", "nets", "for", "tagging", "."]
EXTRACTED = {
    "id": "a",
    "concepts": [
        {
            "name": "nets",
            "kind": "method",
            "mentions": [{"field": "abstract", "start": 7, "end": 11, "text": "nets"}],
        },
        {
            "name": "tagging",
            "kind": "method",
            "mentions": [{"field": "abstract", "start": 16, "end": 23, "text": "tagging"}],
        },
    ],
    "relations": [
        {
            "type": "USED_FOR",
            "head": "nets",
            "tail": "tagging",
            "evidence": {"field": "abstract", "start": 0, "end": 24},
        }
    ],
    "results": [],
}
STUB = """\
#!{python}
import sys
if sys.argv[1] == "extract":
    print({extracted!r})
elif sys.argv[1] == "suggest":
    print('[{{"id": "far"}}, {{"id": "near"}}]')
elif sys.argv[1] == "build":
    pass
"""


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A command that answers like kgraph, with one extraction and one order of suggestions."""
    path = tmp_path / "kgraph"
    path.write_text(STUB.format(python=sys.executable, extracted=json.dumps(EXTRACTED)))
    path.chmod(0o755)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one abstract, one relation and one query."""
    folder = tmp_path / "data" / "benchmarks"
    folder.mkdir(parents=True)
    abstract = {
        "id": "a",
        "tokens": TOKENS,
        "sentences": [[0, 6]],
        "entities": [[2, 3, "Method"], [4, 5, "Task"]],
    }
    (folder / "scierc-dev.jsonl").write_text(json.dumps(abstract) + "\n")
    relation = {"text": "We use [[ nets ]] for << tagging >> .", "label": "USED-FOR"}
    (folder / "scierc-relations-dev.jsonl").write_text(json.dumps(relation) + "\n")
    papers = {name: {"title": name, "abstract": [["", f"{name} words"]]} for name in ("q", "near", "far")}
    queries = {"q_method": {"cands": ["near", "far"], "rel": [3, 0]}}
    (folder / "csfcube-dev.json.gz").write_bytes(
        gzip.compress(json.dumps({"papers": papers, "queries": queries}).encode())
    )
    return folder.parent


def evaluated(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EVALUATE, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


@pytest.mark.slow
def test_every_table_that_has_its_data_is_measured(stub: Path, data: Path) -> None:
    only = [part for name in MEASURED for part in ("--only", name)]
    ran = evaluated("--data", data, "--kgraph", stub, "--format", "json", *only)
    assert ran.returncode == 0, ran.stderr
    tables = {table["name"]: table for table in json.loads(ran.stdout)}
    assert set(tables) == set(MEASURED)
    # Both spans are right, one type is.
    assert tables["entities"]["rows"][KGRAPH] == {"f1": 50, "p": 50, "r": 50, "span-f1": 100}
    assert tables["relations"]["rows"][KGRAPH] == {"macro-f1": 100, "micro-f1": 100}
    assert tables["relations-end-to-end"]["rows"][KGRAPH] == {"f1": 100, "p": 100, "r": 100}
    assert tables["suggestions"]["rows"][KGRAPH]["map"] == 50
    assert {"TF-IDF", "random order"} < set(tables["suggestions"]["rows"])
    assert len(tables["entities"]["data"]["scierc-dev.jsonl"]) == 64
    assert tables["entities"]["settings"] == {"items": 1}


@pytest.mark.slow
def test_tables_without_data_are_skipped_and_the_others_measured(stub: Path, data: Path) -> None:
    ran = evaluated("--data", data, "--kgraph", stub, "--only", "entities", "--only", "keyphrases")
    assert ran.returncode == 0
    assert "entities" in ran.stdout and "keyphrases" not in ran.stdout
    for name in ("inspec", "semeval2017"):
        assert f"{name}-dev.jsonl does not exist. Fetch it with: scripts/data {name}" in ran.stderr


@pytest.mark.slow
def test_without_any_data_nothing_is_measured(tmp_path: Path) -> None:
    ran = evaluated("--data", tmp_path, "--format", "json")
    assert ran.returncode == 2 and ran.stdout == ""
    for name in TABLES:
        assert f"skipped: {name}" in ran.stderr
    for name in ("scierc", "scierc-relations", "inspec", "semeval2017", "csfcube"):
        assert f"scripts/data {name}" in ran.stderr
    assert "nothing was measured" in ran.stderr


def test_a_fresh_clone_looks_for_data_in_itself(tmp_path: Path) -> None:
    ran = evaluated("--only", "entities", KGRAPH_SHARED=str(tmp_path))
    if not (ROOT / "data").is_dir():
        assert ran.returncode == 2 and str(ROOT / "data" / "benchmarks" / "scierc-dev.jsonl") in ran.stderr


def test_without_an_environment_the_script_says_what_to_install(tmp_path: Path) -> None:
    # A copy without .venv, run by a Python that has no packages.
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-S", str(tmp_path / "scripts" / "evaluate")]
    ran = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert ran.returncode == 2 and "is not installed: run scripts/setup --dev" in ran.stderr


def test_a_command_that_fails_is_reported(data: Path, tmp_path: Path) -> None:
    ran = evaluated("--data", data, "--only", "entities", "--kgraph", tmp_path / "missing")
    assert ran.returncode == 1 and "cannot be run" in ran.stderr
    with pytest.raises(CommandError, match=r"exit code 3 from .*: went wrong"):
        run([sys.executable, "-c", "import sys; print('went wrong', file=sys.stderr); sys.exit(3)"])


@pytest.mark.slow
def test_a_figure_below_its_minimum_is_an_error(stub: Path, data: Path) -> None:
    arguments = ("--data", data, "--kgraph", stub, "--only", "entities", "--min")
    assert evaluated(*arguments, "entities.f1=50").returncode == 0
    ran = evaluated(*arguments, "entities.f1=50.1")
    assert ran.returncode == 1 and "below the minimum: entities.f1 50.0 < 50.1" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--only", "tea"), "invalid choice"),
        (("--limit", "0"), "at least 1"),
        (("--min", "f1=50"), "TABLE.COLUMN=NUMBER"),
        (("--min", "entities.f1=high"), "entities.f1=high"),
        (("--min", "entities.tea=50"), "entities.tea: not measured"),
        (("--save", "--limit", "3"), "--save needs whole data sets"),
    ],
)
def test_wrong_usage(stub: Path, data: Path, arguments: tuple[str, ...], message: str) -> None:
    ran = evaluated("--data", data, "--kgraph", stub, "--only", "entities", *arguments)
    assert ran.returncode == 2 and message in ran.stderr and "Traceback" not in ran.stderr


def measurement(name: str, figure: float, **rows: float) -> Measurement:
    others = {system: {"f1": value} for system, value in rows.items()}
    table = Table(name, f"Table {name}", ("f1",), {KGRAPH: {"f1": figure}} | others, {"items": 2}, {"x": "0"})
    return Measurement("2026-01-02", "abc", "A machine", table)


class TestReleases:
    def test_saving_adds_and_replaces_tables(self, tmp_path: Path) -> None:
        save("0.2.0", [measurement("entities", 50), measurement("names", 70)], tmp_path)
        path = save("0.2.0", [measurement("entities", 60.123)], tmp_path)
        release = load(path)
        assert set(release) == {"entities", "names"}
        assert release["entities"].table.rows[KGRAPH]["f1"] == 60.12
        assert release["names"] == measurement("names", 70)

    def test_the_newest_version_comes_first(self, tmp_path: Path) -> None:
        for version in ("0.9.0", "0.10.0", "0.1.0"):
            save(version, [measurement("entities", 50)], tmp_path)
        assert list(load_all(tmp_path)) == ["0.10.0", "0.9.0", "0.1.0"]

    def test_the_page_shows_every_version_and_the_newest_in_full(self, tmp_path: Path) -> None:
        save("0.1.0", [measurement("entities", 50)], tmp_path)
        save("0.2.0", [measurement("entities", 60, peer=40)], tmp_path)
        text = markdown(load_all(tmp_path))
        assert "| | 0.2.0 | 0.1.0 |" in text
        assert "| SciERC entities, F1 | 60.0 | 50.0 |" in text
        assert "| peer | 40.0 |" in text and "commit abc" in text
        drawn = chart(load_all(tmp_path))
        assert drawn.startswith("<svg") and ">kgraph 0.1.0<" in drawn and ">peer<" in drawn

    def test_a_page_without_the_markers_is_refused(self) -> None:
        with pytest.raises(ValueError, match="the page lacks"):
            with_results("# A page", {})

    def test_page_and_chart_are_current(self) -> None:
        releases = load_all()
        page = PAGE.read_text(encoding="utf-8")
        assert page == with_results(page, releases), "run scripts/evaluate --docs"
        assert CHART.read_text(encoding="utf-8") == chart(releases), "run scripts/evaluate --docs"


def theirs(*arguments: str | Path) -> dict[str, float]:
    """Return the figures of another scorer, which prints a name and a figure in turn."""
    command = [sys.executable, *map(str, arguments)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {name: float(figure) for name, figure in zip(words[::2], words[1::2], strict=True)}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(
    not (SHARED / "eval" / "score.py").exists(), reason=f"{SHARED} has no other scorer to compare with"
)
@pytest.mark.parametrize(
    ("task", "table", "file", "columns"),
    [
        ("entities", "entities", "scierc-dev.jsonl", {"f1": "f1", "p": "p", "r": "r", "span-f1": "span-f1"}),
        ("keyphrases", "keyphrases", "inspec-dev.jsonl", {"f1@10": "inspec@10"}),
    ],
)
def test_figures_agree_with_another_scorer(
    task: str, table: str, file: str, columns: dict[str, str], tmp_path: Path
) -> None:
    kgraph = Path(sys.executable).with_name("kgraph")
    source, folder = SHARED / "data" / "benchmarks" / file, tmp_path / "benchmarks"
    folder.mkdir()
    (folder / file).symlink_to(source)
    limit = ("--limit", "12")
    other = theirs(SHARED / "eval" / "score.py", task, source, "--kgraph", kgraph, *limit)
    ran = evaluated("--data", tmp_path, "--only", table, *limit, "--format", "json", "--kgraph", kgraph)
    ours: dict[str, Any] = json.loads(ran.stdout)[0]["rows"][KGRAPH]
    for name, column in columns.items():
        assert ours[column] == pytest.approx(other[name], abs=0.051), name
