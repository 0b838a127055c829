"""A real Neo4j server for the tests, started by scripts/neo4j."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import neo4j
import pytest
from runs import ROOT

SCRIPT = ROOT / "scripts" / "neo4j"
CANNOT = 3
"""The exit code of the script if it cannot start a server."""


class Neo4jServer:
    """A server in a folder. Its data survives a stop, a kill and a new start."""

    def __init__(self, home: Path, *settings: str) -> None:
        self.home = home
        self._settings = [part for setting in settings for part in ("--set", setting)]

    def start(self) -> None:
        self._run("start")

    def prepare(self) -> None:
        """Create all files of a first start without starting the server."""
        self._run("prepare")

    def _run(self, command: str) -> None:
        ran = subprocess.run(
            [sys.executable, SCRIPT, command, "--home", self.home, *self._settings],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode == CANNOT:
            pytest.skip(f"no Neo4j server: {ran.stderr.strip().splitlines()[0]}")
        assert ran.returncode == 0, ran.stderr

    def admin(self, *arguments: str | Path) -> str:
        """Run neo4j-admin on the data of the stopped server and return its output."""
        ran = subprocess.run(
            [sys.executable, SCRIPT, "admin", "--home", self.home, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def kill(self) -> None:
        """End the server as a power cut would."""
        pid = self._known["pid"]
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.01)

    def stop(self) -> None:
        subprocess.run([sys.executable, SCRIPT, "stop", "--home", self.home], check=True)

    def remove(self) -> None:
        subprocess.run([sys.executable, SCRIPT, "remove", "--home", self.home], check=True)

    @property
    def pid(self) -> int:
        return int(self._known["pid"])

    @property
    def uri(self) -> str:
        return str(self._known["NEO4J_URI"])

    @property
    def address(self) -> str:
        """Return the host and port."""
        return self.uri.partition("://")[2]

    @property
    def password(self) -> str:
        return str(self._known["NEO4J_PASSWORD"])

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables of a shell that uses the server."""
        return {name: self._known[name] for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD")}

    @property
    def store(self) -> str:
        """Return the address of the store with the password in it."""
        return f"neo4j://neo4j:{self.password}@{self.address}"

    def rows(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a statement, run with the plain driver and not by kgraph."""
        with neo4j.GraphDatabase.driver(f"bolt://{self.address}", auth=("neo4j", self.password)) as driver:
            return [record.data() for record in driver.execute_query(cypher, parameters).records]

    def run_alone(self, cypher: str) -> None:
        """Run a statement outside a transaction, as cypher-shell does."""
        with (
            neo4j.GraphDatabase.driver(f"bolt://{self.address}", auth=("neo4j", self.password)) as driver,
            driver.session() as session,
        ):
            session.run(cypher).consume()

    def wipe(self) -> None:
        """Empty the database and drop its constraints and indexes."""
        # In parts, because a test may have left more text than one transaction can hold.
        self.run_alone("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20 ROWS")
        for row in self.rows("SHOW CONSTRAINTS YIELD name"):
            self.rows(f"DROP CONSTRAINT `{row['name']}`")
        for row in self.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"):
            self.rows(f"DROP INDEX `{row['name']}`")

    @property
    def _known(self) -> dict[str, Any]:
        return dict(json.loads((self.home / "server.json").read_text()))
