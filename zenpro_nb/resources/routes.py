"""Every route of the control plane, with the commands that use it or the reason why none does, from `routes.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

from msgspec import Struct

from zenpro_nb.resources.control_plane import CONTROL_PLANE

STATUS = "the status card"  # which has no command


class Route(Struct, frozen=True):
    """One route. `commands` are the commands that use it; `why_none` is the reason if there are none."""

    method: str
    path: str
    commands: tuple[str, ...] = ()
    why_none: str = ""
    inferred: bool = False  # the API facts infer it; no public material shows it


def _routes() -> Iterator[Route]:
    for line in files(__package__).joinpath("routes.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, _, use = line.partition(" | ")
            method, path, *inferred = route.split()
            why_none = use.removeprefix("none: ") if use.startswith("none: ") else ""
            commands = () if why_none else tuple(use.replace(STATUS, "").split(", "))
            yield Route(method, path, commands, why_none, bool(inferred))


def _lists(declared_routes: Sequence[Route]) -> Iterator[Route]:
    """Yield the routes of the lists that are only in the table of resources."""
    paths = {_anonymous(route.path) for route in declared_routes if route.method == "GET"}
    for resource in CONTROL_PLANE:
        if resource.path and _anonymous(resource.path) not in paths:
            yield Route("GET", resource.path, (resource.noun,))
            if resource.detail:
                yield Route("GET", resource.detail, (f"{resource.noun} get",))


def _anonymous(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


_TABLE = tuple(_routes())
ROUTES: tuple[Route, ...] = (*_TABLE, *_lists(_TABLE))
