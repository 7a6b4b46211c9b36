"""A table that folds its columns in the browser, where the width of the page is known.

A kernel does not know the width of the page, which also changes. The HTML has all columns, and container queries hide
those that do not fit, in the order of `folding`. The line below the table names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2s

from zenpro_nb.limits import TABLE_WRAPPED
from zenpro_nb.ui import markup
from zenpro_nb.ui.cells import Cell, TableColumn, text_width
from zenpro_nb.ui.folding import FoldingOrder, folding_order

# Widths of letters in the CSS unit `ch`, the width of a zero. They are those of Arial; other fonts for screens have
# similar proportions.
_LETTERS = {
    0.45: "ijl'|",
    0.55: " .,:;!/\\ftI[]",
    0.65: 'r-()*"`',
    0.95: "ckszxvyJ",
    1.3: "ABCDEGHKNOPQRSUVXYw&",
    1.55: "mM%W@",
}
_WIDTH_OF = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_SIZE = 0.93  # the text of a table, relative to that of the page (looks.css)
_CODE = 0.88  # a letter of an id, which has another font and size
_BOLD = 1.08  # the names of columns
_SCOPE = ".zenpro-look:not(#zp)"  # as in looks.css
_PADDING = 1.9  # between two columns
_BADGE = 1.9  # the dot before a state


def fitted(columns: Sequence[TableColumn], foot: Sequence[str], more: Callable[[Sequence[str]], str]) -> str:
    """Return a table that folds columns if the page is too narrow for them, and the line below it.

    Args:
        columns: those that may be shown.
        foot: the parts of the line below the table, as HTML.
        more: returns the last part of this line, as HTML, for the names of folded columns. "" means none.
    """
    order = folding_order(columns)
    limits = _limits(columns, order)
    # Below this width long names of the columns that decide are wrapped; only then are these columns folded.
    minor = {id(column) for column in order.columns[: order.minor]}
    wrap_below = sum(_width(column, order.minor, order) for column in columns if id(column) not in minor)
    number = {id(column): place for place, column in enumerate(columns, start=1)}
    places = [number[id(column)] for column in order.columns]
    # Equal names mean equal rules, so tables in one page do not affect each other.
    name = f"zp-{blake2s(repr((places, limits, wrap_below)).encode(), digest_size=5).hexdigest()}"
    rules = [*_rules(name, places, limits), _wrapping(name, wrap_below)]
    hidden = [{id(column) for column in order.columns[:count]} for count in range(len(limits) + 1)]
    notes = [more([column.name for column in columns if id(column) in gone]) for gone in hidden]
    line = " · ".join(foot) + "".join(
        f'<span class="zp-m{count}"{" hidden" * bool(count)}>{" · " * bool(foot)}{note}</span>'
        for count, note in enumerate(notes)
        if note
    )
    size = f"contain-intrinsic-inline-size:{max(limits, default=0) + 1:.0f}ch"  # where the page adapts to its content
    return (
        f'<style>{"".join(rules)}</style><div class="zp-page {name}" style="{size}">'
        f'<div class="zp-scroll">{markup.table(columns)}</div>{markup.foot([line] if line else [])}</div>'
    )


def _rules(name: str, places: Sequence[int], limits: Sequence[float]) -> Iterator[str]:
    """Yield the rules that hide each column below its limit, and show the line for this number of folded columns."""
    scope = f"{_SCOPE} .{name}"
    if limits:
        yield f"@container zp-page (max-width:{limits[0]:.1f}ch){{{scope} .zp-m0{{display:none}}}}"
    for count, (place, limit) in enumerate(zip(places, limits, strict=True), start=1):
        below = f"(max-width:{limit:.1f}ch)"
        yield f"@container zp-page {below}{{{scope} tr>:nth-child({place}){{display:none}}}}"
        above = f" and (min-width:{limits[count] + 0.1:.1f}ch)" if count < len(limits) else ""
        yield f"@container zp-page {below}{above}{{{scope} .zp-m{count}{{display:inline!important}}}}"


def _wrapping(name: str, limit: float) -> str:
    """Return the rule that wraps texts of the columns that decide, before any of these is folded."""
    scope = f"{_SCOPE} .{name} table .zp-d"
    return f"@container zp-page (max-width:{limit:.1f}ch){{{scope}{{white-space:normal;min-width:{TABLE_WRAPPED}ch}}}}"


def _limits(columns: Sequence[TableColumn], order: FoldingOrder) -> list[float]:
    """Return the widths of the page below which one, two, three … columns are folded."""
    limits, shown = [], list(columns)
    for folded, column in enumerate(order.columns):
        limits.append(sum(_width(other, folded, order, wrap=folded >= order.minor) for other in shown))
        shown = [other for other in shown if other is not column]
    return limits


def _width(column: TableColumn, folded: int, order: FoldingOrder, *, wrap: bool = False) -> float:
    """Return the width of a column in a browser while this number of columns is folded, in the unit `ch`."""
    widest = max(map(_cell_width, column.cells), default=0.0) * (_CODE if column.key else 1)
    if column.prose:
        widest = min(widest, float(order.width_at(folded, column)))
    elif wrap and column.wraps:
        widest = min(widest, float(TABLE_WRAPPED))
    return max(letters(column.name) * _BOLD, widest) * _SIZE + _PADDING


def _cell_width(cell: Cell) -> float:
    return letters(cell.shown) + _BADGE * (cell.signal is not None)


def letters(text: str) -> float:
    """Return the width of a text in a proportional font, in zeros.

    >>> letters("100"), letters("ill"), letters("MMM") > letters("nnn")
    (3.0, 1.35, True)
    """
    if text.isascii():
        return round(sum(_WIDTH_OF.get(letter, 1.0) for letter in text), 2)
    return float(text_width(text))
