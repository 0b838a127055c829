"""Write a file whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kgraph.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield the path of a new file to write, which replaces ``path`` when the block ends without an error.

    A symbolic link is followed, so its target is replaced. A pipe or a device,
    such as /dev/stdout, is written to and not replaced. Raises InputError if
    the file cannot be written; ``path`` is then as it was before.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder")
        if path.exists() and not path.is_file():
            with tempfile.TemporaryDirectory(prefix="kgraph-") as folder:
                written = Path(folder) / "written"
                yield written
                with written.open("rb") as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
            return
        target_path = path.resolve()
        partial = target_path.with_name(f".kgraph-{os.getpid()}.partial")
        try:
            yield partial
            partial.replace(target_path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
