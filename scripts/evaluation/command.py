"""Running commands whose output is measured."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence

_SHOWN = 600
"""Characters of an error output that a message repeats."""


class CommandError(Exception):
    """A command failed. The message names it, its exit code and the end of its error output."""


def run(command: Sequence[str]) -> str:
    """Return the standard output of a command. Raises CommandError if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        shown = shlex.join(command)
        raise CommandError(f"exit code {done.returncode} from {shown}: {done.stderr.strip()[-_SHOWN:]}")
    return done.stdout
