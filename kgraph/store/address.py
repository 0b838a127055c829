"""The address of a server: where it is, and who asks.

What the official driver's documentation calls them: ``NEO4J_USERNAME``,
``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``; the address itself may hold all three
(``neo4j://user:password@host:7687/database``) and wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kgraph.errors import InputError

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""``neo4j`` asks the server for its cluster's members, ``bolt`` talks to it alone; with TLS (``+s``),
also by a certificate that it signed itself (``+ssc``)."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server, a user and a database; its text and its repr hold no password.

    ``database`` is None for the user's home database.
    """

    uri: str
    user: str | None
    password: str | None = field(repr=False)
    database: str | None

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def is_server(name: str) -> bool:
    """Whether the name of a store is an address, not a path."""
    return "://" in name


def server_address(name: str, environment: Mapping[str, str]) -> ServerAddress:
    """Return the parts of an address, with what it lacks from the environment.

    Raises InputError, which never repeats what may be a password.
    """
    scheme, _, rest = name.partition("://")
    if scheme.lower() not in SCHEMES:
        raise InputError(
            f"{scheme}://…: no such kind of server; use a path, or an address that starts with "
            + ", ".join(f"{scheme}://" for scheme in SCHEMES)
        )
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        # Not `from error`: its text may repeat a part of a password.
        raise InputError(f"{scheme}://…: {_why_not(rest)}") from None
    if "@" in parts.path:  # a '/' in the password has cut it in two
        raise InputError(f"{scheme}://…: {_why_not(rest)}")
    if not host:
        raise InputError(f"{scheme}://…: the address names no host; it is like neo4j://localhost:7687")
    if parts.query or parts.fragment:
        raise InputError(
            f"{scheme}://{host}: an address takes no '?' or '#'; in a password write them as %3F and %23, "
            "or set NEO4J_PASSWORD"
        )
    where = f"[{host}]" if ":" in host else host
    user, password = parts.username, parts.password
    return ServerAddress(
        uri=f"{parts.scheme}://{where}" + ("" if port is None else f":{port}"),
        user=unquote(user) if user else environment.get("NEO4J_USERNAME") or None,
        password=unquote(password) if password else environment.get("NEO4J_PASSWORD") or None,
        database=unquote(parts.path.strip("/")) or environment.get("NEO4J_DATABASE") or None,
    )


def _why_not(rest: str) -> str:
    if "@" in rest:
        return (
            "the address cannot be read; in a user name or password write '/', ':', '@', '[' and ']' as "
            "%2F, %3A, %40, %5B and %5D, or set NEO4J_USERNAME and NEO4J_PASSWORD"
        )
    return "the address cannot be read; it is like neo4j://localhost:7687"
