"""The manifest of gold data: ``gold.toml`` as records, and the files of a data folder."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).with_name("gold.toml")
ROOT = Path(__file__).resolve().parents[2]


class MissingDataError(Exception):
    """A gold set is not in the data folder. The message says where it was looked for and how to get it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a public repository on GitHub, at a pinned commit.

    ``sha256`` is None for a file whose bytes were not seen when the manifest was
    written. The commit alone vouches for it then.
    """

    repository: str
    commit: str
    path: str
    sha256: str | None

    @property
    def key(self) -> str:
        """Return a name of the file for messages and for the lock file."""
        return f"{self.repository}@{self.commit[:12]}:{self.path}"


@dataclass(frozen=True, slots=True)
class GoldSet:
    """A gold set: the file in a data folder, and the public files that it is made from.

    ``conversion`` names a function of ``convert.py`` that takes the contents of
    ``sources`` in their order. ``fingerprint`` identifies the records that the
    published figures were measured on, whatever their order. A set without sources
    is not published in a form that can be fetched. ``advice`` says how to get it.
    """

    name: str
    file: str
    title: str
    split: str
    licence: str
    citation: str
    conversion: str
    fingerprint: str | None
    sources: tuple[Source, ...]
    advice: str

    def find(self, data: Path) -> Path:
        """Return the file of this set in a data folder.

        Another split may take its place: the file may be called ``NAME.jsonl`` or
        ``NAME-SPLIT.jsonl``, but never ``NAME-train.jsonl``. Raises MissingDataError if there
        is none, and ValueError if there are several.
        """
        wanted = data / self.file
        stem, dot, suffix = wanted.name.partition(".")
        name = re.escape(stem.removesuffix("-dev"))
        split = re.compile(rf"{name}(?:-(?!train\b|relations\b)[a-z0-9]+)?{re.escape(dot + suffix)}")
        found = sorted(path for path in wanted.parent.glob(f"*{dot}{suffix}") if split.fullmatch(path.name))
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise ValueError(f"{wanted.parent} has several splits of {self.name} ({names}): keep one of them")
        if not found:
            raise MissingDataError(f"{self.name}: {wanted} does not exist. {self.advice}")
        return found[0]


def data_folder() -> Path:
    """Return the default data folder: ``data`` in KGRAPH_SHARED, or else in the checkout.

    Without the variable, a folder ``shared`` next to the checkout takes its place.
    """
    shared = Path(os.environ.get("KGRAPH_SHARED", ROOT.parent / "shared")) / "data"
    return shared if shared.is_dir() else ROOT / "data"


@cache
def gold_sets() -> Mapping[str, GoldSet]:
    """Return the sets of the manifest by name."""
    with MANIFEST.open("rb") as file:
        entries = tomllib.load(file)["set"]
    return {entry["name"]: _gold_set(entry) for entry in entries}


def _gold_set(entry: Mapping[str, Any]) -> GoldSet:
    sources = tuple(
        Source(source["repository"], source["commit"], source["path"], source.get("sha256"))
        for source in entry.get("source", ())
    )
    return GoldSet(
        name=entry["name"],
        file=entry["file"],
        title=entry["title"],
        split=entry["split"],
        licence=entry["licence"],
        citation=entry["citation"],
        conversion=entry.get("conversion", ""),
        fingerprint=entry.get("fingerprint"),
        sources=sources,
        advice=entry.get("advice") or f"Fetch it with: scripts/data {entry['name']}",
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
