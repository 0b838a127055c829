"""Refuse Cypher statements that do more than read and write the graph.

An engine's read-only mode does not stop a statement from reading local files,
using the network or administering the server. Every statement passes this gate
before it reaches an engine. The gate looks at the words outside strings and
comments, and considers how each engine parses them: the embedded one accepts
`` `LOAD` CSV `` as the clause and `` `db.labels`() `` as a procedure. Neo4j
replaces ``\\uXXXX`` by the character before parsing and accepts more white
space. Engines get ``without_comments(statement)``, so they run the checked text.

Refused statements are refused with ``write`` too. A name that looks like a
clause (a variable called ``use``) can be written in backticks.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kgraph.errors import QueryError

ALLOWED_PROCEDURES = frozenset(
    {
        # Statistics of the store. Both engines have most of these.
        "db.constraints",
        "db.graph_stats",
        "db.indexes",
        "db.labels",
        "db.propertyKeys",
        "db.property_stats",
        "db.property_uniqueness",
        "db.relationshipTypes",
        "db.schema",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
        "dbms.functions",
        "dbms.procedures",
        "list_procedures",
        # Searches of existing indexes, by a given vector and not by one that a service makes from text.
        "db.index.fulltext.listAvailableAnalyzers",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.index.vector.queryNodes",
        "db.index.vector.queryRelationships",
        # The name and version of the server, without settings or addresses.
        "db.ping",
        "dbms.components",
        # The embedded engine's graph algorithms, which return numbers and write nothing. Some take
        # Cypher in `where`, of which only the condition is used.
        "betweenness",
        "closeness",
        "cluster",
        "clustering_coefficient",
        "connected_components",
        "degree",
        "diameter",
        "eccentricity",
        "k_core",
        "label_propagation",
        "leiden",
        "louvain",
        "pagerank",
        "triangle_count",
        # The embedded engine's checks of the data: reads over nodes and relationships.
        "cycle_2step",
        "duplicate_id",
        "duplicate_title",
        "missing_inbound_edge",
        "missing_required_edge",
        "null_property",
        "orphan_node",
        "parallel_edges",
        "self_loop",
    }
)
"""The procedures that a statement may call. They only read the graph.

Those of plugins are excluded: APOC reads files and addresses, GenAI sends text
to services, and GDS writes files.
"""

ALLOWED_FUNCTION_NAMESPACES = frozenset(
    {"date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector.similarity"}
)
"""The namespaces of Cypher's own functions with a dot, which only compute.

Others come from plugins (``genai.vector.encode`` sends text to a service) or
choose another database (``graph.byName``). A function without a dot is built
in, because Neo4j does not let plugins add one.
"""

_PROCEDURES = frozenset(name.lower() for name in ALLOWED_PROCEDURES)

_ADMINISTRATION = frozenset(
    {
        "ALTER",
        "DEALLOCATE",
        "DENY",
        "DRYRUN",
        "ENABLE",
        "GRANT",
        "REALLOCATE",
        "RENAME",
        "REVOKE",
        "START",
        "STOP",
        "TERMINATE",
    }
)
_CREATED = frozenset({"CONSTRAINT", "FULLTEXT", "INDEX", "LOOKUP", "POINT", "RANGE", "TEXT", "VECTOR"})
_DROPPED = frozenset({"CONSTRAINT", "INDEX"})
_SHOWN = frozenset(
    {
        "CONSTRAINT",
        "CONSTRAINTS",
        "FUNCTION",
        "FUNCTIONS",
        "INDEX",
        "INDEXES",
        "ONTOLOGY",
        "PROCEDURE",
        "PROCEDURES",
    }
)
_KINDS_SHOWN = frozenset(
    {
        "ALL",
        "BUILT",
        "DEFINED",
        "EXIST",
        "EXISTENCE",
        "FULLTEXT",
        "IN",
        "KEY",
        "LOOKUP",
        "NODE",
        "POINT",
        "PROPERTY",
        "RANGE",
        "REL",
        "RELATIONSHIP",
        "TEXT",
        "TYPE",
        "UNIQUE",
        "UNIQUENESS",
        "USER",
        "VECTOR",
    }
)

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))
    | (?P<quoted>`(?:``|[^`])*(?:`|\Z))
    | (?P<number>\d+(?:\.(?!\.)\d*)?(?:[eE][+-]?\d*)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<symbol>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u+([0-9A-Fa-f]{4})")
_ESCAPE_IN_STRING = re.compile(rf"{_ESCAPE.pattern}|\\.", re.DOTALL)


class _Token(NamedTuple):
    kind: str | None
    text: str

    @property
    def symbol(self) -> str:
        return self.text if self.kind == "symbol" else ""

    @property
    def keyword(self) -> str:
        """The word in upper case, or nothing for a name in backticks, which cannot be a keyword."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")

    @property
    def name(self) -> str:
        """The word, without backticks."""
        return self.text.strip("`") if self.is_name else ""


_END = [_Token(None, "")] * 3
"""Appended to the tokens of a statement, so that code may look past the last one and before the first."""


def checked(cypher: str) -> str:
    """Return the statement without comments. Raises QueryError if it is empty or not allowed."""
    if any("\ud800" <= character <= "\udfff" for character in cypher):
        raise QueryError("the statement contains half of a surrogate pair, which is not valid text")
    refuse_outside_access(cypher)
    refuse_several(cypher)
    text = without_comments(cypher)
    if not text.strip(" \t\r\n;"):
        raise QueryError("the statement is empty")
    return text


def without_comments(cypher: str) -> str:
    """Return the statement with every comment replaced by a space.

    Neo4j supports ``/* … */`` and ``//``, the embedded engine only the latter.
    So both get the same text.
    """
    return _TOKEN.sub(lambda m: " " if m.lastgroup == "comment" else m.group(), cypher)


def refuse_several(cypher: str) -> None:
    """Raise QueryError for several statements, of which some engines would run all and return the last."""
    ended = False
    for token in _tokens(cypher):
        if ended and token.kind and token.symbol != ";":
            raise QueryError("one statement at a time: there is more after the ';'")
        ended = ended or token.symbol == ";"


def refuse_outside_access(cypher: str) -> None:
    """Raise QueryError if the statement could do anything but read and write the graph.

    Refused are reading a file or an address, calling a procedure or function
    that is not known to be harmless, using another database, and administering
    the server.
    """
    _refuse_escapes(cypher)
    tokens = _tokens(cypher)
    _refuse_administration(tokens)
    for at in range(len(tokens) - len(_END)):
        before, token, after = tokens[at - 1], tokens[at], tokens[at + 1]
        if not token.is_name:
            continue
        # After these comes a property, label, map value or parameter, never a clause.
        clause = before.symbol not in (".", ":", "$")
        # The embedded engine also accepts these in backticks.
        words = (token.name.upper(), after.name.upper())
        if words == ("LOAD", "CSV"):
            raise QueryError("LOAD CSV is refused: a query may not read files or addresses")
        if words == ("FORMAT", "CSV"):
            raise QueryError("FORMAT CSV is refused: choose the format of the rows with --format")
        if clause and token.keyword == "USE" and (after.is_name or after.symbol == "("):
            raise QueryError(
                "USE is refused: a query runs in the database that --store names "
                "(if `use` is a name, put it in backticks)"
            )
        if clause and token.keyword == "CALL" and after.is_name:
            refuse_procedure(_dotted(tokens, at + 1)[0])
        if before.symbol != "." and before.keyword != "CALL":
            name, end = _dotted(tokens, at)
            if tokens[end].symbol == "(":
                _refuse_function(name)


def refuse_procedure(name: str) -> None:
    """Raise QueryError unless a statement may call the procedure of this name."""
    if name.lower() not in _PROCEDURES:
        raise QueryError(
            f"the procedure {name} is refused: a query may call only procedures that just read "
            "the graph, such as db.labels (if `call` is a name, put it in backticks)"
        )


def _refuse_function(name: str) -> None:
    namespace, dot, _ = name.rpartition(".")
    if dot and namespace.lower() not in ALLOWED_FUNCTION_NAMESPACES:
        raise QueryError(
            f"the function {name} is refused: of functions with a dot in their name a query may use only "
            "those of Cypher itself, such as date.truncate"
        )


def _refuse_administration(tokens: list[_Token]) -> None:
    at = 0
    # CYPHER 5 runtime = slotted EXPLAIN ...
    while (option := tokens[at + 1].symbol == "=") or (
        tokens[at].keyword in ("CYPHER", "EXPLAIN", "PROFILE") or tokens[at].kind == "number"
    ):
        if option and tokens[at].keyword == "DEBUG":
            raise QueryError("CYPHER debug is refused: it shows internals of the server")
        at += 3 if option else 1
    verb, noun = tokens[at].keyword, tokens[at + 1].keyword
    refused = (
        verb in _ADMINISTRATION
        or (verb == "DROP" and noun not in _DROPPED)
        # A word and `=` name a path.
        or (verb == "CREATE" and noun and noun not in _CREATED and tokens[at + 2].symbol != "=")
    )
    if verb == "SHOW":
        for index, token in enumerate(tokens):
            if token.keyword in ("SHOW", "TERMINATE"):
                kind = index + 1
                while tokens[kind].keyword in _KINDS_SHOWN:
                    kind += 1
                noun = tokens[kind].keyword
                refused = refused or noun not in _SHOWN
    if refused:
        raise QueryError(
            f"{verb} {noun}".rstrip() + " is refused: a query may not administer the server; "
            "it may make, drop and show indexes and constraints, and show procedures and functions"
        )


def _refuse_escapes(cypher: str) -> None:
    """Refuse each ``\\uXXXX`` that would make one engine read another statement than the other.

    Neo4j replaces it by the character before it looks for words, strings and
    comments, the embedded engine only inside a string. Letters in strings are
    the same for both.
    """
    outside = _ESCAPE.search(_TOKEN.sub(lambda m: " " if m.lastgroup == "string" else m.group(), cypher))
    if outside:
        raise QueryError(f"{outside.group()} outside a string is refused: write the character itself")
    for token in _tokens(cypher):
        for escape in _ESCAPE_IN_STRING.finditer(token.text) if token.kind == "string" else ():
            if escape.group(1) and chr(int(escape.group(1), 16)) in "'\"\\":
                raise QueryError(
                    f"{escape.group()} in a string is refused: put a backslash before the character itself"
                )


def _dotted(tokens: list[_Token], at: int) -> tuple[str, int]:
    """Return the dotted name that starts at an index, and the index after it."""
    parts = [tokens[at].name]
    while tokens[at + 1].symbol == "." and tokens[at + 2].is_name:
        at += 2
        parts.append(tokens[at].name)
    return ".".join(parts), at + 1


def _tokens(cypher: str) -> list[_Token]:
    found = [_Token(m.lastgroup, m.group()) for m in _TOKEN.finditer(cypher) if m.lastgroup != "comment"]
    return found + _END
