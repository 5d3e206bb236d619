"""Pages of the catalogue, as REST and the binding show them (spec §1.7)."""

from __future__ import annotations

from typing import Any

from groundfog import errors
from groundfog.catalog import Catalog, search

PER_PAGE = 100
MAX_PER_PAGE = 1000
LAST_PAGE = 2**31 - 1
"""Answers repeat the number; a larger one does not fit into the integers of every JSON reader."""


def models_page(catalog: Catalog, query: dict[str, str]) -> tuple[list[Any], dict[str, int]]:
    """One page of models by the documented parameters. Raises INVALID_INPUT for a number that is none."""
    rows = search.models(
        catalog,
        search=query.get("search"),
        task=query.get("task"),
        author=query.get("author"),
        source=integer(query, "source"),
        hide_experimental=boolean(query, "hide_experimental"),
        include_deprecated=boolean(query, "include_deprecated"),
    )
    return paged(rows, query)


def paged(rows: list[Any], query: dict[str, str]) -> tuple[list[Any], dict[str, int]]:
    """One page and its `result_info`. Past the end the page is empty: clients walk on until they see that.

    Raises INVALID_INPUT for a page that is none and for a size outside 1 to 1000.
    """
    page, per_page = integer(query, "page"), integer(query, "per_page")
    page, per_page = 1 if page is None else page, PER_PAGE if per_page is None else per_page
    if page < 1:
        raise errors.INVALID_INPUT(what=f"the query parameter `page` is at least 1, not {page}")
    if page > LAST_PAGE:
        raise errors.INVALID_INPUT(what=f"the query parameter `page` is at most {LAST_PAGE}, not {page}")
    if not 1 <= per_page <= MAX_PER_PAGE:
        raise errors.INVALID_INPUT(what=f"the query parameter `per_page` is 1 to {MAX_PER_PAGE}, not {per_page}")
    part = rows[(page - 1) * per_page : page * per_page]
    return part, {"page": page, "per_page": per_page, "count": len(part), "total_count": len(rows)}


def integer(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None or text == "":
        return None
    try:
        return int(text)
    except ValueError:
        raise errors.INVALID_INPUT(what=f"the query parameter `{name}` is an integer, not {text!r}") from None


def boolean(query: dict[str, str], name: str) -> bool:
    text = query.get(name, "").lower()
    if text not in ("true", "false", "1", "0", ""):
        raise errors.INVALID_INPUT(what=f"the query parameter `{name}` is true or false, not {text!r}")
    return text in ("true", "1")
