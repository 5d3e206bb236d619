"""Which engines are installed: the entry-point group `groundfog.engines`, read once. Anybody's package can add one.

The value of an entry point is `module:Class`; its extras, if it names any, are those that install the engine's
libraries (``whisper = "groundfog.engines.whisper:Whisper [whisper]"``). Importing the module must be cheap and must not
import the engine's library: the server reads only the class's `name` and `capabilities`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from importlib import metadata

from groundfog import errors
from groundfog.engines.base import Engine

GROUP = "groundfog.engines"


class Registry:
    """Engines by name. `entry_points` None: those of the installed packages."""

    def __init__(self, entry_points: Iterable[metadata.EntryPoint] | None = None) -> None:
        points = metadata.entry_points(group=GROUP) if entry_points is None else entry_points
        self._points = {point.name: point for point in points}
        self._classes: dict[str, type[Engine]] = {}

    def names(self) -> list[str]:
        return sorted(self._points)

    def reference(self, name: str) -> str:
        """`module:Class` of an engine, for a process that loads it without looking it up. Raises ENGINE_MISSING."""
        return self._point(name).value.partition("[")[0].strip()

    def get(self, name: str) -> type[Engine]:
        """The engine's class. Raises ENGINE_MISSING."""
        found = self._classes.get(name)
        if found is None:
            found = self._classes[name] = load(self.reference(name), name, self.install_line(name))
        return found

    def install_line(self, name: str) -> str:
        """What to `pip install` for the engine, as far as its entry point says."""
        point = self._point(name)
        distribution = point.dist.name if point.dist is not None else "groundfog"
        return f'"{distribution}[{",".join(point.extras)}]"' if point.extras else ""

    def choose(self, task: str, format: str) -> str | None:
        """The first engine, by name, that does `task` on files of `format` (empty: no file); None: there is none.

        Engines whose module cannot be imported are passed over: nothing is known of what they can do.
        """
        for name in self.names():
            try:
                capabilities = self.get(name).capabilities
            except errors.GroundfogError:
                continue
            if task in capabilities.tasks and (format in capabilities.formats or not (format or capabilities.formats)):
                return name
        return None

    def _point(self, name: str) -> metadata.EntryPoint:
        try:
            return self._points[name]
        except KeyError:
            raise errors.ENGINE_MISSING(engine=name, install=f"the package that brings {name!r}") from None


def load(reference: str, name: str, install: str = "") -> type[Engine]:
    """Import `module:Class`. Raises ENGINE_MISSING with what to install when a library is not there."""
    module, _, attribute = reference.partition(":")
    try:
        found: type[Engine] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise errors.ENGINE_MISSING(engine=name, install=install or error.name or module) from error
    return found
