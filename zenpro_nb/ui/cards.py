"""Cards: facts about one object, as HTML in a notebook and as text in a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct, field

from zenpro_nb.limits import HIDDEN_NAMED
from zenpro_nb.security.printable import cell, markup
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.ui import tables
from zenpro_nb.ui.cells import Cell, TableColumn, text_width
from zenpro_nb.ui.markup import address_or_cell, foot, look, pill
from zenpro_nb.ui.markup import table as html_table
from zenpro_nb.ui.wrapping import wrap

_WIDTH = 60  # of a card where the page adapts to its content, in the CSS unit `ch`
_CODE = re.compile(r'`((?:[^`<>]|<span class="zp-w">|</span>)+)`')  # options are in one piece, see `markup.cell`


class Block(Struct, frozen=True):
    """A small table below the facts."""

    title: str
    columns: Sequence[TableColumn]


class Card(Struct, frozen=True):
    """Labels with values, small tables, and the commands to try next.

    >>> Card("ops", [("members", "12"), ("created", "2026-11-25 08:14")], badge="sandbox")
    ops  [sandbox]
      members  12
      created  2026-11-25 08:14
    """

    title: str
    rows: Sequence[tuple[str, str | Cell]]
    next_steps: Sequence[str] = ()
    badge: str = ""  # a word next to the title
    hints: Sequence[str] = ()  # explanations of the labels, shown on hover
    blocks: Sequence[Block] = ()
    notes: Sequence[str] = field(default=())  # lines at the end
    sentence: bool = False  # the title is a sentence of zenpro, whose words in backticks are code

    def text(self, width: int | None = None) -> str:
        """Return the card as lines, with values wrapped to the width of the terminal."""
        import wcwidth  # large tables, imported only for drawing

        rows = [(cell(label), _cell(value).text) for label, value in self.rows]
        labels = ["try next", *[""] * len(self.next_steps)]
        most = max(map(text_width, [*(label for label, _ in rows), *labels[: len(self.next_steps)]]), default=0)
        space = None if width is None else max(width - most - 4, 20)
        facts = [(label, wrap(value, space, indent="").split("\n")) for label, value in rows]
        facts += [(label, [cell(step)]) for label, step in zip(labels, self.next_steps, strict=False)]
        lines = [wrap(cell(self.title) + (f"  [{cell(self.badge)}]" if self.badge else ""), width)]
        for label, pieces in facts:
            lines += [f"  {wcwidth.ljust(name, most)}  {piece}" for name, piece in _beside(label, pieces)]
        for block in self.blocks:
            table, hidden = tables.table(block.columns, None if width is None else width - 2)
            lines += ["", f"  {cell(block.title)}", *(f"  {line}" for line in table.splitlines())]
            lines += [wrap(f"  columns that do not fit: {name_list(hidden, HIDDEN_NAMED)}", width)] if hidden else []
        if self.notes:
            lines.append(wrap(f"[{' · '.join(map(cell, self.notes))}]", width))
        return "\n".join(lines)

    def html(self) -> str:
        """Return the card as HTML, without the stylesheet."""
        hints = [*self.hints, *[""] * len(self.rows)]
        rows = "".join(
            f"<tr><th{_title(hint)}>{markup(label)}</th><td>{_value(value)}</td></tr>"
            for (label, value), hint in zip(self.rows, hints, strict=False)
        )
        if self.next_steps:
            steps = " · ".join(f"<code>{markup(step)}</code>" for step in self.next_steps)
            rows += f"<tr><th>try next</th><td>{steps}</td></tr>"
        badge = f" {pill(self.badge)}" if self.badge else ""
        text = _with_code(markup(self.title)) if self.sentence else markup(self.title)
        title = f'<div class="zp-title">{text}{badge}</div>'
        blocks = "".join(
            f'<div class="zp-block">{markup(block.title)}</div><div class="zp-scroll">{html_table(block.columns)}</div>'
            for block in self.blocks
        )
        notes = foot([_with_code(markup(note)) for note in self.notes])
        facts = f'<table class="zp-facts"><tbody>{rows}</tbody></table>' if rows else ""
        # The container lets labels move above their values where the page is narrow.
        card = f'<div class="zp-card">{title}{facts}{blocks}{notes}</div>'
        return f'<div class="zp-page" style="contain-intrinsic-inline-size:{_WIDTH}ch">{card}</div>'

    def __repr__(self) -> str:
        return self.text()

    def __str__(self) -> str:
        from zenpro_nb.ui import console  # imports click, which loading the extension does not need

        return self.text(console.width())

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(str(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        return look(self.html())


def _beside(first: str, pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pieces with labels: the label for the first piece, and empty ones for the rest."""
    return [(first if at == 0 else "", piece) for at, piece in enumerate(pieces)]


def _cell(value: str | Cell) -> Cell:
    return value if isinstance(value, Cell) else Cell(cell(value))


def _value(value: str | Cell) -> str:
    """Return a value as HTML. In a text of zenpro, words in backticks are code; those of a server stay as they are."""
    return address_or_cell(value) if isinstance(value, Cell) else _with_code(address_or_cell(_cell(value)))


def _with_code(html: str) -> str:
    """Return escaped HTML with its words in backticks as code.

    >>> _with_code("run `%zenpro login`")
    'run <code>%zenpro login</code>'
    """
    return _CODE.sub(r"<code>\1</code>", html)


def _title(hint: str) -> str:
    return f' title="{markup(hint)}"' if hint else ""
