from __future__ import annotations

import re
from pathlib import Path

import pytest

from kgraph.data import compile_pattern, data_files, data_hash, expand, expand_fragments, manifest
from kgraph.extract.run.pipeline import extractor_version


def test_every_file_is_in_the_manifest_and_the_reverse() -> None:
    entries = {entry.name for entry in manifest()}
    assert {name.split("/")[0] for name in data_files()} == entries


def test_entries_are_unique_and_sorted() -> None:
    names = [entry.name for entry in manifest()]
    assert names == sorted(set(names))


@pytest.mark.parametrize("entry", manifest(), ids=lambda entry: entry.name)
def test_every_entry_has_a_version_an_origin_and_a_licence(entry: object) -> None:
    assert all(getattr(entry, field) for field in ("version", "content", "origin", "licence"))


def test_the_version_of_the_extractor_depends_on_the_data() -> None:
    assert data_hash() in extractor_version()


def test_every_file_of_the_folder_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kgraph.data._FOLDER", tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"1")
    data_hash.cache_clear()
    first = data_hash()
    (tmp_path / "model" / "weights").write_bytes(b"2")
    data_hash.cache_clear()
    second = data_hash()
    data_hash.cache_clear()
    assert first != second


def test_fragments_are_inserted_and_quantifiers_are_not() -> None:
    fragments = expand_fragments({"digit": "[0-9]", "number": "{digit}{1,3}"})
    assert expand(["^{number}", "%?$"], fragments) == "^[0-9]{1,3}%?$"
    assert compile_pattern("{number}", fragments, re.IGNORECASE).flags & re.IGNORECASE


def test_an_unknown_fragment_is_an_error() -> None:
    with pytest.raises(KeyError, match="number"):
        expand("{number}", {})
