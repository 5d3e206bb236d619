"""Routes, their versions and deployments in the store (spec ai-gateway §5.4)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.clock import SystemClock
from groundfog.errors import GroundfogError
from groundfog.gateway import schema
from groundfog.gateway.configs import Configs
from groundfog.gateway.routing import DynamicRoutes
from groundfog.metering.ledger import Ledger
from groundfog.store import MIGRATIONS, Store
from tests.support.routes import end, model, start

ELEMENTS = [start("m"), model("m", "gpt-4.1"), end()]
OTHER = [start("m"), model("m", "gpt-4o-mini"), end()]


class Shelf:
    """Routes of one process."""

    def __init__(self, state: Path) -> None:
        self.store = Store(state, migrations=(*MIGRATIONS, *schema.MIGRATIONS))
        self.routes = DynamicRoutes(self.store, SystemClock(), Ledger(self.store, SystemClock()))

    def model(self, name: str = "r") -> Any:
        return getattr(self.routes.find("acme", "g", name).elements["m"], "model", None)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    Configs(shelf.store, SystemClock()).first_use("acme", "g")
    yield shelf
    shelf.store.close()


def test_a_new_route_is_in_force_at_once(shelf: Shelf) -> None:
    route = shelf.routes.create("acme", "g", "r", ELEMENTS)
    assert (route["name"], route["gateway_id"], route["account_tag"]) == ("r", "g", "acme")
    assert route["elements"] == ELEMENTS
    assert route["version"]["active"] == "true"
    assert route["version"]["is_valid"] is True
    assert route["deployment"]["version_id"] == route["version"]["version_id"]
    assert shelf.routes.get("acme", "g", route["id"]) == route
    assert shelf.model() == "gpt-4.1"


def test_a_version_serves_when_it_is_deployed_and_an_old_one_again_after_a_roll_back(shelf: Shelf) -> None:
    route = shelf.routes.create("acme", "g", "r", ELEMENTS)
    added = shelf.routes.add_version("acme", "g", route["id"], OTHER)
    assert "deployment" not in added
    assert shelf.model() == "gpt-4.1"
    shelf.routes.deploy("acme", "g", route["id"], added["version_id"])
    assert shelf.model() == "gpt-4o-mini"
    versions = shelf.routes.versions("acme", "g", route["id"])
    assert [version["active"] for version in versions] == ["true", "false"]
    shown = shelf.routes.version("acme", "g", route["id"], added["version_id"])
    assert (shown["elements"], shown["active"], shown["name"]) == (OTHER, "true", "r")
    shelf.routes.deploy("acme", "g", route["id"], route["version"]["version_id"])
    assert shelf.model() == "gpt-4.1"
    assert len(shelf.routes.deployments("acme", "g", route["id"])) == 3


def test_another_process_sees_a_deployment(shelf: Shelf, tmp_path: Path) -> None:
    route = shelf.routes.create("acme", "g", "r", ELEMENTS)
    other = Shelf(tmp_path)
    try:
        assert other.model() == "gpt-4.1"
        added = shelf.routes.add_version("acme", "g", route["id"], OTHER)
        shelf.routes.deploy("acme", "g", route["id"], added["version_id"])
        until = time.monotonic() + 5
        while other.model() != "gpt-4o-mini":
            assert time.monotonic() < until
    finally:
        other.store.close()


def test_a_version_is_compiled_once(shelf: Shelf) -> None:
    route = shelf.routes.create("acme", "g", "r", ELEMENTS)
    compiled = shelf.routes.find("acme", "g", "r")
    shelf.routes.create("acme", "g", "another", OTHER)
    assert shelf.routes.find("acme", "g", "r") is compiled
    shelf.routes.rename("acme", "g", route["id"], "renamed")
    assert shelf.routes.find("acme", "g", "renamed").name == "renamed"


def test_routes_are_renamed_listed_and_deleted(shelf: Shelf) -> None:
    first = shelf.routes.create("acme", "g", "first", ELEMENTS)
    shelf.routes.create("acme", "g", "second", OTHER)
    assert [route["name"] for route in shelf.routes.list("acme", "g")] == ["second", "first"]
    assert shelf.routes.rename("acme", "g", first["id"], "third")["name"] == "third"
    gone = shelf.routes.delete("acme", "g", first["id"])
    assert (gone["name"], "deployment" in gone) == ("third", False)
    assert [route["name"] for route in shelf.routes.list("acme", "g")] == ["second"]
    assert shelf.routes.list("acme", "other") == []


def test_what_is_wrong_is_refused(shelf: Shelf) -> None:
    route = shelf.routes.create("acme", "g", "r", ELEMENTS)
    id = route["id"]
    refused = {
        "GATEWAY_EXISTS": [
            lambda: shelf.routes.create("acme", "g", "r", ELEMENTS),
        ],
        "GATEWAY_INVALID": [
            lambda: shelf.routes.create("acme", "g", "a/b", ELEMENTS),
            lambda: shelf.routes.create("acme", "g", "x", []),
            lambda: shelf.routes.add_version("acme", "g", id, [start("nowhere")]),
            lambda: shelf.routes.deploy("acme", "g", id, None),
        ],
        "GATEWAY_NOT_FOUND": [
            lambda: shelf.routes.create("acme", "none", "x", ELEMENTS),
            lambda: shelf.routes.get("acme", "g", "none"),
            lambda: shelf.routes.get("other", "g", id),
            lambda: shelf.routes.deploy("acme", "g", id, "none"),
            lambda: shelf.routes.version("acme", "g", id, "none"),
            lambda: shelf.routes.find("acme", "g", "none"),
        ],
    }
    for key, calls in refused.items():
        for call in calls:
            with pytest.raises(GroundfogError) as caught:
                call()
            assert caught.value.kind is errors.KINDS[key]
    assert shelf.model() == "gpt-4.1"
