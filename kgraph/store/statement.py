"""Reading a Cypher statement just far enough to refuse what no query may do.

An engine's read-only mode does not keep a statement from reading local files
(``LOAD CSV FROM 'file:///…'``) or reaching the network. This looks at the
words of a statement outside its strings and comments; a keyword may stand in
backticks, as the embedded engine takes `` `LOAD` CSV `` for the clause.
"""

from __future__ import annotations

import re

from kgraph.errors import QueryError

_ESCAPE = re.compile(r"\\+u+([0-9A-Fa-f]{4})")
_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))
    | (?P<name>`(?:``|[^`])*(?:`|\Z))
    """,
    re.VERBOSE | re.DOTALL,
)
_LOAD = re.compile(r"LOAD\s+CSV", re.IGNORECASE)
_NOT_WORD = re.compile(r"\W")


def without_comments(cypher: str) -> str:
    """Return the statement with every comment replaced by a space.

    Neo4j takes ``/* … */`` and ``//``; the embedded engine only the latter,
    so both see the same text.
    """
    return _TOKEN.sub(lambda m: " " if m.lastgroup == "comment" else m.group(), cypher)


def refuse_outside_access(cypher: str) -> None:
    """Raise QueryError if the statement would read a file or an address.

    Cypher reads ``\\uXXXX`` outside strings as that character before anything
    else, so the check does too.
    """
    plain = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), cypher)
    if any(_LOAD.search(_TOKEN.sub(_as_word, text)) for text in (plain, cypher, without_comments(cypher))):
        raise QueryError("LOAD CSV is refused: a query may not read files or addresses")


def refuse_several(cypher: str) -> None:
    """Raise QueryError if there is more than one statement; some engines would run all and show the last."""
    _, semicolon, rest = _TOKEN.sub(_as_word, without_comments(cypher)).partition(";")
    if semicolon and rest.strip(" \t\r\n;"):
        raise QueryError("one statement at a time: there is more behind the ';'")


def _as_word(token: re.Match[str]) -> str:
    """Return what a token leaves for the search: a quoted name as one word, of the rest a space."""
    if token.lastgroup != "name":
        return " "
    # The engine needs no space between a name in backticks and the next word.
    return f" {_NOT_WORD.sub('_', token.group()[1:-1])} "
