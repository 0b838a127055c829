"""Parse the address of a server, with its user, password and database.

The address may hold all three (``neo4j://user:password@host:7687/database``).
Missing ones are taken from ``NEO4J_USERNAME``, ``NEO4J_PASSWORD`` and
``NEO4J_DATABASE``, the variables of the official driver's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kgraph.errors import InputError

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""``neo4j`` asks the server for the members of its cluster, ``bolt`` connects to this server only.
``+s`` uses TLS, ``+ssc`` also accepts a self-signed certificate."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server, a user and a database. Its text and repr do not contain the password.

    ``database`` is None for the user's home database.
    """

    uri: str
    user: str | None
    password: str | None = field(repr=False)
    database: str | None

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def is_server(name: str) -> bool:
    """Return whether the name of a store is an address, not a path."""
    return "://" in name


def server_address(name: str, environment: Mapping[str, str]) -> ServerAddress:
    """Return the parts of an address, with missing ones from the environment.

    Raises InputError for an invalid address. Its text never repeats a part
    that may be a password.
    """
    scheme, _, rest = name.partition("://")
    if scheme.lower() not in SCHEMES:
        raise InputError(
            f"{scheme}://…: unknown scheme; use a path, or an address that starts with "
            + ", ".join(f"{scheme}://" for scheme in SCHEMES)
        )
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        # Not `from error`: its text may repeat a part of a password.
        raise InputError(f"{scheme}://…: {_parse_error(rest)}") from None
    if "@" in parts.path:  # a '/' in the password has split it
        raise InputError(f"{scheme}://…: {_parse_error(rest)}")
    if not host:
        raise InputError(f"{scheme}://…: the address has no host; write neo4j://localhost:7687")
    if parts.query or parts.fragment:
        raise InputError(
            f"{scheme}://{host}: an address cannot contain '?' or '#'; "
            "in a password write them as %3F and %23, or set NEO4J_PASSWORD"
        )
    authority = f"[{host}]" if ":" in host else host
    user, password = parts.username, parts.password
    return ServerAddress(
        uri=f"{parts.scheme}://{authority}" + ("" if port is None else f":{port}"),
        user=unquote(user) if user else environment.get("NEO4J_USERNAME") or None,
        password=unquote(password) if password else environment.get("NEO4J_PASSWORD") or None,
        database=unquote(parts.path.strip("/")) or environment.get("NEO4J_DATABASE") or None,
    )


def _parse_error(rest: str) -> str:
    if "@" in rest:
        return (
            "the address cannot be parsed; in a user name or password write '/', ':', '@', '[' and ']' as "
            "%2F, %3A, %40, %5B and %5D, or set NEO4J_USERNAME and NEO4J_PASSWORD"
        )
    return "the address cannot be parsed; an example is neo4j://localhost:7687"
