"""A tree: as text with drawn branches, and as nested lists in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from zenpro_nb.security.printable import cell, markup
from zenpro_nb.ui.cells import text_width

_LEAST = 20  # characters of a line of a deep branch, however narrow the terminal is


class Branch(Struct, frozen=True):
    """A line with the branches below it.

    Attributes:
        text: the content.
        strong: the emphasized words before the text.
        note: a muted addition after the text.
        children: the branches below.
    """

    text: str = ""
    strong: str = ""
    note: str = ""
    children: Sequence[Branch] = ()

    @property
    def words(self) -> list[str]:
        """Return the parts that are not empty, printable."""
        return [cell(part) for part in (self.strong, self.text, self.note) if part]


def text(root: Branch, width: int | None = None) -> str:
    """Return the tree as lines.

    Args:
        width: of the terminal; longer lines continue below, indented. None for no limit.

    >>> print(text(Branch(strong="ada", children=[Branch("directly", children=[Branch("Viewer")]), Branch("owner")])))
    ada
    ├─ directly
    │  └─ Viewer
    └─ owner
    >>> print(text(Branch(strong="ada", children=[Branch("which includes ml-dev, ml-prod"), Branch("owner")]), 21))
    ada
    ├─ which includes
    │    ml-dev, ml-prod
    └─ owner
    """
    return "\n".join([*_wrap(root, "", "", width), *_lines(root, "", width)])


def _lines(branch: Branch, before: str, width: int | None) -> Iterator[str]:
    for child in branch.children:
        last = child is branch.children[-1]
        below = before + ("   " if last else "│  ")
        rest = below + ("│  " if child.children else "  ")
        yield from _wrap(child, f"{before}{'└─' if last else '├─'} ", rest, width)
        yield from _lines(child, below, width)


def _wrap(branch: Branch, before: str, rest: str, width: int | None) -> list[str]:
    """Return the words of a branch in as many lines as the width needs.

    Args:
        before: what the first line begins with.
        rest: what the other lines begin with.
    """
    line = f"{before}{' '.join(branch.words)}"
    if width is None or text_width(line) <= width:
        return [line]
    import wcwidth  # large tables, imported only for drawing

    room = max(width - text_width(rest), _LEAST)
    first, *others = wcwidth.wrap(" ".join(branch.words), room, break_on_hyphens=False)
    return [before + first, *(rest + part for part in others)]


def html(root: Branch) -> str:
    """Return the tree as HTML, without the stylesheet.

    >>> html(Branch(strong="<ada>", children=[Branch("owner")]))
    '<div class="zp-tree"><b>&lt;ada&gt;</b><ul><li>owner</li></ul></div>'
    """
    return f'<div class="zp-tree">{_item(root)}</div>'


def _item(branch: Branch) -> str:
    parts = [f"<b>{markup(branch.strong)}</b>" if branch.strong else "", markup(branch.text) if branch.text else ""]
    parts += [f'<span class="zp-q">{markup(branch.note)}</span>' if branch.note else ""]
    inner = "".join(f"<li>{_item(child)}</li>" for child in branch.children)
    return " ".join(part for part in parts if part) + (f"<ul>{inner}</ul>" if inner else "")
