"""From the arguments of a command to files: names, folders, patterns and standard input."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path, PurePath

from kgraph.errors import InputError

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. ``path`` is None for standard input.

    ``name`` is its name in messages, and ``folder`` the folder that was named,
    or None if the file itself was.
    """

    name: str
    path: Path | None
    folder: str | None = None

    def is_stream(self) -> bool:
        """Return whether reading consumes it, as with pipes."""
        if self.path is None:
            return True
        try:
            mode = self.path.stat().st_mode
        except (OSError, ValueError):
            return False
        return not stat.S_ISREG(mode)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that cannot be read, and why.

    ``collection`` is the folder or archive in which it was found, if any.
    ``unknown`` says that its format is not known.
    """

    name: str
    reason: str
    collection: str | None = None
    unknown: bool = False


def input_files(inputs: Iterable[str | Path] | str | Path) -> Iterator[InputFile | Unread]:
    """Yield the files that some arguments name, each argument in turn.

    A folder gives its files and those of its folders, sorted by their paths. A
    pattern such as ``papers/*.bib`` gives the matches, if no file has this
    name. ``-`` is standard input. Raises InputError if there is no argument, or
    an empty one.
    """
    arguments = [os.fspath(name) for name in ([inputs] if isinstance(inputs, str | Path) else inputs)]
    if not arguments:
        raise InputError("no input: name at least one file")
    if "" in arguments:
        raise InputError("the name of an input is empty: name a file or a folder")
    if arguments.count(STANDARD_INPUT) > 1:
        raise InputError("standard input (-) can be read only once")
    return _files(arguments)


def is_hidden(path: PurePath) -> bool:
    """Return whether a path in a folder or an archive is one that people do not see."""
    return any((part[0] == "." and part != "..") or part == "__MACOSX" for part in path.parts)


def _files(arguments: Iterable[str]) -> Iterator[InputFile | Unread]:
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield InputFile("standard input", None)
        elif has_magic(argument) and not os.path.lexists(argument):
            # Path.glob() takes no absolute pattern.
            matches = sorted(glob(argument, recursive=True))  # noqa: PTH207
            if not matches:
                yield Unread(argument, "no file matches this pattern: check the name and the folder")
            for match in matches:
                yield from _file_or_folder(match)
        else:
            yield from _file_or_folder(argument)


def _file_or_folder(name: str) -> Iterator[InputFile | Unread]:
    path = Path(name)
    if _is_folder(path):
        yield from _files_in(path, name)
    else:
        yield InputFile(name, path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _files_in(folder: Path, name: str) -> Iterator[InputFile | Unread]:
    found: list[Path] = []
    others: list[Unread] = []

    def fail(error: OSError) -> None:
        others.append(
            Unread(str(error.filename), f"cannot be read ({error.strerror}): check its permissions")
        )

    for parent, folders, files in os.walk(folder, onerror=fail):
        here = Path(parent)
        for child in list(folders):
            if is_hidden(PurePath(child)):
                others.append(_skipped(here / child, "is hidden", name))
                folders.remove(child)
            elif (here / child).is_symlink():
                others.append(_skipped(here / child, "is a link to a folder", name))
        for child in files:
            path = here / child
            if is_hidden(PurePath(child)):
                others.append(_skipped(path, "is hidden", name))
            elif path.exists() and not path.is_file():
                others.append(_skipped(path, "is a pipe or a device", name))
            else:
                found.append(path)
    yield from sorted(others, key=lambda entry: entry.name)
    if not found and not others:
        yield Unread(name, "is an empty folder: nothing to read")
    for path in sorted(found, key=lambda path: path.parts):
        yield InputFile(str(path), path, name)


def _skipped(path: Path, reason: str, folder: str) -> Unread:
    return Unread(str(path), reason, folder, unknown=True)
