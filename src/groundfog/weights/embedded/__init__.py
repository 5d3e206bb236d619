"""Small models that ship with the package and stand in for larger ones."""

from __future__ import annotations

from groundfog.weights.files import Located


def stand_in(task: str) -> Located | None:
    """The embedded model that can do a task, by the task's name; None: there is none."""
    return None
