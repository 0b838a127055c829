"""Reading a Cypher statement just far enough to refuse what no query may do.

An engine's read-only mode does not keep a statement from reading local files,
reaching the network or administering the server. Every typed statement passes
this gate before either engine sees it. It looks at the words outside strings
and comments, and takes every reading that one of the engines has: the embedded
one takes `` `LOAD` CSV `` for the clause and `` `db.labels`() `` for a
procedure, Neo4j takes ``\\uXXXX`` for the character before anything else and
knows more white space. Engines get ``without_comments(statement)``, so that
what was checked is what runs.

What is refused is refused with ``write`` too. A name that looks like one of
the clauses (a variable called ``use``) can be had in backticks.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kgraph.errors import QueryError

ALLOWED_PROCEDURES = frozenset(
    {
        # What there is, from the store's own statistics; both engines have most of these.
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
        # Searches of indexes that are there; a vector is given, not made from text by a service.
        "db.index.fulltext.listAvailableAnalyzers",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.index.vector.queryNodes",
        "db.index.vector.queryRelationships",
        # The name and version of the server, no settings and no addresses.
        "db.ping",
        "dbms.components",
        # The embedded engine's graph algorithms: they return numbers and write none back. The
        # Cypher that some take in `where` is parsed for its condition, the rest of it never run.
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
"""The procedures that a statement may call: they read the graph and nothing else.

A plugin's are not among them: APOC reads files and addresses, GenAI sends text
to services, GDS exports.
"""

ALLOWED_FUNCTION_NAMESPACES = frozenset(
    {"date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector.similarity"}
)
"""Where Cypher's own functions with a dot live; all of them only compute.

Others come from plugins (``genai.vector.encode`` sends text to a service) or
choose another database (``graph.byName``). A function without a dot is the
engine's own, for Neo4j allows no plugin to add one.
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
        """The word in upper case; nothing for a name in backticks, which is no keyword."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")

    @property
    def name(self) -> str:
        """The word, or what the backticks hold."""
        return self.text.strip("`") if self.is_name else ""


_END = [_Token(None, "")] * 3
"""Stands behind the tokens of a statement, so that one can look past the last and before the first."""


def checked(cypher: str) -> str:
    """Return a statement that may go to an engine, without its comments. Raises QueryError for another."""
    if any("\ud800" <= character <= "\udfff" for character in cypher):
        raise QueryError("the statement holds half of a surrogate pair, which is no text")
    refuse_outside_access(cypher)
    refuse_several(cypher)
    text = without_comments(cypher)
    if not text.strip(" \t\r\n;"):
        raise QueryError("the statement is empty")
    return text


def without_comments(cypher: str) -> str:
    """Return the statement with every comment replaced by a space.

    Neo4j takes ``/* … */`` and ``//``; the embedded engine only the latter,
    so both see the same text.
    """
    return _TOKEN.sub(lambda m: " " if m.lastgroup == "comment" else m.group(), cypher)


def refuse_several(cypher: str) -> None:
    """Raise QueryError if there is more than one statement; some engines would run all and show the last."""
    ended = False
    for token in _tokens(cypher):
        if ended and token.kind and token.symbol != ";":
            raise QueryError("one statement at a time: there is more behind the ';'")
        ended = ended or token.symbol == ";"


def refuse_outside_access(cypher: str) -> None:
    """Raise QueryError if the statement could do anything but read and write the graph.

    That is: read a file or an address, call a procedure or function that is
    not known to be harmless, use another database, or administer the server.
    """
    _refuse_escapes(cypher)
    tokens = _tokens(cypher)
    _refuse_administration(tokens)
    for at in range(len(tokens) - len(_END)):
        before, token, after = tokens[at - 1], tokens[at], tokens[at + 1]
        if not token.is_name:
            continue
        # What follows these is a property, label, map value or parameter; no clause can stand there.
        clause = before.symbol not in (".", ":", "$")
        # The embedded engine takes these in backticks too.
        words = (token.name.upper(), after.name.upper())
        if words == ("LOAD", "CSV"):
            raise QueryError("LOAD CSV is refused: a query may not read files or addresses")
        if words == ("FORMAT", "CSV"):
            raise QueryError("FORMAT CSV is refused: choose the form of the rows with --format")
        if clause and token.keyword == "USE" and (after.is_name or after.symbol == "("):
            raise QueryError(
                "USE is refused: a query runs in the database that --store names "
                "(if `use` is a name of yours, put it in backticks)"
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
            f"the procedure {name} is refused: a query may call only those known to do nothing but read "
            "the graph, such as db.labels (if `call` is a name of yours, put it in backticks)"
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
            raise QueryError("CYPHER debug is refused: it shows, and may save, the inside of the server")
        at += 3 if option else 1
    verb, noun = tokens[at].keyword, tokens[at + 1].keyword
    refused = (
        verb in _ADMINISTRATION
        or (verb == "DROP" and noun not in _DROPPED)
        # A word and `=` is a path that gets a name.
        or (verb == "CREATE" and noun and noun not in _CREATED and tokens[at + 2].symbol != "=")
    )
    if verb == "SHOW":
        for place, token in enumerate(tokens):
            if token.keyword in ("SHOW", "TERMINATE"):
                kind = place + 1
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

    Neo4j takes it for the character before it looks for words, strings and
    comments, the embedded engine only inside a string. A letter in a string is
    the same to both.
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
    """Return the name with dots that starts there, and where it ends."""
    parts = [tokens[at].name]
    while tokens[at + 1].symbol == "." and tokens[at + 2].is_name:
        at += 2
        parts.append(tokens[at].name)
    return ".".join(parts), at + 1


def _tokens(cypher: str) -> list[_Token]:
    found = [_Token(m.lastgroup, m.group()) for m in _TOKEN.finditer(cypher) if m.lastgroup != "comment"]
    return found + _END
