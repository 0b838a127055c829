"""The type of a progress callback."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called with the current step, the number of items done, and the total (None if unknown)."""


def ignore_progress(step: str, done: int, total: int | None) -> None:
    """Do nothing: the callback of callers that show no progress."""
    del step, done, total
