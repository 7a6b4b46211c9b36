"""What an audit finds: one row a finding, each check declared once.

A check never says more than was read: a field that never came, or a list that could not be read, makes it `unknown`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.keys import Key, TopicKey, texts_of
from zenpro_nb.resources.model import Column, DataType, Display

if TYPE_CHECKING:
    import pandas as pd

SEVERITIES = ("info", "low", "medium", "high")  # from the least on
FAILED, UNKNOWN, MUTED, OK = "failed", "unknown", "muted", "ok"

COLUMNS = (
    Column("severity", DataType.CATEGORY, help="high, medium, low or info", display=Display.STATE, computed=True),
    Column("check", DataType.CATEGORY, help="what was looked for; `audit checks` explains", computed=True),
    Column("principal", help="whom it is about: an e-mail, bot:NAME or team:NAME", computed=True),
    Column("reason", help="what is so, in one sentence", display=Display.PROSE, computed=True),
    Column("fix", help="a line that mends it, or shows more", display=Display.PROSE, computed=True),
    Column("scope", help="where: the organization, a workspace, a key", computed=True),
    Column(
        "status",
        DataType.CATEGORY,
        help="failed, unknown or muted; with --all also ok",
        display=Display.STATE,
        computed=True,
    ),
    Column("age_days", DataType.COUNT, help="for how many days, where that is known", computed=True),
    Column("evidence", help="which lists it was seen in", computed=True),
    Column("finding_id", DataType.ID, help="the same from run to run, for mutes", computed=True),
)


class Finding(Struct, frozen=True):
    """One thing that a check has found.

    Attributes:
        key: ids that distinguish it from the check's other findings, and stay the same when objects are renamed.
        reason: one sentence.
        principal, scope: whom and where it is about, as people name them.
        fix: the words of a line, without the magic's name.
        since: when it began, where that is known.
        unknown: it could not be told.
    """

    key: Key
    reason: str
    principal: str | None = None
    scope: str | None = None
    fix: str | None = None
    since: datetime | None = None
    unknown: bool = False


class AuditCheck(Struct, frozen=True):
    """One check.

    Attributes:
        name: what people type.
        severity: one of `SEVERITIES`.
        text: what it looks for.
        reads: the lists and fields that it needs: `users`, `users.is_active`.
        find: yields what it finds.
        about: the type of the keys of its findings.
        cannot: what it cannot know.
        absence: it finds what is not there, so that a list with a part missing tells nothing.
        with_workspaces: it asks the workspaces' own servers, and runs only where that was asked for.
        former: its earlier name, which `--check` and mute files accept. Ids of findings are computed from it, so that
            mutes and comparisons with earlier audits stay valid.
    """

    name: str
    severity: str
    text: str
    reads: tuple[str, ...]
    find: Callable[[Facts], Iterable[Finding]]
    about: type[Key]
    cannot: str = ""
    absence: bool = False
    with_workspaces: bool = False
    former: str = ""

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Yield what is found, and what cannot be told."""
        inventory = facts.inventory
        for place in self.reads:
            name, _, column = place.partition(".")
            listed = inventory[name]
            if not listed.known and listed.gap is not None:
                yield _unknown(name, listed.gap.message)
                return
            if column and not listed.knows(column):
                yield _unknown(place, f"The server does not send {column} of {name.replace('_', ' ')}.")
                return
        partly = [name for name in self.lists if not inventory[name].complete]
        if not (partly and self.absence):
            for found in self.find(facts):
                if not (found.unknown or isinstance(found.key, self.about)):
                    raise TypeError(f"The check {self.name} declares {self.about.__name__}: {found.key}")
                yield found
        for name in partly:
            gap = inventory[name].gap
            yield _unknown(name, gap.message if gap else f"The list {name} was not read to its end.")

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the names of the lists that it reads."""
        return tuple(dict.fromkeys(place.partition(".")[0] for place in self.reads))


# Gaps that nobody can close: the list was not wanted, the plan lacks it, or the server ignores a filter.
_EXPECTED_GAPS = ("not asked", "plan", "ignored")


def unread(checks: Iterable[AuditCheck], inventory: Inventory) -> list[str]:
    """Return a sentence for each list that these checks need and that could not be read, or not whole."""
    lines = []
    for name in dict.fromkeys(name for check in checks for name in check.lists):
        listed = inventory[name]
        if listed.gap is None and not listed.complete:
            lines.append(f"{name.replace('_', ' ')}: its end was not seen.")
        elif listed.gap is not None and listed.gap.reason not in _EXPECTED_GAPS:
            lines.append(f"{name.replace('_', ' ')}: {listed.gap.message}")
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
) -> pd.DataFrame:
    """Return what these checks find, the worst first, one row a finding; a check that finds nothing has one row `ok`.

    Args:
        checks: of `CHECKS`.
        inventory: what is known of the organization.
        now: the moment from which ages are counted.
        domains: those that people's e-mails are to be of.
        command: what stands before the line of a fix.
        org: what such a line names as the organization; None where it is the one in use.

    Example:
        >>> from zenpro_nb.access.audit.checks import CHECKS
        >>> people = [{"id": "1", "email": "ada@example.com", "is_superuser": True, "is_active": True}]
        >>> inventory = Inventory.of({"users": people})
        >>> findings([CHECKS["superuser"]], inventory, datetime.now()).principal.tolist()
        ['ada@example.com']
    """
    facts = Facts(inventory, now, domains, org)
    rows: list[dict[str, Any]] = []
    for check in checks:
        found = [_row(check, finding, facts, command) for finding in check.findings(facts)]
        rows += found or [_passed(check)]
    rows.sort(key=_order)
    return frames.typed(COLUMNS, rows)


def _row(check: AuditCheck, found: Finding, facts: Facts, command: str) -> dict[str, Any]:
    return {
        "severity": check.severity,
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


def _passed(check: AuditCheck) -> dict[str, Any]:
    row = {"severity": check.severity, "check": check.name, "status": OK, "reason": check.text}
    return {**row, "evidence": ", ".join(check.lists), "finding_id": finding_id(check.former or check.name)}


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    status = (FAILED, UNKNOWN, OK).index(row["status"])
    names = (row.get("principal") or "", row.get("scope") or "", row["finding_id"])
    return (status, -SEVERITIES.index(row["severity"]), row["check"], *names)


def finding_id(*parts: str) -> str:
    """Return what names a finding from run to run.

    >>> finding_id("superuser", "1") == finding_id("superuser", "1") != finding_id("superuser", "2")
    True
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:12]
