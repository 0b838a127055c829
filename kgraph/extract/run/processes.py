"""Extract in several processes, with the same result in the same order as in one.

A worker is a Python process that loads the pipeline once, reads batches of
papers from its stdin and writes extractions to its stdout, one line of JSON
each way (an eighteenth of the time that pickle takes to write extractions, a
third to read them). The parent holds at most two batches for each worker.

Workers are started as commands, not by multiprocessing or concurrent.futures.
Those fork, which copies locks that the parent's other threads hold (those of
the progress bar and of the engine), or they run the caller's main module
again, so that a short script without a ``__main__`` guard, or one read from
stdin, fails. Their workers also hold both ends of their queue and survive a
parent that was killed. Here the pipe closes with the parent, however it ended,
and the worker exits.
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
"""Largest number of processes, far more than one parent can keep busy."""

MIN_PAPERS_FOR_WORKERS = 8 * BATCH
"""Papers from which several processes are the default. For fewer, loading the model takes most of the
time that they save."""

_MOST_BY_DEFAULT = 8  # A worker needs 0.3 GB, and a container may see more cores than it may use.
_BATCHES_PER_WORKER = 2  # One is being extracted and one is waiting.
_SECONDS_TO_LEAVE = 10

_PAPERS = msgspec.json.Decoder(list[Paper])
_FOUND = msgspec.json.Decoder(list[Extraction])


def extract_in_parallel(
    papers: Iterable[Paper], jobs: int | None = None, encoder: Path | None = None
) -> Generator[tuple[Paper, Extraction], None, None]:
    """Yield each paper with its extraction, in the order given, as :func:`extract` does.

    ``jobs`` is the number of processes, where 1 is this process. None means
    one per core, at most 8, and this process for fewer than
    MIN_PAPERS_FOR_WORKERS papers. There are never more processes than batches. They end with
    the iterator, which ``contextlib.closing`` closes early. ``encoder`` is that
    of :func:`load_pipeline`. Raises InputError for another number of jobs, and
    KgraphError, at the paper where it happens, if a worker dies.
    """
    check_jobs(jobs)
    # The same batches as in extract(), because the size of a batch changes scores in the last digits.
    return _extract(batched(papers, BATCH), jobs, encoder)


def check_jobs(jobs: int | None) -> None:
    """Raise InputError for an impossible number of processes."""
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise InputError(f"{jobs} jobs: the number of processes is at least 1 and at most {MOST_JOBS}")


def default_jobs() -> int:
    """Return the default number of processes for many papers: one per usable core, at most 8."""
    # sched_getaffinity is not on every system, and os.process_cpu_count comes with Python 3.13.
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(cores, _MOST_BY_DEFAULT)


def _extract(
    batches: Iterator[list[Paper]], jobs: int | None, encoder: Path | None
) -> Generator[tuple[Paper, Extraction], None, None]:
    most = jobs or default_jobs()
    # One process does not need more than its first batch to start.
    first = list(islice(batches, most if jobs else MIN_PAPERS_FOR_WORKERS // BATCH))
    most = min(most, len(first)) if jobs or len(first) * BATCH >= MIN_PAPERS_FOR_WORKERS else 1
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

    # One thread waits for each worker. The workers end first, so that no thread is still waiting.
    with ThreadPoolExecutor(jobs) as threads, _workers(jobs, encoder) as idle:
        for batch in batches:
            waiting.append((batch, threads.submit(_read, batch, idle)))
            if len(waiting) == _BATCHES_PER_WORKER * jobs:
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
        return f"ended with exit code {code}; its messages are above"
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
            # Data that is still buffered for it cannot be written.
            with suppress(BrokenPipeError), worker:
                pass


def _started(encoder: Path | None) -> subprocess.Popen[bytes]:
    # The worker has the module path of this process, and not the working folder (-P) unless that has it.
    path = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    return subprocess.Popen(  # noqa: S603 - this interpreter, and this module
        [sys.executable, "-P", "-m", __name__, *([] if encoder is None else [str(encoder)])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Each process uses one core. Threads of the matrix library would only compete for it.
        env={"OMP_NUM_THREADS": "1"} | os.environ | {"PYTHONPATH": path},
        # Ctrl-C goes to the parent, which ends its workers.
        start_new_session=True,
    )


def serve(batches: BinaryIO, found: BinaryIO, encoder: Path | None) -> None:
    """Write one line of extractions for every line of papers, until the input ends."""
    nlp = load_pipeline(encoder)
    for line in in_zones(nlp, batches):
        found.write(msgspec.json.encode(read_batch(nlp, _PAPERS.decode(line))) + b"\n")
        found.flush()


def _serve_parent() -> None:
    # Output of libraries must not mix with the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        with suppress(BrokenPipeError):
            serve(sys.stdin.buffer, answers, Path(sys.argv[1]) if sys.argv[1:] else None)
    except KgraphError as error:
        sys.exit(f"kgraph: {error}")
    # The parent is done or gone, so nothing needs to be written or cleaned up.
    os._exit(0)


if __name__ == "__main__":
    _serve_parent()
