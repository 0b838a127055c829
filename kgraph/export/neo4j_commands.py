"""Make the two commands and the Cypher file that load an export into Neo4j."""

from __future__ import annotations

import os
import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgraph.export.neo4j_tables import EMPTY, empty_mark

SCRIPT = "after-import.cypher"
"""The file of statements to run after the import."""

DATABASE = "neo4j"
"""The only database of the Community Edition."""

_LEAST_BUFFER = 4 * 1024 * 1024
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """The files of a label, or of a relationship type between two labels.

    ``pattern`` matches its nodes or relationships in Cypher (``(x:Paper)``),
    ``name`` is the label or type, and ``empties`` is as in :class:`kgraph.export.neo4j_tables.TableWriter`.
    """

    name: str
    pattern: str
    files: tuple[str, ...]
    empties: Sequence[tuple[str, str]]


def import_command(
    folder: Path, nodes: Iterable[Table], relationships: Iterable[Table], delimiter: str, longest: int
) -> str:
    """Return the shell command that imports the files of a folder; it works from any folder.

    ``longest`` is the length of the longest field in characters. The command
    changes into the folder, because the importer splits paths at commas.
    """
    files = [
        f"--{what}={table.name}={name}"
        for what, tables in (("nodes", nodes), ("relationships", relationships))
        for table in tables
        for name in table.files
    ]
    options = [
        DATABASE,  # after the lists of files it would be read as one of them
        "--overwrite-destination=true",
        "--id-type=string",
        "--input-encoding=UTF-8",
        f"--array-delimiter=U+{ord(delimiter):04X}",
        "--multiline-fields=true",
        "--legacy-style-quoting=false",
        "--ignore-empty-strings=false",
        "--trim-strings=false",
        # One buffer must hold the longest field. A character takes up to 4 bytes.
        f"--read-buffer-size={max(_LEAST_BUFFER, 4 * longest + 1024)}",
        "--strict=true",
        "--bad-tolerance=0",
        # The user that runs Neo4j may not be allowed to write to the current folder.
        f"--report-file={os.devnull}",
    ]
    words = ["neo4j-admin", "database", "import", "full", *options, *files]
    return f"cd {shlex.quote(str(folder.resolve()))} && {shlex.join(words)}"


def script_command(folder: Path) -> str:
    """Return the shell command that runs the statements; it asks for the password."""
    file = folder.resolve() / SCRIPT
    return shlex.join(["cypher-shell", "--username=neo4j", f"--database={DATABASE}", "--file", str(file)])


def script(tables: Iterable[Table], constraints: Iterable[str], indexes: Iterable[str]) -> str:
    """Return the statements that complete an imported graph. Running them again changes nothing."""
    statements = [*constraints, *(_set_empties(table) for table in tables if table.empties), *indexes]
    return "".join(f"{statement};\n" for statement in statements)


def _set_empties(table: Table) -> str:
    # Each property is set once, because SET reads the values from before the whole clause.
    cases: defaultdict[str, str] = defaultdict(str)
    for name, value in table.empties:
        cases[name] += f"WHEN '{_escaped(empty_mark(name, value))}' IN x.{EMPTY} THEN {value} "
    settings = [f"x.`{name}` = CASE {when}ELSE x.`{name}` END" for name, when in cases.items()]
    return (
        f"MATCH {table.pattern} WHERE x.{EMPTY} IS NOT NULL "
        f"CALL (x) {{ SET {', '.join(settings)} REMOVE x.{EMPTY} }} IN TRANSACTIONS OF {_ROWS_AT_ONCE} ROWS"
    )


def _escaped(text: str) -> str:
    return text.replace("'", "\\'")
