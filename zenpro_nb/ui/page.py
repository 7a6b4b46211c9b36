"""A table that folds its columns in the browser, where the width of the page is known.

A kernel does not know the width of the page, which also changes. The HTML has all columns, and container queries hide
those that do not fit, in the order of `folding`. The line below the table names them. The first columns that decide are
never hidden: if the page is too narrow even for these, each row becomes a block of its cells with their names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from hashlib import blake2s
from itertools import groupby

from msgspec import Struct

from zenpro_nb.limits import TABLE_TORN, TABLE_WRAPPED
from zenpro_nb.ui import markup
from zenpro_nb.ui.cells import Cell, TableColumn, text_width
from zenpro_nb.ui.folding import FoldingOrder, folding_order, kept, put_back

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
_PADDING = 1.6  # between two columns (looks.css), relative to the text of the page
_BADGE = 1.9  # the dot before a state
_WORDS = "white-space:normal;overflow-wrap:anywhere"
_SENTENCE = f"{_WORDS};min-width:{TABLE_WRAPPED}ch"
_LINE = "border-bottom:1px solid var(--zp-line)"
_HALF = 0.55  # of a text, with space for the rest of a word
_DATE = 10  # a date, above its time
_STEP = 6.0  # between two widths of the page for which columns are selected: less than the narrowest columns need


class _Wrap(Enum):
    """The wrapped texts of the columns that decide."""

    NONE = 0
    NAMES = 1
    ALL = 2
    TIGHT = 3  # between all words of names
    TORN = 4  # also words of sentences


def fit(columns: Sequence[TableColumn], foot: Sequence[str], more: Callable[[Sequence[str]], str]) -> str:
    """Return a table that folds columns if the page is too narrow for them, and the line below it.

    Args:
        columns: those that may be shown.
        foot: the parts of the line below the table, as HTML.
        more: returns the last part of this line, as HTML, for the names of folded columns. "" means none.
    """
    staying = kept(columns, " · ".join(foot))
    widths = _Widths.of(columns, staying)
    order = widths.order
    levels = _levels(columns, widths)
    # Below this width names of the columns that decide are wrapped; only then are these columns folded.
    minor = set(map(id, order.columns[: order.minor]))
    wrap_below = sum(widths.of_column(column, order.minor) for column in columns if id(column) not in minor)
    away = set(map(id, order.columns))
    left = [widths.of_column(column, len(away), _Wrap.TIGHT) for column in columns if id(column) not in away]
    stack_below = sum(left) if staying else 0.0
    tight = list(_tight(columns, widths, stack_below))
    # Equal names mean equal rules, so tables in one page do not affect each other.
    rules_of = partial(
        _rules, columns=columns, levels=levels, wrap_below=wrap_below, tight=tight, stack_below=stack_below
    )
    name = f"zp-{blake2s(''.join(rules_of('')).encode(), digest_size=5).hexdigest()}"
    notes = [more([column.name for column in level.hidden]) for level in levels]
    line = " · ".join(foot) + "".join(
        f'<span class="zp-m{number}"{" hidden" * bool(number)}>{" · " * bool(foot)}{note}</span>'
        for number, note in enumerate(notes)
        if note
    )
    widest = levels[1].below if len(levels) > 1 else 0
    size = f"contain-intrinsic-inline-size:{widest + 1:.0f}ch"  # where the page adapts to its content
    return (
        f'<style>{"".join(rules_of(name))}</style><div class="zp-page {name}" style="{size}">'
        f'<div class="zp-scroll">{markup.table(columns)}</div>{markup.foot([line] if line else [])}</div>'
    )


class _Level(Struct, frozen=True):
    """The columns that are hidden up to a width of the page, down to that of the next level."""

    below: float
    hidden: Sequence[TableColumn]


def _levels(columns: Sequence[TableColumn], widths: _Widths) -> list[_Level]:
    """Return the levels from the widest page to the narrowest. The first one hides nothing."""
    limits = _limits(columns, widths)
    levels = [_Level(math.inf, ())]
    for level, limit in enumerate(limits, start=1):
        end = limits[level] if level < len(limits) else 0.0
        while limit > end:
            below, limit = limit, max(limit - _STEP, end)
            hidden = _hidden_columns(columns, widths, level, limit)
            if list(map(id, hidden)) != list(map(id, levels[-1].hidden)):
                levels.append(_Level(below, hidden))
    return levels


def _hidden_columns(
    columns: Sequence[TableColumn], widths: _Widths, folded_count: int, limit: float
) -> list[TableColumn]:
    """Return the hidden columns of a page of this width, after as many as this are folded away."""
    away = set(map(id, widths.order.columns[:folded_count]))
    visible = [column for column in columns if id(column) not in away]
    back = put_back(
        widths.order, folded_count, visible, limit, lambda count, column: widths.of_column(column, count), hints=True
    )
    away -= set(map(id, back))
    return [column for column in columns if id(column) in away]


def _limits(columns: Sequence[TableColumn], widths: _Widths) -> list[float]:
    """Return the widths of the page below which one, two, three … columns are folded."""
    limits, visible = [], list(columns)
    for column_, column in enumerate(widths.order.columns):
        wrap = _Wrap.ALL if column_ >= widths.order.minor else _Wrap.NONE
        # The words of a sentence are torn before its column is folded.
        limits.append(
            sum(
                widths.of_column(other, column_, _Wrap.TORN if wrap is _Wrap.ALL and other is column else wrap)
                for other in visible
            )
        )
        visible = [other for other in visible if other is not column]
    return [max(limits[place:]) for place in range(len(limits))]


def _tight(
    columns: Sequence[TableColumn], widths: _Widths, least: float
) -> Iterator[tuple[float, float, TableColumn | None]]:
    """Yield the widths of the page, from and to, where wrapped names are not enough: times are wrapped, too.

    The third is the column that is folded next: its words can be torn. Without one, names are wrapped, too.
    """
    order, limits = widths.order, [math.inf, *_limits(columns, widths), least]
    for folded_count in range(order.minor, len(order.columns) + 1):
        away = set(map(id, order.columns[:folded_count]))
        visible = [column for column in columns if id(column) not in away]
        below = min(
            sum(widths.of_column(column, folded_count, _Wrap.NAMES) for column in visible), limits[folded_count]
        )
        if below > limits[folded_count + 1]:
            yield limits[folded_count + 1], below, next(iter(order.columns[folded_count:]), None)


def _rules(
    name: str,
    *,
    columns: Sequence[TableColumn],
    levels: Sequence[_Level],
    wrap_below: float,
    tight: Sequence[tuple[float, float, TableColumn | None]],
    stack_below: float,
) -> Iterator[str]:
    """Yield the rules that hide columns and wrap texts, and those that show the line for the hidden columns."""
    scope = f"{_SCOPE} .{name}"
    ends = [*(level.below for level in levels[1:]), 0.0]
    for place, column in enumerate(columns, start=1):
        away = [any(column is other for other in level.hidden) for level in levels]
        for first, last in _stretches(away):
            yield f"@container zp-page {_between(ends[last], levels[first].below)}"
            yield f"{{{scope} tr>:nth-child({place}){{display:none}}}}"
    for number, (level, end) in enumerate(zip(levels, ends, strict=True)):
        if number == 0 and end:
            yield f"@container zp-page (max-width:{end:.1f}ch){{{scope} .zp-m0{{display:none}}}}"
        elif number:
            yield f"@container zp-page {_between(end, level.below)}"
            yield f"{{{scope} .zp-m{number}{{display:inline!important}}}}"
    yield f"@container zp-page {_between(stack_below, wrap_below)}"
    yield f"{{{scope} table .zp-d{{white-space:normal;min-width:{TABLE_WRAPPED}ch}}"
    yield f"{scope} table .zp-b{{min-width:{TABLE_TORN}ch}}}}"
    for end, below, torn in tight:
        yield f"@container zp-page {_between(end, below)}{{{scope} table :is(.zp-p,.zp-s){{{_SENTENCE}}}"
        for place, column in enumerate(columns, start=1):
            if column.prose and column is not torn and _least(column) > TABLE_WRAPPED:
                yield f"{scope} table tr>td:nth-child({place}){{min-width:{min(column.width, _least(column))}ch}}"
            elif torn is None and column.deciding and column.short_text:
                least = min(column.width, column.tightest)
                yield f"{scope} table tr>td:nth-child({place}){{white-space:normal;min-width:{least}ch}}"
        yield f"{scope} table .zp-t{{white-space:normal;min-width:{_DATE}ch}}}}"
    if stack_below:
        yield f"@container zp-page (max-width:{stack_below:.1f}ch){{{''.join(_stacked(f'{scope} table', columns))}}}"


def _stacked(scope: str, columns: Sequence[TableColumn]) -> Iterator[str]:
    """Yield the rules that place the cells of a row side by side as long as they fit, each after its name.

    Cells without a value are left out.
    """
    yield f"{scope},{scope} tbody{{display:block}}{scope} :is(thead,.zp-0){{display:none}}"
    yield f"{scope} tr{{display:flex;flex-wrap:wrap;column-gap:1.7ch;padding:5px 0;{_LINE}}}"
    yield f"{scope} tr>*{{padding:0;border:0;min-width:0;max-width:100%;text-align:left;{_WORDS}}}"
    yield f"{scope} tr>::before{{color:var(--zp-dim)}}"
    for place, column in enumerate(columns, start=1):
        if not column.index:
            yield f"{scope} tr>:nth-child({place})::before{{content:{_string(f'{column.name} ')}}}"


def _string(text: str) -> str:
    r"""Return a text as a string of a stylesheet, which can contain nothing that ends it.

    >>> _string("last run</style>")
    '"last run\\3c \\2f style\\3e "'
    """
    safe = (char if char.isalnum() or char in " _-" else f"\\{ord(char):x} " for char in text)
    return f'"{"".join(safe)}"'


def _stretches(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last place of each row of true values.

    >>> list(_stretches([False, True, True, False, True]))
    [(1, 2), (4, 4)]
    """
    for flag, places in groupby(range(len(flags)), flags.__getitem__):
        if flag:
            first, *others = places
            yield first, others[-1] if others else first


def _between(end: float, below: float) -> str:
    """Return the condition that the page is at most as wide as `below`, and wider than `end`."""
    return f"(max-width:{below:.1f}ch)" + (f" and (width>{end:.1f}ch)" if end else "")


class _Widths(Struct, frozen=True):
    """The widths of columns in a browser, in the unit `ch`.

    Attributes:
        order: in which the columns are folded.
        names: the widths of their names, by the identity of the column.
        texts: the widths of their longest texts.
    """

    order: FoldingOrder
    names: Mapping[int, float]
    texts: Mapping[int, float]

    @classmethod
    def of(cls, columns: Sequence[TableColumn], staying: Sequence[TableColumn]) -> _Widths:
        names = {id(column): letters(column.name) * _BOLD for column in columns}
        texts = {
            id(column): max(map(_cell_width, column.cells), default=0.0) * (_CODE if column.key else 1)
            for column in columns
        }
        return cls(folding_order(columns).without(staying), names, texts)

    def of_column(self, column: TableColumn, folded_count: int, wrap: _Wrap = _Wrap.NONE) -> float:
        """Return the width of a column while this number of columns is folded."""
        text = self.texts[id(column)]
        if column.prose:
            least = {_Wrap.ALL: _least(column), _Wrap.TIGHT: _least(column), _Wrap.TORN: TABLE_WRAPPED}
            text = min(text, float(least.get(wrap) or self.order.width_at(folded_count, column)))
        elif wrap is _Wrap.TIGHT and column.deciding and column.short_text:
            text = float(min(column.width, column.tightest))
        elif wrap is not _Wrap.NONE and column.wraps:
            half = text * _HALF if wrap is _Wrap.NAMES else 0.0  # times are wrapped before names have a third line
            text = min(text, max(float(column.least), half))
        elif wrap.value >= _Wrap.ALL.value and column.deciding and column.moment:
            text = min(text, float(_DATE))
        return max(self.names[id(column)], text) * _SIZE + _PADDING


def _least(column: TableColumn) -> int:
    """Return the smallest width of sentences: in those that decide, no word is torn, such as an email address."""
    return column.least if column.deciding else TABLE_WRAPPED


def _cell_width(cell: Cell) -> float:
    return letters(cell.display) + _BADGE * (cell.signal is not None)


def letters(text: str) -> float:
    """Return the width of a text in a proportional font, in zeros.

    >>> letters("100"), letters("ill"), letters("MMM") > letters("nnn")
    (3.0, 1.35, True)
    """
    if text.isascii():
        return round(sum(_WIDTH_OF.get(letter, 1.0) for letter in text), 2)
    return float(text_width(text))
