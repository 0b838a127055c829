"""The mutations of scripts/mutations.toml still fit the code. The script itself runs the tests on each."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from runs import ROOT

SCRIPT = ROOT / "scripts" / "mutations"
MUTATIONS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "scripts" / "mutations.toml").read_text(encoding="utf-8")
)["mutations"]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation["name"]))
def test_a_mutation_fits_the_code(mutation: dict[str, Any]) -> None:
    path = ROOT / mutation["file"]
    assert path.is_file(), f"{mutation['file']} is gone: change scripts/mutations.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(mutation["old"]) == 1, f"{mutation['file']} has changed: change scripts/mutations.toml"
    changed = text.replace(mutation["old"], mutation["new"])
    if path.suffix == ".py":
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
    assert all((ROOT / test).exists() for test in mutation["tests"])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tiny checkout with the script, in which the test of two() cannot fail."""
    for folder in ("kgraph", "schemas", "tests", "docs", "scripts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "README.md").write_text("Numbers.")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.hatch.build.targets.sdist]\n"
        'include = ["/kgraph", "/schemas", "/tests", "/docs", "/scripts", "/README.md"]\n'
    )
    (tmp_path / "kgraph" / "__init__.py").write_text("")
    (tmp_path / "kgraph" / "numbers.py").write_text(
        "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
    )
    (tmp_path / "tests" / "test_numbers.py").write_text(
        "from kgraph.numbers import one, two\n\n\n"
        "def test_one():\n    assert one() == 1\n\n\ndef test_two():\n    assert two()\n"
    )
    shutil.copy(SCRIPT, tmp_path / "scripts")
    return tmp_path


def tried(checkout: Path, *mutations: tuple[str, str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script with mutations, each a name, an old and a new text."""
    (checkout / "scripts" / "mutations.toml").write_text(
        "".join(
            f'[[mutations]]\nname = "{name}"\nfile = "kgraph/numbers.py"\nold = "{old}"\nnew = "{new}"\n'
            'tests = ["tests/test_numbers.py"]\n'
            for name, old, new in mutations
        )
    )
    command: list[str | Path] = [sys.executable, checkout / "scripts" / "mutations"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_script_reports_the_mutations_that_survive(checkout: Path) -> None:
    ran = tried(checkout, ("one is five", "return 1", "return 5"), ("two is three", "return 2", "return 3"))
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.splitlines() == ["killed  one is five", "SURVIVED  two is three"]
    assert ran.stderr == "1 of 2 mutations survived\n"
    assert "return 1" in (checkout / "kgraph" / "numbers.py").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return 9", "return 8", "has the text of it 0 times"),
        ("return", "pass", "has the text of it 2 times"),
    ],
)
def test_the_script_refuses_a_mutation_that_does_not_fit(
    checkout: Path, old: str, new: str, message: str
) -> None:
    ran = tried(checkout, ("it", old, new))
    assert ran.returncode == 2
    assert message in ran.stderr


@pytest.mark.slow
def test_the_script_refuses_tests_that_fail_without_a_mutation(checkout: Path) -> None:
    (checkout / "tests" / "test_numbers.py").write_text("def test_one():\n    assert False\n")
    ran = tried(checkout, ("one is five", "return 1", "return 5"))
    assert ran.returncode == 2
    assert "the tests fail before any mutation" in ran.stderr
