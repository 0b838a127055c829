"""The wheel and the sdist have the files and types that users need."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from runs import ROOT

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

CONSUMER = """\
import kgraph
with kgraph.open("papers.kg") as graph:
    reveal_type(graph.suggest("TOFU")[0].score)
"""


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("distributions")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (path,) = distributions.glob("*.whl")
    return path


def test_the_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "kgraph", "schemas"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    wanted = {re.sub("^schemas/", "kgraph/schemas/", path) for path in listed.stdout.splitlines()}
    with ZipFile(wheel) as archive:
        assert {name for name in archive.namelist() if ".dist-info/" not in name} == wanted


def test_the_sdist_has_tests_and_documentation(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "README.md",
        "CITATION.cff",
        "CONTRIBUTING.md",
        "docs/conf.py",
        "scripts/test",
        "tests/runs.py",
    ):
        assert name in names


def test_mypy_sees_the_types_of_an_installed_kgraph(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel],
        check=True,
    )
    (tmp_path / "consumer.py").write_text(CONSUMER)
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "consumer.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert 'Revealed type is "float"' in ran.stdout.replace("builtins.float", "float"), ran.stdout
    assert ran.returncode == 0, ran.stdout


def test_the_citation_has_the_version_and_licence_of_the_package() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for field in ("version", "license"):
        assert f"\n{field}: {PROJECT[field]}\n" in citation
