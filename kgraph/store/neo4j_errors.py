"""Translate the errors of Neo4j's driver.

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

EXPLAIN_LINE = "EXPLAIN\n"
"""The line in front of a statement whose plan is requested. Line numbers in messages leave it out."""

_POSITION = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")


def translated(error: Exception, address: ServerAddress, timeout: float | None) -> KgraphError:
    """Return the error to raise instead. Its text never contains the password.

    ``timeout`` is the timeout of the query in seconds.
    """
    code = str(getattr(error, "code", None) or "")
    said = str(getattr(error, "message", None) or error)
    if isinstance(error, errors.AuthError):
        return InputError(f"{address}: {_login_fault(address, code)}; set NEO4J_USERNAME and NEO4J_PASSWORD")
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
        return QueryError(f"the query needs more memory than the server allows: {said}")
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
        return StoreError(f"{address}: {_connection_fault(error, address)}")
    return QueryError(said)


def _connection_fault(error: Exception, address: ServerAddress) -> str:
    """Return the reason why the connection failed or was lost."""
    reasons: list[BaseException] = [error]
    while (cause := _cause(reasons[-1])) is not None:
        reasons.append(cause)
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


def _cause(error: BaseException) -> BaseException | None:
    # The members of a cluster fail for similar reasons, so the first one is enough.
    return error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__


def _login_fault(address: ServerAddress, code: str) -> str:
    if address.user is None:
        return "the server asks for a user and a password"
    if "RateLimit" in code:
        return f"too many wrong passwords for the user {address.user!r}; wait a little"
    if "CredentialsExpired" in code:
        return f"the password of the user {address.user!r} has to be changed on the server first"
    return f"the server does not take this user {address.user!r} or the password"
