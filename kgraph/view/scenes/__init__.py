"""The pages of ``kgraph view``, one file each.

Every module in this folder assigns a :class:`kgraph.view.scene.SceneBuilder` to
``PAGE``. The options of the command line, the arguments of
``KnowledgeGraph.view`` and the error messages derive from these. The command
line imports all of them at its start, so they import NumPy, SciPy and NetworkX
only when they build a scene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from kgraph.errors import InputError, KgraphError
from kgraph.registry import built_in
from kgraph.view.scene import SceneBuilder


@cache
def pages() -> Mapping[str, SceneBuilder]:
    """Return all pages by name.

    Raises KgraphError if two have the same name, and unless exactly one has no selector.
    """
    found: Mapping[str, SceneBuilder] = built_in(__name__, "PAGE")
    without = [name for name, page in found.items() if page.selector is None]
    if len(without) != 1:
        raise KgraphError(
            f"one page must have no selector, not {len(without)} ({' and '.join(without) or 'none'}); "
            "give each other page one"
        )
    return found


def choose_page(
    selection: Mapping[str, str | Sequence[str] | None],
) -> tuple[SceneBuilder, tuple[str, ...]]:
    """Return the page that an argument selects, and the values of the argument.

    Arguments that are None are ignored. Without an argument, it is the page
    that has no selector. Raises InputError for an unknown name, more than one
    argument, and a wrong number of values.
    """
    names = [name for name, page in pages().items() if page.selector]
    if unknown := sorted(selection.keys() - set(names)):
        raise InputError(f"there is no page named {unknown[0]!r}; choose from {', '.join(names)}")
    given = {name: value for name, value in selection.items() if value is not None}
    if len(given) > 1:
        raise InputError(f"give only one of {', '.join(names)}, not {' and '.join(sorted(given))}")
    for name, value in given.items():
        page, values = pages()[name], (value,) if isinstance(value, str) else tuple(value)
        metavars = page.selector.metavars if page.selector else ()
        if len(values) != len(metavars):
            raise InputError(f"{name} takes {len(metavars)} ({' '.join(metavars)}), not {len(values)}")
        return page, values
    return next(page for page in pages().values() if page.selector is None), ()
