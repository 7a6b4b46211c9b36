"""Columns of cells as HTML: one style for DataFrames and cards, light and dark, in every notebook viewer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from zenpro_nb.limits import TABLE_PROSE, TABLE_WRAPPED
from zenpro_nb.security.printable import markup
from zenpro_nb.ui.cells import Cell, TableColumn

# The class of pandas, by which pages and tools recognize a DataFrame. The others keep MathJax away from the data.
_CLASSES = "dataframe tex2jax_ignore mathjax_ignore"


# An option in a command. Browsers break lines after each hyphen of `--owner`.
_OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def look(body: str, *, interactive: bool = False) -> str:
    """Return HTML with its stylesheet. Each output includes it, because it can be shown alone."""
    css = _css("looks.css") + (_css("interactive.css") if interactive else "")
    return f'<style>{css}</style><div class="zenpro-look">{body}</div>'


@cache
def _css(name: str) -> str:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    _, _, rules = text.partition("*/")
    return " ".join(rules.split())


def table(columns: Sequence[TableColumn]) -> str:
    """Return a table of columns, with a header if any column has a name.

    >>> print(table([TableColumn("", [Cell("1")], right=True)]))
    <table class="dataframe tex2jax_ignore mathjax_ignore"><tbody><tr><td class="zp-n">1</td></tr></tbody></table>
    """
    classes = [class_of(column) for column in columns]
    names = "".join(f"<th{_attribute(['zp-n'] * column.right)}>{markup(column.name)}</th>" for column in columns)
    cells = [
        [_cell(cell, classed, column) for cell in column.cells]
        for column, classed in zip(columns, classes, strict=True)
    ]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    top = f"<thead><tr>{names}</tr></thead>" if any(column.name for column in columns) else ""
    return f'<table class="{_CLASSES}">{top}<tbody>{body}</tbody></table>'


def cell(item: Cell) -> str:
    """Return the content of a cell: a badge for a state, otherwise text."""
    text = _OPTION.sub(r'<span class="zp-w">\g<0></span>', markup(item.display))
    if item.signal is None:
        return text
    return f'<span class="zp-state zp-{item.signal.value}">{text}</span>'


def address_or_cell(item: Cell) -> str:
    """Return the full content of a cell, with a link for a web address."""
    text = markup(item.text)
    if item.text.startswith(("http://", "https://")):
        return f'<a href="{text}" target="_blank" rel="noopener noreferrer">{text}</a>'
    return cell(Cell(item.text, signal=item.signal))


def pill(text: str) -> str:
    """Return a word as a badge, such as `sandbox`."""
    return f'<span class="zp-pill">{markup(text)}</span>'


def with_tone(text: str, tone: str) -> str:
    """Return a text in a tone of the stylesheet."""
    return f'<span class="zp-{tone}">{markup(text)}</span>'


def foot(parts: Sequence[str]) -> str:
    """Return the line below a table. The parts are HTML."""
    return f'<div class="zp-foot">{" · ".join(parts)}</div>' if parts else ""


def class_of(column: TableColumn) -> list[str]:
    """Return the classes of the cells of a column."""
    wrapped = column.prose and column.width > TABLE_PROSE
    short = column.prose and TABLE_WRAPPED < column.width <= TABLE_PROSE
    has = {"zp-n": column.right, "zp-k": column.key, "zp-p": wrapped, "zp-s": short, "zp-q": column.index}
    has |= {"zp-d": column.wraps, "zp-b": column.wraps and column.torn}
    has["zp-t"] = bool(column.deciding) and column.moment
    return [name for name, applies in has.items() if applies]


def _cell(item: Cell, classed: Sequence[str], column: TableColumn) -> str:
    with_tone = [f"zp-{item.tone}"] if item.tone else []
    classes = _attribute([*classed, *["zp-q"] * item.quiet, *["zp-0"] * item.nothing, *with_tone])
    hint = item.hint or (item.text if item.short else "")
    title = f' title="{markup(hint)}"' if hint else ""
    return f"<{'th' if column.index else 'td'}{classes}{title}>{cell(item)}</{'th' if column.index else 'td'}>"


def _attribute(classes: Sequence[str]) -> str:
    return f' class="{" ".join(classes)}"' if classes else ""
