"""Read a TOML file of accepted findings, and mute these findings until they expire."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access.audit.findings import COLUMNS, FAILED, MUTED, UNKNOWN
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE = '[[mute]]\ncheck = "team-of-one"\nreason = "the team is being built"\nuntil = 2027-01-31'
_KEYS = ("id", "check", "principal", "reason", "until")


class Mute(Struct, frozen=True):
    """One entry of a mute file.

    Attributes:
        reason: why the findings are accepted.
        check: the name of a check, if `id` is None. principal: the only principal; None for all. until: the last day;
            None for no end.
    """

    reason: str
    id: str | None = None
    check: str | None = None
    principal: str | None = None
    until: date | None = None

    def lasts(self, today: date) -> bool:
        """Return whether the entry has not expired."""
        return self.until is None or today <= self.until

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Return whether the entry matches a finding."""
        if self.id is not None:
            return bool(row["finding_id"] == self.id)
        return bool(row["check"] == self.check) and self.principal in (None, row["principal"])


def read(path: Path, checks: Mapping[str, object], former: Mapping[str, str] = MappingProxyType({})) -> list[Mute]:
    """Return the entries of a mute file.

    Args:
        path: a TOML file of `[[mute]]` tables, each with `id` or `check`, a `reason`, and optionally `principal` and
            `until`.
        checks: the names of the checks.
        former: earlier names of checks, and their current names.

    Raises:
        UsageError: the file does not exist or has an invalid entry.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="Pass the path of a TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}", hint=f"For example:\n{EXAMPLE}") from None
    entries = document.get("mute", [])
    if set(document) - {"mute"} or not isinstance(entries, list):
        raise UsageError(f"{path} can contain only [[mute]] tables", hint=f"For example:\n{EXAMPLE}")
    return [
        _mute(entry, f"{path}, [[mute]] number {number}", checks, former)
        for number, entry in enumerate(entries, start=1)
    ]


def _mute(entry: Any, place: str, checks: Mapping[str, object], former: Mapping[str, str]) -> Mute:
    if not isinstance(entry, dict):
        raise UsageError(f"{place} is not a table", hint=f"For example:\n{EXAMPLE}")
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise UsageError(f"{place}: unknown key {unknown[0]!r}", hint=did_you_mean(unknown[0], _KEYS, ""))
    texts: dict[str, Any] = {key: entry.get(key) for key in _KEYS if key != "until"}
    wrong = next((key for key, value in texts.items() if value is not None and not isinstance(value, str)), None)
    if wrong:
        raise UsageError(f"{place}: {wrong} must be text")
    if not texts["reason"]:
        raise UsageError(f"{place}: `reason` is required", hint='For example: reason = "agreed on 2026-11-26"')
    if (texts["id"] is None) == (texts["check"] is None):
        raise UsageError(
            f"{place}: exactly one of `id` and `check` is required",
            hint="`id` is a finding_id from `audit`. `check` is a name from `audit checks`.",
        )
    texts["check"] = former.get(texts["check"], texts["check"])
    if texts["check"] is not None and texts["check"] not in checks:
        hint = did_you_mean(texts["check"], list(checks), "Run `audit checks` to list them.")
        raise UsageError(f"{place}: unknown check {texts['check']!r}", hint=hint)
    until = entry.get("until")
    if isinstance(until, datetime):
        until = until.date()
    if until is not None and not isinstance(until, date):
        raise UsageError(f"{place}: `until` must be a date", hint="Write it without quotes: until = 2027-01-31")
    return Mute(until=until, **texts)


def apply_mutes(frame: pd.DataFrame, mutes: list[Mute], today: date) -> tuple[pd.DataFrame, list[Mute]]:
    """Return the findings with muted ones marked, and the matching entries that have expired.

    The reason of the entry is appended to the reason of the finding.
    """
    import pandas as pd  # heavy: only where a frame is made

    ended: list[Mute] = []
    status, reasons = frame["status"].tolist(), frame["reason"].tolist()
    rows: list[dict[str, Any]] = frames.convert(frame, "records")
    for at, row in enumerate(rows):
        fitting = [mute for mute in mutes if row["status"] in (FAILED, UNKNOWN) and mute.fits(row)]
        lasting = [mute for mute in fitting if mute.lasts(today)]
        if lasting:
            status[at], reasons[at] = MUTED, f"{row['reason']} (muted: {lasting[0].reason})"
        ended += [mute for mute in fitting if not lasting and mute not in ended]
    marked = {**frame.to_dict("series"), "status": status, "reason": reasons}
    return frames.with_types(COLUMNS, pd.DataFrame(marked, index=frame.index)), ended
