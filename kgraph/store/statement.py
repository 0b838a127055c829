"""Reading a Cypher statement just far enough to refuse what no query may do.

An engine's read-only mode does not keep a statement from reading local files
(``LOAD CSV FROM 'file:///…'``) or reaching the network. This looks at the
words of a statement outside its strings, quoted names and comments.
"""

from __future__ import annotations

import re

from kgraph.errors import QueryError

_ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})")
_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))
    | (?P<name>`(?:``|[^`])*(?:`|\Z))
    """,
    re.VERBOSE | re.DOTALL,
)
_LOAD = re.compile(r"\bLOAD\s+CSV\b", re.IGNORECASE)


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
    words = _TOKEN.sub(" ", plain)
    if _LOAD.search(words) or _LOAD.search(_TOKEN.sub(" ", cypher)):
        raise QueryError("LOAD CSV is refused: a query may not read files or addresses")
