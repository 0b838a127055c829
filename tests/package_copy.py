"""A copy of the package for tests that change its code or schemas.

The fixture ``package_copy`` makes one in a temporary folder. Its processes
import kgraph from there, so edits never reach the code under test elsewhere::

    package_copy.edit("schemas/graph.json", '"IS_A": {', '"KIND_OF": {…}, "IS_A": {')
    package_copy.run("build", SAMPLE, "--store", tmp_path / "graph.kg")
    package_copy.python("import kgraph; print(kgraph.__file__)").out
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runs import ROOT, Ran


@dataclass(frozen=True)
class PackageCopy:
    """A folder that holds copies of ``kgraph/`` and ``schemas/``."""

    root: Path

    def read(self, path: str) -> str:
        """Return the text of a file, by its path in the checkout."""
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> Path:
        """Create or replace a file. A new ``NAME-1.0.dist-info/entry_points.txt`` is found as that of a package."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that occurs exactly once in a file. Raises ValueError if it does not."""
        text = self.read(path)
        if text.count(old) != 1:
            raise ValueError(f"{path} has {text.count(old)} times the text {old!r}")
        self.write(path, text.replace(old, new))

    def run(
        self,
        *arguments: str | Path,
        expect: int | None = 0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ) -> Ran:
        """Run the command line of the copy. ``expect=None`` accepts any exit code."""
        return self._process(["-m", "kgraph.cli", *arguments], expect, env, cwd, stdin)

    def python(
        self,
        code: str,
        *arguments: str | Path,
        expect: int | None = 0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
    ) -> Ran:
        """Run Python code that imports kgraph from the copy."""
        return self._process(["-c", code, *arguments], expect, env, cwd, stdin)

    def _process(
        self,
        command: list[str | Path],
        expect: int | None,
        env: Mapping[str, str] | None,
        cwd: Path | None,
        stdin: str | None,
    ) -> Ran:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KGRAPH_")}
        # Without bytecode files, a file may be edited twice within a second.
        ours = {
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONSAFEPATH": "1",
            "COLUMNS": "80",
        }
        done = subprocess.run(
            [sys.executable, *command],
            cwd=cwd or self.root,
            env=inherited | ours | dict(env or {}),
            input=stdin or "",
            capture_output=True,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr or expect is None, done.stderr
        assert expect is None or done.returncode == expect, (done.returncode, done.stderr)
        return Ran(done.returncode, done.stdout, done.stderr)


def copy_package(folder: Path) -> PackageCopy:
    """Copy ``kgraph/`` and ``schemas/`` of the checkout into a folder."""
    for name in ("kgraph", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    return PackageCopy(folder)
