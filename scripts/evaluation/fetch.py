"""Fetching the public files of a gold set, from a folder of checkouts or from the network.

A file is identified by repository, commit and path. If the manifest has its SHA-256, the
content must match it. If not, the hash of the first download is recorded in the lock file of the
data folder, and a later download must match that.
"""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from evaluation.convert import ConversionError, convert, fingerprint
from evaluation.manifest import GoldSet, Source

RAW = "https://raw.githubusercontent.com"
LOCK = "sources.lock.json"
TIMEOUT = 60
"""Seconds to wait for the server."""

Fetch = Callable[[Source], bytes]


class FetchError(Exception):
    """A file could not be fetched, or is not the expected one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A converted set, and whether its records are those of the published figures."""

    path: Path
    as_published: bool


def fetch_set(gold: GoldSet, data: Path, fetch: Fetch) -> Written:
    """Fetch the files of a set, verify and convert them, and write the result to the data folder.

    Raises FetchError if a file cannot be fetched, has another hash, or cannot be converted.
    """
    if not gold.sources:
        raise FetchError(f"{gold.name} cannot be fetched. {gold.advice}")
    lock = data / LOCK
    known: dict[str, str] = json.loads(lock.read_text(encoding="utf-8")) if lock.exists() else {}
    contents = [fetch(source) for source in gold.sources]
    hashes = {
        source.key: _verified(source, content, known)
        for source, content in zip(gold.sources, contents, strict=True)
    }
    try:
        converted = convert(gold.conversion, contents)
    except ConversionError as error:
        raise FetchError(f"{gold.name} cannot be converted: {error}") from error
    path = data / gold.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(converted)
    # Only now, so that a content that cannot be converted is not taken for the right one.
    lock.write_text(json.dumps(known | hashes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return Written(path, fingerprint(gold.conversion, converted) == gold.fingerprint)


def _verified(source: Source, content: bytes, known: Mapping[str, str]) -> str:
    """Return the hash of a file. Raises FetchError if it is not the expected one."""
    given, expected = sha256(content).hexdigest(), source.sha256 or known.get(source.key)
    if expected is not None and given != expected:
        where = "the manifest" if source.sha256 else LOCK
        raise FetchError(f"{source.key} has the SHA-256 {given}, but {where} says {expected}")
    return given


def from_network(source: Source, base: str = RAW) -> bytes:
    """Download a file at its pinned commit. Raises FetchError if that fails."""
    url = f"{base.rstrip('/')}/{source.repository}/{source.commit}/{quote(source.path)}"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 - the scheme is checked by the caller
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        raise FetchError(f"{url} cannot be downloaded: HTTP status {error.code}") from error
    except OSError as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise FetchError(f"{url} cannot be downloaded: {reason}") from error


def from_checkouts(source: Source, folder: Path) -> bytes:
    """Read a file from ``FOLDER/OWNER/NAME`` or ``FOLDER/NAME``.

    In a git checkout the pinned commit is read if it exists, and otherwise the files of the folder.
    Raises FetchError without such a file.
    """
    owner, _, name = source.repository.partition("/")
    for checkout in (folder / owner / name, folder / name):
        if not checkout.is_dir():
            continue
        if (committed := _committed(checkout, source)) is not None:
            return committed
        if (checkout / source.path).is_file():
            return (checkout / source.path).read_bytes()
        raise FetchError(f"{checkout} has no {source.path}")
    raise FetchError(f"{folder} has no checkout of https://github.com/{source.repository}")


def _committed(checkout: Path, source: Source) -> bytes | None:
    """Return the file at its commit, or None if the folder does not have the commit in git."""
    if not (checkout / ".git").exists():
        return None
    command = ["git", "-C", str(checkout), "show", f"{source.commit}:{source.path}"]
    shown = subprocess.run(command, capture_output=True, check=False)
    return shown.stdout if shown.returncode == 0 else None
