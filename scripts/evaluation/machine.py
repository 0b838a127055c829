"""A description of the machine and the software that figures were measured with."""

from __future__ import annotations

import os
import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Machine:
    """Hardware, operating system, and the versions of Python and of the packages that matter."""

    processor: str
    cores: int
    memory_bytes: int
    system: str
    python: str
    kgraph: str
    spacy: str
    kglite: str

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_bytes / 2**30:.0f} GiB; {self.system}; "
            f"Python {self.python}, spaCy {self.spacy}, kglite {self.kglite}, kgraph {self.kgraph}"
        )


def this_machine() -> Machine:
    """Return the description of this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(
        processor=_processor(),
        cores=cores or 1,
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        kgraph=version("kgraph"),
        spacy=version("spacy"),
        kglite=version("kglite"),
    )


def _processor() -> str:
    with suppress(OSError):  # only Linux has this file
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def commit() -> str:
    """Return the commit of this checkout, with ``-dirty`` if other files than figures were changed.

    Without git it is "unknown".
    """
    head = _git("rev-parse", "--short=12", "HEAD")
    if head is None:
        return "unknown"
    # Saving the figures of one table must not mark those of the next one.
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!scripts/evaluation/results")
    return f"{head}-dirty" if changed else head


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
