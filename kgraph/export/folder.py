"""Write a folder of exported files whole or not at all, without deleting other files.

The files are written to a hidden folder inside the folder, and moved when all
are complete. A list of their names is written next to them, so that a later
export knows which files it may replace. Whenever a process is killed, the list
names every exported file, and no file is incomplete under its final name.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kgraph.errors import InputError
from kgraph.whole_file import is_about, write_error

LIST = "kgraph-export.json"
"""The file that names the files of an export."""

_PARTIAL = ".kgraph-export-"


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write files to. ``folder`` holds exactly these when the block has ended.

    An error in the block leaves ``folder`` as it was before. Raises InputError
    if ``folder`` holds other files or cannot be written, and KgraphError if the
    disk is full. Other errors of the block pass.
    """
    try:
        before = _own_files(folder)
        made = not folder.exists()
        folder.mkdir(exist_ok=True)
        try:
            for partial in folder.glob(f"{_PARTIAL}*"):
                shutil.rmtree(partial)
            with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=folder) as name:
                yield Path(name)
                _replace(folder, before, Path(name))
        except BaseException:
            if made:
                with suppress(OSError):
                    folder.rmdir()
            raise
    except OSError as error:
        if is_about(error, folder):
            raise write_error(folder, error) from error
        raise


def _own_files(folder: Path) -> frozenset[str]:
    """Return the names of the files of an earlier export. Raises InputError if there are others."""
    if not folder.exists():
        return frozenset()
    if not folder.is_dir():
        raise InputError(f"{folder}: this is a file; this format is written to a folder")
    listed = _listed(folder / LIST)
    for path in sorted(folder.iterdir()):
        if path.name not in listed and not path.name.startswith(_PARTIAL):
            raise InputError(
                f"{folder}: holds {path.name}, which is not part of an export; name a new or empty folder"
            )
    return listed


def _listed(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["files"]
        # Only files directly in this folder may be deleted, whatever the list says.
        return frozenset(name for name in names if Path(name).name == name not in ("", "..")) | {LIST}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not written by an export; name a new or empty folder") from error


def _replace(folder: Path, before: frozenset[str], written: Path) -> None:
    names = sorted(path.name for path in written.iterdir())
    (written / LIST).write_text(json.dumps({"made by": "kgraph export", "files": names}, indent=1) + "\n")
    # The old files are deleted first, so that old and new ones are never mixed.
    for name in before - {LIST}:
        (folder / name).unlink(missing_ok=True)
    for name in (LIST, *names):
        (written / name).replace(folder / name)
