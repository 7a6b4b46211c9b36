"""Counts as stacked bars: over time as columns, otherwise one line per category."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.pictures import svg
from zenpro_nb.pictures.timeline import SIGNS, axis_end, bar_length, block
from zenpro_nb.security.printable import cell

# Distinguishable on white and black pages, and without color by their order, which the legend has too.
_PALETTE = ("#1976d2", "#ef6c00", "#43a047", "#ab47bc", "#00897b", "#c2185b", "#8d6e00", "#5c6bc0")
OTHERS = "others"
_OTHER_SIGNS = "█▓▒░*o#~+"

_WIDTH, _PLOT, _LEFT, _RIGHT, _TOP, _BELOW = 760, 150, 56, 12, 30, 26
_LABEL = 264  # pixels for the names of categories
_LINE = 22  # pixels per category
_LEGEND, _SWATCH, _LETTER = 20, 11, 7  # pixels: height of a line, side of a square, approximate width of a letter
_BAR = 40  # pixels of the widest bar
_GAP = 8  # pixels between two labels


class Bars(Struct, frozen=True):
    """Stacked bars.

    Attributes:
        title: what the bars show.
        labels: the names of the bars.
        values: the parts of each bar, by series.
        unit: written after each number, such as " h".
        is_time: the bars are columns in order of time, instead of lines.
        subtitle: the filters of the list.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[Mapping[str, float]]
    unit: str = ""
    is_time: bool = True
    subtitle: str = ""

    @property
    def series(self) -> list[str]:
        """Return the series in stacking order: states as in other pictures, others by size, the rest last."""
        totals = self._totals()
        states = [name for name in svg.COLORS if name in totals]
        rest = sorted((name for name in totals if name not in states), key=lambda name: (name == OTHERS, -totals[name]))
        return [*states, *rest]

    def named(self, shown: Callable[[str], str]) -> Bars:
        """Return the same bars with other names: a drawing cuts long ones, so they are replaced before."""
        values = [{shown(name): value for name, value in parts.items()} for parts in self.values]
        return replace(self, labels=[shown(label) for label in self.labels], values=values)

    def _totals(self) -> dict[str, float]:
        totals: dict[str, float] = {}
        for parts in self.values:
            for name, value in parts.items():
                totals[name] = totals.get(name, 0.0) + value
        return totals

    @property
    def description(self) -> str:
        """Return the data of the bars in words, for people who cannot see them."""
        sums = [sum(parts.values()) for parts in self.values]
        if not sums:
            return "No data."
        most = max(range(len(sums)), key=sums.__getitem__)
        parts = ", ".join(f"{name} {self._number(value)}" for name, value in self._totals().items() if name)
        return f"Highest: {self.labels[most]} with {self._number(sums[most])}{f'; {parts}' if parts else ''}."

    def _number(self, value: float) -> str:
        digits = 0 if value == int(value) or value >= limits.PLOT_EXACT else 1
        return f"{value:,.{digits}f}{self.unit}"

    def __repr__(self) -> str:
        return self.text()

    def text(self, columns: int = limits.PAGE_NARROW) -> str:
        """Return the bars as characters, one line per bar, for a terminal of this width."""
        highest = max((sum(parts.values()) for parts in self.values), default=0.0)
        width = max((len(label) for label in self.labels), default=0)
        states = [name for name in self.series if name in SIGNS]
        free = [sign for sign in _OTHER_SIGNS if not states or sign not in SIGNS.values()]
        others = [name for name in self.series if name not in SIGNS]
        signs = {name: free[min(place, len(free) - 1)] for place, name in enumerate(others)}
        signs |= {name: SIGNS[name] for name in states}
        numbers = [self._number(sum(parts.values())) for parts in self.values]
        longest = bar_length(columns, width, max(map(len, numbers), default=0))
        lines = []
        for label, parts, number in zip(self.labels, self.values, numbers, strict=True):
            scale = longest / highest if highest else 0.0
            bar = "".join(signs[name] * max(1, round(parts[name] * scale)) for name in self.series if parts.get(name))
            lines.append(f"  {label:<{width}}  {bar:<{longest}}  {number}".rstrip())
        legend = "  ".join(f"{signs[name]} {name}" for name in self.series if name)
        heading = [self.title, *svg.indented(self.subtitle)]
        return "\n".join(map(cell, [*heading, *lines, *([f"  {legend}"] if legend else [])]))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self, *, for_file: bool = False) -> str:
        """Return the drawing as SVG; `for_file` means that it is a file."""
        legend, below = self._legend()
        highest = max((sum(parts.values()) for parts in self.values), default=0.0)
        draw = self._columns if self.is_time else self._lines
        bars, height = draw(below, highest)
        heading = svg.heading(_LEFT if self.is_time else 8, self.title, self.subtitle, _WIDTH)
        title = svg.whole_title(self.title, self.subtitle)
        return svg.document(_WIDTH, height, title, self.description, [*heading, *legend, *bars], for_file=for_file)

    def _color(self, name: str) -> str:
        if name in svg.COLORS:
            return svg.COLORS[name]
        states = any(other in svg.COLORS for other in self.series)
        if name == OTHERS or states:  # a rare state must not look like another one
            return svg.PLAIN
        return _PALETTE[self.series.index(name) % len(_PALETTE)]

    def _legend(self) -> tuple[list[str], int]:
        """Return the names of the series with their colors, on as many lines as needed, and the position below."""
        parts: list[str] = []
        start = _LEFT if self.is_time else 8
        y = _TOP + svg.subtitle_height(start, self.subtitle, _WIDTH)
        x = start
        for name in (name for name in self.series if name):
            label = f"{name} {self._number(self._totals()[name])}"
            width = _SWATCH + 6 + len(label) * _LETTER + 12
            if x + width > _WIDTH and x > start:
                x, y = start, y + _LEGEND
            parts += block(name, x, y, _SWATCH, _SWATCH, label, self._color(name))
            parts.append(svg.text(x + _SWATCH + 6, y + 10, label))
            x += width
        return parts, y + (_LEGEND if parts else 0) + 8

    def _columns(self, below: int, highest: float) -> tuple[list[str], int]:
        bottom = below + _PLOT
        top, step = axis_end(highest)
        parts = list(_grid(bottom, top, step, self._number))
        room = (_WIDTH - _LEFT - _RIGHT) / max(len(self.labels), 1)
        width = min(room * 0.8, _BAR)
        widest = max((len(label) for label in self.labels), default=0) * _LETTER + _GAP
        label_step = math.ceil(len(self.labels) * widest / (_WIDTH - _LEFT - _RIGHT)) or 1
        for place, (label, values) in enumerate(zip(self.labels, self.values, strict=True)):
            middle, y = _LEFT + room * (place + 0.5), float(bottom)
            for name in (name for name in self.series if values.get(name)):
                height = values[name] * _PLOT / top
                y -= height
                hint = self._hint(label, name, values)
                parts += block(name, middle - width / 2, y, width, height, hint, self._color(name))
            if place % label_step == 0:
                parts.append(svg.text(middle, bottom + 16, label, anchor="middle"))
        return parts, bottom + _BELOW

    def _lines(self, below: int, highest: float) -> tuple[list[str], int]:
        parts: list[str] = []
        length = (_WIDTH - _LABEL - _RIGHT - 60) / highest if highest else 0.0
        for place, (label, values) in enumerate(zip(self.labels, self.values, strict=True)):
            y, x = below + place * _LINE, float(_LABEL)
            most = (_LABEL - 16) // _LETTER
            text = _shorten(label, most)
            parts.append(svg.text(_LABEL - 8, y + 12, text, anchor="end"))
            for name in (name for name in self.series if values.get(name)):
                width = values[name] * length
                parts += block(name, x, y, width, _LINE - 7, self._hint(label, name, values), self._color(name))
                x += width
            parts.append(svg.text(x + 6, y + 12, self._number(sum(values.values())), opacity=0.8))
        return parts, below + len(self.labels) * _LINE + 8

    def _hint(self, label: str, name: str, values: Mapping[str, float]) -> str:
        whole = self._number(sum(values.values()))
        return f"{label}: {self._number(values[name])} {name} of {whole}" if name else f"{label}: {whole}"


def _shorten(label: str, most: int) -> str:
    """Return a label of at most this many letters. A cut address ends before its domain, so it is not another one.

    >>> _shorten("christina.budkiewicz@example.com", 24), _shorten("recommender / homepage", 12)
    ('christina.budkiewicz@…', 'recommender…')
    """
    if len(label) <= most:
        return label
    account, at, _ = label.partition("@")
    return f"{account}@…" if at and len(account) + 2 <= most else f"{label[: most - 1]}…"


def _grid(bottom: int, top: float, step: float, number: Any) -> Iterator[str]:
    for place in range(round(top / step) + 1):
        value = place * step
        y = bottom - _PLOT * value / top
        strength = 0.6 if place == 0 else 0.15
        yield (
            f'<path d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}" fill="none" stroke="currentColor" '
            f'stroke-opacity="{strength}"/>'
        )
        yield svg.text(_LEFT - 6, y + 4, number(value), anchor="end", opacity=0.8)
