"""Printed results: safe on a terminal and in a spreadsheet, exact in files."""

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from runs import Cli

from kgraph.console.rows import csv_cell

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\r\u202e end"
"""Sequences that clear a screen, set a title, set a colour and reverse the direction of text."""

QUERY = f"RETURN {json.dumps(ESCAPES, ensure_ascii=False)} AS text, -5 AS number, '-5' AS digits, '=1+1' AS formula"


def on_a_terminal(*arguments: str | Path) -> str:
    """Run kgraph with stdout on a pseudo-terminal and return what it wrote there."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kgraph.cli", *arguments], stdout=follower, env=os.environ | {"COLUMNS": "500"}
    ) as process:
        os.close(follower)
        written = b""
        try:
            while part := os.read(leader, 65536):
                written += part
        except OSError:  # the end of a terminal on Linux
            pass
    os.close(leader)
    assert process.returncode == 0
    return written.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_terminal_gets_no_control_characters(form: str, kitchen_graph: Path) -> None:
    shown = on_a_terminal("query", QUERY, "--format", form, "--store", kitchen_graph)
    own = ("\x1b[1m", "\x1b[0m") if form == "table" else ()  # the bold header of a table
    for code in own:
        shown = shown.replace(code, "")
    assert shown.replace("\n", "").isprintable(), repr(shown)
    assert "[2J" in shown and "end" in shown
    if form in ("json", "jsonl"):
        document = json.loads(shown)
        (row,) = document if form == "json" else [document]
        assert row["text"] == ESCAPES  # escaped, so nothing is lost


def test_files_get_the_data_as_it_is(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    for form in ("json", "jsonl"):
        ran = cli.run("query", QUERY, "--format", form, "--store", kitchen_graph)
        row = ran.json()[0] if form == "json" else ran.json()
        assert row == {"text": ESCAPES, "number": -5, "digits": "-5", "formula": "=1+1"}
        assert "\x9b" in ran.out and "\u202e" in ran.out
    cli.run("query", QUERY, "--format", "csv", "--store", kitchen_graph, stdout=tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        _, row = csv.reader(file)
    assert row == [ESCAPES, "-5", "-5", "'=1+1"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("-", "'-"),
        # Numbers stay numbers, and so does text that is a number.
        (-5, "-5"),
        (-0.25, "-0.25"),
        ("-5", "-5"),
        ("+1e-9", "+1e-9"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (["=1"], '["=1"]'),
        ({"a": "=1"}, '{"a": "=1"}'),
    ],
)
def test_cells_of_csv(value: Any, cell: str) -> None:
    assert csv_cell(value) == cell
