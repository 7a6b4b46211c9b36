"""One value of a DataFrame as a cell, the same in a notebook and in a terminal."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from numbers import Real
from typing import Any

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.resources.model import DataType, Display
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.ids import short_id
from zenpro_nb.ui.cells import ELLIPSIS, NO_SIGN, NOTHING, YES_SIGN, Cell, signal_of

Format = Callable[[Any], Cell]
ID = DataType.ID.value

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}")  # as git sends it; its first characters are enough to find it
_YES, _NO = Cell(YES_SIGN, hint="yes"), Cell(NO_SIGN, hint="no", quiet=True)
_PRECISIONS = {"days": "%Y-%m-%d", "minutes": "%Y-%m-%d %H:%M", "seconds": "%Y-%m-%d %H:%M:%S"}
_PRECISION = 6  # decimals: the default of pandas
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_DECIMAL = re.compile(r"-?\d+(?:\.(\d+))?")
# An address as a word of a command, with the option before it if each address has one.
_ADDRESS = re.compile(r"(?:\s--[\w-]+[ =]|\s)['\"]?[^\s'\"@]+@[^\s'\"@]+['\"]?(?!\S)")
_ADDRESSES_SHOWN = 2
# The journal has already cut a very long command, and ends it with the number of words that it left out.
_ADDRESSES = re.compile(rf"(?:{_ADDRESS.pattern}){{{_ADDRESSES_SHOWN + 2},}}(?: {ELLIPSIS} (?P<cut>[\d,]+) more)?")
_RELATIVE = 60  # days; the distance of older times says less than their date
_LENGTHS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def format_of(style: str, cut: int | None, *, numeric: bool, fractional: bool) -> Format:
    """Return the function that formats the values of a column as cells.

    Args:
        style: the style that the resource declares, see `attrs.declare`.
        cut: the maximum length of a text; None for no limit.
        numeric: the values are numbers.
        fractional: the numbers can have a fraction.

    >>> format_of("day", None, numeric=False, fractional=False)(datetime(2026, 11, 25)).text
    '2026-11-25'
    """
    units = UNITS.get(style)
    if units is not None and numeric:
        return units
    if style == Display.MOMENT.value:
        return lambda value: any_value(value, cut, "seconds")
    if style == Display.DAY.value:
        return lambda value: any_value(value, cut, "days")
    if style == Display.STATE.value:
        return state
    if style == Display.COMMAND.value:
        return command
    if style == Display.NAMES.value:
        return names
    if fractional:
        return real
    return lambda value: any_value(value, None if style in (Display.PROSE.value, Display.REQUEST.value) else cut)


def any_value(value: Any, cut: int | None = None, precision: str = "minutes") -> Cell:
    """Return the cell of a value of any type.

    >>> any_value(True).text, any_value(None).text, any_value(["ops", "ml"]).text, any_value({"a": 1}).text
    ('✓', '·', 'ops, ml', '{"a": 1}')
    >>> any_value("6c187095-1f12-4de4-98fb-cb7e41cf7eda").display
    '6c187095…'
    """
    if isinstance(value, str):
        return text(value, cut)
    if isinstance(value, bool) or _is_bool(value):
        return _YES if value else _NO
    if isinstance(value, dict | list | tuple | set | frozenset):
        return text(_nested_value(value), cut) if value else NOTHING
    if is_missing(value):
        return NOTHING
    if isinstance(value, datetime):
        return time(value, precision)
    if isinstance(value, timedelta):
        return duration(value.total_seconds())
    if isinstance(value, float):
        return real(value)
    return text(str(value), cut)


def text(value: str, cut: int | None = None) -> Cell:
    """Return the cell of a text: on one line, and ids shortened."""
    line = printable.cell(" ".join(value.split()))
    if not line:
        return NOTHING
    if _UUID.fullmatch(line) or _COMMIT.fullmatch(line):
        return Cell(line, short=short_id(line))
    if cut is not None and len(line) > cut:
        return Cell(line, short=line[: max(cut - 1, 1)].rstrip() + ELLIPSIS)
    return Cell(line)


def state(value: Any) -> Cell:
    """Return the cell of a state: the word and its meaning."""
    cell = any_value(value)
    return cell if cell.nothing else Cell(cell.text, signal=signal_of(cell.text))


def command(value: Any) -> Cell:
    """Return the cell of a command, of whose addresses the first ones are shown if there are many.

    >>> command("invitations create a@example.com b@example.com c@example.com d@example.com --yes").text
    'invitations create a@example.com b@example.com … 2 more --yes'
    """
    cell = any_value(value)
    short = _ADDRESSES.sub(_first_addresses, cell.text)
    return cell if cell.nothing or short == cell.text else replace(cell, text=short, hint=cell.text)


def names(value: Any) -> Cell:
    """Return the cell of a list of names: the first ones, and how many more there are.

    >>> names(["ops", "ml"]).text, names([f"team {number}" for number in range(22)]).text[-27:]
    ('ops, ml', 'team 18, team 19 and 2 more')
    """
    cell = any_value(value)
    short = cell.text if cell.nothing else name_list(value, limits.NAMES_IN_CELL)
    return cell if short == cell.text else replace(cell, text=printable.cell(short), hint=cell.text)


def _first_addresses(match: re.Match[str]) -> str:
    addresses = _ADDRESS.findall(match.group())
    more = len(addresses) - _ADDRESSES_SHOWN + int((match["cut"] or "0").replace(",", ""))
    return f"{''.join(addresses[:_ADDRESSES_SHOWN])} {ELLIPSIS} {more:,} more"


def time(value: datetime, precision: str) -> Cell:
    """Return a time in UTC to the day, the minute or the second, with the exact time as the hint.

    >>> time(datetime(2026, 11, 25, 8, 14, 59, tzinfo=UTC), "minutes").text
    '2026-11-25 08:14'
    """
    moment = value if value.tzinfo is None else value.astimezone(UTC)
    return Cell(f"{moment:{_PRECISIONS[precision]}}", hint=str(moment))


def with_age(cell: Cell, value: Any, now: datetime) -> Cell:
    """Return the cell of a time with its distance from `now`, which replaces it in narrow terminals.

    >>> now = datetime(2026, 11, 26, 9, tzinfo=UTC)
    >>> times = datetime(2026, 11, 26, 8, 14), datetime(2026, 11, 20), datetime(2027, 1, 5), datetime(2025, 1, 1), now
    >>> [with_age(Cell("…"), value, now).brief for value in times]
    ['46 min ago', '6 d ago', 'in 39 d', '2025-01-01', 'now']
    """
    if is_missing(value):
        return cell
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    seconds = (now - moment).total_seconds()
    if abs(seconds) >= _RELATIVE * 86_400:
        return replace(cell, brief=f"{moment:%Y-%m-%d}")
    if abs(seconds) < 1:
        return replace(cell, brief="now")
    unit, length = next((pair for pair in _LENGTHS if abs(seconds) >= pair[1]), _LENGTHS[-1])
    distance = f"{int(abs(seconds) / length)} {unit}"
    return replace(cell, brief=f"{distance} ago" if seconds >= 0 else f"in {distance}")


def moment_of(time: Any) -> datetime:
    """Return a time from the metadata of a DataFrame; the current time if there is none."""
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def order_of(value: Any) -> float | None:
    """Return the number by which a number, a time or a duration is sorted; None for other values, sorted as texts.

    >>> order_of(12), order_of(timedelta(minutes=2)), order_of(datetime(1970, 1, 2)), order_of("a"), order_of(True)
    (12.0, 120.0, 86400.0, None, None)
    """
    if isinstance(value, str | bool) or is_missing(value) or _is_bool(value):
        return None
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).timestamp()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, Real) else None


def align(cells: Sequence[Cell]) -> list[Cell]:
    """Return numbers with the same number of decimals, so the points are below each other.

    >>> [cell.text for cell in align([Cell("0.5"), Cell("12"), Cell("3.25"), NOTHING])]
    ['0.50', '12.00', '3.25', '·']
    """
    plain = [_DECIMAL.fullmatch(cell.text) for cell in cells]
    most = max((len(found[1] or "") for found in plain if found), default=0)
    return [
        cell
        if not found or len(found[1] or "") == most
        else replace(cell, text=f"{cell.text}{'' if found[1] else '.'}{'0' * (most - len(found[1] or ''))}")
        for cell, found in zip(cells, plain, strict=True)
    ]


def real(value: Any) -> Cell:
    """Return a number with the decimals set in the options of pandas, without trailing zeros.

    >>> real(0.5).text, real(1234567.0).text, real(float("nan")).text
    ('0.5', '1234567', '·')
    """
    if is_missing(value):
        return NOTHING
    pandas = sys.modules.get("pandas")
    float_format = None if pandas is None else pandas.get_option("display.float_format")
    if float_format is not None:
        return text(float_format(value))
    precision = _PRECISION if pandas is None else pandas.get_option("display.precision")
    number = float(value)
    if not math.isfinite(number) or (number and not 10.0**-precision <= abs(number) < 1e15):
        return Cell(f"{number:.{precision}g}")
    return Cell(f"{number:.{precision}f}".rstrip("0").rstrip(".") if precision else f"{number:.0f}")


def size(value: Any) -> Cell:
    """Return a number of bytes with its unit.

    >>> size(310_000_000).text, size(48_000_000_000).text, size(12).text
    ('310 MB', '48.0 GB', '12 B')
    """
    if is_missing(value):
        return NOTHING
    number, unit = float(value), 0
    while abs(number) >= 999.5 and unit < len(_SIZES) - 1:
        number, unit = number / 1000, unit + 1
    return Cell(f"{number:.{int(unit >= _SIZES.index('GB'))}f} {_SIZES[unit]}", hint=f"{value} bytes")


def duration(value: Any) -> Cell:
    """Return a number of seconds in its two largest units.

    >>> [duration(seconds).text for seconds in (0.25, 200, 7_500, 1_100_000, -60)]
    ['0.2 s', '3 min 20 s', '2 h 5 min', '12 d 17 h', '-1 min']
    """
    if is_missing(value):
        return NOTHING
    remaining = abs(float(value))
    if remaining < 10 and remaining != int(remaining):
        return Cell(f"{float(value):.1f} s", hint=f"{value} s")
    remaining = round(remaining)
    first = next((at for at, (_, length) in enumerate(_LENGTHS) if remaining >= length), len(_LENGTHS) - 1)
    parts: list[str] = []
    for unit, length in _LENGTHS[first : first + 2]:
        count, remaining = divmod(remaining, length)
        if count or not parts:
            parts.append(f"{count} {unit}")
    return Cell("-" * (float(value) < 0) + " ".join(parts[:2]), hint=f"{value} s")


def hours(value: Any) -> Cell:
    """Return a number of hours with two decimals.

    >>> hours(125.2506).text, hours(0.08).text
    ('125.25', '0.08')
    """
    return NOTHING if is_missing(value) else Cell(f"{float(value):.2f}", hint=f"{value} h")


def share(value: Any) -> Cell:
    """Return a part of 1 as a percentage.

    >>> share(0.0561).text, share(1).text
    ('5.6 %', '100.0 %')
    """
    return NOTHING if is_missing(value) else Cell(f"{float(value):.1%}".replace("%", " %"), hint=str(value))


UNITS: dict[str, Format] = {
    Display.BYTES.value: size,
    Display.SECONDS.value: duration,
    Display.HOURS.value: hours,
    Display.SHARE.value: share,
}


def _nested_value(value: Any) -> str:
    """Return a list of plain values with commas, anything else as JSON."""
    if not isinstance(value, dict) and not any(isinstance(item, dict | list | tuple) for item in value):
        return ", ".join(any_value(item).text for item in value)
    return json.dumps(value, ensure_ascii=False, default=str)


def is_missing(value: Any) -> bool:
    """Return whether the value is missing. Once pandas is imported, this includes its own missing values.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0), is_missing([None])
    (True, True, False, False)
    """
    if value is None:
        return True
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return isinstance(value, float) and math.isnan(value)
    return bool(pandas.api.types.is_scalar(value) and pandas.isna(value))


def _is_bool(value: Any) -> bool:
    """Return whether the value is a boolean of NumPy."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and bool(pandas.api.types.is_bool(value))
