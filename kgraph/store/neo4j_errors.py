"""What Neo4j's driver raises, in words for the user.

The codes: https://neo4j.com/docs/status-codes/current/errors/all-errors/.
"""

from __future__ import annotations

import re

from neo4j import exceptions as errors

from kgraph.errors import InputError, KgraphError, QueryError, StoreError
from kgraph.store.address import ServerAddress

_TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOut"
_KILLED = ("Neo.TransientError.Transaction.Terminated", "Neo.ClientError.Transaction.Terminated")
_OUT_OF_MEMORY = ("OutOfMemoryError", "MemoryLimitExceeded", "StackOverFlowError")
_NO_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_MEMBER = re.compile(r"Couldn't connect to (\S+)")
_OF_THE_QUERY = (
    "Neo.ClientError.Statement.",
    "Neo.ClientError.Procedure.",
    "Neo.ClientError.Schema.",
    "Neo.DatabaseError.Statement.",
)

ASKED_FOR_PLAN = "EXPLAIN\n"
"""What stands before a statement whose plan is asked for: a line of its own, which no message counts."""

_POSITION = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")


def as_ours(error: Exception, address: ServerAddress, timeout: float | None) -> KgraphError:
    """Return the error to raise instead; no text of it holds the password.

    ``timeout`` is the one that the query had, in seconds.
    """
    code = str(getattr(error, "code", None) or "")
    said = str(getattr(error, "message", None) or error)
    if isinstance(error, errors.AuthError):
        return InputError(f"{address}: {_refused(address, code)}; set NEO4J_USERNAME and NEO4J_PASSWORD")
    if code == _NO_DATABASE:
        return InputError(
            f"{address}: there is no such database; the end of the address or NEO4J_DATABASE names it"
        )
    if code.startswith(_TIMED_OUT):
        after = "" if timeout is None else f" after {timeout:g} seconds"
        return QueryError(f"the query was stopped{after}; narrow it or raise --timeout")
    if code in _KILLED:
        return QueryError("the query was killed on the server")
    if any(word in code for word in _OUT_OF_MEMORY):
        return QueryError(f"more memory is needed than the server gives: {said}")
    if code.startswith(_OF_THE_QUERY):
        return QueryError(_POSITION.sub(lambda m: f"(line {int(m[1]) - 1}, column {m[2]})", said))
    if isinstance(error, errors.Neo4jError):
        return StoreError(f"{address}: {said}" + (f" ({code})" if code else ""))
    if isinstance(error, errors.BrokenRecordError):
        return QueryError(
            "a value cannot be read, such as a date outside of 1 to 9999; return toString(…) of it"
        )
    if isinstance(error, errors.ConfigurationError):
        return InputError(f"{address}: {said}")
    if isinstance(error, errors.ServiceUnavailable | errors.SessionExpired):
        return StoreError(f"{address}: {_why_away(error, address)}")
    return QueryError(said)


def _why_away(error: Exception, address: ServerAddress) -> str:
    """Say why there is no connection, or no longer."""
    reasons: list[BaseException] = [error]
    while (below := _below(reasons[-1])) is not None:
        reasons.append(below)
    said = " ".join(str(reason) for reason in reasons)
    if any(type(reason).__name__ == "SSLCertVerificationError" for reason in reasons):
        return f"its certificate is not trusted ({reasons[-1]}); +ssc instead of +s takes it as it is"
    if isinstance(error, errors.SessionExpired) or "defunct connection" in said:
        return "the connection was lost; what was committed is kept, run this again"
    if "looks like HTTP" in said:
        return "this is a port for HTTP; Bolt is mostly on 7687"
    if any(isinstance(reason, TimeoutError) for reason in reasons):
        return "it does not answer in time"
    if "SSL" in said or "handshake" in said.lower() or "closed" in said:
        return (
            "it does not speak Bolt, or expects TLS where the address has none, or the reverse; "
            "with TLS the address starts with neo4j+s:// or bolt+s://, without it with neo4j:// or bolt://"
        )
    member = _MEMBER.search(said)
    if member and member[1] not in address.uri:
        return (
            f"it names {member[1]} as a member of its cluster, which cannot be reached from here "
            f"({reasons[-1]}); {address.uri.replace('neo4j', 'bolt', 1)} talks to it alone"
        )
    return f"no server answers ({reasons[-1]})"


def _below(error: BaseException) -> BaseException | None:
    # Of the members of a cluster, the first is as good as any.
    return error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__


def _refused(address: ServerAddress, code: str) -> str:
    if address.user is None:
        return "the server asks for a user and a password"
    if "RateLimit" in code:
        return f"too many wrong passwords for the user {address.user!r}; wait a little"
    if "CredentialsExpired" in code:
        return f"the password of the user {address.user!r} has to be changed on the server first"
    return f"the server does not take this user {address.user!r} or the password"
