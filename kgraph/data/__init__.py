"""All data that depends on a field of research or on the language, and the functions that read it.

``manifest.json`` lists every file with its version, origin and licence. To
fit kgraph to another field or language, replace files here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
# A quantifier such as {0,60} never starts with a letter.
_FRAGMENT = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)\}")

_MANIFEST = "manifest.json"

MODEL = "kgraph_sci_sm"
"""The trained pipeline, a folder in spaCy's format that ``scripts/train`` writes."""


def data_path(name: str) -> Path:
    """Return the path of a file or folder of data."""
    return _FOLDER / name


def read_text(name: str) -> str:
    """Return the text of a file, decompressed if its name ends in ``.gz``."""
    content = data_path(name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")


def read_json(name: str) -> dict[str, Any]:
    """Return the object in a JSON file, which may be compressed."""
    data: dict[str, Any] = json.loads(read_text(name))
    return data


def read_toml(name: str) -> dict[str, Any]:
    """Return the tables of a TOML file."""
    return tomllib.loads(read_text(name))


def compile_pattern(
    pattern: str | Sequence[str], fragments: Mapping[str, str] | None = None, flags: int = 0
) -> re.Pattern[str]:
    """Return the regular expression that a data file has as one string or as a list of parts."""
    return re.compile(expand(pattern, fragments or {}), flags)


def expand(pattern: str | Sequence[str], fragments: Mapping[str, str]) -> str:
    """Return the text of a pattern, its parts joined and each ``{name}`` replaced by that fragment.

    Raises KeyError for a fragment that does not exist.
    """
    text = pattern if isinstance(pattern, str) else "".join(pattern)
    return _FRAGMENT.sub(lambda found: fragments[found["name"]], text)


def expand_fragments(fragments: Mapping[str, str | Sequence[str]]) -> dict[str, str]:
    """Return fragments with those inside them replaced; each may use the ones before it."""
    expanded: dict[str, str] = {}
    for name, pattern in fragments.items():
        expanded[name] = expand(pattern, expanded)
    return expanded


@dataclass(frozen=True, slots=True)
class DataFile:
    """An entry of ``manifest.json``: a file or a folder of data, and where it comes from."""

    name: str
    version: str
    content: str
    origin: str
    licence: str


def manifest() -> tuple[DataFile, ...]:
    """Return the entries of the manifest."""
    return tuple(DataFile(**entry) for entry in read_json(_MANIFEST)["files"])


@cache
def extraction_language() -> str:
    """Return the code (ISO 639) of the language that the data is for."""
    language: str = read_json(_MANIFEST)["language"]
    return language


def data_files() -> tuple[str, ...]:
    """Return the relative paths of all files of data, sorted, without the manifest and Python files."""
    paths = (path for path in _FOLDER.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"})
    names = (path.relative_to(_FOLDER).as_posix() for path in paths)
    return tuple(sorted(name for name in names if name != _MANIFEST))


@cache
def data_hash() -> str:
    """Return a hash over the names and contents of all data files."""
    digest = hashlib.sha256()
    for name in data_files():
        digest.update(name.encode() + data_path(name).read_bytes())
    return digest.hexdigest()[:12]
