"""The registry of input formats: the files of ``formats/``, and formats of other packages.

A package adds a format by an entry point in the group ``kgraph.sources`` that
names an object or a class with the members of
:class:`kgraph.sources.format.SourceFormat`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from kgraph.errors import KgraphError
from kgraph.sources import formats
from kgraph.sources.format import Item, Match, ReadOptions, Remark, SourceFormat
from kgraph.sources.opening import TextFile, UnknownFormatError, UnreadableFileError
from kgraph.sources.refused import refused_text

GROUP = "kgraph.sources"
_MEMBERS = ("name", "description", "suffixes", "detect", "records")


@dataclass(frozen=True, slots=True)
class Registered:
    """A format and the place that it comes from. ``foreign`` formats are from another package."""

    format: SourceFormat
    origin: str
    foreign: bool

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the records of a file. An error inside a foreign format becomes UnreadableFileError."""
        if not self.foreign:
            yield from self.format.records(file, options)
            return
        try:
            yield from self.format.records(file, options)
        except UnreadableFileError:
            raise
        except Exception as error:
            raise UnreadableFileError(
                f"the format {self.format.name!r} ({self.origin}) failed: {_described(error)}"
            ) from error


@dataclass(frozen=True, slots=True)
class Registry:
    """All formats by name, and why others could not be loaded."""

    formats: tuple[Registered, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """The format of a file, and remarks on formats that failed to examine it."""

    format: Registered
    remarks: tuple[Remark, ...]


@cache
def registry() -> Registry:
    """Return all formats. Raises KgraphError if two of them have one name.

    A foreign format that cannot be loaded is a failure and does not affect the others.
    """
    found = list(_own_formats())
    failures: list[str] = []
    for entry in entry_points(group=GROUP):
        try:
            found.append(Registered(_loaded(entry), _origin(entry), foreign=True))
        except Exception as error:  # noqa: BLE001 - the code of another package may raise anything
            failures.append(
                f"the format {entry.name!r} ({_origin(entry)}) cannot be loaded: {_described(error)}"
            )
    _require_unique_names(found)
    return Registry(tuple(found), tuple(failures))


def source_formats() -> tuple[SourceFormat, ...]:
    """Return all formats that can be read."""
    return tuple(entry.format for entry in registry().formats)


def advice() -> str:
    """Return a sentence that says which formats can be read, and which could not be loaded."""
    descriptions = [form.description for form in source_formats()]
    return ". ".join([f"kgraph reads {_listed(descriptions)}", *registry().failures])


def detect_format(beginning: str, path: Path) -> Detection:
    """Return the format of a text, given its beginning.

    The best match decides, and the suffix of the path only where the content
    fits several formats equally or none. Raises UnknownFormatError.
    """
    text = beginning.strip().lstrip("\ufeff")
    matches: list[tuple[Match, Registered]] = []
    remarks: list[Remark] = []
    for entry in registry().formats:
        try:
            matches.append((Match(entry.format.detect(text)), entry))
        except Exception as error:
            if not entry.foreign:
                raise
            remarks.append(
                Remark(f"the format {entry.format.name!r} ({entry.origin}) failed: {_described(error)}")
            )
    best = max(match for match, _ in matches)
    if best < Match.LIKELY and (name := refused_text(text)):
        raise UnknownFormatError(f"is in no known format; it looks like {name}")
    candidates = [entry for match, entry in matches if match is best]
    if best is Match.NO or len(candidates) > 1:
        by_suffix = _with_suffix(candidates, path)
        candidates = by_suffix if best is Match.NO else by_suffix or candidates
    if not candidates:
        raise UnknownFormatError(". ".join(["is in no known format", *(remark.text for remark in remarks)]))
    if len(candidates) > 1:
        names = " or ".join(f"{entry.format.name} ({entry.origin})" for entry in candidates)
        raise UnknownFormatError(f"fits several formats equally, {names}: rename it to the suffix of one")
    return Detection(candidates[0], tuple(remarks))


def _own_formats() -> Iterator[Registered]:
    for module in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        yield Registered(importlib.import_module(module.name).FORMAT, module.name, foreign=False)


def _loaded(entry: EntryPoint) -> SourceFormat:
    loaded = entry.load()
    form = loaded() if isinstance(loaded, type) else loaded
    if not isinstance(form, SourceFormat):
        raise TypeError(f"it lacks {', '.join(name for name in _MEMBERS if not hasattr(form, name))}")
    return form


def _origin(entry: EntryPoint) -> str:
    package = f"{entry.dist.name} {entry.dist.version}, " if entry.dist else ""
    return f"{package}{entry.value}"


def _require_unique_names(entries: Iterable[Registered]) -> None:
    origins: dict[str, str] = {}
    for entry in entries:
        first = origins.setdefault(entry.format.name, entry.origin)
        if first is not entry.origin:
            raise KgraphError(
                f"two input formats have the name {entry.format.name!r}: {first} and {entry.origin}; "
                "uninstall the package of one"
            )


def _with_suffix(entries: Sequence[Registered], path: Path) -> list[Registered]:
    suffixes = {suffix.lower() for suffix in path.suffixes}
    return [entry for entry in entries if suffixes & set(entry.format.suffixes)]


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _listed(phrases: Sequence[str]) -> str:
    return " and ".join(filter(None, ["; ".join(phrases[:-1]), phrases[-1]]))
