"""Findings of an audit, one row each, and the declaration of a check.

A check never claims more than was read: if a field was not sent or a list could not be read, it is `unknown`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames, limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.keys import Key, TopicKey, texts_of
from zenpro_nb.access.model.role_usage import RoleUsage
from zenpro_nb.resources.model import Column, DataType, Display
from zenpro_nb.resources.nouns import words

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.desired.state import DesiredState

SEVERITIES = ("info", "low", "medium", "high")  # in ascending order
FAILED, UNKNOWN, MUTED, OK = "failed", "unknown", "muted", "ok"

COLUMNS = (
    Column("severity", DataType.CATEGORY, help="high, medium, low, or info", display=Display.STATE, computed=True),
    Column("check", DataType.CATEGORY, help="name of the check; `audit checks` describes it", computed=True),
    Column("principal", help="email address, bot:NAME or team:NAME", computed=True),
    Column("reason", help="the finding in one sentence", display=Display.PROSE, computed=True),
    Column("fix", help="command that fixes it or shows more", display=Display.COMMAND, computed=True),
    Column("scope", help="organization, workspace, or API key", computed=True),
    Column(
        "status",
        DataType.CATEGORY,
        help="failed (a finding), unknown (not checked), or muted; with --all, also ok",
        display=Display.STATE,
        computed=True,
    ),
    Column("age_days", DataType.COUNT, help="age in days, if known", computed=True),
    Column("evidence", help="lists that the finding is based on", computed=True),
    Column("finding_id", DataType.ID, help="stable id of the finding, for mute files", computed=True),
)


class Finding(Struct, frozen=True):
    """A finding of a check.

    Attributes:
        key: ids that distinguish it from other findings of the check and are stable when objects are renamed.
        reason: the finding in one sentence.
        principal, scope: displayed names.
        fix: the command that fixes it, without the name of the magic.
        since: when it began, if known.
        unknown: the check could not be decided.
        severity: one of `SEVERITIES`, if it is milder than that of the check.
    """

    key: Key
    reason: str
    principal: str | None = None
    scope: str | None = None
    fix: str | None = None
    since: datetime | None = None
    unknown: bool = False
    severity: str = ""


class AuditCheck(Struct, frozen=True):
    """A check of the audit.

    Attributes:
        name: the name for `--check`.
        severity: one of `SEVERITIES`.
        text: a description.
        reads: the lists and fields that it needs: `users`, `users.is_active`.
        find: a function that yields its findings.
        about: the type of the keys of its findings, or the types.
        cannot: its limitations.
        absence: it reports missing objects, so it is undecided if a list is incomplete.
        with_file: it reads a file with deadlines, so it runs only with `--file`.
        with_workspaces: it reads the workspaces' own servers, so it runs only with `--with workspaces`.
        with_usage: it needs the runs of a window, so it runs only with `--usage` or if it is named.
        former: its earlier name, which `--check` and mute files accept. Finding ids are computed from it, which keeps
            mutes and comparisons with earlier audits valid.
    """

    name: str
    severity: str
    text: str
    reads: tuple[str, ...]
    find: Callable[[Facts], Iterable[Finding]]
    about: type[Key] | tuple[type[Key], ...]
    cannot: str = ""
    absence: bool = False
    with_file: bool = False
    with_workspaces: bool = False
    with_usage: bool = False
    former: str = ""

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Yield the findings, and an unknown finding per part that cannot be decided."""
        inventory = facts.inventory
        for place in self.reads:
            name, _, column = place.partition(".")
            list_ = inventory[name]
            if not list_.is_known and list_.gap is not None:
                yield _unknown(name, list_.gap.message)
                return
            if column and not list_.knows(column):
                yield _unknown(place, f"The server does not return {column} for {words(name)}.")
                return
        partly = [name for name in self.lists if not inventory[name].complete]
        if not (partly and self.absence):
            for rows in self.find(facts):
                if not (rows.unknown or isinstance(rows.key, self.about)):
                    raise TypeError(f"The check {self.name} declares {self.about}: {rows.key}")
                yield rows
        for name in partly:
            gap = inventory[name].gap
            yield _unknown(name, gap.message if gap else f"The list {name} is incomplete.")

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the names of the lists that it reads."""
        return tuple(dict.fromkeys(place.partition(".")[0] for place in self.reads))


# Gaps that cannot be closed: the list was not requested, the plan lacks it, or the server ignores a filter.
_EXPECTED_GAPS = ("not asked", "plan", "ignored")


def unread_lists(checks: Iterable[AuditCheck], inventory: Inventory, *, brief: bool = False) -> dict[str, str]:
    """Return one sentence per list that these checks need and that is missing or incomplete, by the list's name.

    Args:
        brief: name the parts that are missing, without the reason.
    """
    lines = {}
    for name in dict.fromkeys(name for check in checks for name in check.lists):
        list_ = inventory[name]
        if list_.gap is None and not list_.complete:
            lines[name] = f"{words(name)}: the list is incomplete."
        elif list_.gap is not None and list_.gap.reason not in _EXPECTED_GAPS:
            lines[name] = f"{words(name)}: {list_.gap.brief if brief else list_.gap.message}"
    return lines


def _unknown(place: str, message: str) -> Finding:
    return Finding(TopicKey(place), message, unknown=True)


def findings(
    checks: Iterable[AuditCheck],
    inventory: Inventory,
    now: datetime,
    *,
    domains: Collection[str] = (),
    command: str = "%zenpro",
    org: str | None = None,
    desired: DesiredState | None = None,
    usage: RoleUsage | None = None,
    dormant_after: int = limits.DORMANT,
) -> pd.DataFrame:
    """Return the findings of these checks, most severe first; a check without findings has one row with `ok`.

    Args:
        checks: of `CHECKS`.
        inventory: the organization's data.
        now: the time from which ages are computed.
        domains: the expected domains of email addresses.
        command: the prefix of suggested commands.
        org: the value of `--org` in suggested commands; None if the organization is the one in use.
        desired: the content of a file with deadlines.
        usage: which roles were used to start runs; None if the runs were not counted.
        dormant_after: the days without a sign-in to a workspace after which a user is dormant.

    Example:
        >>> from zenpro_nb.access.audit.checks import CHECKS
        >>> people = [{"id": "1", "email": "ada@example.com", "is_superuser": True, "is_active": True}]
        >>> inventory = Inventory.of({"users": people})
        >>> findings([CHECKS["superuser"]], inventory, datetime.now()).principal.tolist()
        ['ada@example.com']
    """
    facts = Facts(inventory, now, domains, org, desired, usage, dormant_after)
    rows: list[dict[str, Any]] = []
    for check in checks:
        found = [_row(check, finding, facts, command) for finding in check.findings(facts)]
        rows += found or [_passed_checks(check)]
    rows.sort(key=_order)
    return frames.with_types(COLUMNS, rows)


def _row(check: AuditCheck, found: Finding, facts: Facts, command: str) -> dict[str, Any]:
    return {
        "severity": found.severity or check.severity,
        "check": check.name,
        "status": UNKNOWN if found.unknown else FAILED,
        "principal": found.principal,
        "scope": found.scope,
        "reason": found.reason,
        "evidence": ", ".join(check.lists),
        "age_days": None if found.since is None else max(0, (facts.now - found.since).days),
        "fix": f"{command} {found.fix}" if found.fix else None,
        "finding_id": finding_id(check.former or check.name, *texts_of(found.key)),
    }


def _passed_checks(check: AuditCheck) -> dict[str, Any]:
    row = {"severity": check.severity, "check": check.name, "status": OK, "reason": check.text}
    return {**row, "evidence": ", ".join(check.lists), "finding_id": finding_id(check.former or check.name)}


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    status = (FAILED, UNKNOWN, OK).index(row["status"])
    names = (row.get("principal") or "", row.get("scope") or "", row["finding_id"])
    return (status, -SEVERITIES.index(row["severity"]), row["check"], *names)


def finding_id(*parts: str) -> str:
    """Return the stable id of a finding.

    >>> finding_id("superuser", "1") == finding_id("superuser", "1") != finding_id("superuser", "2")
    True
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:12]
