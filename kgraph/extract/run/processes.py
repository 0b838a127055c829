"""Extraction in several processes: the result of one, in the same order, on every core.

A worker is a Python process that loads the pipeline once, reads batches of
papers from its stdin and writes what it found to its stdout, a line of JSON
each way (an eighteenth of the time that pickle takes to write extractions, a
third to read them). The parent holds two batches a worker, and no more.

Workers are started as commands, not by multiprocessing or concurrent.futures.
Those fork, which copies locks that the parent's other threads hold (those of
the progress bar and of the engine), or they run the caller's main module
again, so that a script of three lines without a ``__main__`` guard, or one
that came in on stdin, fails. Their workers also hold both ends of the queue
that they wait at, and outlive a parent that was killed. Here the pipe closes
with the parent, however it ended, and the worker leaves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

import msgspec

from kgraph.errors import InputError, KgraphError
from kgraph.extract.run.pipeline import BATCH, batched, extract, in_zones, load_pipeline, read_batch
from kgraph.model import Extraction, Paper

MOST_JOBS = 256
"""Processes at most: far more than one parent can keep busy."""

WORTH_IT = 8 * BATCH
"""Papers from which on several processes are the default: for fewer, loading the model again eats most
of what they gain."""

_MOST_BY_DEFAULT = 8  # A worker holds 0.3 GB; and a container may see more cores than it may use.
_AHEAD = 2  # Batches a worker: one that it reads, one that waits for it.
_SECONDS_TO_LEAVE = 10

_PAPERS = msgspec.json.Decoder(list[Paper])
_FOUND = msgspec.json.Decoder(list[Extraction])


def extract_in_parallel(
    papers: Iterable[Paper], jobs: int | None = None, encoder: Path | None = None
) -> Generator[tuple[Paper, Extraction], None, None]:
    """Yield each paper with what was read out of it, in the order given, as :func:`extract` does.

    ``jobs`` is the number of processes; 1 is this one. None is one a core, at
    most 8, and this one for fewer than WORTH_IT papers. No more are started than
    there are batches; they end with the iterator, which
    ``contextlib.closing`` closes early. ``encoder`` is that of
    :func:`load_pipeline`. Raises InputError for another number,
    and KgraphError, at the paper where it happens, when a worker died.
    """
    check_jobs(jobs)
    # The batches of extract(): what the tagger computes may differ, ever so little, with a batch's size.
    return _extract(batched(papers, BATCH), jobs, encoder)


def check_jobs(jobs: int | None) -> None:
    """Raise InputError for a number of processes that cannot be."""
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise InputError(f"{jobs} jobs: the number of processes is at least 1 and at most {MOST_JOBS}")


def default_jobs() -> int:
    """Return how many processes are the default for many papers: one a core that may be used, at most 8."""
    # Not on every system; os.process_cpu_count comes with Python 3.13.
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(cores, _MOST_BY_DEFAULT)


def _extract(
    batches: Iterator[list[Paper]], jobs: int | None, encoder: Path | None
) -> Generator[tuple[Paper, Extraction], None, None]:
    most = jobs or default_jobs()
    # One process need not wait for more than its first batch.
    first = list(islice(batches, most if jobs else WORTH_IT // BATCH))
    most = min(most, len(first)) if jobs or len(first) * BATCH >= WORTH_IT else 1
    batches = chain(first, batches)
    if most > 1:
        yield from _extract_in_workers(batches, most, encoder)
    elif first:
        yield from extract(chain.from_iterable(batches), load_pipeline(encoder))


def _extract_in_workers(
    batches: Iterator[list[Paper]], jobs: int, encoder: Path | None
) -> Iterator[tuple[Paper, Extraction]]:
    waiting: deque[tuple[list[Paper], Future[bytes]]] = deque()

    def first_waiting() -> Iterator[tuple[Paper, Extraction]]:
        batch, found = waiting.popleft()
        return zip(batch, _FOUND.decode(found.result()), strict=True)

    # A thread a worker waits for it. The workers are ended first, so that no thread still waits then.
    with ThreadPoolExecutor(jobs) as threads, _workers(jobs, encoder) as idle:
        for batch in batches:
            waiting.append((batch, threads.submit(_read, batch, idle)))
            if len(waiting) == _AHEAD * jobs:
                yield from first_waiting()
        while waiting:
            yield from first_waiting()


def _read(batch: list[Paper], idle: SimpleQueue[subprocess.Popen[bytes]]) -> bytes:
    worker = idle.get()
    try:
        return _asked(worker, batch)
    finally:
        idle.put(worker)


def _asked(worker: subprocess.Popen[bytes], batch: list[Paper]) -> bytes:
    assert worker.stdin and worker.stdout
    line = b""
    with suppress(BrokenPipeError):
        worker.stdin.write(msgspec.json.encode(batch) + b"\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
    if line.endswith(b"\n"):
        return line
    with suppress(subprocess.TimeoutExpired):
        worker.wait(_SECONDS_TO_LEAVE)
    raise KgraphError(f"a process that extracts {_end_of(worker)}")


def _end_of(worker: subprocess.Popen[bytes]) -> str:
    code = worker.returncode
    if code is None:
        return "no longer answers; run it again"
    if code >= 0:
        return f"ended with exit code {code}; what it said stands above"
    return f"was killed by signal {-code}; run it again, with fewer --jobs if memory ran out"


@contextmanager
def _workers(jobs: int, encoder: Path | None) -> Iterator[SimpleQueue[subprocess.Popen[bytes]]]:
    idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(jobs):
            started.append(_started(encoder))
            idle.put(started[-1])
        yield idle
    finally:
        for worker in started:
            worker.kill()
        for worker in started:
            # What was still to be written to it cannot be.
            with suppress(BrokenPipeError), worker:
                pass


def _started(encoder: Path | None) -> subprocess.Popen[bytes]:
    # Modules are found where this process finds them, and not in the working folder (-P) unless it does so.
    path = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    return subprocess.Popen(  # noqa: S603 - this interpreter, and this module
        [sys.executable, "-P", "-m", __name__, *([] if encoder is None else [str(encoder)])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Cores are for processes here: threads of the matrix library would only contend for them.
        env={"OMP_NUM_THREADS": "1"} | os.environ | {"PYTHONPATH": path},
        # Ctrl-C is for the parent, which ends its workers.
        start_new_session=True,
    )


def serve(batches: BinaryIO, found: BinaryIO, encoder: Path | None) -> None:
    """Answer every line of papers with a line of what was read out of them, until there are no more."""
    nlp = load_pipeline(encoder)
    for line in in_zones(nlp, batches):
        found.write(msgspec.json.encode(read_batch(nlp, _PAPERS.decode(line))) + b"\n")
        found.flush()


def _serve_parent() -> None:
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        with suppress(BrokenPipeError):
            serve(sys.stdin.buffer, answers, Path(sys.argv[1]) if sys.argv[1:] else None)
    except KgraphError as error:
        sys.exit(f"kgraph: {error}")
    # The parent has no more questions, or has left: nothing needs to be written or tidied.
    os._exit(0)


if __name__ == "__main__":
    _serve_parent()
