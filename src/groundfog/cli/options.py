"""Options that several commands share, and the settings that come from them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def place(command: F) -> F:
    """`--state` and `--config`."""
    state = click.option(
        "--state", type=click.Path(file_okay=False, path_type=Path), help="Directory of keys, weights and the rest."
    )
    config = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Settings file.  [default: groundfog.toml]",
    )
    return state(config(command))


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def settings(state: Path | None = None, config: Path | None = None, **overrides: Any) -> Settings:
    """Settings of the options, the environment and the file; options that were not given (None) are left out."""
    if config is not None:
        os.environ["GROUNDFOG_CONFIG"] = str(config)
    from groundfog.settings import Settings

    given = {name: value for name, value in overrides.items() if value is not None}
    if state is not None:
        given["state"] = state.expanduser().resolve()
    return Settings(**given)


def model(name: str) -> Model:
    """The catalogue's model of a name as it was typed: the whole id, or its last part when only one model has it.

    Raises NO_SUCH_MODEL, with the nearest names.
    """
    from groundfog import catalog, errors

    models = catalog.default()
    try:
        return models.find(name)
    except errors.GroundfogError:
        wanted = name.lower()
        same = [each for each in models.models if each.id.lower().rpartition("/")[2] == wanted]
        if len(same) == 1:
            return same[0]
        near = [each.id for each in same] or _near(wanted, [each.id for each in models.models])
        if near:
            raise click.UsageError(f"There is no model {name}. Did you mean {' or '.join(near)}?") from None
        raise


def task_name(model: Model) -> str | None:
    """Our name of a model's task: `text-generation`, …"""
    from groundfog import tasks

    return tasks.name_for(model)


def _near(wanted: str, ids: list[str]) -> list[str]:
    import difflib

    contained = [each for each in ids if wanted in each.lower()]
    by_name = {each.lower().rpartition("/")[2]: each for each in ids}
    close = difflib.get_close_matches(wanted.rpartition("/")[2], by_name, n=3, cutoff=0.6)
    return contained[:3] or [by_name[each] for each in close]
