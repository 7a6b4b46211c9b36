"""audit: what an administrator should look at in an organization."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames
from zenpro_nb.access.audit import mutes
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.checks.roles import READS_SECRETS
from zenpro_nb.access.audit.findings import (
    COLUMNS,
    FAIL,
    MUTED,
    PASS,
    SEVERITIES,
    UNKNOWN,
    AuditCheck,
    findings,
    unread,
)
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists import at_capture, inventory
from zenpro_nb.framework.lists.noun import noun
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.access import With
from zenpro_nb.framework.parameters.aliases import At, Org
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory

_WORST_FIRST = SEVERITIES[::-1]

AUDIT = Table(
    noun="audit",
    help="What to look at in an organization: accounts, admins, keys, roles, teams and invitations, each with a line "
    "that mends it. `audit checks` explains every check.",
    columns=COLUMNS,
    label="principal",
    # No route: computed from the inventory.
)

AUDIT_CHECKS = Table(
    noun="checks",
    help="Every check of the audit, with what it cannot know.",
    columns=(
        Column("check", help="its name"),
        Column("severity", DataType.CATEGORY, help="high, medium, low or info", display=Display.STATE),
        Column("text", help="what it looks for", display=Display.PROSE),
        Column("cannot_know", help="what nobody can tell from the API", display=Display.PROSE),
        Column("reads", DataType.LIST, help="the lists and fields that it needs"),
        Column("with_workspaces", DataType.BOOL, help="it runs only where --with workspaces asks for it"),
    ),
    parent="audit",
    label="check",
)

Checks = Annotated[
    tuple[str, ...],
    Opt("--check", type=click.Choice(list(CHECKS)), metavar="CHECK", help="Only this check; may be repeated."),
]
Severity = click.Choice(_WORST_FIRST)
MinSeverity = Annotated[str | None, Opt("--min-severity", type=Severity, help="Only findings at least as severe.")]
FailOn = Annotated[
    str | None, Opt("--fail-on", type=Severity, help="Fail where anything is found that is at least as severe.")
]
MuteFile = Annotated[
    str | None, Opt("--mute", type=click.Path(), metavar="FILE", help="Accepted findings: a TOML file of [[mute]].")
]
Domains = Annotated[
    tuple[str, ...],
    Opt("--domain", "--domains", metavar="DOMAIN", help="A domain of your people's addresses; may be repeated."),
]
All = Annotated[bool, Opt("--all", help="Also the checks that found nothing.")]


def _read(
    ctx: CommandContext,
    options: ListOptions,
    check: Checks = (),
    min_severity: MinSeverity = None,
    fail_on: FailOn = None,
    mute: MuteFile = None,
    domains: Domains = (),
    with_: With = (),
    all_: All = False,
    at: At = None,
    org: Org = None,
) -> pd.DataFrame:
    """Read the organization, and return what the checks find, the worst first.

    Examples:
        audit --min-severity medium
        audit --check key-old --check key-unused
        audit --check outside-domains --domain example.com --domain partner.example
        audit --min-severity low --where principal~bot:
    """
    if options.raw:
        raise UsageError("--raw shows what a server sends, and findings are made here", hint="Leave it out.")
    accepted = [] if mute is None else mutes.read(expanded(mute, UsageError), CHECKS)
    wanted = _wanted(check, with_)
    inside = ("workspaces",) if any(check.with_workspaces for check in wanted) else ()
    pairs = [READS_SECRETS] if any(check.name == "custom-role-reads-secrets" for check in wanted) else []
    known = at_capture.inventory_at(ctx, at, org, with_=inside, pairs=pairs)
    # Ages are those of the moment that is looked at.
    now = known.finished or datetime.fromtimestamp(ctx.session.clock.now(), UTC)
    named = [part for domain in domains for part in domain.split(",") if part]
    found = findings(wanted, known, now, domains=named, command=ctx.ui.name, org=org)
    found, ended = mutes.muted(found, accepted, now.date())
    for item in ended:
        ctx.ui.warn(f"muted until {item.until} only: {item.check or item.id} ({item.reason})")
    for line in unread(wanted, known):
        ctx.ui.warn_incomplete(f"not all checks can be decided: {line}")
    return _shown(found, known, min_severity, all_=all_)


def _wanted(names: tuple[str, ...], with_: tuple[str, ...]) -> list[AuditCheck]:
    if names:
        return [CHECKS[name] for name in dict.fromkeys(names)]
    return [check for check in CHECKS.values() if with_ or not check.with_workspaces]


def _shown(found: pd.DataFrame, known: Inventory, least: str | None, *, all_: bool) -> pd.DataFrame:
    severe = SEVERITIES[SEVERITIES.index(least) if least else 0 :]
    kept = found["severity"].isin(severe) & (all_ | (found["status"] != PASS))
    frame = found[kept].reset_index(drop=True)
    frames.declare(frame, AUDIT)
    frames.describe(frame, **inventory.facts_of(known), noun="findings", summary=_summary(frame))
    return frame


def _summary(frame: pd.DataFrame) -> str:
    states = Counter(frame["status"])
    failed = Counter(frame.loc[frame["status"] == FAIL, "severity"])
    severe = ", ".join(f"{failed[text]} {text}" for text in _WORST_FIRST if failed[text])
    return f"{severe or 'nothing found'} · {states[UNKNOWN]} unknown · {states[MUTED]} muted"


def _judge(ctx: CommandContext, result: Any, frame: pd.DataFrame, given: Mapping[str, Any]) -> None:
    """Fail where something is found that is as severe as `--fail-on` says; the result is shown before.

    Raises:
        FindingsError: there is.
    """
    if given["fail_on"] is None:
        return
    severe = SEVERITIES[SEVERITIES.index(given["fail_on"]) :]
    failing = frame[(frame["status"] == FAIL) & frame["severity"].isin(severe)]
    if len(failing):
        ctx.ui.show(result)
        raise FindingsError(
            f"{counted(len(failing), 'finding')} of severity {given['fail_on']}{' or worse' * (len(severe) > 1)}",
            hint="The table has a line for each that mends it; --mute FILE leaves out what is accepted.",
            findings=frame,
        )


audit = noun(AUDIT, read=_read, after_read=_judge)


@audit.listing(AUDIT_CHECKS)
def checks(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return every check.

    Examples:
        audit checks
    """
    rows = [
        {
            "check": check.name,
            "severity": check.severity,
            "text": check.text,
            "cannot_know": check.cannot or None,
            "reads": list(check.reads),
            "with_workspaces": check.with_workspaces,
        }
        for check in CHECKS.values()
    ]
    return at_capture.computed_frame(AUDIT_CHECKS, frames.from_records(AUDIT_CHECKS, rows), options)
