"""A deployed version of a dynamic route: its graph, checked and compiled once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from groundfog import errors
from groundfog.gateway.routing.elements import Element, Model, Start, outputs_of, read_element

MAX_ELEMENTS = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """`id` is the route's, the same in every version of it; it goes into the hash of percentages and into buckets."""

    id: str
    name: str
    version_id: str
    start: str
    elements: Mapping[str, Element]


def compile_route(elements: object, *, id: str = "", name: str = "", version_id: str = "") -> Route:
    """Check and compile a version (spec ai-gateway §3.15).

    Raises GATEWAY_INVALID that names the element: ids are unique, there is one start, outputs lead to elements,
    everything can be reached, and no circle goes on for ever without asking a model.
    """
    if not isinstance(elements, list) or not elements:
        raise errors.GATEWAY_INVALID(what="`elements` must be a list of at least one element", path=("elements",))
    if len(elements) > MAX_ELEMENTS:
        raise errors.GATEWAY_INVALID(what=f"a route has at most {MAX_ELEMENTS} elements", path=("elements",))
    graph: dict[str, Element] = {}
    places: dict[str, int] = {}
    for index, given in enumerate(elements):
        element = read_element(given, index)
        if element.id in graph:
            raise errors.GATEWAY_INVALID(
                what=f"element {element.id!r}: its id is taken already", path=("elements", str(index), "id")
            )
        graph[element.id] = element
        places[element.id] = index
    starts = [element.id for element in graph.values() if isinstance(element, Start)]
    if len(starts) != 1:
        raise errors.GATEWAY_INVALID(
            what=f"a route needs one element of type start, and not {len(starts)}", path=("elements",)
        )
    for element in graph.values():
        for target in outputs_of(element):
            if target not in graph:
                raise _invalid(places, element.id, f"an output leads to {target!r}, which is no element")
            if target == starts[0]:
                raise _invalid(places, element.id, "an output leads back to the start")
    _check_reachable(graph, starts[0], places)
    _check_circles(graph, places)
    return Route(id, name, version_id, starts[0], graph)


def _check_reachable(graph: Mapping[str, Element], start: str, places: Mapping[str, int]) -> None:
    reached, waiting = {start}, [start]
    while waiting:
        for target in outputs_of(graph[waiting.pop()]):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    for id in graph:
        if id not in reached:
            raise _invalid(places, id, "no way leads to it from the start")


def _check_circles(graph: Mapping[str, Element], places: Mapping[str, int]) -> None:
    """A circle must pass a model: walking one asks somebody each time round, and the walk counts those."""
    pending = {
        id: [target for target in outputs_of(element) if not isinstance(graph[target], Model)]
        for id, element in graph.items()
        if not isinstance(element, Model)
    }
    waits = dict.fromkeys(pending, 0)
    for targets in pending.values():
        for target in targets:
            waits[target] += 1
    free = [id for id, count in waits.items() if not count]
    while free:
        for target in pending.pop(free.pop()):
            waits[target] -= 1
            if not waits[target]:
                free.append(target)
    if pending:
        id = _on_circle(pending)
        raise _invalid(places, id, "it stands in a circle that never comes to a model or an end")


def _on_circle(pending: Mapping[str, list[str]]) -> str:
    """An element of a circle: go back along what is left until one comes again."""
    before = {target: id for id, targets in pending.items() for target in targets if target in pending}
    seen: set[str] = set()
    id = next(iter(before))
    while id not in seen:
        seen.add(id)
        id = before[id]
    return id


def _invalid(places: Mapping[str, int], id: str, what: str) -> errors.GroundfogError:
    return errors.GATEWAY_INVALID(what=f"element {id!r}: {what}", path=("elements", str(places[id])))
