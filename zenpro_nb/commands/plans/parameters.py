"""The parameters of `plan`, `apply` and `export`: what should be so, and what the guards of a plan are told."""

from __future__ import annotations

from typing import Annotated

from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.frame_parameter import FrameType
from zenpro_nb.framework.parameters.types import NameType
from zenpro_nb.syntax.placeholders import BoundValue

YAML = (".yaml", ".yml")

Desired = Annotated[
    BoundValue | str | None,
    Arg(FrameType("file or frame", also=YAML), metavar="[FILE|$frame]"),
]
PlanOrFile = Annotated[
    BoundValue | str,
    Arg(FrameType("file or plan", also=YAML), metavar="FILE|$plan"),
]
After = Annotated[
    BoundValue | str | None,
    Opt(
        type=FrameType("file or plan", also=YAML),
        metavar="FILE|$plan",
        help="As it would be once this is applied: a file of `plan`, or a plan.",
    ),
]
From = Annotated[
    BoundValue | str | None,
    Opt(
        "--from",
        type=FrameType(),
        metavar="FILE|$frame",
        help="With a frame: as it was before it was edited; rows that are gone are taken.",
    ),
]
Groups = Annotated[
    BoundValue | str | None,
    Opt(
        "--groups",
        type=FrameType(),
        metavar="FILE|$frame",
        help="An identity provider's export (email, group, active), see the file.",
    ),
]
Invite = Annotated[
    str | None,
    Opt(
        type=NameType("roles"),
        metavar="ROLE",
        help="With --groups: give people who are not members this role, and invite those without an account.",
    ),
]
Deactivate = Annotated[bool, Opt(help="With --groups: deactivate the accounts that are inactive there.")]
MaxRemovals = Annotated[
    str | None,
    Opt(
        metavar="N|N%",
        help="How much of one team, or of one place's roles, may be taken. Default: 25%.",
        option=RareOption,
    ),
]
Allow = Annotated[
    tuple[str, ...],
    Opt(metavar="NAME", help="A service account that may be an admin. May be repeated.", option=RareOption),
]
