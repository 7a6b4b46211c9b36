"""What a command is given: the session, the face it was called from, and the values on its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import click

from zenpro_nb.display import Face
from zenpro_nb.session import Session
from zenpro_nb.values import Values


@dataclass
class Runtime:
    """The surroundings of one call."""

    session: Session
    face: Face
    values: Values = field(default_factory=Values)


def pass_runtime(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command's function the surroundings of its call as the first argument."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(click.get_current_context().find_object(Runtime), *args, **kwargs)

    return call
