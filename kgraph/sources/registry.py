"""The registry of input formats: the files of ``formats/``, and formats of other packages.

A package adds a format by an entry point in the group ``kgraph.sources`` that
has the name of the format and names an object with the members of
:class:`kgraph.sources.format.SourceFormat`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from kgraph.registry import Registry
from kgraph.sources.format import Item, Match, ReadOptions, Remark, SourceFormat
from kgraph.sources.opening import TextFile
from kgraph.sources.refused import PLAIN_TEXT, refused_text
from kgraph.sources.unreadable import UnknownFormatError, UnreadableFileError

GROUP = "kgraph.sources"
FORMATS: Registry[SourceFormat] = Registry(
    "kgraph.sources.formats", "FORMAT", GROUP, SourceFormat, "input format"
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A format, and the entry point that provides it, or None for a format of kgraph."""

    format: SourceFormat
    plugin: str | None

    def records(self, file: TextFile, options: ReadOptions) -> Iterator[Item]:
        """Yield the records of a file. An error inside a plugin becomes UnreadableFileError."""
        if self.plugin is None:
            yield from self.format.records(file, options)
            return
        try:
            yield from self.format.records(file, options)
        except UnreadableFileError:
            raise
        except Exception as error:
            raise UnreadableFileError(self.failure(error)) from error

    def failure(self, error: Exception) -> str:
        """Return the message for an error inside the format."""
        return f"the input format {self.plugin} failed: {type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Formats:
    """All formats by name, and why others cannot be loaded."""

    formats: tuple[Registered, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """The format of a file, and remarks on formats that failed to examine it."""

    format: Registered
    remarks: tuple[Remark, ...]


@cache
def loaded_formats() -> Formats:
    """Return all formats. A plugin that cannot be loaded does not affect the others."""
    loaded = FORMATS.loaded()
    return Formats(
        tuple(Registered(form, FORMATS.plugin(name)) for name, form in loaded.working.items()),
        tuple(f"the input format {error}" for error in loaded.failures.values()),
    )


def source_formats() -> tuple[SourceFormat, ...]:
    """Return all formats that can be read."""
    return tuple(entry.format for entry in loaded_formats().formats)


def advice() -> str:
    """Return a sentence that says which formats can be read, and which could not be loaded."""
    descriptions = [form.description for form in source_formats()]
    return ". ".join([f"kgraph reads {_listed(descriptions)}", *loaded_formats().failures])


def detect_format(beginning: str, path: PurePath) -> Detection:
    """Return the format of a text, given its beginning.

    The best match decides, and the suffix of the path only where the content
    fits several formats equally or none. Raises UnknownFormatError.
    """
    text = beginning.strip().lstrip("\ufeff")
    matches: list[tuple[Match, Registered]] = []
    remarks: list[Remark] = []
    for entry in loaded_formats().formats:
        try:
            matches.append((Match(entry.format.detect(text)), entry))
        except Exception as error:
            if entry.plugin is None:
                raise
            remarks.append(Remark(entry.failure(error)))
    best = max(match for match, _ in matches)
    if best < Match.LIKELY and (name := refused_text(text)):
        raise UnknownFormatError(f"is in no known format; it looks like {name}")
    candidates = [entry for match, entry in matches if match is best]
    if best is Match.NO or len(candidates) > 1:
        by_suffix = _with_suffix(candidates, path)
        candidates = by_suffix if best is Match.NO else by_suffix or candidates
    if not candidates:
        unknown = f"is in no known format; it looks like {PLAIN_TEXT}"
        raise UnknownFormatError(". ".join([unknown, *(remark.text for remark in remarks)]))
    if len(candidates) > 1:
        names = " or ".join(entry.plugin or entry.format.name for entry in candidates)
        raise UnknownFormatError(f"fits several formats equally, {names}: rename it to the suffix of one")
    return Detection(candidates[0], tuple(remarks))


def _with_suffix(entries: Sequence[Registered], path: PurePath) -> list[Registered]:
    suffixes = {suffix.lower() for suffix in path.suffixes}
    return [entry for entry in entries if suffixes & set(entry.format.suffixes)]


def _listed(phrases: Sequence[str]) -> str:
    return " and ".join(filter(None, ["; ".join(phrases[:-1]), phrases[-1]]))
