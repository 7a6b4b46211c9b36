"""The number per day, by state: stacked bars."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.pictures import svg
from zenpro_nb.security.printable import cell, markup

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "unknown"
SIGNS = {"failed": "x", "running": "░", "cached": "▒", "completed": "█"}
_OTHER_SIGN = "+"

_WIDTH, _PLOT, _LEFT, _RIGHT, _TOP, _BELOW = 760, 150, 46, 12, 30, 26
_LEGEND, _SWATCH, _LETTER = 20, 11, 7  # pixels: height of a line, side of a square, approximate width of a letter
_BAR = 40  # pixels of the widest bar
_STRIPE = 4  # pixels between the stripes of failures, which make them visible without color
_DATES = 12  # dates below the bars; more would touch


class Timeline(Struct, frozen=True):
    """Days, the counts of each state, and notes."""

    noun: str
    days: Sequence[date]
    counts: Sequence[Counter[str]]
    note: str = ""
    subtitle: str = ""  # the filters of the list

    @classmethod
    def of(cls, frame: pd.DataFrame, noun: str, time: str, state: str, note: str = "") -> Timeline:
        """Return the days (UTC) from the first to the last time in the frame, at most the last `limits.PLOT_DAYS`.

        Args:
            frame: the objects to count, one per row; rows without a time are left out, and the note mentions them.
            noun: the noun for the rows, for the title.
            time: the column of the time.
            state: the column of the state.
            note: a further note for the title.
        """
        timed = frame[frame[time].notna()]
        notes = [note] if note else []
        if len(timed) < len(frame):
            notes.append(f"{len(frame) - len(timed):,} without a time are left out")
        states = timed[state].astype(object).where(timed[state].notna(), UNKNOWN).astype(str)
        dates = timed[time].dt.tz_convert("UTC").dt.date
        counts_by_day = Counter(zip(dates, states, strict=True))
        last = max(dates, default=None)
        if last is None:
            return cls(noun, (), (), ", ".join(notes))
        span = (last - min(dates)).days + 1
        if span > limits.PLOT_DAYS:
            notes.append(f"the last {limits.PLOT_DAYS} of {span:,} days")
        days = [last - timedelta(days=back) for back in reversed(range(min(span, limits.PLOT_DAYS)))]
        by_day: dict[date, Counter[str]] = {day: Counter() for day in days}
        for (day, word), count in counts_by_day.items():
            if day in by_day:
                by_day[day][word] += count
        return cls(noun, days, list(by_day.values()), ", ".join(notes))

    @property
    def totals(self) -> Counter[str]:
        """Return the count of each state over all days."""
        return sum(self.counts, Counter())

    @property
    def states(self) -> list[str]:
        """Return the states in stacking order, from the bottom."""
        order = list(svg.COLORS)
        return sorted(self.totals, key=lambda word: (order.index(word if word in order else "cached"), word))

    @property
    def title(self) -> str:
        """Return the subject of the chart, and its period."""
        if not self.days:
            return f"{self._noun} per day: none"
        first, last = self.days[0], self.days[-1]
        span = f"{last.day} {last:%b %Y}" if first == last else f"{first.day} {first:%b} – {last.day} {last:%b %Y}"
        note = f" ({self.note})" if self.note else ""
        return f"{self._noun} per day by state, {span}, UTC{note}"

    @property
    def _noun(self) -> str:
        return self.noun[:1].upper() + self.noun[1:].replace("-", " ")

    @property
    def description(self) -> str:
        """Return the data of the bars in words, for people who cannot see them."""
        totals = ", ".join(f"{count:,} {word}" for word, count in self.totals.most_common())
        most = max(zip(self.counts, self.days, strict=True), key=lambda pair: pair[0].total(), default=None)
        busiest = f"; most on {most[1]}: {most[0].total():,}" if most else ""
        return f"{self.totals.total():,} in total: {totals or 'none'}{busiest}."

    def named(self, shown: Callable[[str], str]) -> Timeline:
        """Return the same chart: it names states, and no people."""
        return self

    def __repr__(self) -> str:
        return self.text()

    def text(self, columns: int = limits.PAGE_NARROW) -> str:
        """Return the bars as characters, one line per day, for a terminal of this width."""
        highest = max((counts.total() for counts in self.counts), default=0)
        dates = [f"{day:%a} {day.day:>2} {day:%b}" for day in self.days]
        longest = bar_length(columns, max(map(len, dates), default=0), len(str(highest)))
        bars = [self._signs(counts, highest, longest) for counts in self.counts]
        lines = [
            f"  {day}  {bar:<{longest}}  {counts.total():>{len(str(highest))}}".rstrip()
            for day, bar, counts in zip(dates, bars, self.counts, strict=True)
        ]
        legend = "  ".join(f"{SIGNS.get(word, _OTHER_SIGN)} {word} {self.totals[word]:,}" for word in self.states)
        heading = [self.title, *svg.indented(self.subtitle)]
        return "\n".join(map(cell, [*heading, *lines, *([f"  {legend}"] if legend else [])]))

    def _signs(self, counts: Counter[str], highest: int, longest: int) -> str:
        """Return a bar in proportion to the highest one; every state that occurs gets at least one character."""
        scale = min(longest / highest, 1) if highest else 0
        return "".join(
            SIGNS.get(word, _OTHER_SIGN) * max(1, round(counts[word] * scale)) for word in self.states if counts[word]
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self, *, for_file: bool = False) -> str:
        """Return the drawing as SVG; `for_file` means that it is a file."""
        legend, below = self._legend()
        bottom = below + _PLOT
        top, step = axis_end(max((counts.total() for counts in self.counts), default=0))
        parts = [
            *svg.heading(_LEFT, self.title, self.subtitle, _WIDTH),
            *legend,
            *_grid(bottom, top, step),
            *self._bars(bottom, _PLOT / top),
        ]
        title = svg.whole_title(self.title, self.subtitle)
        return svg.document(_WIDTH, bottom + _BELOW, title, self.description, parts, for_file=for_file)

    def _legend(self) -> tuple[list[str], int]:
        """Return the names of the states with their colors, on as many lines as needed, and the position below."""
        parts, x, y = [], _LEFT, _TOP + svg.subtitle_height(_LEFT, self.subtitle, _WIDTH)
        for word in self.states:
            label = f"{word} {self.totals[word]:,}"
            width = _SWATCH + 6 + len(label) * _LETTER + 12
            if x + width > _WIDTH and x > _LEFT:
                x, y = _LEFT, y + _LEGEND
            parts += [*block(word, x, y, _SWATCH, _SWATCH, label), svg.text(x + _SWATCH + 6, y + 10, label)]
            x += width
        return parts, y + _LEGEND + 8

    def _bars(self, bottom: int, scale: float) -> Iterator[str]:
        room = (_WIDTH - _LEFT - _RIGHT) / max(len(self.days), 1)
        width = min(room * 0.8, _BAR)
        label_step = math.ceil(len(self.days) / _DATES) or 1
        for at, (day, counts) in enumerate(zip(self.days, self.counts, strict=True)):
            middle, y = _LEFT + room * (at + 0.5), float(bottom)
            for word in (word for word in self.states if counts[word]):
                height = counts[word] * scale
                y -= height
                label = f"{day:%a} {day.day} {day:%b}: {counts[word]:,} {word} of {counts.total():,}"
                yield from block(word, middle - width / 2, y, width, height, label)
            if at % label_step == 0:
                yield svg.text(middle, bottom + 16, f"{day.day} {day:%b}", anchor="middle")


def block(state: str, x: float, y: float, width: float, height: float, label: str, color: str = "") -> Iterator[str]:
    """Yield a rectangle for a state, by default in its color; failures have stripes."""
    color = color or svg.COLORS.get(state, svg.PLAIN)
    yield (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}">'
        f"<title>{markup(label)}</title></rect>"
    )
    if state == "failed":
        stripes = "".join(
            f"M{x:.1f},{y + down:.1f}h{width:.1f}" for down in range(_STRIPE // 2, math.ceil(height), _STRIPE)
        )
        yield f'<path d="{stripes}" stroke="#fff" stroke-opacity="0.55" pointer-events="none"/>'


def bar_length(columns: int, label: int, number: int) -> int:
    """Return the characters of the longest bar in a terminal, beside labels and numbers of these lengths."""
    return max(1, min(limits.PLOT_SIGNS, columns - label - number - len("  " * 3)))


def axis_end(highest: float) -> tuple[int, int]:
    """Return the end of the axis, and the step between its lines: 1, 2 or 5 times a power of ten.

    >>> axis_end(37), axis_end(3), axis_end(0), axis_end(2_400)
    ((40, 10), (3, 1), (1, 1), (3000, 1000))
    """
    step = 1
    for factor in (factor * 10**power for power in range(len(str(math.ceil(highest)))) for factor in (1, 2, 5)):
        step = factor
        if highest <= step * limits.PLOT_LINES:
            break
    return max(math.ceil(highest / step), 1) * step, step


def _grid(bottom: int, top: int, step: int) -> Iterator[str]:
    for value in range(0, top + 1, step):
        y = bottom - _PLOT * value / top
        strength = 0.6 if value == 0 else 0.15
        yield (
            f'<path d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}" fill="none" stroke="currentColor" '
            f'stroke-opacity="{strength}"/>'
        )
        yield svg.text(_LEFT - 6, y + 4, f"{value:,}", anchor="end", opacity=0.8)
