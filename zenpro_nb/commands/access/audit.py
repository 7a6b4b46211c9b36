"""audit: check an organization for risks in accounts, admins, keys, roles, teams and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import access, frames, limits, query
from zenpro_nb.access.audit import mutes
from zenpro_nb.access.audit.checks import CHECKS, FORMER_NAMES
from zenpro_nb.access.audit.checks.inside import DORMANT, NEVER, NO_LOGIN, SEVERITY
from zenpro_nb.access.audit.checks.roles import READS_SECRETS
from zenpro_nb.access.audit.findings import (
    COLUMNS,
    FAILED,
    OK,
    SEVERITIES,
    UNKNOWN,
    AuditCheck,
    findings,
    unread_lists,
)
from zenpro_nb.commands.access import audit_texts
from zenpro_nb.commands.plans.desired_file import require_same_organization, text_of
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.declare import (
    At,
    ChoiceType,
    CommandContext,
    Domains,
    ListOptions,
    Opt,
    Org,
    Usage,
    WindowType,
    With,
    at_capture,
    inventory,
    noun,
    read_role_usage,
    warn_unread,
)
from zenpro_nb.resources import Table
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.timespec import parse_time
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.usage.permissions import USAGE_PAIRS, without_expected_gaps

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory

_WORST_FIRST = SEVERITIES[::-1]

AUDIT = Table(
    noun="audit",
    help="Check the organization for security risks.\n\nThe checks cover accounts, admins, keys, roles, teams, and "
    "invitations. Each finding includes the command that fixes it, or shows what to decide. `audit checks` explains "
    "the checks.",
    columns=COLUMNS,
    label="principal",
    deciding=("principal", "severity", "check", "reason", "fix"),
    # No route: computed from the inventory.
)


class CheckType(ChoiceType):
    """A check by its name, or by the name that it had in earlier versions."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the current name of a check."""
        return super().convert(FORMER_NAMES.get(value, value), param, ctx)


Checks = Annotated[
    tuple[str, ...],
    Opt(
        "--check",
        type=CheckType([NO_LOGIN, *CHECKS]),
        metavar="CHECK",
        help=f"Run only this check. Can be repeated. {NO_LOGIN} lists people who have not signed in to any workspace "
        f"for {limits.DORMANT} days, or ever.",
    ),
]
Severity = click.Choice(_WORST_FIRST)
MinSeverity = Annotated[
    str | None, Opt("--min-severity", type=Severity, help="Show only findings that are at least this severe.")
]
FailOn = Annotated[str | None, Opt("--fail-on", type=Severity, help="Fail if a finding is at least this severe.")]
MuteFile = Annotated[
    str | None,
    Opt(
        "--mute",
        type=click.Path(),
        metavar="FILE",
        help="Mute the accepted findings listed in this TOML file, each in a [[mute]] table.",
    ),
]
DeadlineFile = Annotated[
    str | None,
    Opt(
        "--file",
        type=click.Path(),
        metavar="FILE",
        help="Check the deadlines that `roles assign --until` wrote to this file (check access-expired).",
    ),
]
DormantAfter = Annotated[
    str | None,
    Opt(
        type=WindowType(),
        metavar="WINDOW",
        help="Set the period without a sign-in after which the check dormant reports a user, such as 30d. "
        f"Default: {limits.DORMANT}d.",
    ),
]
All = Annotated[bool, Opt("--all", help="Include checks without findings.")]


def _read(
    ctx: CommandContext,
    options: ListOptions,
    check: Checks = (),
    min_severity: MinSeverity = None,
    fail_on: FailOn = None,
    mute: MuteFile = None,
    domains: Domains = (),
    with_: With = (),
    usage: Usage = None,
    all_: All = False,
    at: At = None,
    org: Org = None,
    file: DeadlineFile = None,
    dormant_after: DormantAfter = None,
) -> pd.DataFrame:
    """Read the organization and return the findings of the checks, most severe first.

    Examples:
        # List the findings of medium severity and above
        audit --min-severity medium
        # Run two checks only
        audit --check key-old --check key-unused
        # Find people with an email outside two domains
        audit --check outside-domains --domain example.com --domain partner.example
        # Find users who have not signed in to a workspace for 30 days
        audit --check no-login --dormant-after 30d
        # List the findings about service accounts
        audit --min-severity low --where principal~bot:
        # Assign a role for a week
        roles assign "Workspace Viewer" --user linus@example.com --workspace ml-dev --until 7d --file expiring.yaml
        # Find roles that are still assigned after their deadline
        audit --check access-expired --file expiring.yaml
        # List roles that allow starting runs but were not used to start any
        audit --check role-unused --usage 90d
    """
    _check_options(options, usage, at)
    if NO_LOGIN in check:
        check = tuple(name for given in check for name in ((DORMANT, NEVER) if given == NO_LOGIN else (given,)))
        min_severity = min_severity or SEVERITY
    _check_dormant(check, dormant_after)
    accepted = [] if mute is None else mutes.read(expand_home(mute, UsageError), CHECKS, FORMER_NAMES)
    checks = _checks_for(check, with_, file, usage, dormant_after)
    counts_runs = at is None and any(check.with_usage for check in checks)
    deadlines = None if file is None else access.desired_state(text_of(file), file)
    inside = ("workspaces",) if any(check.with_workspaces for check in checks) else ()
    pairs = [READS_SECRETS] if any(check.name == "custom-role-reads-secrets" for check in checks) else []
    pairs += USAGE_PAIRS if counts_runs else ()
    organization = at_capture.inventory_at(ctx, at, org, with_=inside, pairs=pairs)
    if counts_runs:
        organization = without_expected_gaps(organization)
    # With --at, ages are computed for the time of the capture.
    now = (organization.finished if at else None) or query.now(ctx.session)
    if deadlines is not None:
        require_same_organization(deadlines, organization)
    own = [part for domain in domains for part in domain.split(",") if part]
    dormant_days = limits.DORMANT if dormant_after is None else (now - parse_time(dormant_after, now).start).days
    role_usage = read_role_usage(ctx, organization, usage or limits.USAGE_WINDOW) if counts_runs else None
    frame = findings(
        checks,
        organization,
        now,
        domains=own,
        command=ctx.ui.name,
        org=org,
        desired=deadlines,
        usage=role_usage,
        dormant_after=dormant_days,
    )
    frame["reason"] = frame["reason"].map(ctx.ui.command_names.text).astype(frame["reason"].dtype)
    frame, expired = mutes.apply_mutes(frame, accepted, now.date())
    for mute_ in expired:
        ctx.ui.warn(f"a mute has expired (valid until {mute_.until}): {mute_.check or mute_.id} ({mute_.reason})")
    visible = _visible_findings(audit_texts.with_each_gap_once(frame), organization, min_severity, options, all_=all_)
    has_reasons = bool((visible["status"] == UNKNOWN).any())  # in the rows
    for name, gap in unread_lists(checks, organization, brief=has_reasons).items():
        warn_unread(ctx, organization[name], organization.workspaces, f"some checks have no result: {gap}")
    names = [check.name for check in checks]
    if DORMANT not in names:
        return visible
    leaves_out = min_severity is not None
    note = audit_texts.dormant_note(visible, dormant_days, leaves_out=leaves_out, names_never=NEVER in names)
    return _explained(ctx, visible, note)


def _explained(ctx: CommandContext, frame: pd.DataFrame, note: str) -> pd.DataFrame:
    """Show a note above the findings, or in the answer that there are none."""
    if frame.empty:
        return frames.with_answer(frame, f"{frames.answer_of(frame)}. {note}")
    ctx.ui.say(f"note: {note}")
    return frame


def _check_options(options: ListOptions, usage: str | None, at: str | None) -> None:
    """Refuse options that have no effect here, or contradict each other."""
    if options.raw:
        raise UsageError("--raw is not available for `audit`: zenpro computes the findings", hint="Omit --raw.")
    if usage is not None and at is not None:
        raise UsageError(
            "--usage cannot be combined with --at", hint="A capture contains no runs. Omit --usage or --at."
        )


def _check_dormant(names: tuple[str, ...], dormant_after: str | None) -> None:
    if names and dormant_after is not None and DORMANT not in names:
        raise UsageError(
            f"--dormant-after has no effect on --check {names[0]}: it sets the period of the check {DORMANT}",
            hint=f"Use `audit --check {NO_LOGIN} --dormant-after {quoted(dormant_after)}`.",
        )


def _checks_for(
    names: tuple[str, ...],
    with_: tuple[str, ...],
    file: str | None,
    usage: str | None,
    dormant_after: str | None,
) -> list[AuditCheck]:
    if names:
        checks = [CHECKS[name] for name in dict.fromkeys(names)]
        lacking = next((check.name for check in checks if check.with_file and file is None), None)
        if lacking is not None:
            raise UsageError(
                f"`--file` is required: --check {lacking} reads the deadlines in a file",
                hint=f"Add it: `audit --check {lacking} --file expiring.yaml`.",
            )
        return checks
    return [
        check
        for check in CHECKS.values()
        if (with_ or not check.with_workspaces or (dormant_after is not None and check.name == DORMANT))
        and (file is not None or not check.with_file)
        and (usage is not None or not check.with_usage)
    ]


def _visible_findings(
    found: pd.DataFrame, organization: Inventory, minimum: str | None, options: ListOptions, *, all_: bool
) -> pd.DataFrame:
    severe = SEVERITIES[SEVERITIES.index(minimum) if minimum else 0 :]
    is_shown = found["severity"].isin(severe) & (all_ | (found["status"] != OK))
    frame = found[is_shown].reset_index(drop=True)
    frames.declare(frame, AUDIT)
    # The number of findings is in the line if `--limit` alone cuts a complete list.
    is_cut = options.limit is not None and options.limit < len(frame)
    is_part = options.where.conditions or (is_cut and organization.gaps)
    part = f"of {len(frame):,}: " if is_part else ""
    frames.describe(frame, **inventory.facts_of(organization), **audit_texts.counts(frame, part), view=audit_texts.VIEW)
    if (frame["status"] == FAILED).all():
        frames.with_folded(frame, ["status"])  # every row is a finding
    return frame if len(frame) else frames.with_answer(frame, audit_texts.nothing_found(found, organization, minimum))


def _fail_on_findings(ctx: CommandContext, result: Any, frame: pd.DataFrame, arguments: Mapping[str, Any]) -> None:
    """Show the result, then fail if a finding is at least as severe as `--fail-on`.

    Raises:
        FindingsError: there is such a finding.
    """
    if arguments["fail_on"] is None:
        return
    severe = SEVERITIES[SEVERITIES.index(arguments["fail_on"]) :]
    failing = frame[(frame["status"] == FAILED) & frame["severity"].isin(severe)]
    if len(failing):
        ctx.ui.show(result)
        raise FindingsError(
            f"{counted(len(failing), 'finding')} of severity {arguments['fail_on']}{' or worse' * (len(severe) > 1)}",
            hint="The column `fix` contains a command for each. Add --mute FILE to mute accepted findings.",
            findings=frame,
        )


audit = noun(AUDIT, read=_read, after_read=_fail_on_findings)
