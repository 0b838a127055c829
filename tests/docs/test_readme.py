"""The commands and the Python code of README.md and the documentation run."""

import os
import re
import shlex
from pathlib import Path

import pytest
from runs import Cli

ROOT = Path(__file__).parents[2]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "kgraph" / "sample" / "papers.txt"


def commands() -> list[str]:
    """Return the commands of the code blocks. An indented line continues the command before it."""
    # tests/test_fetch.py runs the commands that use the network against a local server.
    blocks = [block for block in SHELL.findall(README) if "kgraph fetch" not in block]
    lines = [line for block in blocks for line in re.split(r"\n(?=\S)", block)]
    return [line.strip() for line in lines if line.startswith("kgraph ")]


def python_blocks() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [(page.name, body) for page in pages for body in PYTHON.findall(page.read_text(encoding="utf-8"))]


def test_named_scripts_are_executable() -> None:
    named = set(re.findall(r"scripts/\w+", README))
    assert {"scripts/demo", "scripts/test"} <= named
    for name in named:
        assert os.access(ROOT / name, os.X_OK), name


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command: str, cli: Cli, sample_graph: Path, tmp_path: Path) -> None:
    words = shlex.split(command)[1:]
    (tmp_path / "daily-papers.txt").write_bytes(SAMPLE.read_bytes())
    for suffix in ("", ".cache"):
        (tmp_path / f"papers.kg{suffix}").write_bytes(Path(f"{sample_graph}{suffix}").read_bytes())
    cli.run(*words, cwd=tmp_path)


@pytest.mark.parametrize(("page", "block"), python_blocks())
def test_python_of_the_pages_runs(
    page: str, block: str, sample_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # The sample replaces the file and the title that the pages name.
    Path("daily-papers.txt").write_bytes(SAMPLE.read_bytes())
    Path("papers.kg.cache").write_bytes(Path(f"{sample_graph}.cache").read_bytes())
    exec(compile(block.replace('suggest("Memory Decoder"', 'suggest("TOFU"'), page, "exec"), {})
