"""Write a file completely or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from kgraph.errors import InputError, KgraphError

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNUSABLE_PATH = frozenset(
    {
        errno.EACCES,
        errno.EINVAL,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)
"""Errors that another path would avoid. Others, such as a full disk, are not the user's mistake."""

_TOKEN = secrets.token_hex(4)
"""Tells the files of this process from those of an earlier one with the same id, as in a container."""

_NUMBERS = count()
_PARTIAL = re.compile(r"\.kgraph-(?P<pid>\d+)-(?P<token>[0-9a-f]+)-\d+-(?P<name>.+)", re.DOTALL)
_NAME_KEPT = 50
"""Characters of the target's name in that of the partial file. A name may have up to 255 bytes."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a new, empty file to write, which replaces ``path`` when the block ends without an error.

    The new file has the suffixes of ``path``, and the mode of the file that it
    replaces. Files that killed processes left next to ``path`` are deleted. A
    symbolic link is followed, so its target is replaced. A pipe or a device,
    such as /dev/stdout, is written to and not replaced.

    After an error, ``path`` is as it was before. Raises InputError if ``path``
    cannot be a file to write, and KgraphError if the disk is full. Other
    errors of the block pass.
    """
    with _reported(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder")
        is_special = path.exists() and not path.is_file()
    with _written_to(path) if is_special else _replaced(path) as partial:
        try:
            yield partial
        except OSError as error:
            if is_about(error, partial):
                raise write_error(path, error) from error
            raise


def is_about(error: OSError, written: Path) -> bool:
    """Return whether an error is about a file, or one in a folder, or a full disk that writing it met."""
    names = [Path(name) for name in (error.filename, error.filename2) if isinstance(name, str)]
    if not names:
        return error.errno in _NO_SPACE
    return any(written == name or written in name.parents for name in names)


def write_error(path: Path, error: OSError) -> KgraphError:
    """Return the error to raise if ``path`` cannot be written: InputError if another path would avoid it."""
    kind = InputError if error.errno in _UNUSABLE_PATH else KgraphError
    return kind(f"{path}: cannot be written: {error.strerror or error}")


def is_running(pid: int) -> bool:
    """Return whether a process with this id is running."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of a pipe has exited, which is not an error of kgraph
    except OSError as error:
        raise write_error(path, error) from error


@contextmanager
def _written_to(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kgraph-") as folder:
        partial = Path(folder) / path.name
        partial.touch()
        yield partial
        with _reported(path), partial.open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    target = Path(os.path.realpath(path))
    name = target.name[-_NAME_KEPT:]
    partial = target.with_name(f".kgraph-{os.getpid()}-{_TOKEN}-{next(_NUMBERS)}-{name}")
    with _reported(path):
        _delete_abandoned(target.parent, name)
        partial.touch(exist_ok=False)
    try:
        with _reported(path):
            if target.exists():
                partial.chmod(stat.S_IMODE(target.stat().st_mode))
        yield partial
        with _reported(path):
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _delete_abandoned(folder: Path, name: str) -> None:
    """Delete the partial files for a target whose process has ended."""
    for path in folder.glob(".kgraph-*"):
        match = _PARTIAL.fullmatch(path.name)
        if match and match["name"] == name and not _is_in_use(int(match["pid"]), match["token"]):
            path.unlink(missing_ok=True)


def _is_in_use(pid: int, token: str) -> bool:
    return token == _TOKEN if pid == os.getpid() else is_running(pid)
