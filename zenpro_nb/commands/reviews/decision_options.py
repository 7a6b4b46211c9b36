"""The options of `reviews decide`: the selected rows, their decision, and its reason."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb.access.reviews.columns import REVIEW
from zenpro_nb.commands.reviews.common import TABLE
from zenpro_nb.framework.declare import ConditionOption, ConditionType, Opt
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.syntax.placeholders import BoundValue

Rows = Annotated[
    tuple[int, ...],
    Opt(
        "--row", "--rows", type=click.IntRange(min=1), metavar="N", help="Select a row by its number. Can be repeated."
    ),
]
Principals = Annotated[
    tuple[str, ...], Opt("--principal", metavar="WHO", help="Select all rows of a principal. Can be repeated.")
]
Where = Annotated[
    tuple[Condition, ...],
    Opt(
        "--where",
        type=ConditionType(REVIEW),
        option=ConditionOption,
        metavar="COLUMN=VALUE",
        help="Select the matching open rows, as in `reviews get`. With --row or --principal, only these rows. Can be "
        "repeated.",
    ),
]
Keep = Annotated[bool, Opt(help="Decide to keep the selected rows.")]
Revoke = Annotated[bool, Opt(help="Decide to revoke the selected rows. `reviews apply` revokes them.")]
DontKnow = Annotated[bool, Opt("--dont-know", help="Leave the selected rows undecided; nothing is revoked.")]
Because = Annotated[str | None, Opt("--because", metavar="TEXT", help="Record the reason for the decision.")]
From = Annotated[
    BoundValue | str | None,
    Opt(
        "--from",
        type=TABLE,
        help="Read decisions from a DataFrame or file with `row`, `decision`, and `justification`.",
    ),
]
Recommended = Annotated[
    bool,
    Opt(
        "--recommended",
        "--accept-recommendations",
        help="Decide all rows without a decision as recommended, or only the selected ones. Asks first.",
    ),
]
Yes = Annotated[bool, Opt("--yes", "-y", help="Skip the confirmation of --recommended.")]
