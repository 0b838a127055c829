"""Show progress bars on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from kgraph import progress


@contextmanager
def progress_bars() -> Iterator[progress.Progress]:
    """Yield a progress callback that draws one bar a step. Draws nothing if stderr is not a terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}{task.fields[of]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(step: str, done: int, total: int | None) -> None:
            of = "" if total is None else f" of {total:,}"
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total, of=of)
            bars.update(tasks[step], completed=done, total=total, of=of)

        yield on_progress
