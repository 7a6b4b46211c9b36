"""Findings that somebody has looked at and accepted, for a while: a TOML file."""

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
    """One entry: which findings, why, and until when.

    Attributes:
        id: the `finding_id`; or
        check: the name of a check, of all principals or of one.
    """

    reason: str
    id: str | None = None
    check: str | None = None
    principal: str | None = None
    until: date | None = None

    def lasts(self, today: date) -> bool:
        """Return whether it still holds."""
        return self.until is None or today <= self.until

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Return whether a finding is meant."""
        if self.id is not None:
            return bool(row["finding_id"] == self.id)
        return bool(row["check"] == self.check) and self.principal in (None, row["principal"])


def read(path: Path, checks: Mapping[str, object], former: Mapping[str, str] = MappingProxyType({})) -> list[Mute]:
    """Return the mutes of a file.

    Args:
        path: a TOML file of tables `[[mute]]`, each with `id` or `check`, a `reason`, maybe `principal` and `until`.
        checks: the names that checks have.
        former: the names that checks had in earlier versions, and their names now.

    Raises:
        UsageError: there is no such file, or something in it is not understood; the line is named where it is known.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="Give the path of a TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}", hint=f"Write it like this: {EXAMPLE}") from None
    entries = found.get("mute", [])
    if set(found) - {"mute"} or not isinstance(entries, list):
        raise UsageError(f"{path} holds tables [[mute]] and nothing else", hint=f"Write it like this: {EXAMPLE}")
    return [
        _mute(entry, f"{path}, [[mute]] number {number}", checks, former)
        for number, entry in enumerate(entries, start=1)
    ]


def _mute(entry: Any, place: str, checks: Mapping[str, object], former: Mapping[str, str]) -> Mute:
    if not isinstance(entry, dict):
        raise UsageError(f"{place}: this is no table", hint=f"Write it like this: {EXAMPLE}")
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise UsageError(f"{place}: unknown key {unknown[0]!r}", hint=did_you_mean(unknown[0], _KEYS, ""))
    texts: dict[str, Any] = {key: entry.get(key) for key in _KEYS if key != "until"}
    wrong = next((key for key, value in texts.items() if value is not None and not isinstance(value, str)), None)
    if wrong:
        raise UsageError(f"{place}: {wrong} must be text")
    if not texts["reason"]:
        raise UsageError(f"{place}: a reason is missing", hint='Say why: reason = "…"')
    if (texts["id"] is None) == (texts["check"] is None):
        raise UsageError(f"{place}: give either id or check", hint="id is a finding_id, check the name of a check.")
    texts["check"] = former.get(texts["check"], texts["check"])
    if texts["check"] is not None and texts["check"] not in checks:
        hint = did_you_mean(texts["check"], list(checks), "See `audit checks`.")
        raise UsageError(f"{place}: there is no check {texts['check']!r}", hint=hint)
    until = entry.get("until")
    if isinstance(until, datetime):
        until = until.date()
    if until is not None and not isinstance(until, date):
        raise UsageError(f"{place}: until must be a date", hint="Write it without quotes: until = 2027-01-31")
    return Mute(until=until, **texts)


def muted(frame: pd.DataFrame, mutes: list[Mute], today: date) -> tuple[pd.DataFrame, list[Mute]]:
    """Return the findings with those that are muted marked so, and the mutes that hold no more but would fit.

    What is muted has its reason behind the finding's own.
    """
    import pandas as pd  # heavy: only where a frame is made

    ended: list[Mute] = []
    status, reasons = frame["status"].tolist(), frame["reason"].tolist()
    rows: list[dict[str, Any]] = frames.convert(frame, "records")
    for at, row in enumerate(rows):
        fitting = [mute for mute in mutes if row["status"] in (FAILED, UNKNOWN) and mute.fits(row)]
        is_persistent = [mute for mute in fitting if mute.lasts(today)]
        if is_persistent:
            status[at], reasons[at] = MUTED, f"{row['reason']} (muted: {is_persistent[0].reason})"
        ended += [mute for mute in fitting if not is_persistent and mute not in ended]
    marked = {**frame.to_dict("series"), "status": status, "reason": reasons}
    return frames.typed(COLUMNS, pd.DataFrame(marked, index=frame.index)), ended
