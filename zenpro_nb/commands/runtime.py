"""What a command is given: the session, the face it was called from, and the values on its line."""

from __future__ import annotations

from dataclasses import dataclass, field

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


pass_runtime = click.make_pass_decorator(Runtime)
