"""Find the implementations of a protocol, in kgraph and in other packages.

Each built-in implementation is a module in one folder of the package, and
binds its object to an agreed name. Other packages add theirs by an entry point
whose name is the name of the implementation. Nothing else lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Protocol, TypeVar, cast

from kgraph.errors import InputError, KgraphError


class PluginError(KgraphError):
    """The implementation of another package cannot be used."""


class Named(Protocol):
    """An implementation with a name."""

    @property
    def name(self) -> str:
        """The name by which users ask for it."""
        ...


T = TypeVar("T", bound=Named)


def module_objects(package: str, attribute: str) -> Iterator[tuple[str, Any]]:
    """Yield the name of each module in a package, sorted, with the object that it binds to an attribute.

    Raises KgraphError for a module without the attribute.
    """
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        module = importlib.import_module(info.name)
        if not hasattr(module, attribute):
            raise KgraphError(f"{info.name} has no {attribute}")
        yield info.name, getattr(module, attribute)


def built_in(package: str, attribute: str) -> Mapping[str, Any]:
    """Return the implementations in a package by name. Raises KgraphError if two have one name."""
    found: dict[str, Any] = {}
    for module, implementation in module_objects(package, attribute):
        if implementation.name in found:
            raise KgraphError(f"{module}: the name {implementation.name!r} is taken")
        found[implementation.name] = implementation
    return found


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """The implementations that can be used, and why others cannot, both by name and sorted by it."""

    working: Mapping[str, T]
    failures: Mapping[str, PluginError]


@dataclass(frozen=True)
class Registry(Generic[T]):
    """The implementations of a protocol by name.

    ``package`` is the dotted name of the folder of built-in modules,
    ``attribute`` the name that each binds, ``group`` the entry-point group of
    other packages. ``protocol`` must be runtime-checkable. ``noun`` is used in
    messages.
    """

    package: str
    attribute: str
    group: str
    protocol: Any
    noun: str

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted. Does not import other packages."""
        return tuple(sorted({*self._built_in, *self._entry_points}))

    def get(self, name: str) -> T:
        """Return the implementation of that name.

        Raises InputError for an unknown name, and PluginError for an entry
        point that cannot be loaded and for a name that is provided twice.
        """
        self._check_known(name)
        points = self._entry_points.get(name, ())
        providers = [f"kgraph's {name}"] if name in self._built_in else []
        providers += [_described(point) for point in points]
        if len(providers) > 1:
            raise PluginError(
                f"{name} is provided more than once: {', '.join(providers)}; uninstall one of the packages"
            )
        return self._built_in[name] if name in self._built_in else self._loaded(points[0])

    def plugin(self, name: str) -> str | None:
        """Return the entry point and package that provide an implementation, or None for a built-in one.

        Raises InputError for an unknown name.
        """
        self._check_known(name)
        return None if name in self._built_in else _described(self._entry_points[name][0])

    def loaded(self) -> Loaded[T]:
        """Return all implementations. One that cannot be used does not affect the others."""
        working: dict[str, T] = {}
        failures: dict[str, PluginError] = {}
        for name in self.names():
            try:
                working[name] = self.get(name)
            except PluginError as error:
                failures[name] = error
        return Loaded(working, failures)

    def _check_known(self, name: str) -> None:
        if name not in self.names():
            raise InputError(f"{name}: unknown {self.noun}; choose from {', '.join(self.names())}")

    @cached_property
    def _built_in(self) -> Mapping[str, T]:
        return built_in(self.package, self.attribute)

    @cached_property
    def _entry_points(self) -> Mapping[str, tuple[EntryPoint, ...]]:
        points: dict[str, tuple[EntryPoint, ...]] = {}
        for point in entry_points(group=self.group):
            points[point.name] = (*points.get(point.name, ()), point)
        return points

    def _loaded(self, point: EntryPoint) -> T:
        try:
            found = point.load()
        except Exception as error:
            raise PluginError(f"{_described(point)} cannot be loaded: {error}") from error
        is_one = isinstance(found, self.protocol) and not isinstance(found, type)
        if not is_one or cast("T", found).name != point.name:
            raise PluginError(
                f"{_described(point)} is not an instance of {self.protocol.__module__}."
                f"{self.protocol.__name__} named {point.name!r}"
            )
        return cast("T", found)


def _described(point: EntryPoint) -> str:
    package = point.dist.name if point.dist is not None else "an unknown package"
    return f"{point.name} of {package} ({point.value})"
