"""The table of routes: its commands exist."""

from __future__ import annotations

import click

from tests.support.routes import route_of
from zenpro_nb.commands.tree import tree
from zenpro_nb.resources import CONTROL_PLANE
from zenpro_nb.resources.routes import ROUTES


def _exists(words: str) -> bool:
    command: click.Command | None = tree
    for word in words.split():
        command = command.commands.get(word) if isinstance(command, click.Group) else None
    return command is not None


def test_each_command_of_the_table_is_in_the_tree() -> None:
    missing = [words for route in ROUTES for words in route.commands if not _exists(words)]
    assert missing == []


def test_each_route_has_a_command_or_a_reason() -> None:
    assert [route.path for route in ROUTES if bool(route.commands) == bool(route.why_none)] == []


def test_each_route_is_listed_once() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_each_list_of_the_resources_is_in_it() -> None:
    paths = [resource.path for resource in CONTROL_PLANE if resource.path]  # others are computed
    assert [path for path in paths if route_of("GET", path.replace("{", "").replace("}", "")) is None] == []


def test_a_fixed_path_goes_before_one_with_braces() -> None:
    route = route_of("GET", "/users/me")
    assert route is not None
    assert route.path == "/users/me"
