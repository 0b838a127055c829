"""The thesaurus: a file in which the user merges concepts or keeps them separate.

The format is VOSviewer's: a table with a header and the columns ``label`` and
``replace by``, separated by tabs or commas. A label is replaced by another
name. A label that is replaced by itself stays a separate concept. The
thesaurus overrides everything that the linker finds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kgraph.errors import InputError
from kgraph.names import folded, normal_form

_LABEL = "label"
_REPLACE = "replace by"


@dataclass(frozen=True)
class Thesaurus:
    """``rows`` are (label, replacement) as written."""

    rows: tuple[tuple[str, str], ...] = ()

    def target(self, form: str) -> tuple[str, str] | None:
        """Return the concept id and the name that replace a surface form, or None.

        A row applies to its label in any case and to the label's other
        spellings (plural, hyphen, British). The row of a label that is kept
        separate applies to that spelling only. A chain (a → b, b → c) ends at
        its last name. The id is the normal form of the name, or the folded
        label if the label is kept separate.
        """
        if not self.rows:  # most builds need no normal forms here
            return None
        label = self._labels.get(folded(form)) or self._spellings.get(normal_form(form))
        if label is None:
            return None
        name = _final_name(folded(label), self._replace)
        kept = folded(self._replace.get(folded(name), "")) == folded(name)
        return (folded(name) if kept else normal_form(name) or folded(name), name)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {folded(label): label for label, _ in self.rows}

    @cached_property
    def _replace(self) -> Mapping[str, str]:
        return {folded(label): name for label, name in self.rows}

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        changed = (label for label, name in self.rows if folded(label) != folded(name))
        return {normal_form(label): label for label in sorted(changed, reverse=True)}


def read_thesaurus(path: Path) -> Thesaurus:
    """Read a thesaurus file.

    Raises InputError, with the line, for a file without the two columns, a
    label with two different replacements, an empty label, an empty
    replacement, or labels that replace each other in a circle. For VOSviewer an
    empty replacement means "drop", which kgraph does not support.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the thesaurus cannot be read: {error}") from error
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    table = csv.reader(text.splitlines(), delimiter=delimiter)
    header = [column.strip().lower() for column in next(table, [])]
    if _LABEL not in header or _REPLACE not in header:
        raise InputError(
            f"{path}, line 1: the header must be 'label' and 'replace by', separated by a tab or comma"
        )
    label_at, replace_at = header.index(_LABEL), header.index(_REPLACE)
    rows: dict[str, tuple[str, str]] = {}
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        line = table.line_num
        if (
            len(cells) <= max(label_at, replace_at)
            or not cells[label_at].strip()
            or not cells[replace_at].strip()
        ):
            raise InputError(f"{path}, line {line}: a row needs a label and a replacement")
        label, name = cells[label_at].strip(), cells[replace_at].strip()
        if rows.setdefault(folded(label), (label, name))[1] != name:
            raise InputError(f"{path}, line {line}: {label!r} has two different replacements")
    thesaurus = Thesaurus(tuple(sorted(rows.values())))
    _refuse_circles(path, thesaurus.rows)
    return thesaurus


def thesaurus_lines(thesaurus: Thesaurus) -> list[str]:
    """Return the rows as lines of label, tab and replacement, as the graph stores them."""
    return [f"{label}\t{name}" for label, name in thesaurus.rows]


def thesaurus_from_lines(lines: Iterable[str]) -> Thesaurus:
    """Return the thesaurus that :func:`thesaurus_lines` returned the lines of."""
    pairs = (line.partition("\t") for line in lines)
    return Thesaurus(tuple((label, name) for label, _, name in pairs))


def _refuse_circles(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    replace = {folded(label): name for label, name in rows}
    for label in replace:
        seen = {label}
        name = replace[label]
        while folded(name) in replace and folded(replace[folded(name)]) != folded(name):
            if folded(name) in seen:
                raise InputError(f"{path}: {label!r} is replaced by itself through a circle of other labels")
            seen.add(folded(name))
            name = replace[folded(name)]


def _final_name(label: str, replace: Mapping[str, str]) -> str:
    name = replace[label]
    while folded(name) in replace and folded(replace[folded(name)]) != folded(name):
        name = replace[folded(name)]
    return name
