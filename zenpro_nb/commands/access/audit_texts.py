"""The result of an audit in words: the counts, the note about sign-ins, and checks without a complete result."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.access.audit.checks.inside import DORMANT, NEVER, NO_LOGIN, SEVERITY
from zenpro_nb.access.audit.findings import FAILED, MUTED, SEVERITIES, UNKNOWN
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory

VIEW = "audit"


def dormant_note(frame: pd.DataFrame, days: int, *, leaves_out: bool, names_never: bool) -> str:
    """Return how many people have no sign-in, what a sign-in is, and how to change the period (API facts 11.12).

    Args:
        frame: the findings.
        days: the period.
        leaves_out: users who signed in to another workspace are already left out.
        names_never: users who never signed in are already in the result.
    """
    failed = frame[(frame["status"] == FAILED) & frame["check"].isin([DORMANT, NEVER])]
    is_dormant, is_everywhere = failed["check"] == DORMANT, failed["severity"] == SEVERITY
    dormant = failed.loc[is_dormant, "principal"]
    never = failed.loc[~is_dormant & is_everywhere & ~failed["principal"].isin(dormant), "principal"].nunique()
    everywhere, partly = (dormant[rows].nunique() for rows in (is_everywhere, ~is_everywhere))
    total, period = everywhere + never, f"for {counted(days, 'day')}"
    when = "" if never else f" {period}"
    split = f": {everywhere:,} {period}, {never:,} never" if everywhere and never else ""
    has = "has" if total == 1 else "have"
    omitted = "" if leaves_out else f" (--min-severity {SEVERITY} omits them)"
    some = f"; {partly:,} only to some{omitted}" if partly else ""
    never_too = "" if names_never else ", or people who never signed in"
    return (
        f"{counted(total, 'person')} {has} no sign-in{when} to any workspace that was read{split}{some}. "
        "Sign-ins are workspace logins, requests with a key, and edits of the account, not use of the dashboard. "
        f"For another period{never_too}: `audit --check {NO_LOGIN} --dormant-after 30d`."
    )


def with_each_gap_once(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the findings, where the reason that several checks are unknown is in the first row only."""
    is_repeated = (frame["status"] == UNKNOWN) & frame.duplicated(["status", "reason"])
    first = frame.drop_duplicates(["status", "reason"]).set_index("reason")["check"].astype(str)
    repeated = "Unknown for the same reason as " + frame["reason"].map(first) + "."
    frame["reason"] = frame["reason"].mask(is_repeated, repeated).astype(frame["reason"].dtype)
    return frame


def counts(frame: pd.DataFrame, part: str) -> dict[str, Any]:
    """Return the facts for the line below the findings. A row of a check without a complete result is not a finding.

    Args:
        part: precedes the counts if only a part of the rows is shown.
    """
    incomplete = frame.loc[frame["status"] == UNKNOWN, "check"].nunique()
    unknown = _incomplete(incomplete) if incomplete else "0 unknown"
    muted = f"{int((frame['status'] == MUTED).sum())} muted"
    number = int(frame["status"].isin([FAILED, MUTED]).sum())
    prefix = f"{counted(number, 'finding')}: " if incomplete and number else ""
    summary = f"{part}{prefix}{' · '.join([_severities(frame), unknown, muted])}"
    return {"noun": "rows" if incomplete else "findings", "summary": summary}


def _incomplete(checks: int) -> str:
    return f"{counted(checks, 'check')} without a complete result"


def _severities(frame: pd.DataFrame) -> str:
    failed = Counter(frame.loc[frame["status"] == FAILED, "severity"])
    severe = ", ".join(f"{failed[severity]} {severity}" for severity in SEVERITIES[::-1] if failed[severity])
    found = frame.loc[frame["status"] == FAILED, ["check", "principal"]]
    is_about_people = found["check"].nunique() == 1 and found["principal"].notna().all()
    if is_about_people and found["principal"].nunique() < len(found):
        severe += f" about {counted(found['principal'].nunique(), 'principal')}"
    return severe or "nothing found"


def nothing_found(found: pd.DataFrame, organization: Inventory, minimum: str | None) -> str:
    """Return the answer of an audit without findings."""
    milder = int(found["status"].isin([FAILED, MUTED]).sum())
    incomplete = found.loc[found["status"] == UNKNOWN, "check"].nunique()
    checks = counted(found["check"].nunique(), "check")
    name = organization.organization_name or organization.organization_id
    less = [f"{counted(milder, 'finding')} {'is' if milder == 1 else 'are'} less severe"] if milder else []
    less += [_incomplete(incomplete)] if incomplete else []
    if less:
        return f"no finding in {name} has the severity {minimum} or more; {', '.join(less)}"
    return f"no findings in {name}: {checks} passed"


def _shown(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the rows to show: those of checks without a complete result have no severity. None if there are none."""
    if not {"severity", "status"} <= set(frame.columns) or not (is_unknown := frame["status"] == UNKNOWN).any():
        return None
    return frame.assign(severity=frame["severity"].astype(object).mask(is_unknown, UNKNOWN))


frames.register_view(VIEW, frames.View(stand_in=_shown))
